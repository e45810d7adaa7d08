import { commitRequest } from './commits.mjs';
import { load } from './load.mjs';
import { inTurns } from './measure.mjs';
import { objectPath } from './populate.mjs';
import { repositoryOf, SIZES } from './repositories.mjs';
import { rest, restRequest, s3Request, timed } from './requests.mjs';

const CHANGES = 10;
const REPEATS = 25;

/** Diff and merge of ten changes far from each other, into a million objects beside into a thousand. */
export async function* differences({ service }) {
  const figures = {};
  const taken = await inTurns(
    Object.fromEntries(
      [SIZES.some, SIZES.many].flatMap(size => [
        [`diff ${size}`, round => diff(service, size, round)],
        [`merge ${size}`, round => merge(service, size, round)]
      ])
    ),
    REPEATS
  );
  Object.assign(figures, taken);
  for (const verb of ['diff', 'merge']) {
    yield {
      work: `${verb} of ${CHANGES} changes at ${SIZES.many.toLocaleString('en-US')}`,
      unit: 'ms',
      value: figures[`${verb} ${SIZES.many}`],
      yardstick: {
        name: `at ${SIZES.some.toLocaleString('en-US')}`,
        value: figures[`${verb} ${SIZES.some}`]
      },
      atMost: 2
    };
  }
}

async function diff(service, size, round) {
  const repository = repositoryOf(size);
  const branch = `changes-${round}`;
  await rest(service, 'POST', `/repositories/${repository}/branches`, { name: branch, source: 'main' });
  const puts = Array.from({ length: CHANGES }, (_, i) => {
    const path = objectPath((Math.floor((i * size) / CHANGES) + round * 31) % size);
    return s3Request(service, 'PUT', `/${repository}/${branch}/${path}`, Buffer.from(`${round} ${i}`));
  });
  await load({ port: service.port, requests: [puts] });
  await timed(service, commitRequest(service, repository, branch, 'ten changes'));
  return timed(service, restRequest(service, 'GET', `/repositories/${repository}/refs/main/diff/${branch}`));
}

/** Of the branch that {@link diff} has made in the same round. */
function merge(service, size, round) {
  const path = `/repositories/${repositoryOf(size)}/refs/changes-${round}/merge/main`;
  return timed(service, restRequest(service, 'POST', path, {}));
}
