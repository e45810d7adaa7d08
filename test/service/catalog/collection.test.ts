import { writeFile } from 'node:fs/promises';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { chunks, Fixture, refusal } from './fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const LARGE = Buffer.alloc(40_000, 'large');
const ME = { committer: 'me' };

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: 'a of main', b: 'b of main' });
  await lake.branch('dev');
});
afterEach(() => lake.close());

const collect = (options = {}) => lake.catalog.collection.run(options);
/** Collects what nothing but the operation log keeps, too. */
const collectAll = async () => {
  lake.time += 30 * DAY_MS;
  return collect();
};

async function expectSound(): Promise<void> {
  await lake.catalog.idle();
  const findings: Finding[] = [];
  const report = await lake.catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
  expect(findings).toEqual([]);
  expect(report.sound).toBe(true);
}

const figures = async (options = {}) => (await collect(options)).repositories[0]!;
const head = async (branch: string) => (await lake.catalog.refs.resolve('lake', `${branch}@`)).commitId;

test('a store in which everything is needed stays as it is', async () => {
  await lake.put('dev', 'large', LARGE);
  await lake.commit('dev', { a: null, c: 'c' });
  await lake.put('dev', 'staged', 'staged');
  await lake.catalog.idle();
  const before = await lake.records('');
  expect(await figures()).toMatchObject({ commits: 0, nodes: 0, blocks: 0, files: 0, bytes: 0 });
  expect(await lake.records('')).toBe(before);
  await expectSound();
});

test('what was overwritten before a commit goes, its file too; a dry run says so before', async () => {
  await lake.put('main', 'large', LARGE);
  await lake.put('main', 'large', 'small');
  const expected = { commits: 0, nodes: 0, blocks: 1, files: 1 };
  expect(await lake.files()).toBe(1);
  expect(await figures({ dryRun: true })).toMatchObject(expected);
  const estimate = await lake.catalog.collection.estimate('lake');
  expect(estimate).toMatchObject(expected);
  expect(estimate.bytes).toBeGreaterThan(LARGE.length);
  expect(await lake.files()).toBe(1);
  expect(await figures()).toEqual(estimate);
  expect(await lake.files()).toBe(0);
  expect(await lake.read('main', 'large')).toBe('small');
  await expectSound();
});

test('a deleted branch goes with its commits, nodes and contents when its undo is no longer possible', async () => {
  const { id } = await lake.commit('dev', { a: 'a of dev', large: LARGE.toString() });
  await lake.put('dev', 'staged', 'uncommitted on dev');
  await lake.catalog.branches.delete('lake', 'dev');
  expect(await figures()).toMatchObject({ commits: 0, blocks: 0 });
  expect((await lake.catalog.commits.get('lake', id)).id).toBe(id);
  lake.time += 30 * DAY_MS;
  expect(await figures({ dryRun: true })).toMatchObject({ commits: 1, blocks: 3, files: 1 });
  expect(await figures()).toMatchObject({ commits: 1, nodes: 1, blocks: 3, files: 1 });
  expect(await refusal(lake.catalog.commits.get('lake', id))).toBe('commit-not-found');
  await expectSound();
  expect(await lake.paths('main')).toEqual(['a', 'b']);
});

test('an undo younger than the limit brings everything back after a collection', async () => {
  await lake.put('dev', 'staged', 'uncommitted on dev');
  await lake.commit('dev', { a: 'a of dev' });
  await lake.put('dev', 'late', 'late on dev');
  await lake.catalog.branches.delete('lake', 'dev');
  const [deletion] = (await lake.catalog.operations.list('lake', { amount: 1 })).results;
  lake.time += 6 * DAY_MS;
  await collect();
  await lake.catalog.undo.apply('lake', deletion!.id, 'me');
  expect(await lake.read('dev', 'a')).toBe('a of dev');
  expect(await lake.read('dev', 'late')).toBe('late on dev');
  await collectAll();
  expect(await lake.read('dev', 'late')).toBe('late on dev');
  await expectSound();
});

