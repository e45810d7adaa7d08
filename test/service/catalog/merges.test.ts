import type { CatalogError } from '../../../src/service/catalog/errors.js';
import type { MergeCandidate, MergeCheck } from '../../../src/service/catalog/merges.js';
import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1', b: '1', c: '1' });
  await lake.branch('dev');
});
afterEach(() => lake.close());

const merge = (source: string, destination: string, more = {}) =>
  lake.catalog.merges.merge('lake', source, destination, { committer: 'me', ...more });

test('a merge brings what the source changed and keeps what the destination changed', async () => {
  await lake.commit('dev', { a: '2', d: '2', c: null });
  const ours = await lake.commit('main', { b: '3' });
  const theirs = await lake.catalog.refs.resolve('lake', 'dev');
  const commit = await merge('dev', 'main');
  expect(commit.parents).toEqual([ours.id, theirs.commitId]);
  expect(await lake.paths('main')).toEqual(['a', 'b', 'd']);
  expect(await lake.read('main', 'a')).toBe('2');
  expect(await lake.read('main', 'b')).toBe('3');
});

test('a conflict names its paths and changes nothing, and a strategy decides it', async () => {
  await lake.commit('dev', { a: 'theirs', b: null });
  await lake.commit('main', { a: 'ours', b: 'ours' });
  const before = await lake.catalog.refs.resolve('lake', 'main');
  const error = (await merge('dev', 'main').catch(error => error)) as CatalogError;
  expect(error.code).toBe('merge-conflict');
  expect(error.data).toEqual({ paths: ['a', 'b'], count: 2 });
  expect(await lake.catalog.refs.resolve('lake', 'main')).toEqual(before);
  await lake.branch('copy');
  await merge('dev', 'copy', { strategy: 'dest-wins' });
  expect(await refusal(merge('dev', 'copy'))).toBe('nothing-to-merge');
  expect(await lake.read('copy', 'a')).toBe('ours');
  await merge('dev', 'main', { strategy: 'source-wins' });
  expect(await lake.paths('main')).toEqual(['a', 'c']);
  expect(await lake.read('main', 'a')).toBe('theirs');
});

test('conflicts are decided path by path; what nothing decides refuses the whole merge', async () => {
  await lake.commit('dev', { a: 'theirs', b: null, c: 'theirs' });
  await lake.commit('main', { a: 'ours', b: 'ours', c: 'ours' });
  const side = (...sides: [string, 'source' | 'destination'][]) => ({ sides: new Map(sides) });
  const error = (await merge('dev', 'main', side(['b', 'source'])).catch(error => error)) as CatalogError;
  expect(error.data).toEqual({ paths: ['a', 'c'], count: 2 });
  expect(await lake.read('main', 'b')).toBe('ours');
  const sides = side(['a', 'destination'], ['b', 'source'], ['no conflict', 'source']);
  await merge('dev', 'main', { ...sides, strategy: 'source-wins' });
  expect(await lake.paths('main')).toEqual(['a', 'c']);
  expect([await lake.read('main', 'a'), await lake.read('main', 'c')]).toEqual(['ours', 'theirs']);
  expect(await refusal(merge('dev', 'main'))).toBe('nothing-to-merge');
});

test('sides that were chosen before a ref moved decide nothing', async () => {
  await lake.commit('dev', { a: 'theirs' });
  await lake.commit('main', { a: 'ours' });
  const at = async (ref: string) => (await lake.catalog.refs.resolve('lake', ref)).commitId;
  const sides = new Map([['a', 'source' as const]]);
  for (const moved of ['dev', 'main']) {
    const seen = { source: await at('dev'), destination: await at('main') };
    await lake.commit(moved, { a: `later on ${moved}` });
    expect(await refusal(merge('dev', 'main', { sides, seen }))).toBe('branch-moved');
  }
  const seen = { source: await at('dev'), destination: await at('main') };
  await merge('dev', 'main', { sides, seen });
  expect(await lake.read('main', 'a')).toBe('later on dev');
});

test('the same change on both sides is no conflict', async () => {
  await lake.commit('dev', { a: 'same', b: null });
  await lake.commit('main', { a: 'same', b: null, d: 'x' });
  await merge('dev', 'main');
  expect(await lake.paths('main')).toEqual(['a', 'c', 'd']);
});

test('merging what is there already is refused, unless allowed', async () => {
  expect(await refusal(merge('dev', 'main'))).toBe('nothing-to-merge');
  expect((await merge('dev', 'main', { allowEmpty: true })).parents).toHaveLength(2);
});

test('uncommitted changes on the destination refuse a merge and stay; equal rewrites do not count', async () => {
  await lake.commit('dev', { a: '2' });
  await lake.put('main', 'c', '1');
  await lake.put('main', 'new', '1');
  expect(await refusal(merge('dev', 'main'))).toBe('uncommitted-changes');
  expect(await lake.uncommitted('main')).toEqual(['added new']);
  await lake.catalog.branches.reset('lake', 'main', { kind: 'object', path: 'new' });
  await merge('dev', 'main');
  expect(await lake.read('main', 'a')).toBe('2');
});

