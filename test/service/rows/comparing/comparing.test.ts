import type { RowsProgress } from '../../../../src/protocol/databranch.js';
import type { EngineOptions } from '../../../../src/service/rows/engine/engine.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
});
afterAll(() => fixture.close());
afterEach(() => lake.close());

/** The rows 0, 1, 2, … up to `end`, in files that differ by how they are written. */
const numbers = (end: number, compression = 'snappy', from = 0) =>
  duckdb.write(
    `SELECT range AS n, 'x' AS s FROM range(${from}, ${end})`,
    `format parquet, compression ${compression}`
  );

/** A branch "test" of "main" that holds the same rows in another file. */
async function rewritten(engine: Partial<EngineOptions> = {}, entry = fixture.bundle.entry): Promise<void> {
  lake = await Lake.open(entry, engine);
  await lake.commit('main', { 'a/1.parquet': await numbers(100) });
  await lake.branch('test');
  await lake.delete('test', 'a/1.parquet');
  await lake.put('test', 'a/2.parquet', await numbers(100, 'zstd'));
}

describe('what a comparison costs', () => {
  test('a fingerprint is made once per content', async () => {
    await rewritten();
    expect(await lake.compareOne('main', 'test')).toMatchObject({ verdict: 'equal' });
    lake.reads();
    await lake.commit('test');
    // An engine that is gone shows that it is not asked again.
    await lake.rows.close();
    expect(await lake.compareOne('main', 'test')).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
    expect(lake.reads().contents).toBe(0);
  });

  test('only files that differ are looked at, and rows only where their number leaves it open', async () => {
    lake = await Lake.open('/no/engine/needed.mjs');
    const many = Array.from({ length: 2000 }, (_, i) => [
      `d${i % 5}/${String(i).padStart(5, '0')}.csv`,
      `n\n${i}x\n`
    ]);
    await lake.commit('main', Object.fromEntries(many) as Record<string, string>);
    await lake.count('main');
    await lake.branch('test');
    lake.reads();
    await lake.put('test', 'd1/00001.csv', 'n\nx\ny\n');
    await lake.put('test', 'd2/more.csv', 'n\nx\n');
    await lake.commit('test');
    await lake.rows.idle();
    const { contents: ahead } = lake.reads();
    const { datasets } = await lake.compare('main', 'test');
    expect(datasets.map(({ path, verdict, basis }) => [path, verdict, basis])).toEqual([
      ['d0/', 'equal', 'files'],
      ['d1/', 'changed', 'count'],
      ['d2/', 'changed', 'count'],
      ['d3/', 'equal', 'files'],
      ['d4/', 'equal', 'files']
    ]);
    const { nodes, contents } = lake.reads();
    expect(ahead + contents).toBe(2);
    expect(nodes).toBeLessThanOrEqual(2 * 3);
  });

  test('two names of one commit need nothing at all', async () => {
    await rewritten({}, '/no/engine/needed.mjs');
    await lake.branch('same', 'main');
    await lake.count('main');
    lake.reads();
    expect(await lake.compareOne('main', 'same')).toMatchObject({ verdict: 'equal', basis: 'files' });
    expect(lake.reads()).toEqual({ nodes: 0, contents: 0 });
  });
});

describe('contents that lie in no file of their own', () => {
  test('are compared too, and nothing of them stays behind', async () => {
    lake = await Lake.open(fixture.bundle.entry);
    const large = 'SELECT range AS n, hash(range) AS h FROM range(600000)';
    const whole = await duckdb.write(large);
    await lake.putInParts('main', 'a/segments.parquet', whole, 5 * 1024 * 1024);
    await lake.branch('test');
    await lake.put('test', 'a/1.parquet', await duckdb.write(`${large} ORDER BY h`));
    expect(await lake.compareOne('main', 'test')).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
    expect(await lake.temporaryFiles()).toEqual([]);
  });
});

describe('an engine that fails', () => {
  test('leaves open whether the same number of rows are the same rows', async () => {
    await rewritten({}, '/no/such/engine.mjs');
    const found = await lake.compareOne('main', 'test');
    expect(found).toMatchObject({ verdict: 'unknown', basis: 'count', left_rows: 100, right_rows: 100 });
    expect(found.message).toMatch(
      /^100 rows, as many as on main; they could not be compared: the query engine/
    );
  });

  test('does not hide another number of rows', async () => {
    await rewritten({ deadlineMs: 1 });
    await lake.put('test', 'a/3.parquet', await numbers(100, 'gzip'));
    const found = await lake.compareOne('main', 'test');
    expect(found).toMatchObject({ verdict: 'changed', basis: 'count' });
    expect(found.message).toBe(
      '200 rows, 100 more than main; the rows could not be compared: it took longer than 0.001 seconds'
    );
  });

  test('is no failure of the other data sets', async () => {
    await rewritten({}, '/no/such/engine.mjs');
    await lake.put('test', 'b/1.parquet', await numbers(5));
    expect((await lake.compare('main', 'test')).datasets).toMatchObject([
      { path: 'a/', verdict: 'unknown' },
      { path: 'b/', verdict: 'added' }
    ]);
  });
});

