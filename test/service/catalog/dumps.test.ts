import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf } from '../../../src/service/blocks/external.js';
import { checksumsOf } from '../../../src/service/catalog/checksums.js';
import type { ContentFacts } from '../../../src/service/catalog/contents.js';
import type { DumpedRefs } from '../../../src/service/catalog/dumps.js';
import { externalContent } from '../../../src/service/catalog/external-content.js';
import type { ListItem } from '../../../src/service/catalog/model.js';
import { commitKey } from '../../../src/service/catalog/keys.js';
import { PART_BYTES_MIN } from '../../../src/service/catalog/parts.js';
import { decodeRecord, type RepositoryRecord } from '../../../src/service/catalog/records.js';
import { UNDO_DAYS_DEFAULT } from '../../../src/service/catalog/operations.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const DAY_MS = 24 * 60 * 60 * 1000;
const large = Buffer.alloc(100_000, 'large ');

/** A history with a merge, tags, hidden branches, and contents of every kind. */
async function fill(): Promise<void> {
  const file = join(lake.folder, 'a file of the user');
  await writeFile(file, 'stays where it is');
  const external = externalContent(file, identityOf(await stat(file)));
  await lake.catalog.objects.link('lake', 'main', 'external', external, external.checksum, {});
  await lake.commit('main', { a: 'one', 'folder/b': large.toString(), empty: '' });
  await lake.branch('dev');
  const paths = Array.from({ length: 200 }, (_, i) => [`many/${i}`, `content ${i}`]);
  await lake.commit('dev', { ...Object.fromEntries(paths), a: null });
  const upload = await lake.catalog.uploads.create('lake', 'dev', 'in parts');
  const named = [];
  for (const [i, content] of [Buffer.alloc(PART_BYTES_MIN, 'p'), Buffer.from('tail')].entries()) {
    const checksums = await checksumsOf(chunks(content), 'crc32');
    const received = await lake.catalog.contents.receive('lake', chunks(content));
    const { etag } = await lake.catalog.uploads.putPart('lake', upload, i + 1, { ...received, checksums });
    named.push({ partNumber: i + 1, etag });
  }
  await lake.catalog.uploads.complete('lake', upload, named);
  const metadata = { long: 'x'.repeat(2_000) };
  await lake.put('dev', 'long entry', 'y', { metadata });
  await lake.commit('dev', {}, 'parts');
  await lake.commit('main', { c: 'beside' });
  await lake.catalog.merges.merge('lake', 'dev', 'main', { committer: 'me', message: 'merged' });
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main~1' });
  await lake.catalog.branches.create('lake', { name: 'unseen', source: 'v1', hidden: true });
  await lake.put('main', 'uncommitted', 'is no part of it');
}

async function dump(repository = 'lake'): Promise<DumpedRefs> {
  const { branches, tags, commits } = await (await lake.catalog.dumps.dump(repository)).outcome;
  return { branches: branches.contentId, tags: tags.contentId, commits: commits.contentId };
}

function bare(name: string, more: object = {}) {
  return lake.catalog.repositories.create({ name, storageNamespace: 'local://lake', bare: true, ...more });
}

async function restore(name: string, refs: DumpedRefs): Promise<void> {
  await (
    await lake.catalog.dumps.restore(name, refs)
  ).outcome;
}

/** All that refs of a repository say and have, without what is uncommitted. */
async function everything(repository: string): Promise<object> {
  const { branches, tags, commits, objects, contents } = lake.catalog;
  const amount = 1_000;
  const refs = {
    branches: (await branches.list(repository, { amount, showHidden: true })).results,
    tags: (await tags.list(repository, { amount })).results
  };
  const logs: object[] = [];
  const objectsOf: [string, ListItem, ContentFacts | undefined, string][] = [];
  for (const { commitId } of [...refs.branches, ...refs.tags]) {
    logs.push((await commits.log(repository, commitId, { amount })).results);
    for (const item of (await objects.list(repository, commitId, { amount })).results) {
      const pieces: Buffer[] = [];
      let facts: ContentFacts | undefined;
      if (item.kind === 'object') {
        const { contentId, size } = item.entry;
        [facts] = await contents.facts(repository, [contentId]);
        for await (const piece of contents.read(repository, contentId, 0, size)) {
          pieces.push(piece);
        }
      }
      objectsOf.push([commitId, item, facts, Buffer.concat(pieces).toString()]);
    }
  }
  return { refs, logs, objectsOf };
}

