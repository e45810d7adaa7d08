import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** A branch of main for each test. */
let branch: string;
/** Two parts, 300 rows of every kind of column. */
let parts: Buffer[];

const COLUMNS = `range AS id, 'name ' || (range % 7) AS name, (range % 5)::INTEGER AS stars,
  CASE WHEN range % 3 = 0 THEN NULL ELSE range / 7.0 END AS price, (range / 3)::DECIMAL(12, 2) AS amount,
  DATE '2020-01-01' + range::INTEGER AS day, TIMESTAMP '2020-01-01' + INTERVAL 1 SECOND * range AS moment,
  CASE WHEN range % 4 = 0 THEN NULL WHEN range % 4 = 1 THEN [] ELSE [range, NULL] END AS tags,
  {'a': range, 'b': 'x'} AS nested`;
const rows = (from: number, to: number, columns = COLUMNS) => `SELECT ${columns} FROM range(${from}, ${to})`;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  parts = [await duckdb.write(rows(0, 150)), await duckdb.write(rows(150, 300))];
  lake = await fixture.openLake();
  await lake.commit('main', { 'reviews/part-0.parquet': parts[0]!, 'reviews/part-1.parquet': parts[1]! });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
});

const compared = () => lake.compareOne('main', branch, { path: 'reviews/' });
/** The whole of main's rows in one new file. */
const rewritten = (query: string) =>
  duckdb.write(query, 'format parquet, compression gzip, row_group_size 64');
async function replace(query: string): Promise<void> {
  await lake.delete(branch, 'reviews/part-0.parquet');
  await lake.delete(branch, 'reviews/part-1.parquet');
  await lake.put(branch, 'reviews/new.parquet', await rewritten(query));
}
const all = rows(0, 300);

test('nothing changed', async () => {
  expect(await compared()).toEqual({
    path: 'reviews/',
    left_path: 'reviews/',
    right_path: 'reviews/',
    left_format: 'parquet',
    right_format: 'parquet',
    left_rows: 300,
    right_rows: 300,
    verdict: 'equal',
    times: null,
    basis: 'files',
    compared_as: null,
    duplicate_rows: null,
    schema_changes: [],
    message: '300 rows, the same as on main'
  });
});

test('rows written again in another order, with another compression, are equal', async () => {
  await replace(`${all} ORDER BY hash(range)`);
  expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
});

test('rows written twice', async () => {
  await replace(`${all} UNION ALL ${all}`);
  expect(await compared()).toMatchObject({
    verdict: 'repeated',
    times: 2,
    basis: 'fingerprint',
    left_rows: 300,
    right_rows: 600,
    message: '600 rows, 300 more than main: every row of main is here twice'
  });
});

test('rows appended to what was there', async () => {
  await lake.put(branch, 'reviews/part-2.parquet', await rewritten(all));
  expect(await compared()).toMatchObject({
    verdict: 'repeated',
    times: 2,
    basis: 'fingerprint'
  });
});

test('the same files appended need no reading', async () => {
  await lake.put(branch, 'reviews/part-2.parquet', parts[0]!);
  await lake.put(branch, 'reviews/part-3.parquet', parts[1]!);
  expect(await compared()).toMatchObject({
    verdict: 'repeated',
    times: 2,
    basis: 'files',
    message: '600 rows, 300 more than main: every row of main is here twice'
  });
});

test('the other way round the copies are gone', async () => {
  await replace(`${all} UNION ALL ${all} UNION ALL ${all}`);
  expect(await lake.compareOne(branch, 'main')).toMatchObject({
    verdict: 'deduplicated',
    times: 3,
    basis: 'fingerprint',
    message: `300 rows, 600 fewer than ${branch}: every row that ${branch} has three times is here once`
  });
});

