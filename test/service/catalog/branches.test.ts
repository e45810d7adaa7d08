import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const create = (name: string, source = 'main', more = {}) =>
  lake.catalog.branches.create('lake', { name, source, ...more });

test('a branch is one key and a line of the log, whatever the repository holds', async () => {
  await lake.commit('main', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, `${i}`])));
  const count = async () =>
    (await Promise.all(['b/', 'c/', 'n/', 's/', 'k/'].map(f => lake.records(f)))).join();
  await lake.catalog.idle();
  const [branches, ...others] = (await count()).split(',').map(Number);
  await create('dev');
  expect((await count()).split(',').map(Number)).toEqual([branches! + 1, ...others]);
});

test('names are checked, and taken ones refused', async () => {
  await create('dev');
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main' });
  expect(await refusal(create('dev'))).toBe('branch-exists');
  expect(await refusal(create('v1'))).toBe('branch-exists');
  expect(await refusal(lake.catalog.tags.create('lake', { name: 'dev', ref: 'main' }))).toBe('tag-exists');
  expect(await refusal(create('ok', 'nowhere'))).toBe('ref-not-found');
  for (const name of ['', '-a', 'a/b', 'a b', 'é', 'x'.repeat(256)]) {
    expect(await refusal(create(name))).toBe('invalid-input');
  }
});

test('branches are listed in order, by page and prefix, hidden ones only when asked for', async () => {
  for (const name of ['b2', 'b1', 'c1']) {
    await create(name);
  }
  await create('b0', 'main', { hidden: true });
  const list = async (query: object) =>
    (await lake.catalog.branches.list('lake', query)).results.map(branch => branch.name);
  expect(await list({})).toEqual(['b1', 'b2', 'c1', 'main']);
  expect(await list({ prefix: 'b', showHidden: true })).toEqual(['b0', 'b1', 'b2']);
  expect(await list({ after: 'b1', amount: 2 })).toEqual(['b2', 'c1']);
  expect((await lake.catalog.branches.list('lake', { amount: 1 })).nextOffset).toBe('b1');
});

test('deleting a branch takes its uncommitted changes with it; the default branch stays', async () => {
  await create('dev');
  await lake.put('dev', 'a', '1');
  await lake.catalog.branches.delete('lake', 'dev');
  expect(await refusal(lake.catalog.branches.get('lake', 'dev'))).toBe('branch-not-found');
  expect(await refusal(lake.catalog.branches.delete('lake', 'main'))).toBe('invalid-input');
  await create('dev');
  expect(await lake.uncommitted('dev')).toEqual([]);
});

describe('reset', () => {
  beforeEach(async () => {
    await lake.commit('main', { 'x/a': '1', 'x/b': '1', y: '1' });
    await lake.put('main', 'x/a', '2');
    await lake.catalog.objects.delete('lake', 'main', 'x/b');
    await lake.put('main', 'x/c', '2');
    await lake.put('main', 'y', '2');
  });
  const reset = (kind: 'object' | 'common_prefix', path: string) =>
    lake.catalog.branches.reset('lake', 'main', { kind, path });
  /** Leaves the changes in a sealed layer, as a refused merge does. */
  const seal = () => refusal(lake.catalog.merges.merge('lake', 'main~1', 'main', { committer: 'me' }));

  for (const [where, before] of [
    ['in the open layer', async () => undefined],
    ['in a sealed layer', seal]
  ] as const) {
    test(`of one object ${where}`, async () => {
      await before();
      await reset('object', 'x/a');
      expect(await lake.uncommitted('main')).toEqual(['removed x/b', 'added x/c', 'changed y']);
    });
    test(`of several objects ${where}`, async () => {
      await before();
      const paths = ['x/c', 'y', 'x/none'];
      await lake.catalog.branches.reset('lake', 'main', { kind: 'objects', paths });
      expect(await lake.uncommitted('main')).toEqual(['changed x/a', 'removed x/b']);
    });
    test(`below a prefix ${where}`, async () => {
      await before();
      await reset('common_prefix', 'x/');
      expect(await lake.uncommitted('main')).toEqual(['changed y']);
      expect(await lake.paths('main')).toEqual(['x/a', 'x/b', 'y']);
    });
    test(`of everything ${where}`, async () => {
      await before();
      await lake.catalog.branches.reset('lake', 'main', { kind: 'reset' });
      expect(await lake.uncommitted('main')).toEqual([]);
      expect(await lake.read('main', 'y')).toBe('1');
    });
  }
});

test('sealed layers are folded before they are too many, and nothing is lost', async () => {
  await lake.branch('other');
  await lake.commit('other', { z: '1' });
  for (let i = 0; i < 20; i++) {
    await lake.put('main', `f${i % 7}`, String(i));
    const merged = lake.catalog.merges.merge('lake', 'other', 'main', { committer: 'me' });
    expect(await refusal(merged)).toBe('uncommitted-changes');
  }
  expect(await lake.paths('main')).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  expect(await lake.read('main', 'f5')).toBe('19');
});

test('the change token is another one after every change, and the same without one', async () => {
  const token = async () => (await lake.catalog.branches.state('lake', 'main')).changeToken;
  const seen = [await token()];
  expect(await token()).toBe(seen[0]);
  const changes = [
    () => lake.put('main', 'a', '1'),
    () => lake.put('main', 'a', '2'),
    () => lake.catalog.objects.delete('lake', 'main', 'a'),
    () => lake.put('main', 'b', '1'),
    () => lake.catalog.branches.reset('lake', 'main', { kind: 'object', path: 'b' }),
    () => lake.commit('main', { c: '1' }),
    () =>
      lake
        .stop()
        .then(() => lake.start())
        .then(() => lake.put('main', 'd', '1'))
  ];
  for (const change of changes) {
    await change();
    const now = await token();
    expect(seen).not.toContain(now);
    seen.push(now);
  }
  expect((await lake.catalog.branches.state('lake', 'main')).uncommitted).toBe(1);
});

test('who looks while a change is being made is told of it afterwards', async () => {
  const state = () => lake.catalog.branches.state('lake', 'main');
  let during: Awaited<ReturnType<typeof state>> | undefined;
  lake.beforeWrite(
    () => true,
    async () => void (during = await state())
  );
  await lake.put('main', 'a', '1');
  expect(during!.uncommitted).toBe(0);
  expect((await state()).changeToken).not.toBe(during!.changeToken);
});

test('a change token is never given again, whatever happens across a restart', async () => {
  const token = async () => (await lake.catalog.branches.state('lake', 'main')).changeToken;
  await lake.put('main', 'a', '1');
  const before = await token();
  await lake.stop();
  await lake.start();
  await lake.put('main', 'a', '2');
  expect(await token()).not.toBe(before);
});