test.each([
  [3, true],
  [30, false]
])('how many days an undo has is said when the store is opened: %i', async (undoDays, isOver) => {
  await lake.commit('dev', { a: 'a of dev' });
  await lake.catalog.branches.delete('lake', 'dev');
  const [deletion] = (await lake.catalog.operations.list('lake', { amount: 1 })).results;
  await lake.stop();
  lake.undoDays = undoDays;
  await lake.start();
  lake.time += 10 * DAY_MS;
  await collect();
  const undone = lake.catalog.undo.apply('lake', deletion!.id, 'me');
  expect(await refusal(undone)).toBe(isOver ? 'operation-not-found' : 'no refusal');
  await expectSound();
});

test('a merge keeps what its source had after the source is gone, squashed or not', async () => {
  for (const squash of [false, true]) {
    await lake.branch('topic');
    await lake.commit('topic', { [`merged ${squash}`]: `merged ${squash}` });
    await lake.catalog.merges.merge('lake', 'topic', 'main', { ...ME, squash });
    await lake.catalog.branches.delete('lake', 'topic');
  }
  expect((await collectAll()).repositories[0]).toMatchObject({ commits: 1 });
  expect(await lake.read('main', 'merged true')).toBe('merged true');
  expect(await lake.read('main', 'merged false')).toBe('merged false');
  await expectSound();
});

test('a commit that only its id names is a root again once a branch or a tag stands on it', async () => {
  const { id } = await lake.commit('dev', { a: 'a of dev' });
  await lake.catalog.branches.delete('lake', 'dev');
  lake.time += 30 * DAY_MS;
  await lake.catalog.operations.expire(7);
  await lake.branch('again', id);
  await lake.catalog.tags.create('lake', { name: 'v1', ref: id });
  await collectAll();
  expect(await lake.read('again', 'a')).toBe('a of dev');
  expect(await lake.read('v1', 'a')).toBe('a of dev');
  await expectSound();
});

test('the same bytes sent again while they are being collected are there afterwards', async () => {
  await lake.put('main', 'large', LARGE);
  await lake.put('main', 'large', 'small');
  await Promise.all([
    collect(),
    ...Array.from({ length: 20 }, (_, i) => lake.put('main', `again/${i}`, LARGE))
  ]);
  for (let i = 0; i < 20; i++) {
    expect(await lake.read('main', `again/${i}`)).toBe(LARGE.toString());
  }
  expect(await lake.files()).toBe(1);
  await expectSound();
});

