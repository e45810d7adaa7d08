import fc from 'fast-check';

import type { DuplicateDataSet } from '../../../../src/protocol/databranch.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** A branch of its own for each test. */
let branch: string;

const rows = (from: number, to: number) =>
  `SELECT range AS id, 'name ' || (range % 7) AS name, CASE WHEN range % 3 = 0 THEN NULL ELSE range / 7.0 END AS price,
   [range, NULL] AS tags, TIMESTAMP '2020-01-01' + INTERVAL 1 SECOND * range AS moment FROM range(${from}, ${to})`;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  await lake.commit('main', {
    'reviews/part-0.parquet': await duckdb.write(rows(0, 100)),
    'reviews/part-1.parquet': await duckdb.write(rows(100, 200))
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
});

async function duplicates(
  path = 'reviews/',
  query: { base?: string; keys?: string[]; examples?: number } = {},
  ref = branch
): Promise<DuplicateDataSet> {
  const { datasets } = await lake.rows.duplicates('lake', ref, { path, keys: [], ...query });
  expect(datasets).toHaveLength(1);
  return datasets[0]!;
}

test('where no row is there twice, that is said for certain', async () => {
  expect(await duplicates()).toEqual({
    path: 'reviews/',
    base_path: null,
    format: 'parquet',
    rows: 200,
    duplicate_rows: 0,
    repeated_rows: 0,
    base_duplicate_rows: null,
    added_duplicate_rows: null,
    basis: 'exact',
    columns: expect.any(Array),
    examples: [],
    identical_files: [],
    message: 'no row is there twice'
  });
});

test('data that were appended again are counted, compared with the base, and shown', async () => {
  await lake.put(branch, 'reviews/new.parquet', await duckdb.write(`${rows(0, 200)} ORDER BY hash(id)`));
  const found = await duplicates('reviews/', { base: 'main', examples: 3 });
  expect(found).toMatchObject({
    rows: 400,
    duplicate_rows: 200,
    repeated_rows: 200,
    base_duplicate_rows: 0,
    added_duplicate_rows: 200,
    columns: ['id', 'name', 'price', 'tags', 'moment'],
    message: '200 of 400 rows are copies of others, none of them on main'
  });
  expect(found.examples).toHaveLength(3);
  for (const { rows, base_rows, cells } of found.examples) {
    const id = Number(cells[0]);
    expect([rows, base_rows]).toEqual([2, 1]);
    expect(cells.slice(0, 2)).toEqual([String(id), `name ${id % 7}`]);
    expect(cells[2] === null).toBe(id % 3 === 0);
    expect(cells[3]).toBe(`[${id}, NULL]`);
  }
});

test('identical files are named, and read once', async () => {
  await lake.put(branch, 'reviews/copy.parquet', await duckdb.write(rows(0, 100)));
  lake.reads();
  const found = await duplicates();
  expect(found).toMatchObject({
    duplicate_rows: 100,
    identical_files: [{ paths: ['reviews/copy.parquet', 'reviews/part-0.parquet'], files: 2, rows: 100 }],
    message:
      '100 of 300 rows are copies of others; reviews/part-0.parquet has the same contents as reviews/copy.parquet'
  });
});

test('by key columns, rows are the same that have the same keys', async () => {
  const found = await duplicates('reviews/', { keys: ['name'], examples: 10 });
  expect(found).toMatchObject({ duplicate_rows: 193, repeated_rows: 7, columns: ['name'] });
  expect(found.examples.map(({ cells }) => cells[0]).sort()).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map(n => `name ${n}`)
  );
  expect(await duplicates('reviews/', { keys: ['id'] })).toMatchObject({ duplicate_rows: 0 });
});

test('a column that is not there is refused, and those that are there are named', async () => {
  await expect(duplicates('reviews/', { keys: ['ID'] })).rejects.toThrow(
    'There is no column "ID": there are id, name, price, tags, moment.'
  );
  await lake.put(branch, 'other/a.csv', 'code,n\nx,1\nx,2\n');
  const { datasets } = await lake.rows.duplicates('lake', branch, { path: '', keys: ['code'] });
  expect(datasets.map(({ path, duplicate_rows }) => [path, duplicate_rows])).toEqual([
    ['other/', 1],
    ['reviews/', null]
  ]);
  expect(datasets[1]!.message).toBe(
    'duplicates were not counted: it has no column "code", but id, name, price, tags, moment'
  );
});

