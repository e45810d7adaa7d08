import { appendFile, mkdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

import type { ImportRequest } from '../../../src/service/catalog/imports/imports.js';
import type { ImportLocation } from '../../../src/service/catalog/imports/sources.js';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { Fixture, refusal } from './fixture.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.open();
});
afterEach(() => fixture.close());

/** Writes files below the import root. */
async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(fixture.source, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** Writes files of which the last one, of holes, takes longer to copy than any test lasts. */
async function writeEndless(folder: string): Promise<void> {
  await write({ [`${folder}/a.csv`]: 'x'.repeat(20_000), [`${folder}/z.csv`]: '' });
  await truncate(join(fixture.source, folder, 'z.csv'), 16 * 1024 ** 3);
}

const address = (name: string) => `local://${join(fixture.source, name)}`;
const folder = (name: string, destination: string): ImportLocation => ({
  type: 'common_prefix',
  path: address(name),
  destination
});
const file = (name: string, destination: string): ImportLocation => ({
  type: 'object',
  path: address(name),
  destination
});

type Options = Partial<Omit<ImportRequest, 'locations'>> & { message?: string; branch?: string };

function start(locations: ImportLocation[], { message = '', branch = 'main', ...rest }: Options = {}) {
  return fixture.catalog.imports.start('lake', branch, {
    locations,
    commit: { committer: 'somebody', message },
    ...rest
  });
}

/** Imports and gives the status in the end. */
async function imported(locations: ImportLocation[], options: Options = {}) {
  const id = await start(locations, options);
  for (;;) {
    const status = await fixture.catalog.imports.status('lake', options.branch ?? 'main', id);
    if (status.completed || status.error !== undefined) {
      return status;
    }
    await new Promise(setImmediate);
  }
}

async function findings(): Promise<string[]> {
  const found: Finding[] = [];
  await fixture.catalog.soundness.check({ onFinding: finding => void found.push(finding) });
  return found.filter(({ severity }) => severity === 'damage').map(({ what }) => what);
}

describe('an import', () => {
  test('makes a folder’s files objects, by one commit, and takes no byte', async () => {
    await write({ 'raw/b.csv': 'b', 'raw/a/x.csv': 'x'.repeat(50_000), 'raw/a.csv': 'a', 'other.csv': 'o' });
    const { commit, ...status } = await imported([folder('raw/', 'data/')], { message: 'Raw data' });
    expect(status).toMatchObject({ completed: true, ingested: 3 });
    expect(commit).toMatchObject({ message: 'Raw data', committer: 'somebody', generation: 2 });
    expect((await fixture.catalog.branches.get('lake', 'main')).commitId).toBe(commit!.id);
    expect(await fixture.paths('main')).toEqual(['data/a.csv', 'data/a/x.csv', 'data/b.csv']);
    expect(await fixture.read('main', 'data/a/x.csv')).toBe('x'.repeat(50_000));
    expect(await fixture.files()).toBe(0);
    const entry = await fixture.catalog.objects.stat('lake', 'main', 'data/b.csv');
    const { mtimeMs } = await stat(join(fixture.source, 'raw/b.csv'));
    expect(entry).toMatchObject({ size: 1, mtime: Math.floor(mtimeMs) });
    expect(entry.checksum).toMatch(/^[0-9a-f]{32}-1$/);
    expect(await findings()).toEqual([]);
  });

  test('can be read again after a restart', async () => {
    await write({ 'a.csv': 'rows' });
    await imported([file('a.csv', 'a.csv')]);
    await fixture.stop();
    await fixture.start();
    expect(await fixture.read('main', 'a.csv')).toBe('rows');
  });

  test('with copy takes the bytes: what becomes of the files does not matter', async () => {
    await write({ 'a/small.csv': 'small', 'a/large.csv': 'l'.repeat(100_000) });
    await imported([folder('a', '')], { copy: true });
    await rm(join(fixture.source, 'a'), { recursive: true });
    expect(await fixture.read('main', 'small.csv')).toBe('small');
    expect(await fixture.read('main', 'large.csv')).toBe('l'.repeat(100_000));
    expect(await fixture.files()).toBe(1);
    expect(await findings()).toEqual([]);
  });

  test('replaces all that lay below its prefix, and nothing else', async () => {
    await fixture.commit('main', {
      'data/old.csv': '1',
      'data/same.csv': '2',
      'data.csv': '3',
      'one.csv': '4'
    });
    await write({ 'raw/same.csv': 'new', 'one.csv': 'one' });
    await imported([folder('raw', 'data'), file('one.csv', 'one.csv')]);
    expect(await fixture.paths('main')).toEqual(['data.csv', 'data/same.csv', 'one.csv']);
    expect(await fixture.read('main', 'data/same.csv')).toBe('new');
    expect(await fixture.read('main', 'one.csv')).toBe('one');
    const page = await fixture.catalog.operations.list('lake', {});
    expect(page.results[0]).toMatchObject({ verb: 'import', actor: 'somebody' });
    await fixture.catalog.undo.apply('lake', page.results[0]!.id, 'somebody');
    expect(await fixture.paths('main')).toEqual(['data.csv', 'data/old.csv', 'data/same.csv', 'one.csv']);
  });

  test('leaves uncommitted changes uncommitted, on top', async () => {
    await fixture.put('main', 'data/mine.csv', 'mine');
    await write({ 'raw/a.csv': 'a' });
    const { commit } = await imported([folder('raw', 'data/')]);
    expect(await fixture.uncommitted('main')).toEqual(['added data/mine.csv']);
    expect(await fixture.paths('main@')).toEqual(['data/a.csv']);
    expect(await fixture.paths(commit!.id)).toEqual(['data/a.csv']);
  });

  test('of what is there already makes no commit, unless that is allowed', async () => {
    await write({ 'raw/a.csv': 'a' });
    const first = await imported([folder('raw', 'data/')]);
    const second = await imported([folder('raw', 'data/')]);
    expect(second).toMatchObject({ completed: true, ingested: 1 });
    expect(second.commit!.id).toBe(first.commit!.id);
    const commit = { committer: 'somebody', message: '', allowEmpty: true };
    const third = await imported([folder('raw', 'data/')], { commit });
    expect(third.commit).toMatchObject({ parents: [first.commit!.id], root: first.commit!.root });
  });

  test('of several places that give one path takes the place named last', async () => {
    await write({ 'a/x.csv': 'a', 'b/x.csv': 'b', 'b/y.csv': 'b' });
    await imported([folder('a', 'data/'), folder('b', 'data/'), file('a/x.csv', 'data/y.csv')]);
    expect(await fixture.read('main', 'data/x.csv')).toBe('b');
    expect(await fixture.read('main', 'data/y.csv')).toBe('a');
  });

  test('goes on when its branch moves meanwhile', async () => {
    await write({ 'raw/a.csv': 'a'.repeat(200_000), 'raw/b.csv': 'b' });
    const id = start([folder('raw', 'data/')], { copy: true });
    await fixture.commit('main', { 'mine.csv': 'mine' });
    const cancelled = fixture.catalog.imports.cancel('lake', 'main', await id, 'somebody');
    const outcome = await refusal(cancelled);
    const paths = outcome === 'import-ended' ? ['data/a.csv', 'data/b.csv', 'mine.csv'] : ['mine.csv'];
    expect(await fixture.paths('main')).toEqual(paths);
  });
});

describe('names', () => {
  test('keep the order of their bytes, also where folders and files interleave', async () => {
    const name = fc
      .array(fc.constantFrom('a', '-', '.', '0', 'é', '\u{1f600}', '\ufb01'), { minLength: 1, maxLength: 3 })
      .map(characters => characters.join(''))
      .filter(text => !/^\.+$/.test(text));
    const names = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 12,
      selector: parts => parts.join('/')
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(names, async all => {
        const paths = all.map(parts => parts.join('/'));
        // A name is a file or a folder.
        const files = paths.filter(path => !paths.some(other => other.startsWith(`${path}/`)));
        const root = `run-${run++}`;
        await write(Object.fromEntries(files.map(path => [`${root}/${path}`, path])));
        await imported([folder(root, `${root}/`)]);
        const listed = await fixture.paths('main', `${root}/`);
        expect(listed).toEqual(
          files.map(path => `${root}/${path}`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        );
      }),
      { numRuns: 30 }
    );
  });

  test('that are no UTF-8 or too long are refused by name', async () => {
    await mkdir(join(fixture.source, 'bad'));
    await writeFile(Buffer.concat([Buffer.from(join(fixture.source, 'bad/')), Buffer.of(0xff)]), '');
    expect((await imported([folder('bad', '')])).error).toMatch(/not UTF-8/);
    await write({ 'long/a.csv': '' });
    expect((await imported([folder('long', 'p'.repeat(1_020))])).error).toMatch(
      /1026 bytes long; at most 1024/
    );
  });
});

describe('a file that has changed', () => {
  const changes: [string, (path: string) => Promise<unknown>, RegExp][] = [
    ['grown', path => appendFile(path, 'more'), /has 104 bytes instead of 100/],
    ['touched', path => utimes(path, 1, 1), /was written to/],
    ['gone', path => rm(path), /is gone/],
    [
      'replaced by another of the same size and time',
      async path => {
        const { atime, mtime } = await stat(path);
        await writeFile(`${path}.new`, 'z'.repeat(100));
        await utimes(`${path}.new`, atime, mtime);
        await rename(`${path}.new`, path);
      },
      /was (replaced by another file|written to)/
    ],
    ['a folder now', path => rm(path).then(() => mkdir(path)), /is no ordinary file/]
  ];
  test.each(changes)('(%s) is refused by name, and fsck tells of it', async (_, change, sentence) => {
    await write({ 'a.csv': 'a'.repeat(100), 'b.csv': 'b' });
    await imported([file('a.csv', 'a.csv'), file('b.csv', 'b.csv')]);
    await change(join(fixture.source, 'a.csv'));
    expect(await refusal(fixture.read('main', 'a.csv'))).toBe('source-changed');
    await expect(fixture.read('main', 'a.csv')).rejects.toThrow(join(fixture.source, 'a.csv'));
    await expect(fixture.read('main', 'a.csv')).rejects.toThrow(sentence);
    expect(await fixture.read('main', 'b.csv')).toBe('b');
    const found = await findings();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
    // Imported again it is another content.
    if (!(await stat(join(fixture.source, 'a.csv')).catch(() => undefined))?.isFile()) return;
    await imported([file('a.csv', 'a.csv')]);
    await fixture.read('main', 'a.csv');
  });

  test('while it is read breaks off before the last bytes', async () => {
    await write({ 'a.csv': 'a'.repeat(1_000_000) });
    await imported([file('a.csv', 'a.csv')]);
    const { contentId, size } = await fixture.catalog.objects.stat('lake', 'main', 'a.csv');
    let read = 0;
    const reading = (async () => {
      for await (const chunk of fixture.catalog.contents.read('lake', contentId, 0, size)) {
        if (read === 0) {
          await writeFile(join(fixture.source, 'a.csv'), 'b'.repeat(1_000_000));
        }
        read += chunk.length;
      }
    })();
    expect(await refusal(reading)).toBe('source-changed');
    expect(read).toBeLessThan(1_000_000);
  });
});

describe('what may be imported', () => {
  test('lies below an import root, once links are followed', async () => {
    await write({ 'in/a.csv': 'a' });
    await symlink(join(fixture.source, 'in'), join(fixture.source, 'good'));
    await symlink(fixture.folder, join(fixture.source, 'bad'));
    expect((await imported([folder('good', 'data/')])).completed).toBe(true);
    const outside = [
      address('bad'),
      `local://${fixture.folder}/kv`,
      'local:///etc/',
      address('../kv/data.mdb')
    ];
    for (const path of [...outside, 'local:///nowhere', `file://${fixture.folder}`]) {
      expect(await refusal(start([{ type: 'common_prefix', path, destination: '' }]))).toBe('forbidden');
    }
  });

  test('links inside a folder are followed, unless they lead out, nowhere or in circles', async () => {
    await write({ 'in/a.csv': 'a', 'other/b.csv': 'b' });
    await symlink('../other', join(fixture.source, 'in/linked'));
    await imported([folder('in', 'data/')]);
    expect(await fixture.paths('main')).toEqual(['data/a.csv', 'data/linked/b.csv']);
    expect(await fixture.read('main', 'data/linked/b.csv')).toBe('b');
    for (const [target, sentence] of [
      ['/etc/hostname', /in\/link leads (out of|to nothing)/],
      ['nothing', /in\/link leads to nothing/],
      ['..', /below .*\/in leads back/]
    ] as const) {
      await symlink(target, join(fixture.source, 'in/link'));
      expect((await imported([folder('in', 'data/')])).error).toMatch(sentence);
      await rm(join(fixture.source, 'in/link'));
    }
  });

  test('is told by what the address names', async () => {
    await write({ 'in/a.csv': 'a' });
    const place = (path: string, type: ImportLocation['type'] = 'object', destination = 'x') =>
      refusal(start([{ type, path, destination }]));
    expect(await place(address('in'))).toBe('invalid-input');
    expect(await place(address('in/a.csv'), 'common_prefix')).toBe('invalid-input');
    expect(await place(address('missing'))).toBe('invalid-input');
    expect(await place('s3://bucket/a')).toBe('invalid-input');
    expect(await place('local://relative/a')).toBe('invalid-input');
    expect(await place('file://host/a')).toBe('invalid-input');
    expect(await place(address('in/a.csv'), 'object', '')).toBe('invalid-input');
    expect(await place(address('in/a.csv'), 'object', '/x')).toBe('invalid-input');
    expect(await refusal(start([]))).toBe('invalid-input');
    expect(await refusal(start([folder('in', '')], { branch: 'none' }))).toBe('branch-not-found');
    await fixture.catalog.protection.set('lake', ['main']);
    expect(await refusal(start([folder('in', '')]))).toBe('branch-protected');
    expect((await imported([folder('in', '')], { force: true })).completed).toBe(true);
  });
});

describe('an import that comes to nothing', () => {
  test('when it is cancelled leaves the branch as it was, and what it wrote is garbage', async () => {
    await writeEndless('a');
    const before = await fixture.catalog.branches.get('lake', 'main');
    const first = await start([folder('a', '')], { copy: true });
    const waiting = await start([folder('a', 'b/')], { copy: true });
    await fixture.catalog.imports.cancel('lake', 'main', waiting, 'somebody');
    await fixture.catalog.imports.cancel('lake', 'main', first, 'somebody');
    for (const id of [first, waiting]) {
      expect(await fixture.catalog.imports.status('lake', 'main', id)).toMatchObject({
        completed: false,
        error: 'Canceled by somebody.'
      });
    }
    expect(await fixture.catalog.branches.get('lake', 'main')).toEqual(before);
    expect(await refusal(fixture.catalog.imports.cancel('lake', 'main', first, ''))).toBe('import-ended');
    await fixture.stop();
    await fixture.start();
    await fixture.catalog.collection.run();
    expect(await fixture.records('k/')).toBe(0);
    expect(await fixture.files()).toBe(0);
    const report = await fixture.catalog.soundness.check();
    expect(report).toMatchObject({ sound: true, collectable: 0 });
  });

  test('as its service ends says so afterwards', async () => {
    await writeEndless('a');
    const id = await start([folder('a', '')], { copy: true });
    await fixture.stop();
    await fixture.start();
    const status = await fixture.catalog.imports.status('lake', 'main', id);
    expect(status).toMatchObject({ completed: false, error: expect.stringContaining('stopped') });
    expect(await fixture.paths('main')).toEqual([]);
  });

  test('as its branch was deleted meanwhile does not go to another of that name', async () => {
    await fixture.branch('work');
    await write(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a/${i}.csv`, 'x'.repeat(20_000)])));
    const isNode = ({ key }: { key: Uint8Array }) => Buffer.from(key).toString().startsWith('n/');
    const makeAgain = () =>
      fixture.catalog.branches.delete('lake', 'work').then(() => fixture.branch('work'));
    fixture.beforeWrite(({ put = [] }) => put.some(isNode), makeAgain);
    const { error } = await imported([folder('a', '')], { copy: true, branch: 'work' });
    expect(error).toContain('was deleted while the import ran');
    expect(await fixture.paths('work')).toEqual([]);
  });

  test('is told apart from one that never was', async () => {
    const { imports } = fixture.catalog;
    expect(await refusal(imports.status('lake', 'main', 'f'.repeat(32)))).toBe('import-not-found');
    expect(await refusal(imports.status('lake', 'main', '../..'))).toBe('import-not-found');
    expect(await refusal(imports.cancel('lake', 'main', 'f'.repeat(32), ''))).toBe('import-not-found');
    await write({ 'a.csv': '' });
    const id = await start([file('a.csv', 'a.csv')]);
    await fixture.branch('other');
    expect(await refusal(imports.status('lake', 'other', id))).toBe('import-not-found');
  });
});

test.each([true, false])('collections beside imports (copy: %s) take nothing that they need', async copy => {
  const files = Array.from({ length: 60 }, (_, i) => [`a/${i}.csv`, `${i}`.repeat(i % 2 ? 20_000 : 10)]);
  await write(Object.fromEntries(files));
  // Contents that are there already and that nothing refers to any more are brought back by the second import.
  await fixture.branch('work');
  await imported([folder('a', 'first/')], { copy, branch: 'work' });
  await fixture.catalog.branches.delete('lake', 'work');
  fixture.time += 8 * 24 * 60 * 60 * 1000;
  for (let round = 0; round < 3; round++) {
    const importing = imported([folder('a', `round-${round}/`)], { copy });
    const collecting = fixture.catalog.collection.run();
    expect((await importing).completed).toBe(true);
    await collecting;
    expect(await findings()).toEqual([]);
    expect(await fixture.read('main', `round-${round}/59.csv`)).toBe('59'.repeat(20_000));
  }
});

test('no garbage collection removes an imported file, whatever becomes of its objects', async () => {
  await write({ 'a/kept.csv': 'kept', 'a/gone.csv': 'gone' });
  await fixture.branch('work');
  await imported([folder('a', '')], { branch: 'work' });
  await fixture.catalog.branches.delete('lake', 'work');
  await imported([file('a/kept.csv', 'kept.csv')]);
  fixture.time += 8 * 24 * 60 * 60 * 1000;
  await fixture.catalog.collection.run();
  expect(await fixture.records('k/')).toBe(1);
  expect(await fixture.read('main', 'kept.csv')).toBe('kept');
  await fixture.catalog.repositories.delete('lake');
  await fixture.catalog.idle();
  expect((await stat(join(fixture.source, 'a/gone.csv'))).size).toBe(4);
  expect((await stat(join(fixture.source, 'a/kept.csv'))).size).toBe(4);
});