test('of many files that are read together the one is named whose rows cannot be read', async () => {
  const numbered = async (compression: string) => {
    const files: [string, Buffer][] = [];
    for (let i = 0; i < 20; i++) {
      files.push([`a/${compression}-${i}.parquet`, await numbers(10 * i + 10, compression, 10 * i)]);
    }
    return Object.fromEntries(files);
  };
  lake = await Lake.open(fixture.bundle.entry);
  await lake.commit('main', await numbered('snappy'));
  await lake.branch('test');
  const gone = Object.keys(await numbered('snappy')).map(path => [path, null]);
  const written = await numbered('zstd');
  await lake.commit('test', { ...Object.fromEntries(gone), ...written });
  expect(await lake.compareOne('main', 'test')).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
  // Its footer is as it was, so that it counts; its pages are not.
  const damaged = Buffer.from(written['a/zstd-7.parquet']!);
  damaged.fill(0xff, 4, 60);
  await lake.put('test', 'a/zstd-7.parquet', damaged);
  const found = await lake.compareOne('main', 'test');
  expect(found).toMatchObject({ verdict: 'unknown', left_rows: 200, right_rows: 200 });
  expect(found.message).toContain('a/zstd-7.parquet');
});

describe('a long comparison', () => {
  test('tells how far it is', async () => {
    await rewritten();
    const told: RowsProgress[] = [];
    await lake.rows.compare(
      'lake',
      'main',
      'test',
      { path: '' },
      { onProgress: progress => told.push(progress) }
    );
    expect(told.at(-1)!.files_done).toBe(told.at(-1)!.files_total);
  });

  test('stops when nobody waits for it, and leaves nothing behind', async () => {
    await rewritten();
    const abort = new AbortController();
    const comparing = lake.rows.compare(
      'lake',
      'main',
      'test',
      { path: '' },
      {
        signal: abort.signal,
        // The first fingerprint is about to be made then.
        onProgress: ({ files_total }) => files_total > 2 && setImmediate(() => abort.abort(new Error('left')))
      }
    );
    await expect(comparing).rejects.toThrow('left');
    expect(await lake.temporaryFiles()).toEqual([]);
    expect(await lake.compareOne('main', 'test')).toMatchObject({ verdict: 'equal' });
  });
});

test('pages of a comparison follow one another', async () => {
  lake = await Lake.open('/no/engine/needed.mjs');
  await lake.commit('main', { 'a/1.csv': 'n\nx\n', 'b/1.csv': 'n\nx\n', 'c/1.csv': 'n\nx\n' });
  await lake.branch('test');
  await lake.put('test', 'b2/1.csv', 'n\nx\n');
  await lake.delete('test', 'c/1.csv');
  await lake.put('test', 'd/1.json', '{"a":1}');
  await lake.put('test', 'd/2.parquet', await numbers(1));
  const first = await lake.compare('main', 'test', { amount: 3 });
  expect(first.datasets.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['a/', 'equal'],
    ['b/', 'equal'],
    ['b2/', 'added']
  ]);
  expect(first.pagination).toMatchObject({ has_more: true, results: 3 });
  const second = await lake.compare('main', 'test', { amount: 3, after: first.pagination.next_offset });
  expect(second.datasets.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['c/', 'removed'],
    ['d/', 'added'],
    ['d/', 'added']
  ]);
  expect(second.pagination).toMatchObject({ has_more: false, next_offset: '' });
});

test('a path that neither side has is refused', async () => {
  lake = await Lake.open('/no/engine/needed.mjs');
  await lake.commit('main', { 'a/1.csv': 'n\nx\n' });
  await expect(lake.compare('main', 'main', { path: 'b/' })).rejects.toMatchObject({
    code: 'object-not-found',
    message: 'There is nothing at "b/" on "main".'
  });
  await lake.branch('test');
  await expect(lake.compare('main', 'test', { leftPath: 'a/', rightPath: 'b' })).rejects.toThrow(
    'There is nothing at "b" on "test".'
  );
});
