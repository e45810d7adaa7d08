import { load } from './load.mjs';
import { objectPath } from './populate.mjs';
import { repositoryOf, SIZES } from './repositories.mjs';
import { restRequest } from './requests.mjs';

const MANY = repositoryOf(SIZES.many);
const CLIENTS = 16;
const PAGE = 1_000;

/** What a million objects ask of a service, after everything before and a walk through all of them. */
export async function* memory({ service, startMs }) {
  yield {
    work: 'start with 1,000,000 objects',
    unit: 'ms',
    value: startMs,
    yardstick: { name: 'wanted', value: 1_000 },
    atMost: 1
  };
  const pages = Array.from({ length: CLIENTS }, (_, client) => {
    const mine = [];
    for (let n = client * PAGE; n < SIZES.many; n += CLIENTS * PAGE) {
      const after = encodeURIComponent(objectPath(n));
      mine.push(
        restRequest(
          service,
          'GET',
          `/repositories/${MANY}/refs/main/objects/ls?amount=${PAGE}&after=${after}`
        )
      );
    }
    return mine;
  });
  await load({ port: service.port, requests: pages });
  const work = 'memory with 1,000,000 objects';
  if (service.anonymousBytes === undefined) {
    yield { work, skipped: 'this system does not say what a process holds' };
  } else {
    yield {
      work,
      unit: 'MB',
      value: service.anonymousBytes / 1e6,
      yardstick: { name: 'wanted', value: 300 },
      atMost: 1
    };
  }
}