test('rows of two partitions are not the same, but identical files in them are named', async () => {
  const part = await duckdb.write(rows(0, 50));
  await lake.put(branch, 'days/day=1/a.parquet', part);
  await lake.put(branch, 'days/day=2/a.parquet', part);
  expect(await duplicates('days/')).toMatchObject({
    rows: 100,
    duplicate_rows: 0,
    identical_files: [{ files: 2, rows: 50 }]
  });
  expect(await duplicates('days/', { keys: ['id'] })).toMatchObject({ duplicate_rows: 50 });
  expect(await duplicates('days/', { keys: ['id', 'day'] })).toMatchObject({ duplicate_rows: 0 });
  await lake.put(branch, 'days/day=2/b.parquet', part);
  expect(await duplicates('days/')).toMatchObject({ duplicate_rows: 50 });
});

test('a file that lies in a block of its own is read for each of its partitions', async () => {
  const large = await duckdb.write('SELECT range AS id, md5(range::VARCHAR) AS text FROM range(2000)');
  expect(large.length).toBeGreaterThan(16 * 1024);
  await lake.put(branch, 'large/day=1/a.parquet', large);
  await lake.put(branch, 'large/day=2/a.parquet', large);
  await lake.put(branch, 'large/day=2/b.parquet', large);
  expect(await duplicates('large/')).toMatchObject({ rows: 6000, duplicate_rows: 2000 });
  expect(await duplicates('large/', { keys: ['id'] })).toMatchObject({
    duplicate_rows: 4000,
    repeated_rows: 2000
  });
});

test('files whose columns differ in width or number are one table', async () => {
  await lake.put(branch, 'wide/a.parquet', await duckdb.write('SELECT 1::INTEGER AS a, 2.0::FLOAT AS b'));
  await lake.put(branch, 'wide/b.parquet', await duckdb.write(`SELECT 2.0::DOUBLE AS b, 1::BIGINT AS a`));
  await lake.put(branch, 'wide/c.parquet', await duckdb.write(`SELECT 1::BIGINT AS a`));
  expect(await duplicates('wide/')).toMatchObject({ rows: 3, duplicate_rows: 1 });
});

test.each([
  ['CSV', 'a.csv', 'x,y\n1,2\n1,2\n"a\nb",3\n', 'b.csv', 'x,y\n1,2\n'],
  ['CSV without names', 'a.csv', '1,2\n1,2\n3,4\n', 'b.csv', '1,2\n'],
  ['JSON', 'a.jsonl', '{"x":1,"y":"q"}\n{"y":"q","x":1}\n{"x":"1","y":"q"}\n', 'b.jsonl', '{"x":1,"y":"q"}\n']
])('%s has duplicates too', async (_, first, one, second, other) => {
  await lake.put(branch, `text/${first}`, one);
  await lake.put(branch, `text/${second}`, other);
  const found = await duplicates('text/', { examples: 1 });
  expect(found).toMatchObject({ rows: 4, duplicate_rows: 2, repeated_rows: 1 });
  expect(found.examples[0]).toMatchObject({ rows: 3, cells: expect.arrayContaining(['1']) });
});

test('a CSV on the base and Parquet on the branch are compared as text', async () => {
  await lake.commit(branch, { 'data.csv': 'id,price\n1,4.50\n2,1\n', 'reviews/part-0.parquet': null });
  const other = `${branch}-b`;
  await lake.branch(other, branch);
  const twice = `SELECT unnest([1, 2, 1, 2]) AS id, unnest([4.5, 1, 4.5, 1])::DOUBLE AS price`;
  await lake.put(other, 'data/a.parquet', await duckdb.write(twice));
  await lake.delete(other, 'data.csv');
  const { datasets } = await lake.rows.duplicates('lake', other, { path: '', keys: [], base: branch });
  expect(datasets.find(({ path }) => path === 'data/')).toMatchObject({
    base_path: '',
    duplicate_rows: 2,
    base_duplicate_rows: 0,
    added_duplicate_rows: 2
  });
});

test('what was asked before costs nothing', async () => {
  await lake.put(branch, 'reviews/new.parquet', await duckdb.write(rows(0, 10)));
  const first = await duplicates('reviews/', { examples: 0 });
  const show = await lake.hideBlocks();
  try {
    expect(await duplicates('reviews/', { examples: 0 })).toEqual(first);
  } finally {
    await show();
  }
});

test('a JSON array behind a byte order mark has its rows', async () => {
  await lake.put(branch, 'marked/a.json', '\ufeff[{"id":1},{"id":2},{"id":2}]');
  expect(await duplicates('marked/')).toMatchObject({ rows: 3, duplicate_rows: 1 });
});