describe('a planted fault is never equal nor repeated:', () => {
  const columns = ['id', 'name', 'stars', 'price', 'amount', 'day', 'moment', 'tags', 'nested'];

  test.each(columns)('cells of %s swapped between two rows', async column => {
    const swapped = `WITH t AS (${all}) SELECT * REPLACE (CASE id WHEN 5 THEN (SELECT ${column} FROM t WHERE id = 6)
      WHEN 6 THEN (SELECT ${column} FROM t WHERE id = 5) ELSE ${column} END AS ${column}) FROM t`;
    await replace(swapped);
    const found = await compared();
    const [one, other] = await duckdb.run(`SELECT ${column}::VARCHAR AS v FROM (${all}) WHERE id IN (5, 6)`);
    expect(found).toMatchObject(
      one!['v'] === other!['v']
        ? { verdict: 'equal' }
        : { verdict: 'changed', message: '300 rows, as many as on main: they are not the same rows' }
    );
  });

  test.each([
    ['[] for NULL', 'CASE WHEN tags IS NULL THEN [] ELSE tags END AS tags'],
    ['NULL for []', 'CASE WHEN len(tags) = 0 THEN NULL ELSE tags END AS tags'],
    ['0 for NULL', 'coalesce(price, 0) AS price'],
    ['one added NULL', 'CASE WHEN id = 10 THEN NULL ELSE name END AS name'],
    ['one changed cell', `CASE WHEN id = 10 THEN 'other' ELSE name END AS name`],
    [
      'one changed nested value',
      `{'a': CASE WHEN id = 10 THEN 11 ELSE nested.a END, 'b': nested.b} AS nested`
    ],
    ['one later second', `CASE WHEN id = 10 THEN moment + INTERVAL 1 SECOND ELSE moment END AS moment`]
  ])('%s', async (_, replacement) => {
    await replace(`SELECT * REPLACE (${replacement}) FROM (${all})`);
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test.each([
    ['stars', 'VARCHAR', 'string instead of int32'],
    ['stars', 'BIGINT', 'int64 instead of int32'],
    ['price', 'FLOAT', 'float instead of double'],
    ['amount', 'DECIMAL(14, 3)', 'decimal(14, 3) instead of decimal(12, 2)'],
    ['moment', 'TIMESTAMPTZ', 'timestamp[us, utc] instead of timestamp[us]']
  ])('column %s retyped as %s', async (column, type, words) => {
    await replace(`SELECT * REPLACE (${column}::${type} AS ${column}) FROM (${all})`);
    const found = await compared();
    expect(found).toMatchObject({ verdict: 'changed', schema_changes: [{ column, change: 'retyped' }] });
    expect(found.message).toContain(`column ${column} is ${words}`);
  });

  test('a retyped column with the same values is told from one with others', async () => {
    await replace(`SELECT * REPLACE (stars::BIGINT AS stars) FROM (${all})`);
    expect((await compared()).message).toBe(
      '300 rows, as many as on main: every row of main is here, but column stars is int64 instead of int32'
    );
  });

  test('one row twice', async () => {
    await replace(`${all} UNION ALL ${rows(7, 8)}`);
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      basis: 'count',
      message: '301 rows, 1 more than main'
    });
  });

  test('one row twice and another gone', async () => {
    await replace(`${rows(1, 300)} UNION ALL ${rows(7, 8)}`);
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test('half of the rows twice and the others once', async () => {
    await replace(`${all} UNION ALL ${rows(0, 150)} UNION ALL ${rows(0, 150)}`);
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test('half of the rows lost', async () => {
    await replace(rows(0, 150));
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      message: '150 rows, 150 fewer than main: half as many'
    });
  });

  test('one of two files lost', async () => {
    await lake.delete(branch, 'reviews/part-1.parquet');
    expect((await compared()).message).toBe(
      '150 rows, 150 fewer than main: half of the rows are gone, 1 file was removed, the others are the same'
    );
  });

  test('one file there twice', async () => {
    await lake.put(branch, 'reviews/copy.parquet', parts[0]!);
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      message: '450 rows, 150 more than main: 1 file of main is here twice'
    });
  });

  test('a file of other rows added', async () => {
    await lake.put(branch, 'reviews/more.parquet', await duckdb.write(rows(300, 310)));
    expect((await compared()).message).toBe(
      '310 rows, 10 more than main: 1 file was added, the others are the same'
    );
  });

  test('a new column', async () => {
    await replace(`SELECT *, 1 AS extra FROM (${all})`);
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      schema_changes: [{ column: 'extra', change: 'added', left_type: null, right_type: 'int32' }],
      message: '300 rows, as many as on main: column extra is new'
    });
  });

  test('two columns that changed names', async () => {
    await replace(`SELECT * RENAME (price AS amount, amount AS price) FROM (${all})`);
    expect(await compared()).toMatchObject({ verdict: 'changed' });
  });

  test('all rows gone', async () => {
    await replace(`${all} LIMIT 0`);
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      message: '0 rows, 300 fewer than main'
    });
  });
});

