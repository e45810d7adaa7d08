import fc from 'fast-check';
import { History } from '../../../src/service/catalog/history.js';
import type { CommitId, NodeHash, RepositoryUid } from '../../../src/service/ids.js';
import type { Store } from '../../../src/service/catalog/store.js';
import type { CatalogError } from '../../../src/service/catalog/errors.js';
import { EMPTY_ROOT } from '../../../src/service/tree/empty.js';
import { Fixture } from './fixture.js';

let lake: Fixture;
let uid: RepositoryUid;
beforeAll(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1', b: '1' });
  const [key] = await lake.keys('b/');
  uid = key!.toString().split('/')[1] as RepositoryUid;
});
afterAll(() => lake.close());

/** A commit by the places of its parents among those before it, and its date, which may be any. */
interface Plan {
  parents: number[];
  date: number;
}

/** Histories with several beginnings, merges of merges, and dates that tell nothing. */
const plans: fc.Arbitrary<Plan[]> = fc
  .array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), isFirst: fc.nat(6), date: fc.nat(3) }), {
    minLength: 2,
    maxLength: 14
  })
  .map(all =>
    all.map(({ picks, isFirst, date }, i) => ({
      parents:
        i === 0 || isFirst === 0
          ? []
          : [
              ...new Set([
                i - 1 - ((picks[0] ?? 0) % Math.min(i, 4)),
                ...picks.slice(1).map(pick => pick % i)
              ])
            ],
      date
    }))
  );

/** Writes commits; a message makes each another one, also in a later run. */
let run = 0;
async function write(history: History, all: Plan[], root: NodeHash = EMPTY_ROOT.hash): Promise<CommitId[]> {
  const made: { id: CommitId; generation: number }[] = [];
  const put = [];
  run++;
  for (const [i, { parents, date }] of all.entries()) {
    const generation = 1 + Math.max(0, ...parents.map(parent => made[parent]!.generation));
    const record = { root, generation, date, message: `${run} ${i}`, committer: 'test', metadata: {} };
    const { commit, put: each } = history.make(uid, {
      ...record,
      parents: parents.map(parent => made[parent]!.id)
    });
    made.push({ id: commit.id, generation });
    put.push(each);
  }
  await lake.kv.write({ put });
  return made.map(({ id }) => id);
}

/** The places of common ancestors that no other common ancestor descends from. */
function naiveBases(all: Plan[], a: number, b: number): number[] {
  const above = (i: number): Set<number> =>
    new Set([i, ...all[i]!.parents.flatMap(parent => [...above(parent)])]);
  const ofB = above(b);
  const common = [...above(a)].filter(i => ofB.has(i));
  return common.filter(i => !common.some(other => other !== i && above(other).has(i)));
}

const historyOf = () => new History({ kv: lake.kv } as Store);

test('a merge base is a common ancestor below no other, the same from both sides; none where nothing is shared', async () => {
  let crisscross = 0;
  let unrelated = 0;
  await fc.assert(
    fc.asyncProperty(plans, async all => {
      const history = historyOf();
      const ids = await write(history, all);
      for (let a = 0; a < all.length; a++) {
        for (let b = a; b < all.length; b++) {
          const found = (await history.mergeBase(uid, ids[a]!, ids[b]!))?.id;
          const bases = naiveBases(all, a, b);
          crisscross += bases.length > 1 ? 1 : 0;
          unrelated += bases.length === 0 ? 1 : 0;
          expect(bases.length === 0 ? [undefined] : bases.map(i => ids[i])).toContain(found);
          expect((await history.mergeBase(uid, ids[b]!, ids[a]!))?.id).toBe(found);
        }
      }
    }),
    { numRuns: 60 }
  );
  // Or the property says little.
  expect(crisscross).toBeGreaterThan(20);
  expect(unrelated).toBeGreaterThan(20);
});

test('histories that share nothing are merged as if both had begun with nothing', async () => {
  const { merges, refs, commits } = lake.catalog;
  await lake.branch('other');
  const { root } = await lake.commit('other', { a: '1', b: 'of the other', c: 'of the other' });
  await lake.catalog.branches.delete('lake', 'other');
  const [stranger] = await write(historyOf(), [{ parents: [], date: 0 }], root);
  await lake.branch('stranger', stranger);
  const merge = (strategy?: 'source-wins') =>
    merges.merge('lake', 'stranger', 'main', { committer: 'me', strategy });
  const error = (await merge().catch(error => error)) as CatalogError;
  expect([error.code, error.data]).toEqual(['merge-conflict', { paths: ['b'], count: 1 }]);
  const merged = await merge('source-wins');
  expect(merged.parents).toEqual([expect.any(String), stranger]);
  expect(await lake.paths('main')).toEqual(['a', 'b', 'c']);
  expect(await lake.read('main', 'b')).toBe('of the other');
  // Now they share something.
  await lake.commit('stranger', { c: 'later' });
  await merges.merge('lake', 'stranger', 'main', { committer: 'me' });
  expect(await lake.read('main', 'c')).toBe('later');
  expect((await merges.base('lake', 'stranger', 'main')).baseCommitId).toBe(
    (await refs.resolve('lake', 'stranger')).commitId
  );
  expect((await commits.log('lake', 'main', {})).results.map(({ id }) => id)).toContain(stranger);
});