test('nodes that are made again while they are being collected are there afterwards', async () => {
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x/${i}`, `${i}`]));
  await lake.commit('dev', files);
  await lake.catalog.branches.delete('lake', 'dev');
  lake.time += 30 * DAY_MS;
  await lake.branch('dev2');
  await Promise.all([collect(), lake.commit('dev2', files)]);
  expect(await lake.read('dev2', 'x/99')).toBe('99');
  await expectSound();
});

test('multipart uploads keep their parts while under way and when complete; those of dead branches go', async () => {
  const { uploads, contents, branches } = lake.catalog;
  const send = async (branch: string, text: string) => {
    const upload = await uploads.create('lake', branch, 'whole');
    const { etag } = await uploads.putPart('lake', upload, 1, await contents.receive('lake', chunks(text)));
    return { upload, parts: [{ partNumber: 1, etag }] };
  };
  const kept = await send('main', 'part on main');
  await send('dev', 'part on dev');
  await branches.delete('lake', 'dev');
  expect((await collect()).leftovers.uploads).toBe(0);
  expect((await collectAll()).leftovers.uploads).toBe(1);
  await uploads.complete('lake', kept.upload, kept.parts);
  await collectAll();
  expect(await lake.read('main', 'whole')).toBe('part on main');
  await lake.catalog.idle();
  expect(await lake.records('p/')).toBe(0);
  await expectSound();
  await lake.catalog.objects.delete('lake', 'main', 'whole');
  expect(await figures()).toMatchObject({ blocks: 2 });
  await expectSound();
});

test('what crashes left is removed: files, layers, parts, half made repositories', async () => {
  const key = (name: string) => ({ key: Buffer.from(name), value: Buffer.from('x') });
  const [branch] = await lake.keys('b/');
  const uid = branch!.toString().split('/')[1]!;
  const put = [`s/${'ab'.repeat(16)}/x`, `p/${uid}/${'cd'.repeat(16)}/00001`, `n/${'0'.repeat(16)}/node`].map(
    key
  );
  await lake.kv.write({ put });
  await lake.put('main', 'large', LARGE);
  await lake.stop();
  const name = (await lake.blockFiles())[0]!;
  await writeFile(name.replace(/\/\d+-/, '/0-'), 'left');
  await lake.start();
  expect((await collect({ dryRun: true })).leftovers).toEqual({
    layers: 1,
    uploads: 1,
    repositories: 1,
    files: 1,
    bytes: 4
  });
  await collect();
  await lake.catalog.idle();
  expect(await lake.files()).toBe(1);
  expect((await collect()).leftovers).toEqual({ layers: 0, uploads: 0, repositories: 0, files: 0, bytes: 0 });
  await expectSound();
});

test('where something that is needed is missing, nothing is removed', async () => {
  await lake.put('main', 'a', 'garbage');
  await lake.put('main', 'a', 'new');
  await lake.kv.write({ delete: [Buffer.from((await lake.keys('c/')).at(-1)!)] });
  const before = await lake.records('');
  expect((await figures()).refused).toMatch(/^Commit .* is missing. Run "databranch fsck"/);
  expect(await lake.records('')).toBe(before);
});

describe('retention rules', () => {
  const rules = (defaultDays: number, ...branches: { branch: string; days: number }[]) =>
    lake.catalog.retention.set('lake', { defaultDays, branches });
  const old = async () => {
    const first = await lake.commit('main', { a: 'old a' });
    lake.time += 5 * DAY_MS;
    await lake.commit('main', { a: 'new a' });
    return first.id;
  };

  test('let go what branches have no longer, but no history', async () => {
    const id = await old();
    await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main~2' });
    lake.time += 10 * DAY_MS;
    await rules(12);
    expect(await figures({ undoDays: 1 })).toMatchObject({ commits: 0, nodes: 0, blocks: 0 });
    await rules(8);
    expect(await figures({ undoDays: 1 })).toMatchObject({ commits: 0, nodes: 0, blocks: 1, expired: 1 });
    expect(await refusal(lake.read(id, 'a'))).toBe('object-expired');
    expect(
      await refusal(lake.catalog.objects.copy('lake', { ref: id, path: 'a' }, { branch: 'dev', path: 'x' }))
    ).toBe('object-expired');
    expect(await lake.read('main', 'a')).toBe('new a');
    expect(await lake.read('v1', 'a')).toBe('a of main');
    expect((await lake.catalog.commits.log('lake', 'main', {})).results).toHaveLength(4);
    expect(await figures({ undoDays: 1 })).toMatchObject({ blocks: 0 });
    await expectSound();
    expect((await lake.catalog.soundness.check()).expired).toBe(1);
    await lake.put('dev', 'a', 'old a');
    expect(await lake.read(id, 'a')).toBe('old a');
  });

  test('differ by branch, and the longest that a commit is under counts', async () => {
    const id = await old();
    lake.time += 10 * DAY_MS;
    await lake.branch('keeps', 'main');
    await rules(3, { branch: 'keeps', days: 100 });
    expect(await figures({ undoDays: 1 })).toMatchObject({ blocks: 0 });
    expect(await lake.read(id, 'a')).toBe('old a');
    await rules(3);
    expect(await figures({ undoDays: 1 })).toMatchObject({ blocks: 1, expired: 1 });
  });

  test('are checked, and can be taken back', async () => {
    expect(await refusal(rules(0))).toBe('invalid-input');
    expect(await refusal(rules(1, { branch: 'a', days: 1 }, { branch: 'a', days: 2 }))).toBe('invalid-input');
    await rules(3, { branch: 'dev', days: 7 });
    expect(await lake.catalog.retention.get('lake')).toEqual({
      defaultDays: 3,
      branches: [{ branch: 'dev', days: 7 }]
    });
    await lake.catalog.retention.set('lake', undefined);
    expect(await lake.catalog.retention.get('lake')).toBeUndefined();
  });
});

test('a collection ends when the catalog closes, and the next takes up what is left', async () => {
  await lake.put('main', 'a', 'garbage');
  await lake.put('main', 'a', 'new');
  const running = collect();
  const ended = running.then(
    () => 'done',
    () => 'ended'
  );
  await lake.stop();
  expect(['done', 'ended']).toContain(await ended);
  await lake.start();
  await collect();
  expect(await head('main')).toBeDefined();
  await expectSound();
});
