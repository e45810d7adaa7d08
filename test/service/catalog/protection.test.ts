import { matchesPattern } from '../../../src/service/catalog/pattern.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1' });
  await lake.branch('dev');
});
afterEach(() => lake.close());

test('a protected branch takes merges, and nothing else', async () => {
  await lake.put('main', 'staged', '1');
  await lake.catalog.protection.set('lake', ['ma*']);
  const request = { committer: 'me', message: 'm' };
  const { objects, commits, uploads, branches, replays, merges } = lake.catalog;
  const from = { ref: 'main', path: 'a' };
  for (const verb of [
    () => lake.put('main', 'b', '1'),
    () => objects.delete('lake', 'main', 'a'),
    () => objects.deleteMany('lake', 'main', ['a']),
    () => objects.copy('lake', from, { branch: 'main', path: 'b' }),
    () => commits.create('lake', 'main', request),
    () => uploads.create('lake', 'main', 'b'),
    () => replays.revert('lake', 'main', { ref: 'main', committer: 'me' }),
    () => branches.hardReset('lake', 'main', 'main~1')
  ]) {
    expect(await refusal(verb())).toBe('branch-protected');
  }
  await branches.reset('lake', 'main', { kind: 'reset' });
  await lake.commit('dev', { b: '2' });
  await merges.merge('lake', 'dev', 'main', request);
  expect(await lake.paths('main')).toEqual(['a', 'b']);
  await lake.put('main', 'c', '3', { force: true });
});

test('a multipart upload begun before a branch was protected is refused in the end', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  const received = await lake.catalog.contents.receive('lake', chunks('x'));
  const { etag } = await lake.catalog.uploads.putPart('lake', upload, 1, received);
  await lake.catalog.protection.set('lake', ['main']);
  const completed = lake.catalog.uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
  expect(await refusal(completed)).toBe('branch-protected');
});

test('rules can be changed on condition of their ETag', async () => {
  const { etag } = await lake.catalog.protection.get('lake');
  await lake.catalog.protection.set('lake', ['one'], etag);
  expect(await refusal(lake.catalog.protection.set('lake', ['two'], etag))).toBe('precondition-failed');
  expect((await lake.catalog.protection.get('lake')).patterns).toEqual(['one']);
});

test('a hard reset moves a clean branch, and refuses one with uncommitted changes', async () => {
  await lake.commit('dev', { a: '2' });
  await lake.put('dev', 'b', '1');
  const reset = () => lake.catalog.branches.hardReset('lake', 'dev', 'main');
  expect(await refusal(reset())).toBe('uncommitted-changes');
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'reset' });
  await reset();
  expect(await lake.read('dev', 'a')).toBe('1');
});

test('repository metadata is added key by key and removed by key', async () => {
  const { repositories } = lake.catalog;
  await repositories.setMetadata('lake', { a: '1', b: '1' });
  await repositories.setMetadata('lake', { b: '2' });
  await repositories.deleteMetadata('lake', ['a', 'never']);
  expect(await repositories.metadata('lake')).toEqual({ b: '2' });
});

test('patterns know * and ?, and do not backtrack', () => {
  const yes = [
    ['*', ''],
    ['stable_*', 'stable_1'],
    ['a?c', 'abc'],
    ['*b*d', 'abcd'],
    ['main', 'main']
  ];
  const no = [
    ['stable_*', 'unstable_1'],
    ['a?c', 'ac'],
    ['', 'x'],
    ['*b*d', 'abcde'],
    ['a*'.repeat(40) + 'b', 'a'.repeat(2_000)]
  ];
  expect(yes.filter(([pattern, name]) => !matchesPattern(pattern!, name!))).toEqual([]);
  expect(no.filter(([pattern, name]) => matchesPattern(pattern!, name!))).toEqual([]);
});