async function findings(): Promise<string[]> {
  const found: string[] = [];
  await lake.catalog.soundness.check({
    onFinding: ({ severity, where, what }) => void found.push(`${severity}: ${where}: ${what}`)
  });
  return found;
}

test('a bare repository with a dump restored is what the dumped one was, with its commit ids', async () => {
  await fill();
  const before = await everything('lake');
  const refs = await dump();
  await lake.commit('main', { later: 'than the dump' });
  await lake.catalog.branches.delete('lake', 'dev');
  await bare('copy');
  await restore('copy', refs);
  expect(await everything('copy')).toEqual(before);
  expect(await findings()).toEqual([]);
});

test('what is restored stands by itself: it stays when the other repository is deleted, and takes changes', async () => {
  await fill();
  const before = await everything('lake');
  const refs = await dump();
  await bare('copy');
  await restore('copy', refs);
  await lake.catalog.repositories.delete('lake');
  lake.time += (UNDO_DAYS_DEFAULT + 1) * DAY_MS;
  await lake.catalog.collection.run();
  await lake.catalog.idle();
  await lake.catalog.collection.run();
  expect(await everything('copy')).toEqual(before);
  expect(await findings()).toEqual([]);
  await lake.catalog.repositories.delete('copy');
  await lake.catalog.idle();
  expect([await lake.files(), await lake.records('k/'), await lake.records('n/')]).toEqual([0, 0, 0]);
});

test('a deleted repository can be restored from its dump, until that is seven days old', async () => {
  await fill();
  const before = await everything('lake');
  const refs = await dump();
  await lake.catalog.repositories.delete('lake');
  await lake.catalog.collection.run();
  await lake.catalog.idle();
  expect(await refusal(lake.catalog.repositories.get('lake'))).toBe('repository-not-found');
  await bare('lake');
  await restore('lake', refs);
  expect(await everything('lake')).toEqual(before);
  expect(await findings()).toEqual([]);

  await lake.catalog.repositories.delete('lake');
  lake.time += (UNDO_DAYS_DEFAULT + 1) * DAY_MS;
  await lake.catalog.collection.run();
  await lake.catalog.idle();
  await bare('lake');
  expect(await refusal(restore('lake', refs))).toBe('invalid-input');
  expect([await lake.files(), await lake.records('x/')]).toEqual([0, 0]);
});

test('a deleted repository is checked as far as its dumps reach', async () => {
  await lake.commit('main', { dumped: large.toString() });
  const commits = (await lake.catalog.commits.log('lake', 'main', { amount: 10 })).results;
  await dump();
  await lake.commit('main', { later: 'than the dump' });
  const { commitId: later } = await lake.catalog.refs.resolve('lake', 'main');
  const [repository] = await lake.kv.snapshot(reader => reader.scan({ prefix: Buffer.from('r/lake') }));
  const { uid } = decodeRecord<RepositoryRecord>(repository!.value);
  await lake.catalog.repositories.delete('lake');
  await lake.catalog.idle();
  const { checked, sound } = await lake.catalog.soundness.check();
  expect({ sound, ...checked }).toMatchObject({
    sound: true,
    repositories: 1,
    commits: commits.length,
    files: 1
  });

  // What no dump reaches goes with it.
  await lake.kv.write({ delete: [commitKey(uid, later)] });
  expect(await findings()).toEqual([]);
  const files = await readdir(join(lake.folder, 'blocks'), { recursive: true, withFileTypes: true });
  const [block] = files.filter(file => file.isFile() && file.name.includes('-'));
  await unlink(join(block!.parentPath, block!.name));
  expect(await findings()).toEqual([
    expect.stringMatching(/^damage: deleted repository lake, commit .*, object dumped: .* is missing/)
  ]);
  await lake.kv.write({ delete: [commitKey(uid, commits[0]!.id)] });
  expect(await findings()).toEqual([
    expect.stringMatching(/^damage: deleted repository lake, dump [^:]*: Commit .* is missing\.$/)
  ]);
});

