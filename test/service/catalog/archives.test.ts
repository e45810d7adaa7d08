import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';

import { END_FILE } from '../../../src/service/catalog/archive/format.js';
import { headerOf, paddingOf, TAR_END, tarFiles } from '../../../src/service/catalog/archive/tar.js';
import { checksumsOf } from '../../../src/service/catalog/checksums.js';
import { PART_BYTES_MIN } from '../../../src/service/catalog/parts.js';
import { chunks, Fixture, refusal } from './fixture.js';

let source: Fixture;
let target: Fixture;
beforeEach(async () => {
  source = await Fixture.open();
  target = await Fixture.open();
  await target.catalog.repositories.delete('lake');
  await target.catalog.idle();
});
afterEach(async () => {
  await source.close();
  await target.close();
});

async function exported(from: Fixture, repository = 'lake'): Promise<Buffer> {
  const { bytes } = await from.catalog.archives.write(repository);
  const parts: Buffer[] = [];
  for await (const chunk of bytes) {
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Everything of a repository that a reader can see. */
async function seen({ catalog }: Fixture, repository = 'lake') {
  const branches = (await catalog.branches.list(repository, { amount: 1000, showHidden: true })).results;
  const tags = (await catalog.tags.list(repository, { amount: 1000 })).results;
  const commits = new Map<string, unknown>();
  for (const { commitId } of [...branches, ...tags]) {
    for (const commit of (await catalog.commits.log(repository, commitId, { amount: 1000 })).results) {
      commits.set(commit.id, { commit, objects: commits.get(commit.id) ?? (await objectsOf(commit.id)) });
    }
  }
  async function objectsOf(ref: string) {
    const { results } = await catalog.objects.list(repository, ref, { amount: 1000 });
    const objects = [];
    for (const item of results) {
      const { contentId, size } = await catalog.objects.stat(repository, ref, item.path);
      const facts = await catalog.contents.facts(repository, [contentId]);
      const parts: Buffer[] = [];
      try {
        for await (const chunk of catalog.contents.read(repository, contentId, 0, size)) {
          parts.push(chunk);
        }
      } catch (error) {
        parts.push(Buffer.from((error as { code: string }).code));
      }
      const hash = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
      objects.push({ item, hash, facts });
    }
    return objects;
  }
  const protection = (await catalog.protection.get(repository)).patterns;
  const { name: _, ...settings } = await catalog.repositories.get(repository);
  const metadata = await catalog.repositories.metadata(repository);
  return { settings, metadata, protection, branches, tags, commits: [...commits] };
}

/** A large object, of as many parts as a client likes, numbered as it likes, with checksums. */
async function upload(path: string, numbers: number[]): Promise<void> {
  const { catalog } = source;
  const upload = await catalog.uploads.create('lake', 'main', path);
  const parts = [];
  for (const [i, content] of [Buffer.alloc(PART_BYTES_MIN, 'a'), Buffer.from('the last part')].entries()) {
    const partNumber = numbers[i]!;
    const checksums = await checksumsOf(chunks(content), 'crc64nvme');
    const received = await catalog.contents.receive('lake', chunks(content));
    const { etag } = await catalog.uploads.putPart('lake', upload, partNumber, { ...received, checksums });
    parts.push({ partNumber, etag });
  }
  await catalog.uploads.complete('lake', upload, parts);
}

async function importFile(name: string, content: string): Promise<void> {
  const path = join(source.source, name);
  await writeFile(path, content);
  const id = await source.catalog.imports.start('lake', 'main', {
    locations: [{ type: 'object', path: `local://${path}`, destination: `imported/${name}` }],
    commit: { committer: 'test', message: '' }
  });
  while (!(await source.catalog.imports.status('lake', 'main', id)).completed) {
    await new Promise(setImmediate);
  }
}

async function expectNothing(fixture: Fixture): Promise<void> {
  await fixture.catalog.idle();
  expect((await fixture.catalog.repositories.list({})).results).toEqual([]);
  for (const family of ['b', 't', 'c', 'n', 'k', 'd']) {
    expect(await fixture.records(`${family}/`)).toBe(0);
  }
  expect(await fixture.files()).toBe(0);
}

test('a repository with all that it can have comes back the same, with the same commit ids', async () => {
  const { catalog } = source;
  await catalog.repositories.setMetadata('lake', { team: 'data' });
  await source.commit('main', { 'a.csv': 'a', 'folder/large.csv': 'l'.repeat(50_000), empty: '' });
  await source.branch('work');
  await source.put('work', 'long', 'x', { metadata: { note: 'n'.repeat(3_000) }, contentType: 'text/plain' });
  await source.commit('work', { 'a.csv': null, 'b.csv': 'b' });
  await source.commit('main', { 'c.csv': 'c' });
  await catalog.merges.merge('lake', 'work', 'main', { committer: 'test' });
  await upload('parts.bin', [1, 2]);
  await upload('with-gaps.bin', [2, 10_000]);
  await source.commit('main', {});
  await importFile('outside.csv', 'rows of a file elsewhere');
  await catalog.tags.create('lake', { name: 'v1/first.tag', ref: 'main~2' });
  await catalog.branches.create('lake', { name: 'hidden', source: 'v1/first.tag', hidden: true });
  await catalog.protection.set('lake', ['main']);

  const archive = await exported(source);
  expect((await exported(source)).equals(archive)).toBe(true);
  const figures = await target.catalog.archives.read(chunks(archive));
  expect(figures).toMatchObject({ repository: 'lake', branches: 3, tags: 1 });
  const before = await seen(source);
  expect(await seen(target)).toEqual(before);
  const { contentId } = await target.catalog.objects.stat('lake', 'main', 'with-gaps.bin');
  expect(await target.catalog.contents.facts('lake', [contentId])).toMatchObject([
    {
      checksums: { type: 'FULL_OBJECT', digests: { crc64nvme: expect.any(String) } },
      parts: [{ number: 2 }, { number: 10_000 }]
    }
  ]);
  const report = await target.catalog.soundness.check();
  expect(report).toMatchObject({ sound: true, collectable: 0, damage: 0 });

  // Also what was an imported file: its bytes are the repository's own now.
  await rm(join(source.source, 'outside.csv'));
  await target.catalog.collection.run();
  expect(await seen(target)).toEqual(before);
  await target.catalog.repositories.create({ name: 'other', storageNamespace: 'local://other' });
  const again = await exported(target);
  await target.catalog.archives.read(chunks(again), 'again');
  expect(await seen(target, 'again')).toEqual(before);
  expect((await target.catalog.soundness.check()).sound).toBe(true);
});

test('any history comes back the same', async () => {
  const path = fc.constantFrom('a', 'b/c', 'b/d', 'é', '\u{1f600}');
  const content = fc.oneof(
    fc.string(),
    fc.integer({ min: 16_000, max: 20_000 }).map(n => 'x'.repeat(n))
  );
  const branch = fc.constantFrom('main', 'one', 'two');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ verb: fc.constant('commit' as const), branch, path, content }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('delete' as const), branch, path }) },
    { weight: 2, arbitrary: fc.record({ verb: fc.constant('branch' as const), branch, from: branch }) },
    { weight: 2, arbitrary: fc.record({ verb: fc.constant('merge' as const), branch, from: branch }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('tag' as const), branch, number: fc.nat(3) }) }
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
      const { catalog } = source;
      await catalog.repositories.delete('lake');
      await catalog.repositories.create({ name: 'lake', storageNamespace: 'local://lake' });
      for (const each of steps) {
        const done =
          each.verb === 'commit'
            ? source.commit(each.branch, { [each.path]: each.content })
            : each.verb === 'delete'
              ? source.commit(each.branch, { [each.path]: null })
              : each.verb === 'branch'
                ? source.branch(each.branch, each.from)
                : each.verb === 'merge'
                  ? catalog.merges.merge('lake', each.from, each.branch, {
                      committer: 'test',
                      strategy: 'source-wins'
                    })
                  : catalog.tags.create('lake', { name: `tag-${each.number}`, ref: each.branch });
        // Some of them cannot be done: also that is a history.
        await done.catch(() => undefined);
      }
      const name = `run-${run++}`;
      await target.catalog.archives.read(chunks(await exported(source)), name);
      expect(await seen(target, name)).toEqual(await seen(source));
    }),
    { numRuns: 25 }
  );
  expect(await target.catalog.soundness.check()).toMatchObject({ sound: true, collectable: 0 });
});

