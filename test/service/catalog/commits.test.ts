import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

test('a commit holds what was uncommitted, and names its parent', async () => {
  const [first] = (await lake.catalog.commits.log('lake', 'main', {})).results;
  await lake.put('main', 'a', '1');
  const commit = await lake.catalog.commits.create('lake', 'main', {
    committer: 'me',
    message: 'first object',
    metadata: { using: 'python' }
  });
  expect(commit).toMatchObject({ parents: [first!.id], generation: 2, metadata: { using: 'python' } });
  expect(await lake.uncommitted('main')).toEqual([]);
  expect(await lake.paths(commit.id)).toEqual(['a']);
  expect(await lake.paths('main~1')).toEqual([]);
});

test('there is nothing to commit without changes, unless that is allowed', async () => {
  const request = { committer: 'me', message: 'nothing' };
  expect(await refusal(lake.catalog.commits.create('lake', 'main', request))).toBe('nothing-to-commit');
  const commit = await lake.catalog.commits.create('lake', 'main', { ...request, allowEmpty: true });
  expect(commit.generation).toBe(2);
});

test('writing the committed content again leaves nothing to commit and keeps the committed time', async () => {
  await lake.commit('main', { a: '1' });
  const { mtime } = await lake.catalog.objects.stat('lake', 'main@', 'a');
  await lake.put('main', 'a', '1');
  expect(await lake.uncommitted('main')).toEqual([]);
  expect(await refusal(lake.commit('main', { a: '1' }))).toBe('nothing-to-commit');
  await lake.commit('main', { a: '1', b: '2' });
  expect((await lake.catalog.objects.stat('lake', 'main', 'a')).mtime).toBe(mtime);
});

test('the same entries give the same tree, however they came about', async () => {
  await lake.branch('left');
  await lake.branch('right');
  await lake.commit('left', { a: '1' });
  await lake.commit('left', { b: '2', c: '3' });
  await lake.commit('left', { c: null });
  await lake.put('right', 'b', '2');
  for (const path of ['b', 'a']) {
    const from = { ref: 'left', path };
    await lake.catalog.objects.copy('lake', from, { branch: 'right', path });
  }
  await lake.catalog.commits.create('lake', 'right', { committer: 'me', message: 'at once' });
  const diff = await lake.catalog.diffs.refs('lake', 'left', 'right', { type: 'two_dot' });
  expect(diff.results).toEqual([]);
});

test('a write during a commit stays uncommitted, and none is lost', async () => {
  const writes = Array.from({ length: 200 }, (_, i) => `file-${String(i).padStart(3, '0')}`);
  const commits: Promise<unknown>[] = [];
  await Promise.all(
    writes.map(async (path, i) => {
      await lake.put('main', path, path);
      if (i % 20 === 0) {
        commits.push(
          refusal(lake.catalog.commits.create('lake', 'main', { committer: 'me', message: path }))
        );
      }
    })
  );
  await Promise.all(commits);
  expect(await lake.paths('main')).toEqual(writes);
  const committed = await lake.paths('main@');
  const uncommitted = (await lake.uncommitted('main')).map(change => change.replace('added ', ''));
  expect([...committed, ...uncommitted].sort()).toEqual(writes);
});

test('layers of a commit are removed from the store', async () => {
  await lake.commit('main', { a: '1', b: '2' });
  await lake.catalog.idle();
  expect(await lake.records('s/')).toBe(0);
  expect(await lake.records('d/')).toBe(0);
});

test('refs: a branch, a tag, a prefix of a commit id, and steps from each', async () => {
  const one = await lake.commit('main', { a: '1' });
  const two = await lake.commit('main', { a: '2' });
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main~1' });
  const resolve = async (ref: string) => (await lake.catalog.refs.resolve('lake', ref)).commitId;
  expect(await resolve('main')).toBe(two.id);
  expect(await resolve('v1')).toBe(one.id);
  expect(await resolve('main^')).toBe(one.id);
  expect(await resolve(two.id.slice(0, 12))).toBe(two.id);
  expect(await resolve('main~0^0')).toBe(two.id);
  expect(await resolve(`${two.id.slice(0, 8)}~1`)).toBe(one.id);
  for (const ref of ['nope', 'main~9', 'main^2']) {
    expect(await refusal(lake.catalog.refs.resolve('lake', ref))).toBe('ref-not-found');
  }
  for (const ref of ['', '~1', 'a b^x']) {
    expect(['invalid-input', 'ref-not-found']).toContain(
      await refusal(lake.catalog.refs.resolve('lake', ref))
    );
  }
});

test('the log pages, and filters by object, prefix, time and first parent', async () => {
  const a = await lake.commit('main', { 'x/a': '1' }, 'a');
  await lake.branch('dev');
  const b = await lake.commit('dev', { 'y/b': '1' }, 'b');
  const c = await lake.commit('main', { 'x/c': '1' }, 'c');
  const merge = await lake.catalog.merges.merge('lake', 'dev', 'main', { committer: 'me' });
  const log = async (query: object) =>
    (await lake.catalog.commits.log('lake', 'main', query)).results.map(commit => commit.id);
  const all = await log({});
  expect(all[0]).toBe(merge.id);
  expect(new Set(all.slice(1, 3))).toEqual(new Set([b.id, c.id]));
  expect(all[3]).toBe(a.id);
  const first = await lake.catalog.commits.log('lake', 'main', { amount: 2 });
  expect(first.hasMore).toBe(true);
  expect(await log({ after: first.nextOffset })).toEqual(all.slice(2));
  expect(await log({ objects: ['x/c'] })).toEqual([c.id]);
  expect(new Set(await log({ prefixes: ['y/'] }))).toEqual(new Set([merge.id, b.id]));
  expect(await log({ firstParent: true })).toEqual([merge.id, c.id, a.id, all.at(-1)]);
  expect(await log({ stopAt: c.id, firstParent: true })).toEqual([merge.id, c.id]);
  expect((await lake.catalog.commits.log('lake', 'main', { amount: 1, limit: true })).hasMore).toBe(false);
});
