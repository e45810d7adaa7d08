import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openRaw } from 'lmdb';
import { KvUnusableError } from '../../../src/service/kv/kv';
import { openLmdb } from '../../../src/service/kv/lmdb';
import { kvConformance } from './conformance';
import { buildChild, output, start } from './process';

kvConformance('LMDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'databranch-kv-'));
  const where = join(folder, 'kv');
  return {
    open: () => openLmdb(where),
    remove: () => rm(folder, { recursive: true }),
    child: ['lmdb', where]
  };
});

describe('an LMDB store', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'databranch-kv-'))));
  afterEach(() => rm(folder, { recursive: true }));

  test('lies in files that only their owner can read, also in a folder with a dot in its name', async () => {
    const kv = await openLmdb(join(folder, 'with.dot'));
    await kv.write({ put: [{ key: Buffer.from('a'), value: Buffer.from('1') }] });
    for (const file of ['data.mdb', 'lock.mdb']) {
      expect((await stat(join(folder, 'with.dot', file))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(folder, 'with.dot'))).mode & 0o777).toBe(0o700);
    await kv.close();
  });

  test('does not grow for snapshots that have ended', async () => {
    const where = join(folder, 'kv');
    const kv = await openLmdb(where);
    const put = [{ key: Buffer.from('a'), value: Buffer.alloc(100_000, 1) }];
    for (let i = 0; i < 300; i++) {
      await kv.write({ put });
      await kv.snapshot(reader => reader.get(put[0]!.key));
      await kv.snapshot(() => Promise.reject(new Error('fails'))).catch(() => undefined);
    }
    expect((await stat(join(where, 'data.mdb'))).size).toBeLessThan(5_000_000);
    await kv.close();
  });

  test('reserves versions on disk before it gives the first of them', async () => {
    const where = join(folder, 'kv');
    const kv = await openLmdb(where);
    await kv.write({ put: [{ key: Buffer.from('a'), value: Buffer.from('1') }] });
    const { version } = (await kv.snapshot(reader => reader.get(Buffer.from('a'))))!;
    const raw = openRaw({
      path: where,
      pageSize: 4_096,
      maxDbs: 2,
      overlappingSync: false,
      encoding: 'binary'
    });
    const counters = raw.openDB<Buffer, Buffer>({
      name: 'counters',
      encoding: 'binary',
      keyEncoding: 'binary'
    });
    expect(Number(counters.get(Buffer.from('versions'))!.readBigUInt64BE())).toBeGreaterThan(version);
    await raw.close();
    await kv.close();
  });

  test('is made anew over a beginning that a crash cut short', async () => {
    await mkdir(join(folder, 'unfinished'));
    await writeFile(join(folder, 'unfinished', 'data.mdb'), 'half');
    await writeFile(join(folder, 'data.mdb'), '');
    const kv = await openLmdb(folder);
    expect(await kv.write({ put: [{ key: Buffer.from('a'), value: Buffer.from('1') }] })).toBe(true);
    await kv.close();
    expect((await readdir(folder)).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  // LMDB itself ends the process on these.
  test.each([
    ['zeros', Buffer.alloc(8_192)],
    ['a few bytes', Buffer.from('no store')],
    ['another format', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8_176)])]
  ])('is refused when there is something else in its place: %s', async (_, content) => {
    await writeFile(join(folder, 'data.mdb'), content);
    await expect(openLmdb(folder)).rejects.toThrow(KvUnusableError);
    expect(await readFile(join(folder, 'data.mdb'))).toEqual(content);
  });

  test('is refused when a folder lies in its place', async () => {
    await mkdir(join(folder, 'data.mdb'));
    await expect(openLmdb(folder)).rejects.toThrow(/cannot be opened \(EISDIR\)/);
  });

  const namespace = ['--mount', '--map-root-user'];
  const canMount = process.platform === 'linux' && spawnSync('unshare', [...namespace, 'true']).status === 0;
  (canMount ? test : test.skip)(
    'on a full disk says so, keeps what was acknowledged, can be read, and goes on when there is room (needs unshare)',
    async () => {
      const script = buildChild(folder);
      const disk = join(folder, 'disk');
      const ballast = join(disk, 'ballast');
      const commands = [
        `mkdir '${disk}' && mount -t tmpfs -o size=3m tmpfs '${disk}'`,
        `head -c 600000 /dev/zero > '${ballast}'`,
        `exec '${process.execPath}' '${script}' lmdb '${join(disk, 'kv')}' fill '${ballast}'`
      ];
      const seen = JSON.parse(
        await output(start('unshare', [...namespace, 'bash', '-c', commands.join(' && ')]))
      );
      expect(new Set(seen.errors)).toEqual(new Set(['KvFullError']));
      expect(seen.acknowledged.length).toBeGreaterThan(50);
      expect([...seen.kept].sort()).toEqual([...seen.acknowledged].sort());
      expect(seen.later).toBe(20);
    }
  );
});