describe('values that mean the same are the same:', () => {
  test.each([
    ['-0.0 and 0.0', '0.0::DOUBLE', `'-0.0'::DOUBLE`],
    ['NaN of either sign', `'nan'::DOUBLE`, `-('nan'::DOUBLE)`],
    ['times in milliseconds and in microseconds', `TIMESTAMP '2020-01-01'`, `TIMESTAMP_MS '2020-01-01'`],
    ['times in nanoseconds and in microseconds', `TIMESTAMP_NS '2020-01-01'`, `TIMESTAMP '2020-01-01'`]
  ])('%s', async (_, one, other) => {
    await lake.commit(branch, {
      'x/a.parquet': await duckdb.write(`SELECT ${one} AS v, range AS n FROM range(3)`)
    });
    await lake.branch(`${branch}-other`, branch);
    await lake.put(
      `${branch}-other`,
      'x/a.parquet',
      await duckdb.write(`SELECT ${other} AS v, range AS n FROM range(3)`)
    );
    const found = await lake.compareOne(branch, `${branch}-other`, { path: 'x/' });
    expect(found).toMatchObject({ verdict: 'equal', schema_changes: [] });
  });
});

describe('partitions', () => {
  let sales: string;
  const year = (n: number, query: string) => rewritten(`SELECT * FROM (${query}) WHERE ${n} > 0`);

  beforeEach(async () => {
    await lake.commit(branch, {
      'sales/year=2020/a.parquet': await year(1, rows(0, 10)),
      'sales/year=2021/a.parquet': await year(1, rows(10, 20))
    });
    sales = `${branch}-sales`;
    await lake.branch(sales, branch);
  });
  const compared = () => lake.compareOne(branch, sales, { path: 'sales' });

  test('are one data set', async () => {
    expect((await lake.count(sales, 'sales/')).datasets).toMatchObject([
      { path: 'sales/', rows: 20, files: 2 }
    ]);
  });

  test('that hold the same rows in other files are equal', async () => {
    await lake.delete(sales, 'sales/year=2020/a.parquet');
    await lake.put(sales, 'sales/year=2020/b.parquet', await duckdb.write(rows(0, 5)));
    await lake.put(sales, 'sales/year=2020/c.parquet', await duckdb.write(rows(5, 10)));
    expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
  });

  test('whose files changed places are not equal, for the partition is a column', async () => {
    const [a, b] = [await year(1, rows(0, 10)), await year(1, rows(10, 20))];
    await lake.put(sales, 'sales/year=2020/a.parquet', b);
    await lake.put(sales, 'sales/year=2021/a.parquet', a);
    expect(await compared()).toMatchObject({ verdict: 'changed' });
  });

  test('of which one is there twice are not repeated', async () => {
    await lake.put(sales, 'sales/year=2020/b.parquet', await duckdb.write(rows(0, 10)));
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      message: `30 rows, 10 more than ${branch}: 1 file was added, the others are the same`
    });
  });

  test('of which both are there twice are repeated', async () => {
    await lake.put(sales, 'sales/year=2020/b.parquet', await duckdb.write(rows(0, 10)));
    await lake.put(sales, 'sales/year=2021/b.parquet', await duckdb.write(rows(10, 20)));
    expect(await compared()).toMatchObject({ verdict: 'repeated', times: 2 });
  });

  test('to which an empty file was added are equal', async () => {
    await lake.put(sales, 'sales/year=2020/b.parquet', await duckdb.write(`${rows(0, 10)} LIMIT 0`));
    expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'fingerprint' });
  });

  test('can be compared with one another', async () => {
    await lake.put(sales, 'sales/year=2021/a.parquet', await duckdb.write(rows(0, 10)));
    const query = { leftPath: 'sales/year=2020/', rightPath: 'sales/year=2021/' };
    expect(await lake.compareOne(sales, sales, query)).toMatchObject({
      verdict: 'equal',
      left_path: 'sales/year=2020/',
      right_path: 'sales/year=2021/'
    });
  });
});
