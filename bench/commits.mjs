import { inTurns, median } from './measure.mjs';
import { objectPath } from './populate.mjs';
import { repositoryOf, SIZES, STAGED, STAGED_REPOSITORIES } from './repositories.mjs';
import { restRequest, s3Request, timed } from './requests.mjs';

const REPEATS = 50;

/** Commits, beside one durable put of the key-value store below; and that their cost does not grow. */
export async function* commits({ service, durablePut }) {
  const { put, some, many } = await inTurns(
    {
      put: () => durablePut.time(),
      some: round => commitOfOne(service, SIZES.some, round),
      many: round => commitOfOne(service, SIZES.many, round)
    },
    REPEATS
  );
  for (const [size, value] of [
    [SIZES.some, some],
    [SIZES.many, many]
  ]) {
    yield {
      work: `commit one object into ${size.toLocaleString('en-US')}`,
      unit: 'ms',
      value,
      yardstick: { name: 'durable kv put', value: put },
      atMost: 10
    };
  }
  yield {
    work: `the same, beside ${SIZES.some.toLocaleString('en-US')}`,
    unit: 'ms',
    value: many,
    yardstick: { name: `into ${SIZES.some.toLocaleString('en-US')}`, value: some },
    atMost: 2
  };
  yield await treeBuilding(service);
}

/** The object is written beforehand, somewhere among those that are there. */
async function commitOfOne(service, size, round) {
  const repository = repositoryOf(size);
  const path = `${objectPath((round * 7919) % size)}.new`;
  await timed(
    service,
    s3Request(service, 'PUT', `/${repository}/main/${path}`, Buffer.from(`content ${round}`))
  );
  return timed(service, commitRequest(service, repository, 'main', `commit ${round}`));
}

export function commitRequest(service, repository, branch, message) {
  return restRequest(service, 'POST', `/repositories/${repository}/branches/${branch}/commits`, { message });
}

async function treeBuilding(service) {
  const rates = [];
  for (let i = 0; i < STAGED_REPOSITORIES; i++) {
    rates.push(
      (STAGED / (await timed(service, commitRequest(service, `staged-${i}`, 'main', 'all of it')))) * 1000
    );
  }
  return {
    work: `commit ${STAGED.toLocaleString('en-US')} objects`,
    unit: 'entries/s',
    value: median(rates),
    yardstick: { name: 'wanted', value: 300_000 },
    atLeast: 1
  };
}