test('a squash has one parent', async () => {
  await lake.commit('dev', { a: '2' });
  const { commitId } = await lake.catalog.refs.resolve('lake', 'main');
  expect((await merge('dev', 'main', { squash: true })).parents).toEqual([commitId]);
  expect(await refusal(merge('dev', 'main', { squash: true }))).toBe('nothing-to-merge');
});

test('the merge base is the last commit that both sides have', async () => {
  const { commitId: fork } = await lake.catalog.refs.resolve('lake', 'main');
  await lake.commit('dev', { a: '2' });
  await lake.commit('main', { b: '2' });
  expect((await lake.catalog.merges.base('lake', 'dev', 'main')).baseCommitId).toBe(fork);
  const merged = await merge('dev', 'main');
  await lake.commit('main', { b: '3' });
  expect((await lake.catalog.merges.base('lake', merged.id, 'main')).baseCommitId).toBe(merged.id);
});

test('three dots show what the source would bring, two dots what differs', async () => {
  await lake.commit('dev', { a: 'theirs', d: '1' });
  await lake.commit('main', { a: 'ours', b: 'ours' });
  const diff = async (type: 'two_dot' | 'three_dot') =>
    (await lake.catalog.diffs.refs('lake', 'main', 'dev', { type })).results.map(d => `${d.type} ${d.path}`);
  expect(await diff('three_dot')).toEqual(['conflict a', 'added d']);
  expect(await diff('two_dot')).toEqual(['changed a', 'changed b', 'added d']);
});

test('a diff groups by delimiter and pages', async () => {
  await lake.commit('dev', { 'x/1': '1', 'x/2': '1', 'y/1': '1', z: '1' });
  const query = { delimiter: '/', amount: 2 };
  const first = await lake.catalog.diffs.refs('lake', 'main', 'dev', query);
  expect(first.results.map(d => `${d.type} ${d.path}`)).toEqual(['prefix_changed x/', 'prefix_changed y/']);
  const rest = await lake.catalog.diffs.refs('lake', 'main', 'dev', { ...query, after: first.nextOffset });
  expect(rest.results.map(d => `${d.type} ${d.path}`)).toEqual(['added z']);
});