test('a dump keeps what it names from being collected, and lets go of it in the end', async () => {
  const week = (UNDO_DAYS_DEFAULT + 1) * DAY_MS;
  const collect = async (after = 0) => {
    lake.time += after;
    await lake.catalog.collection.run();
    await lake.catalog.idle();
  };
  await lake.branch('dev');
  await lake.commit('dev', { big: large.toString() });
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'dev' });
  await lake.catalog.branches.delete('lake', 'dev');
  await collect(week);
  const refs = await dump();
  const before = await everything('lake');
  await lake.catalog.tags.delete('lake', 'v1');
  await collect();
  await bare('copy');
  await restore('copy', refs);
  expect(await everything('copy')).toEqual(before);
  await lake.catalog.repositories.delete('copy');
  await lake.catalog.idle();
  expect(await lake.files()).toBe(1);
  await collect(week);
  expect([await lake.files(), await lake.records('m/')]).toEqual([0, 0]);
  expect(await findings()).toEqual([]);
});

test('dumps of the same refs have the same ids', async () => {
  await fill();
  const refs = await dump();
  expect(await dump()).toEqual(refs);
  await bare('copy');
  await restore('copy', refs);
  expect(await dump('copy')).toEqual(refs);
  await lake.commit('main', { more: '1' });
  expect(await dump()).not.toEqual(refs);
});

test('only a bare repository takes a dump, once, and only one that there is', async () => {
  await fill();
  const refs = await dump();
  expect(await refusal(restore('lake', refs))).toBe('invalid-input');
  await bare('copy');
  expect(await refusal(restore('copy', { ...refs, tags: refs.branches }))).toBe('invalid-input');
  await bare('other', { defaultBranch: 'trunk' });
  expect(await refusal(restore('other', refs))).toBe('invalid-input');
  await bare('fixed', { readOnly: true });
  expect(await refusal(restore('fixed', refs))).toBe('repository-read-only');
  await (
    await lake.catalog.dumps.restore('fixed', refs, { force: true })
  ).outcome;
  await restore('copy', refs);
  expect(await refusal(restore('copy', refs))).toBe('invalid-input');
  const both = await Promise.all([
    bare('twice').then(() => restore('twice', refs)),
    refusal(restore('copy', refs))
  ]);
  expect(both[1]).toBe('invalid-input');
});

test('two restores at once: one of them does it', async () => {
  await fill();
  const refs = await dump();
  const before = await everything('lake');
  await bare('copy');
  const outcomes = await Promise.all([refusal(restore('copy', refs)), refusal(restore('copy', refs))]);
  expect(outcomes.sort()).toEqual(['invalid-input', 'no refusal']);
  expect(await everything('copy')).toEqual(before);
  await lake.catalog.collection.run();
  expect(await findings()).toEqual([]);
});

test('a restore beside garbage collection is whole', async () => {
  await fill();
  const before = await everything('lake');
  const refs = await dump();
  await bare('copy');
  let restored = false;
  const restoring = restore('copy', refs).finally(() => (restored = true));
  while (!restored) {
    await lake.catalog.collection.run();
  }
  await restoring;
  expect(await everything('copy')).toEqual(before);
  expect((await findings()).filter(line => line.startsWith('damage'))).toEqual([]);
});

test('a task tells what became of it, also when the service stopped meanwhile', async () => {
  await fill();
  const task = await lake.catalog.dumps.dump('lake');
  await task.outcome;
  const status = await lake.catalog.tasks.status('lake', 'dump', task.id);
  expect(status).toMatchObject({ done: true, dump: { heads: expect.any(Array) } });
  expect(status.error).toBeUndefined();
  expect(await refusal(lake.catalog.tasks.status('lake', 'restore', task.id))).toBe('task-not-found');

  const another = await lake.catalog.dumps.dump('lake');
  another.outcome.catch(() => undefined);
  await lake.stop();
  await lake.start();
  const { done, error, dump } = await lake.catalog.tasks.status('lake', 'dump', another.id);
  expect(done).toBe(true);
  // Either it was done before the stop, or it says that it was not.
  expect(Boolean(error)).toBe(dump === undefined);
});
