import { load } from './load.mjs';
import { inTurns } from './measure.mjs';
import { repositoryOf, SIZES } from './repositories.mjs';
import { rest, restRequest, timed } from './requests.mjs';

const REPEATS = 100;
const BRANCHES = 10_000;
const LOADERS = 16;
const PAGE = 1_000;
/** Noise between two medians of the same thing. */
const THE_SAME = 1.25;

/** Branches, beside one durable put; and that neither objects nor other branches make them dearer. */
export async function* branches({ service, durablePut }) {
  const create = (repository, name) =>
    restRequest(service, 'POST', `/repositories/${repository}/branches`, { name, source: 'main' });
  const timedAt = size => round => timed(service, create(repositoryOf(size), `branch-${round}`));
  const { put, few, many } = await inTurns(
    { put: () => durablePut.time(), few: timedAt(SIZES.few), many: timedAt(SIZES.many) },
    REPEATS
  );
  const kvPut = { name: 'durable kv put', value: put };
  const ofFew = { name: `of ${SIZES.few} objects`, value: few };
  yield { work: 'create a branch of 10 objects', unit: 'ms', value: few, yardstick: kvPut, atMost: 2 };
  yield {
    work: 'create a branch of 1,000,000 objects',
    unit: 'ms',
    value: many,
    yardstick: kvPut,
    atMost: 2
  };
  yield { work: 'the same, beside 10 objects', unit: 'ms', value: many, yardstick: ofFew, atMost: THE_SAME };

  for (const name of ['crowd-10', 'crowd-10000']) {
    await rest(service, 'POST', '/repositories', { name, storage_namespace: `local://${name}` });
  }
  await createMany(service, 'crowd-10', 10, create);
  await createMany(service, 'crowd-10000', BRANCHES, create);
  const crowded = await inTurns(
    {
      few: round => timed(service, create('crowd-10', `x-${round}`)),
      many: round => timed(service, create('crowd-10000', `x-${round}`))
    },
    REPEATS
  );
  yield {
    work: 'create a branch beside 10,000',
    unit: 'ms',
    value: crowded.many,
    yardstick: { name: 'beside 10 to 110', value: crowded.few },
    atMost: THE_SAME
  };
  const listed = await inTurns(
    { few: () => listing(service, 'crowd-10'), many: () => listing(service, 'crowd-10000') },
    20
  );
  yield {
    work: 'list 10,000 branches, for each',
    unit: 'µs',
    value: listed.many,
    yardstick: { name: 'of 110', value: listed.few },
    atMost: 1
  };
}

function createMany(service, repository, count, create) {
  const requests = Array.from({ length: Math.min(LOADERS, count) }, (_, loader) => {
    const mine = [];
    for (let i = loader; i < count; i += LOADERS) {
      mine.push(create(repository, `b-${String(i).padStart(5, '0')}`));
    }
    return mine;
  });
  return load({ port: service.port, requests });
}

/** Microseconds for each branch, over all pages. */
async function listing(service, repository) {
  let ms = 0;
  let count = 0;
  for (let after = '', more = true; more;) {
    const path = `/repositories/${repository}/branches?amount=${PAGE}&after=${after}`;
    ms += await timed(service, restRequest(service, 'GET', path));
    const { results, pagination } = await rest(service, 'GET', path);
    count += results.length;
    after = pagination.next_offset;
    more = pagination.has_more;
  }
  return (ms * 1000) / count;
}