describe('an archive', () => {
  let archive: Buffer;
  beforeEach(async () => {
    await source.commit('main', { 'a.csv': 'a', 'large.csv': 'l'.repeat(20_000) });
    archive = await exported(source);
  });

  test('has no uncommitted changes, and whoever writes it learns where there are some', async () => {
    await source.branch('work');
    await source.put('work', 'mine.csv', 'mine');
    // What changes nothing is no change.
    await source.put('main', 'a.csv', 'a');
    const { uncommitted } = await source.catalog.archives.write('lake');
    expect(uncommitted).toEqual(['work']);
    await target.catalog.archives.read(chunks(await exported(source)));
    expect(await target.paths('work')).toEqual(['a.csv', 'large.csv']);
  });

  test('that ends too early is refused, wherever it ends, and leaves nothing', async () => {
    const lengths = fc.nat({ max: archive.length - 1_024 - 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async length => {
        const reading = target.catalog.archives.read(chunks(archive.subarray(0, length)));
        await expect(reading).rejects.toThrow(/^The archive is broken: .*\. Nothing was imported\.$/s);
        await expectNothing(target);
      }),
      { numRuns: 30, examples: [[0], [1], [511], [512]] }
    );
  });

  test('with a single wrong byte is refused, wherever it is, and leaves nothing', async () => {
    const places = fc.nat({ max: archive.length - 1_024 - 512 - 1 });
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const broken = Buffer.from(archive);
        broken[place]! ^= change;
        expect(await refusal(target.catalog.archives.read(chunks(broken)))).toBe('invalid-input');
        await expectNothing(target);
      }),
      { numRuns: 60 }
    );
  });

  test('that is whole in itself but lacks something is refused', async () => {
    for (const folder of ['contents', 'nodes', 'commits']) {
      const lacking = await without(archive, name => name.startsWith(folder));
      expect(await refusal(target.catalog.archives.read(chunks(lacking)))).toBe('invalid-input');
      await expectNothing(target);
    }
  });

  test('with checksums that are none, or of no content, is refused', async () => {
    await upload('parts.bin', [1, 2]);
    await source.commit('main', {});
    archive = await exported(source);
    const { contentId } = await source.catalog.objects.stat('lake', 'main', 'parts.bin');
    const file = `checksums/${contentId.slice(0, 2)}/${contentId}`;
    for (const text of [
      'null',
      '{}',
      '{"type":"HALF","digests":{}}',
      '{"type":"FULL_OBJECT","digests":{"crc32":7}}',
      '{"type":"FULL_OBJECT","digests":{"crc32":"AAAA"}}'
    ]) {
      const reading = target.catalog.archives.read(chunks(await changed(archive, file, () => text)));
      await expect(reading).rejects.toThrow(/^The archive is broken/);
      await expectNothing(target);
    }
    const lacking = await without(archive, name => name === file.replace('checksums', 'segments'));
    await expect(target.catalog.archives.read(chunks(lacking))).rejects.toThrow(/and not the content/);
    await expectNothing(target);
  });

  test('that gives a content’s id to other bytes is refused', async () => {
    await importFile('outside.csv', 'rows');
    archive = await exported(source);
    const own = (await source.catalog.objects.stat('lake', 'main', 'a.csv')).contentId;
    const imported = (await source.catalog.objects.stat('lake', 'main', 'imported/outside.csv')).contentId;
    const said = (fields: object) =>
      changed(archive, `copied/${imported.slice(0, 2)}/${imported}`, text =>
        JSON.stringify({ ...JSON.parse(text), ...fields })
      );
    for (const fields of [
      { path: '/elsewhere' },
      { inode: 1 },
      { content_id: imported },
      { content_id: own }
    ]) {
      const reading = target.catalog.archives.read(chunks(await said(fields)));
      expect(await refusal(reading)).toBe('invalid-input');
      await expectNothing(target);
    }
  });

  test('of another kind or version is refused in words of its own', async () => {
    const read = (bytes: Buffer) => target.catalog.archives.read(chunks(bytes));
    await expect(read(Buffer.from('no archive at all'))).rejects.toThrow(/ends too early/);
    await expect(read(Buffer.alloc(5_000, 'text'))).rejects.toThrow(/it is no tar file/);
    await expect(read(Buffer.of(0x1f, 0x8b, 8, 0))).rejects.toThrow(/compressed: unpack it first/);
    const newer = Buffer.from(archive);
    newer.write('"version": 2', archive.indexOf('"version": 1'));
    await expect(read(newer)).rejects.toThrow(/has version 2.*update it/);
    await expectNothing(target);
  });

  test('does not replace a repository, and needs a name that can be one', async () => {
    await target.catalog.archives.read(chunks(archive));
    expect(await refusal(target.catalog.archives.read(chunks(archive)))).toBe('repository-exists');
    expect(await refusal(target.catalog.archives.read(chunks(archive), 'api'))).toBe('invalid-input');
    expect((await target.catalog.archives.read(chunks(archive), 'second')).repository).toBe('second');
    expect((await target.catalog.soundness.check()).sound).toBe(true);
  });

  test('is not taken for garbage while it is read, and what broke off is', async () => {
    let goOn = () => {};
    const gate = new Promise<void>(resolve => (goOn = resolve));
    async function* slowly(end: number) {
      yield archive.subarray(0, archive.length / 2);
      await gate;
      yield archive.subarray(archive.length / 2, end);
    }
    const whole = target.catalog.archives.read(slowly(archive.length), 'whole');
    const part = refusal(target.catalog.archives.read(slowly(archive.length - 5_000), 'part'));
    const collecting = target.catalog.collection.run();
    goOn();
    expect(await part).toBe('invalid-input');
    await whole;
    await collecting;
    await target.catalog.idle();
    expect(await target.catalog.soundness.check()).toMatchObject({ sound: true, collectable: 0 });
    expect((await target.catalog.repositories.list({})).results.map(({ name }) => name)).toEqual(['whole']);
    expect(await target.files()).toBe(1);
  });

  test('can be looked into with tar', async () => {
    const file = join(source.folder, 'lake.tar');
    await writeFile(file, archive);
    const { stdout: names } = await promisify(execFile)('tar', ['-tf', file]);
    expect(names.split('\n').slice(0, 2)).toEqual(['format.json', 'repository.json']);
    expect(names.trimEnd().split('\n').at(-1)).toBe(END_FILE);
    const { stdout: refs } = await promisify(execFile)('tar', ['-xOf', file, 'refs.json']);
    const { commitId } = await source.catalog.branches.get('lake', 'main');
    expect(JSON.parse(refs).branches).toEqual([{ name: 'main', commit_id: commitId, hidden: false }]);
  });

  test('of what a changed file had breaks off with its name', async () => {
    await importFile('outside.csv', 'before');
    await writeFile(join(source.source, 'outside.csv'), 'afterwards');
    await expect(exported(source)).rejects.toThrow(/outside\.csv/);
  });
});

