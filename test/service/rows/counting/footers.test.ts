import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { FooterThreads } from '../../../../src/service/rows/formats/footer-threads.js';
import { DuckDb } from '../duckdb.js';
import { Lake } from '../lake.js';

let folder: string;
let footerWorker: URL;
let duckdb: DuckDb;
let lake: Lake;
/** Parquet files too large to lie in the key-value store, of 5,000, 5,001, … rows. */
const files: Buffer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-footers-'));
  const outfile = join(folder, 'footer-worker.mjs');
  const entry = join(__dirname, '../../../../src/service/rows/formats/footer-worker.ts');
  // A thread does not go through Jest.
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
  footerWorker = pathToFileURL(outfile);
  duckdb = await DuckDb.open();
  for (let more = 0; more < 4; more++) {
    files.push(await duckdb.write(`SELECT range AS n, hash(range) AS h FROM range(${5_000 + more})`));
  }
});
afterAll(async () => {
  await duckdb.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  lake = await Lake.open('/no/engine/needed.mjs', {}, { footerWorker });
});
afterEach(() => lake.close());

const endings = { cut: (file: Buffer) => file.subarray(0, -1), encrypted: endingWith('PARE') };

function endingWith(magic: string): (file: Buffer) => Buffer {
  return file => Buffer.concat([file.subarray(0, -4), Buffer.from(magic)]);
}

const isLinux = process.platform === 'linux';
(isLinux ? test : test.skip)(
  'the threads come after the main one where both want a core (needs Linux)',
  async () => {
    await lake.commit('main', { 'a/1.parquet': files[0]!, 'a/2.parquet': files[1]! });
    await lake.count('main');
    const niceness = async (thread: number | string) => {
      // One of others may end meanwhile.
      const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '');
      // Behind the name in brackets, which may hold anything.
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    };
    const own = await niceness(process.pid);
    const all = await Promise.all((await readdir('/proc/self/task')).map(niceness));
    expect(all.filter(each => each === Math.max(own, 10)).length).toBeGreaterThan(0);
    expect(own).toBe(getPriority());
  }
);

test('files of every kind and in every place are counted as without threads', async () => {
  const groups = await duckdb.write(
    'SELECT range AS n, [range] AS l FROM range(300000)',
    'format parquet, row_group_size 2048'
  );
  const all = {
    'a/1.parquet': files[0]!,
    'a/2.parquet': files[1]!,
    'a/small.parquet': await duckdb.write('SELECT 1::BIGINT AS n, 1::UBIGINT AS h'),
    'a/empty.parquet': '',
    'a/no-rows.parquet': await duckdb.write('SELECT range AS n, hash(range) AS h FROM range(0)'),
    'a/cut.parquet': endings.cut(files[2]!),
    'a/encrypted.parquet': endings.encrypted(files[2]!),
    'a/nonsense.parquet': Buffer.alloc(30_000, 'nonsense'),
    'a/false-length.parquet': Buffer.concat([
      files[2]!.subarray(0, -8),
      Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      Buffer.from('PAR1')
    ]),
    'a/x.csv': 'n,h\n1,2\n',
    'groups/1.parquet': groups
  };
  expect(groups.length - 8).toBeGreaterThan(8 * 1024);
  await lake.commit('main', all);
  await lake.putInParts('main', 'parts/1.parquet', groups, 5 * 1024 * 1024);
  const without = await Lake.open('/no/engine/needed.mjs');
  try {
    await without.commit('main', all);
    await without.putInParts('main', 'parts/1.parquet', groups, 5 * 1024 * 1024);
    const { commit_id: _, ...expected } = await without.count('main');
    const { commit_id: __, ...counted } = await lake.count('main');
    expect(counted).toEqual(expected);
    expect(counted).toMatchObject({ unreadable: { length: 5 } });
  } finally {
    await without.close();
  }
});

test('what a thread found is not read again', async () => {
  await lake.commit('main', { 'a/1.parquet': files[0]!, 'a/2.parquet': files[1]! });
  expect(await lake.count('main')).toMatchObject({ rows: 10_001 });
  expect(lake.reads()).toEqual({ nodes: 1, contents: 2 });
  await lake.put('main', 'b/1.parquet', files[0]!);
  await lake.put('main', 'b/3.parquet', files[2]!);
  expect(await lake.count('main')).toMatchObject({ rows: 20_003 });
  expect(lake.reads().contents).toBe(1);
});

test('a file that two ask for at the same time is read once', async () => {
  await lake.commit('main', { 'a/1.parquet': files[0]!, 'b/1.parquet': files[1]! });
  const { wanted, release } = lake.hold();
  const part = lake.count('main', 'a/');
  await wanted;
  const all = lake.count('main');
  // It has come as far as it can.
  for (let turn = 0; turn < 100; turn++) {
    await setImmediate();
  }
  release();
  expect([(await part).rows, (await all).rows]).toEqual([5_000, 10_001]);
  expect(lake.reads().contents).toBe(2);
});

test('an imported file that has changed is named, and counted as what it was once it is back', async () => {
  const path = join(lake.source, 'a.parquet');
  await writeFile(path, files[0]!);
  await lake.link('main', 'a/1.parquet', 'a.parquet');
  await lake.link('main', 'a/2.parquet', 'a.parquet');
  await rm(path);
  await writeFile(path, files[1]!);
  const { rows, unreadable } = await lake.count('main');
  expect(rows).toBe(0);
  expect(unreadable.map(file => file.path)).toEqual(['a/1.parquet', 'a/2.parquet']);
  await lake.link('main', 'a/2.parquet', 'a.parquet');
  expect(await lake.count('main')).toMatchObject({ rows: 5_001, unreadable: [{ path: 'a/1.parquet' }] });
});

test('imported files are read where they lie', async () => {
  await writeFile(join(lake.source, 'a.parquet'), files[3]!);
  await lake.link('main', 'a/1.parquet', 'a.parquet');
  expect(await lake.count('main')).toMatchObject({ rows: 5_003, unreadable: [] });
});

describe('a thread that ends', () => {
  test('leaves its files to the complete reader, and the next ones get another', async () => {
    const errors: unknown[] = [];
    const endless = join(folder, 'ends.mjs');
    await writeFile(
      endless,
      `import { parentPort } from 'node:worker_threads';
       parentPort.once('message', () => process.exit(1));`
    );
    const threads = new FooterThreads(pathToFileURL(endless), error => errors.push(error));
    try {
      const asked = { path: '/no/such/file', size: 100 };
      // More at a time than there are threads: what waits in a thread's queue goes the same way.
      const found = await Promise.all(Array.from({ length: 9 }, () => threads.read([asked, asked])));
      expect(found).toEqual(Array.from({ length: 9 }, () => [undefined, undefined]));
      expect(await threads.read([asked])).toEqual([undefined]);
    } finally {
      await threads.close();
    }
  });

  test('or cannot begin takes nothing away from the count', async () => {
    const without = await Lake.open(
      '/no/engine/needed.mjs',
      {},
      { footerWorker: pathToFileURL(join(folder, 'no-such-worker.mjs')) }
    );
    try {
      await without.commit('main', { 'a/1.parquet': files[0]!, 'a/2.parquet': files[1]! });
      expect(await without.count('main')).toMatchObject({ rows: 10_001, unreadable: [] });
      expect(without.warnings.length).toBeGreaterThan(0);
    } finally {
      await without.close();
    }
  });
});
