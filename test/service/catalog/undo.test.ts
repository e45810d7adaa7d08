import type { ResetScope } from '../../../src/service/catalog/branches.js';
import type { CatalogError } from '../../../src/service/catalog/errors.js';
import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1', b: '1' });
  await lake.branch('dev');
});
afterEach(() => lake.close());

const log = async (query = {}) => (await lake.catalog.operations.list('lake', query)).results;
const newest = async () => (await log())[0]!;
const undo = async (id?: string) => lake.catalog.undo.apply('lake', id ?? (await newest()).id, 'me');
const head = async (branch: string) => (await lake.catalog.refs.resolve('lake', `${branch}@`)).commitId;

test('the log says who did what, from which commit to which', async () => {
  const before = await head('dev');
  const { id } = await lake.commit('dev', { a: '2' });
  expect(await newest()).toMatchObject({
    actor: 'test',
    verb: 'commit',
    branch: 'dev',
    from: before,
    to: id,
    undone: false
  });
  const first = await lake.catalog.operations.list('lake', { amount: 1 });
  expect(first.hasMore).toBe(true);
  expect((await log({ after: first.nextOffset })).map(({ verb }) => verb)).toEqual([
    'create-branch',
    'commit'
  ]);
  expect((await log({ branch: 'main' })).map(({ verb }) => verb)).toEqual(['commit']);
});

test('what a commit held is uncommitted again, under what was written since', async () => {
  const before = await head('dev');
  await lake.commit('dev', { a: '2', b: null, c: '2' });
  await lake.put('dev', 'c', '3');
  await undo();
  expect(await head('dev')).toBe(before);
  expect(await lake.uncommitted('dev')).toEqual(['changed a', 'removed b', 'added c']);
  expect(await lake.read('dev', 'c')).toBe('3');
});

test('a merge is taken back, and so are revert, cherry-pick and hard reset', async () => {
  const picked = await lake.commit('dev', { a: '2' });
  const before = await head('main');
  const { merges, replays, branches } = lake.catalog;
  for (const verb of [
    () => merges.merge('lake', 'dev', 'main', { committer: 'me' }),
    () => replays.cherryPick('lake', 'main', { ref: picked.id, committer: 'me' }),
    () => replays.revert('lake', 'main', { ref: 'main', committer: 'me' }),
    () => branches.hardReset('lake', 'main', 'dev')
  ]) {
    await verb();
    expect(await head('main')).not.toBe(before);
    await undo();
    expect(await head('main')).toBe(before);
    expect(await lake.uncommitted('main')).toEqual([]);
  }
});

for (const [name, scope] of [
  ['everything', { kind: 'reset' }],
  ['a prefix', { kind: 'common_prefix', path: 'x/' }],
  ['one object', { kind: 'object', path: 'x/1' }],
  ['several objects', { kind: 'objects', paths: ['x/1', 'a'] }]
] satisfies [string, ResetScope][]) {
  for (const sealed of [false, true]) {
    test(`a reset of ${name} is taken back ${sealed ? 'from sealed layers' : 'from the open layer'}`, async () => {
      await lake.put('main', 'x/1', '1');
      await lake.catalog.objects.delete('lake', 'main', 'a');
      if (sealed) {
        await lake.commit('dev', { z: '1' });
        expect(await refusal(lake.catalog.merges.merge('lake', 'dev', 'main', { committer: 'me' }))).toBe(
          'uncommitted-changes'
        );
      }
      const before = await lake.uncommitted('main');
      await lake.catalog.branches.reset('lake', 'main', scope, { actor: 'me' });
      expect(await lake.uncommitted('main')).not.toEqual(before);
      await lake.catalog.idle();
      await undo();
      expect(await lake.uncommitted('main')).toEqual(before);
      expect(await lake.read('main', 'x/1')).toBe('1');
    });
  }
}

test('a deleted branch comes back with its uncommitted changes, unless the name is taken', async () => {
  await lake.put('dev', 'new', '1');
  await lake.catalog.branches.delete('lake', 'dev', { actor: 'me' });
  const { id } = await newest();
  await lake.branch('dev');
  expect(await refusal(undo(id))).toBe('branch-moved');
  await undo();
  await undo(id);
  expect(await lake.uncommitted('dev')).toEqual(['added new']);
});

test('a new branch is taken back only while nothing is written to it', async () => {
  await lake.put('dev', 'new', '1');
  const [created] = await log({ branch: 'dev' });
  expect(await refusal(undo(created!.id))).toBe('uncommitted-changes');
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'reset' });
  await undo(created!.id);
  expect(await refusal(lake.catalog.branches.get('lake', 'dev'))).toBe('branch-not-found');
});