describe('a merge that is checked', () => {
  const checked = (check: MergeCheck, more = {}) =>
    lake.catalog.merges.merge('lake', 'dev', 'main', { committer: 'me', ...more }, check);
  const pathsOf = async ({ after }: MergeCandidate) => {
    const paths: string[] = [];
    const cursor = lake.catalog.views.tree(after).cursor(after.root);
    for (await cursor.seek(Buffer.alloc(0)); cursor.entry; await cursor.next()) {
      paths.push(cursor.entry.key.toString());
    }
    return paths;
  };

  test('is seen as it will be published, and published with what the check says of it', async () => {
    await lake.commit('dev', { d: '1', b: null });
    let seen: MergeCandidate | undefined;
    const commit = await checked(
      async candidate => {
        seen = candidate;
        expect(await pathsOf(candidate)).toEqual(['a', 'c', 'd']);
        expect((await lake.catalog.refs.resolve('lake', 'main')).commitId).toBe(candidate.into.id);
        return { looked: 'yes' };
      },
      { metadata: { mine: 'kept' } }
    );
    expect(commit).toMatchObject({ root: seen!.root, metadata: { looked: 'yes', mine: 'kept' } });
    expect(await lake.paths('main')).toEqual(['a', 'c', 'd']);
  });

  test('is not published when the check refuses it', async () => {
    await lake.commit('dev', { d: '1' });
    const before = await lake.catalog.refs.resolve('lake', 'main');
    await expect(checked(() => Promise.reject(new Error('no duplicates here')))).rejects.toThrow(
      'no duplicates'
    );
    expect(await lake.catalog.refs.resolve('lake', 'main')).toEqual(before);
  });

  test.each(['main', 'dev'])('is built and checked again when %s moves meanwhile', async moving => {
    await lake.commit('dev', { d: '1' });
    const seen: string[][] = [];
    const commit = await checked(async candidate => {
      seen.push(await pathsOf(candidate));
      if (seen.length === 1) {
        await lake.commit(moving, { e: '1' });
      }
      return {};
    });
    expect(seen).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd', 'e']
    ]);
    expect(commit.parents).toHaveLength(2);
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('gives up when a side never stands still', async () => {
    await lake.commit('dev', { d: '1' });
    let times = 0;
    const refused = checked(async () => {
      await lake.commit('dev', { d: `${++times + 1}` });
      return {};
    });
    expect(await refusal(refused)).toBe('branch-moved');
    expect(times).toBe(3);
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c']);
  });

  test('leaves what is written to the destination meanwhile uncommitted', async () => {
    await lake.commit('dev', { d: '1' });
    await checked(async () => {
      await lake.put('main', 'written', '1');
      return {};
    });
    expect(await lake.uncommitted('main')).toEqual(['added written']);
  });

  test('gets through beside as many others as come at once', async () => {
    const branches = Array.from({ length: 8 }, (_, i) => `dev-${i}`);
    for (const branch of branches) {
      await lake.branch(branch);
      await lake.commit(branch, { [branch]: '1' });
    }
    let first = 0;
    let allHere!: () => void;
    const all = new Promise<void>(resolve => (allHere = resolve));
    const seen: string[] = [];
    const check = (branch: string) => async (candidate: MergeCandidate) => {
      seen.push(`${branch} onto ${candidate.into.message}`);
      if (++first === branches.length) {
        allHere();
      }
      await all;
      return {};
    };
    await Promise.all(
      branches.map(branch =>
        lake.catalog.merges.merge('lake', branch, 'main', { committer: 'me' }, check(branch))
      )
    );
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c', ...branches]);
    // Each but the first was checked once more, on top of what was published before it.
    expect(seen).toHaveLength(2 * branches.length - 1);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('that has to try again is not overtaken by another merge, only by a commit', async () => {
    await lake.commit('dev', { d: '1' });
    await lake.branch('late', 'main');
    await lake.commit('late', { late: '1' });
    let late: Promise<unknown> | undefined;
    let checks = 0;
    const commit = await checked(async () => {
      checks++;
      if (checks === 1) {
        await lake.commit('main', { moved: '1' });
      } else {
        await new Promise<void>(lateIsBuilt => {
          const check: MergeCheck = async () => {
            lateIsBuilt();
            return {};
          };
          late = lake.catalog.merges.merge('lake', 'late', 'main', { committer: 'me' }, check);
        });
      }
      return {};
    });
    expect(checks).toBe(2);
    expect(await late).toMatchObject({ parents: [commit.id, expect.anything()] });
  });

  test('keeps what was built from a garbage collection', async () => {
    await lake.commit('dev', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d/${i}`, `${i}`])));
    let collecting: Promise<unknown> | undefined;
    await checked(async candidate => {
      collecting = lake.catalog.collection.run();
      expect(await pathsOf(candidate)).toHaveLength(303);
      return {};
    });
    await collecting;
    expect(await lake.paths('main')).toHaveLength(303);
  });

  test('can be looked at without being merged', async () => {
    await lake.commit('dev', { d: '1' });
    const { commitId } = await lake.catalog.refs.resolve('lake', 'main');
    const paths = await lake.catalog.merges.consider('lake', 'dev', 'main', undefined, pathsOf);
    expect(paths).toEqual(['a', 'b', 'c', 'd']);
    expect((await lake.catalog.refs.resolve('lake', 'main')).commitId).toBe(commitId);
    await lake.commit('main', { d: '2' });
    const conflicting = lake.catalog.merges.consider('lake', 'dev', 'main', undefined, pathsOf);
    expect(await refusal(conflicting)).toBe('merge-conflict');
  });
});

describe('revert and cherry-pick', () => {
  const request = (ref: string, more = {}) => ({ ref, committer: 'me', ...more });

  test('a revert takes back one commit and keeps what came after it', async () => {
    const bad = await lake.commit('main', { a: 'bad', d: 'bad' });
    await lake.commit('main', { b: 'later' });
    const reverted = await lake.catalog.replays.revert('lake', 'main', request(bad.id));
    expect(reverted.parents).toHaveLength(1);
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c']);
    expect(await lake.read('main', 'a')).toBe('1');
    expect(await lake.read('main', 'b')).toBe('later');
  });

  test('a cherry-pick brings one commit', async () => {
    await lake.commit('dev', { a: 'not this' });
    const wanted = await lake.commit('dev', { d: 'this' }, 'wanted');
    const picked = await lake.catalog.replays.cherryPick('lake', 'main', request('dev'));
    expect(picked).toMatchObject({ message: 'wanted', metadata: { 'cherry-pick-origin': wanted.id } });
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c', 'd']);
    expect(await lake.read('main', 'a')).toBe('1');
  });

  test('a conflict, an empty result, and a merge commit without a parent number are refused', async () => {
    const bad = await lake.commit('main', { a: 'bad' });
    await lake.commit('main', { a: 'worse' });
    expect(await refusal(lake.catalog.replays.revert('lake', 'main', request(bad.id)))).toBe(
      'merge-conflict'
    );
    await lake.commit('dev', { e: '1' });
    const merged = await merge('dev', 'main');
    expect(await refusal(lake.catalog.replays.revert('lake', 'main', request(merged.id)))).toBe(
      'invalid-input'
    );
    await lake.catalog.replays.revert('lake', 'main', request(merged.id, { parent: 1 }));
    expect(await lake.paths('main')).toEqual(['a', 'b', 'c']);
    const again = lake.catalog.replays.revert('lake', 'main', request(merged.id, { parent: 1 }));
    expect(await refusal(again)).toBe('nothing-to-commit');
  });
});
