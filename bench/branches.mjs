import { load } from './load.mjs';
import { inTurns } from './measure.mjs';
import { repositoryOf, SIZES } from './repositories.mjs';
import { rest, restRequest, timed } from './requests.mjs';

const REPEATS = 20;
/** Requests one after the other in each turn: a service that has slept first has to wake up. */
const IN_A_ROW = 10;
const BRANCHES = 10_000;
/** What `crowd-10` has in the end. */
const FEW = 10 + REPEATS * IN_A_ROW;
const LOADERS = 16;
const PAGE = 1_000;
/** Noise between two medians of the same thing. */
const THE_SAME = 1.25;

/** Branches, beside one durable put; and that neither objects nor other branches make them dearer. */
export async function* branches({ service, durablePut }) {
  const create = (repository, name) =>
    restRequest(service, 'POST', `/repositories/${repository}/branches`, { name, source: 'main' });
  const timedIn = repository => round => eachInARow(service, i => create(repository, `branch-${round}-${i}`));
  const { put, few, many } = await inTurns(
    {
      put: () => durablePut.time(IN_A_ROW),
      few: timedIn(repositoryOf(SIZES.few)),
      many: timedIn(repositoryOf(SIZES.many))
    },
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
  const crowded = await inTurns({ few: timedIn('crowd-10'), many: timedIn('crowd-10000') }, REPEATS);
  yield {
    work: 'create a branch beside 10,000',
    unit: 'ms',
    value: crowded.many,
    yardstick: { name: `beside 10 to ${FEW}`, value: crowded.few },
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
    yardstick: { name: `of ${FEW}`, value: listed.few },
    atMost: 1
  };
}

/** Milliseconds for each of several requests. */
async function eachInARow(service, request) {
  const requests = Array.from({ length: IN_A_ROW }, (_, i) => request(i));
  const { seconds } = await load({ port: service.port, requests: [requests] });
  return (seconds * 1000) / IN_A_ROW;
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
