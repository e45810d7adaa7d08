import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const create = (name: string, more = {}) =>
  lake.catalog.repositories.create({ name, storageNamespace: 's3://example/', ...more });

test('a repository begins with its default branch on an empty commit', async () => {
  await create('example', { defaultBranch: 'trunk' });
  const { results } = await lake.catalog.commits.log('example', 'trunk', {});
  expect(results.map(commit => commit.message)).toEqual(['Repository created']);
  expect(await lake.catalog.repositories.get('example')).toMatchObject({
    storageNamespace: 's3://example/',
    defaultBranch: 'trunk'
  });
});

test('names that cannot be are refused', async () => {
  expect(await refusal(create('lake'))).toBe('repository-exists');
  for (const name of [
    '',
    'ab',
    'Abc',
    '-abc',
    'a_b_c',
    'x'.repeat(64),
    'api',
    'metrics',
    'health',
    'databranch'
  ]) {
    expect(await refusal(create(name))).toBe('invalid-input');
  }
  expect(await refusal(create('fine', { storageNamespace: 'nowhere' }))).toBe('invalid-input');
  expect(await refusal(lake.catalog.repositories.get('absent'))).toBe('repository-not-found');
});

test('repositories are listed by page and prefix', async () => {
  await create('alpha');
  await create('alps');
  const list = async (query: object) =>
    (await lake.catalog.repositories.list(query)).results.map(repository => repository.name);
  expect(await list({})).toEqual(['alpha', 'alps', 'lake']);
  expect(await list({ prefix: 'al', after: 'alpha' })).toEqual(['alps']);
});

test('a deleted repository leaves nothing behind, and its name is free again', async () => {
  await lake.commit('main', { a: '1', b: 'x'.repeat(100_000) });
  await lake.put('main', 'c', '2');
  await lake.catalog.branches.reset('lake', 'main', { kind: 'reset' });
  await lake.put('main', 'd', '3');
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main' });
  await lake.catalog.uploads.create('lake', 'main', 'large');
  await lake.catalog.idle();
  expect(await lake.records('s/')).toBe(2);
  await lake.catalog.repositories.delete('lake');
  await lake.catalog.idle();
  for (const family of ['r/', 'b/', 't/', 'c/', 'n/', 'k/', 's/', 'o/', 'u/', 'p/', 'w/', 'd/']) {
    expect([family, await lake.records(family)]).toEqual([family, 0]);
  }
  expect(await lake.files()).toBe(0);
  await create('lake');
  expect(await lake.paths('main')).toEqual([]);
});

test('a read-only repository refuses writes unless forced', async () => {
  await create('archive', { readOnly: true });
  const branch = { name: 'dev', source: 'main' };
  expect(await refusal(lake.catalog.branches.create('archive', branch))).toBe('repository-read-only');
  expect((await lake.catalog.branches.create('archive', { ...branch, force: true })).name).toBe('dev');
});