/** The archive with one file changed, and an end that fits. */
function changed(archive: Buffer, name: string, change: (text: string) => string): Promise<Buffer> {
  return rewritten(archive, file =>
    file.name === name ? Buffer.from(change(file.content.toString())) : file.content
  );
}

/** The archive without some of its files, and an end that fits. */
function without(archive: Buffer, left: (name: string) => boolean): Promise<Buffer> {
  return rewritten(archive, file => (left(file.name) ? undefined : file.content));
}

async function rewritten(
  archive: Buffer,
  change: (file: { name: string; content: Buffer }) => Buffer | undefined
): Promise<Buffer> {
  const kept: Buffer[] = [];
  for await (const { name, bytes } of tarFiles(chunks(archive), () => undefined)) {
    const content: Buffer[] = [];
    for await (const chunk of bytes) {
      content.push(chunk);
    }
    const now = name === END_FILE ? undefined : change({ name, content: Buffer.concat(content) });
    if (now) {
      kept.push(headerOf(name, now.length, 0), now, paddingOf(now.length));
    }
  }
  const end = Buffer.from(
    JSON.stringify({ sha256: createHash('sha256').update(Buffer.concat(kept)).digest('hex') })
  );
  return Buffer.concat([...kept, headerOf(END_FILE, end.length, 0), end, paddingOf(end.length), TAR_END]);
}