test('where no file can be counted, nothing is said of duplicates', async () => {
  await lake.put(branch, 'broken/a.parquet', '');
  expect(await duplicates('broken/')).toMatchObject({
    rows: null,
    duplicate_rows: null,
    basis: null,
    message: 'duplicates were not counted: no file of it could be counted'
  });
});

test('a broken file is said to be left out', async () => {
  await lake.put(branch, 'reviews/broken.parquet', 'nothing of the kind');
  expect(await duplicates()).toMatchObject({
    duplicate_rows: 0,
    message: 'no row is there twice; 1 file could not be counted'
  });
});

test('nothing to count is not found; an unknown path neither', async () => {
  await expect(duplicates('nowhere/')).rejects.toThrow('There is nothing at "nowhere/"');
});

test('no temporary file stays', async () => {
  await lake.put(branch, 'reviews/small.csv', 'id\n1\n');
  await lake.rows.duplicates('lake', branch, { path: '', keys: [] });
  expect(await lake.temporaryFiles()).toEqual([]);
});

/** Small numbers, so that many rows are the same. */
const table = fc.array(fc.tuple(fc.option(fc.nat(2), { nil: null }), fc.constantFrom('a', 'b', '')), {
  maxLength: 12
});

test('the figures are those of a naive count', async () => {
  const row = ([n, s]: [number | null, string]) => `(${n ?? 'NULL::INTEGER'}, '${s}')`;
  const write = (rows: [number | null, string][]) =>
    duckdb.write(
      rows.length === 0
        ? `SELECT 1::INTEGER AS n, '' AS s WHERE false`
        : `SELECT n::INTEGER AS n, s FROM (VALUES ${rows.map(row).join(', ')}) t(n, s)`
    );
  const counts = (rows: unknown[]) => {
    const map = new Map<string, number>();
    rows.forEach(row => map.set(JSON.stringify(row), (map.get(JSON.stringify(row)) ?? 0) + 1));
    return map;
  };
  let run = 0;
  const keysOf = [[], ['n'], ['s', 'n']];
  await fc.assert(
    fc.asyncProperty(table, table, table, fc.constantFrom(...keysOf), async (shared, base, own, keys) => {
      const [left, right] = [`model-${run}-l`, `model-${run}-r`];
      const folder = `model-${run++}/`;
      await lake.branch(left);
      await lake.branch(right);
      const file = await write(shared);
      await lake.put(left, `${folder}shared.parquet`, file);
      await lake.put(left, `${folder}own.parquet`, await write(base));
      await lake.put(right, `${folder}shared.parquet`, file);
      await lake.put(right, `${folder}own.parquet`, await write(own));
      const project = (rows: [number | null, string][]) =>
        rows.map(([n, s]) => (keys.length === 0 ? [n, s] : keys.map(key => (key === 'n' ? n : s))));
      const before = counts(project([...shared, ...base]));
      const after = counts(project([...shared, ...own]));
      const surplus = (n: number | undefined) => Math.max((n ?? 0) - 1, 0);
      const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
      expect(await duplicates(folder, { base: left, keys }, right)).toMatchObject({
        duplicate_rows: sum([...after.values()].map(surplus)),
        repeated_rows: [...after.values()].filter(n => n > 1).length,
        base_duplicate_rows: sum([...before.values()].map(surplus)),
        added_duplicate_rows: sum(
          [...after].map(([key, n]) => Math.max(surplus(n) - surplus(before.get(key)), 0))
        )
      });
    }),
    { numRuns: 40 }
  );
});

describe('a comparison says how many rows are duplicates', () => {
  const compared = () => lake.compareOne('main', branch, { path: 'reviews/' });

  test('where every row is there twice', async () => {
    await lake.put(branch, 'reviews/new.parquet', await duckdb.write(`${rows(0, 200)} ORDER BY hash(id)`));
    expect(await compared()).toMatchObject({ verdict: 'repeated', duplicate_rows: 200 });
  });

  test('and else once somebody asked', async () => {
    const again = `${rows(0, 3)} UNION ALL ${rows(1000, 1003)}`;
    await lake.put(branch, 'reviews/new.parquet', await duckdb.write(again));
    expect(await compared()).toMatchObject({ verdict: 'changed', duplicate_rows: null });
    await duplicates('reviews/', { base: 'main' });
    expect(await compared()).toMatchObject({ verdict: 'changed', duplicate_rows: 3 });
  });
});
