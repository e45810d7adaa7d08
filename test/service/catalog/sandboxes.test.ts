import { SANDBOX_DAYS } from '../../../src/service/catalog/sandboxes.js';
import { Fixture, refusal } from './fixture.js';

const TAKING = { committer: 'me', message: 'Cleaned', metadata: { cell: '7' } };

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1', b: '1' });
});
afterEach(() => lake.close());

const make = (source = 'main') => lake.catalog.sandboxes.create('lake', source, 'me');
const names = async (showHidden = false) =>
  (await lake.catalog.branches.list('lake', { showHidden })).results.map(({ name }) => name);

test('a sandbox begins where its source stands, and is listed on request only', async () => {
  await lake.put('main', 'uncommitted', 'x');
  const { name } = await make();
  expect(await lake.paths(name)).toEqual(['a', 'b']);
  expect(await names()).toEqual(['main']);
  expect(await names(true)).toEqual(['main', name]);
  expect(await refusal(make('nowhere'))).toBe('ref-not-found');
});

test('kept, it is an ordinary branch with one commit more', async () => {
  const { name } = await make();
  await lake.put(name, 'c', '2');
  await lake.catalog.sandboxes.keep('lake', name, 'cleaned', TAKING);
  expect(await names(true)).toEqual(['cleaned', 'main']);
  expect(await lake.paths('cleaned')).toEqual(['a', 'b', 'c']);
  expect(await lake.uncommitted('cleaned')).toEqual([]);
  expect(await lake.catalog.commits.get('lake', 'cleaned')).toMatchObject({
    message: 'Cleaned',
    committer: 'me',
    metadata: { cell: '7' }
  });
  lake.time += (SANDBOX_DAYS + 1) * 86_400_000;
  await lake.catalog.sandboxes.expire();
  expect(await names(true)).toEqual(['cleaned', 'main']);
});

test('a name that is taken or cannot be one leaves it as it was', async () => {
  const { name } = await make();
  await lake.put(name, 'c', '2');
  expect(await refusal(lake.catalog.sandboxes.keep('lake', name, 'main', TAKING))).toBe('branch-exists');
  expect(await refusal(lake.catalog.sandboxes.keep('lake', name, 'no/name', TAKING))).toBe('invalid-input');
  expect(await lake.uncommitted(name)).toEqual(['added c']);
});

test('merged, its changes are on the destination and it is gone; a cell that did nothing has nothing to merge', async () => {
  const { name } = await make();
  expect(await refusal(lake.catalog.sandboxes.merge('lake', name, 'main', TAKING))).toBe('nothing-to-merge');
  await lake.put(name, 'c', '2');
  const merged = await lake.catalog.sandboxes.merge('lake', name, 'main', TAKING);
  expect(merged).toMatchObject({ message: 'Cleaned', metadata: { cell: '7' } });
  expect(await lake.read('main', 'c')).toBe('2');
  expect(await names(true)).toEqual(['main']);
});

test('after a conflict it is still there, to be merged with a strategy', async () => {
  const { name } = await make();
  await lake.put(name, 'a', 'theirs');
  await lake.commit('main', { a: 'ours' });
  expect(await refusal(lake.catalog.sandboxes.merge('lake', name, 'main', TAKING))).toBe('merge-conflict');
  await lake.catalog.sandboxes.merge('lake', name, 'main', { ...TAKING, strategy: 'source-wins' });
  expect(await lake.read('main', 'a')).toBe('theirs');
});

test('an ordinary branch is neither kept, merged nor discarded as a sandbox', async () => {
  await lake.branch('dev');
  const { sandboxes } = lake.catalog;
  expect(await refusal(sandboxes.keep('lake', 'dev', 'cleaned', TAKING))).toBe('invalid-input');
  expect(await refusal(sandboxes.merge('lake', 'dev', 'main', TAKING))).toBe('invalid-input');
  expect(await refusal(sandboxes.discard('lake', 'dev', 'me'))).toBe('invalid-input');
  expect(await refusal(sandboxes.merge('lake', 'sandbox-0', 'main', TAKING))).toBe('branch-not-found');
});

test('after seven days it is removed, ordinary branches are not, and undo brings it back for as long again', async () => {
  await lake.catalog.branches.create('lake', { name: 'hidden', source: 'main', hidden: true });
  const { name } = await make();
  await lake.put(name, 'c', '2');
  await lake.catalog.commits.create('lake', name, TAKING);
  await lake.put(name, 'd', '3');
  expect(await lake.catalog.sandboxes.expire()).toBe(0);

  lake.time += SANDBOX_DAYS * 86_400_000;
  expect(await lake.catalog.sandboxes.expire()).toBe(1);
  expect(await names(true)).toEqual(['hidden', 'main']);
  const [operation] = (await lake.catalog.operations.list('lake', { branch: name })).results;
  expect(operation).toMatchObject({ verb: 'delete-branch', actor: 'databranch' });

  await lake.catalog.undo.apply('lake', operation!.id, 'me');
  expect(await lake.catalog.sandboxes.expire()).toBe(0);
  expect(await lake.paths(name)).toEqual(['a', 'b', 'c', 'd']);
  expect(await lake.uncommitted(name)).toEqual(['added d']);
});