test('changes that change nothing do not keep a new branch from being taken back, and leave nothing', async () => {
  const [created] = await log({ branch: 'dev' });
  await lake.put('dev', 'a', '1');
  await lake.put('dev', 'new', '1');
  expect(await refusal(lake.catalog.branches.hardReset('lake', 'dev', 'main'))).toBe('uncommitted-changes');
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'object', path: 'new' });
  expect(await lake.uncommitted('dev')).toEqual([]);
  await undo(created!.id);
  expect(await refusal(lake.catalog.branches.get('lake', 'dev'))).toBe('branch-not-found');
  await lake.catalog.operations.expire(-1);
  await lake.catalog.idle();
  expect(await lake.records('s/')).toBe(0);
});

test('taking back the reset of an object brings back that object alone, whatever was reset since', async () => {
  await lake.put('dev', 'x', '1');
  await lake.put('dev', 'y', '1');
  // A verb that refuses has sealed them: the reset goes another way than that of changes in the newest layer.
  expect(await refusal(lake.catalog.branches.hardReset('lake', 'dev', 'main'))).toBe('uncommitted-changes');
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'object', path: 'x' });
  const { id } = await newest();
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'reset' });
  await undo(id);
  expect(await lake.uncommitted('dev')).toEqual(['added x']);
});

test('what is written to a new branch while it is taken back keeps it', async () => {
  const [created] = await log({ branch: 'dev' });
  lake.beforeWrite(
    ({ delete: gone = [] }) => gone.some(key => Buffer.from(key).toString().startsWith('b/')),
    () => lake.put('dev', 'late', '1')
  );
  expect(await refusal(undo(created!.id))).toBe('uncommitted-changes');
  expect(await lake.read('dev', 'late')).toBe('1');
});

test('taking back a reset brings back what was written while it was made', async () => {
  await lake.put('dev', 'x', '1');
  lake.beforeWrite(
    ({ delete: gone = [] }) => gone.length > 0,
    () => lake.put('dev', 'x', '2')
  );
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'object', path: 'x' });
  expect(await lake.uncommitted('dev')).toEqual([]);
  await undo();
  expect(await lake.read('dev', 'x')).toBe('2');
});

test('an operation that others came after is refused, and they are named', async () => {
  await lake.commit('dev', { a: '2' });
  const { id } = await newest();
  await lake.commit('dev', { a: '3' });
  const later = await newest();
  const error = (await undo(id).catch(error => error)) as CatalogError;
  expect(error.code).toBe('branch-moved');
  expect(error.data.operations).toEqual([{ id: later.id, verb: 'commit', actor: 'test' }]);
  await undo(later.id);
  expect(await refusal(undo(later.id))).toBe('invalid-input');
  expect(await refusal(undo(id))).toBe('no refusal');
  expect(await refusal(undo())).toBe('invalid-input');
  expect(await refusal(undo('nonsense'))).toBe('operation-not-found');
});

test('of two undos at once one is carried out', async () => {
  await lake.commit('dev', { a: '2' });
  const { id } = await newest();
  const results = await Promise.all([refusal(undo(id)), refusal(undo(id))]);
  expect(results.sort()).toEqual(['invalid-input', 'no refusal']);
});

test('of a deleted branch that comes back and a tag of its name, made at once, there is one', async () => {
  for (let i = 0; i < 20; i++) {
    const name = `branch-${i}`;
    await lake.branch(name);
    await lake.catalog.branches.delete('lake', name);
    const { id } = await newest();
    const tag = () => lake.catalog.tags.create('lake', { name, ref: 'main' });
    const both = i % 2 ? [undo(id), tag()] : [tag(), undo(id)];
    const results = await Promise.all(both.map(refusal));
    expect(results.filter(result => result === 'no refusal')).toHaveLength(1);
  }
});

test('old operations are dropped with the layers that they kept, younger ones stay', async () => {
  await lake.put('main', 'x', '1');
  await lake.catalog.branches.reset('lake', 'main', { kind: 'reset' });
  await lake.put('dev', 'kept', '1');
  lake.time += 8 * 24 * 60 * 60 * 1000;
  await lake.commit('dev', { a: '2' });
  await lake.put('main', 'y', '1');
  await lake.catalog.branches.reset('lake', 'main', { kind: 'reset' });
  await lake.catalog.operations.expire(7);
  await lake.catalog.idle();
  expect((await log()).map(({ verb }) => verb)).toEqual(['reset', 'commit']);
  expect(await lake.records('s/')).toBe(1);
  await undo();
  expect(await lake.uncommitted('main')).toEqual(['added y']);
});
