import { tableToIPC, tableFromArrays, vectorFromArray, Table, Utf8 } from 'apache-arrow';

import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
let left: string;
let right: string;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  left = await lake.branchForTest();
  right = await lake.branchForTest();
});

const compared = () => lake.compareOne(left, right);
const CSV = 'id,city,price\n1,Rome,4.50\n2,"Oslo, N",\n3,,7\n';

/** The lines of a CSV as Spark reads them without options: all text, the header a row, empty fields null. */
const asSparkReads = (copies = 1) => {
  const lines = [
    ['id', 'city', 'price'],
    ['1', 'Rome', '4.50'],
    ['2', 'Oslo, N', null],
    ['3', null, '7']
  ];
  const values = lines
    .map(line => `(${line.map(v => (v === null ? 'NULL' : `'${v}'`)).join(', ')})`)
    .join(', ');
  const once = `SELECT * FROM (VALUES ${values}) t(_c0, _c1, _c2)`;
  return Array(copies).fill(once).join(' UNION ALL ');
};

describe('the tutorial: a CSV on main, read without options and written as Parquet', () => {
  beforeEach(() => lake.put(left, 'lakefs_test.csv', CSV));

  test('once, has one row more, and the sentence says which', async () => {
    await lake.put(right, 'part-0.snappy.parquet', await duckdb.write(asSparkReads()));
    await lake.put(right, '_SUCCESS', '');
    expect(await compared()).toMatchObject({
      path: '',
      left_path: '',
      left_format: 'csv',
      right_format: 'parquet',
      left_rows: 3,
      right_rows: 4,
      verdict: 'changed',
      basis: 'fingerprint',
      compared_as: 'text',
      schema_changes: [],
      message: `4 rows, 1 more than lakefs_test.csv on ${left}: every row of lakefs_test.csv is here, and its header line was read as data`
    });
  });

  test('twice, is there twice', async () => {
    await lake.put(right, 'part-0.parquet', await duckdb.write(asSparkReads()));
    await lake.put(
      right,
      'part-1.parquet',
      await duckdb.write(asSparkReads(), 'format parquet, compression gzip')
    );
    expect(await compared()).toMatchObject({
      verdict: 'repeated',
      times: 2,
      compared_as: 'text',
      left_rows: 3,
      right_rows: 8,
      message: `8 rows, 5 more than lakefs_test.csv on ${left}: every row of lakefs_test.csv is here twice, and its header line was read as data`
    });
  });

  test('in another folder of a branch that still has the CSV, is new there', async () => {
    await lake.put(right, 'lakefs_test.csv', CSV);
    await lake.put(right, 'out/part-0.parquet', await duckdb.write(asSparkReads(2)));
    expect((await lake.compare(left, right)).datasets).toMatchObject([
      { path: '', verdict: 'equal', basis: 'files' },
      { path: 'out/', verdict: 'added', left_path: null, message: `8 rows, not on ${left}` }
    ]);
    const query = { leftPath: 'lakefs_test.csv', rightPath: 'out/' };
    expect(await lake.compareOne(left, right, query)).toMatchObject({ verdict: 'repeated', times: 2 });
  });

  test('into a folder, when the CSV is gone, is compared with it all the same', async () => {
    await lake.put(right, 'out/part-0.parquet', await duckdb.write(asSparkReads(3)));
    expect(await compared()).toMatchObject({
      path: 'out/',
      left_path: '',
      right_path: 'out/',
      verdict: 'repeated',
      times: 3
    });
  });

  test('with one cell changed, is not repeated', async () => {
    const broken = asSparkReads(2).replace('Rome', 'Roma');
    await lake.put(right, 'part-0.parquet', await duckdb.write(broken));
    expect(await compared()).toMatchObject({ verdict: 'changed', times: null, compared_as: 'text' });
  });

  test('with two cells swapped between rows, is not repeated', async () => {
    const broken = asSparkReads(2)
      .replace(`'Rome', '4.50'`, `'Rome', '7'`)
      .replace(`NULL, '7'`, `NULL, '4.50'`);
    await lake.put(right, 'part-0.parquet', await duckdb.write(broken));
    expect(await compared()).toMatchObject({ verdict: 'changed', times: null });
  });

  test('with another number of rows, is not read at all', async () => {
    await lake.put(right, 'part-0.parquet', await duckdb.write('SELECT 1 AS a FROM range(5)'));
    lake.reads();
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'count' });
  });
});

describe('a CSV read with its header and with types', () => {
  test('is equal to its Parquet', async () => {
    await lake.put(left, 'a.csv', CSV);
    const typed = `SELECT * FROM (VALUES (1, 'Rome', 4.5::DOUBLE), (2, 'Oslo, N', NULL), (3, NULL, 7.0)) t(id, city, price)`;
    await lake.put(right, 'a.parquet', await duckdb.write(typed));
    expect(await compared()).toMatchObject({
      verdict: 'equal',
      compared_as: 'text',
      message: `3 rows, the same as a.csv on ${left}`
    });
  });

  test('is equal whatever the types are, and not when a value was rounded', async () => {
    const header = 'i,d,f,n,b,day,moment,zoned,t';
    const line = (d: string) => `-7,${d},0.1,1e3,TRUE,2020-02-29,2020-02-29 10:00:00,2020-02-29T10:00:00Z,x`;
    const row = `SELECT -7::INTEGER AS i, 1.50::DECIMAL(9, 2) AS d, 0.1::FLOAT AS f, 1000::DOUBLE AS n, true AS b,
      DATE '2020-02-29' AS day, TIMESTAMP '2020-02-29 10:00:00' AS moment, TIMESTAMPTZ '2020-02-29 10:00:00+00' AS zoned, 'x' AS t`;
    await lake.put(right, 'a.parquet', await duckdb.write(row));
    await lake.put(left, 'a.csv', `${header}\n${line('1.5')}\n`);
    expect(await compared()).toMatchObject({ verdict: 'equal' });
    await lake.put(left, 'a.csv', `${header}\n${line('1.503')}\n`);
    expect(await compared()).toMatchObject({ verdict: 'changed' });
  });
});

describe('CSV with CSV', () => {
  test('is compared by its names, whatever delimiter, quotes and order of rows', async () => {
    await lake.put(left, 't/a.csv', 'id,city\n1,Rome\n2,Oslo\n');
    await lake.put(right, 't/b.csv', 'id;city\n"2";"Oslo"\n');
    await lake.put(right, 't/c.csv', 'id\tcity\n1\tRome\n');
    expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'fingerprint', compared_as: null });
  });

  test('without a header is compared as text with one that has one', async () => {
    await lake.put(left, 't/a.csv', 'id,city\n1,Rome\n2,Oslo\n');
    await lake.put(right, 't/a.csv', '1,Rome\n2,Oslo\n');
    expect(await compared()).toMatchObject({ verdict: 'equal', compared_as: 'text' });
  });

  test('sees fields that a line has too much', async () => {
    await lake.put(left, 't/a.csv', 'id,city\n1,Rome\n2,Oslo\n');
    await lake.put(right, 't/a.csv', 'id,city\n1,Rome,x\n2,Oslo\n');
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test.each([
    ['gzip', 'gz'],
    ['zstd', 'zst']
  ])('and %s are the same', async (compression, end) => {
    await lake.put(left, 't/a.csv', 'id,city\n1,Rome\n2,Oslo\n');
    const compressed = await duckdb.write(
      `SELECT 1 AS id, 'Rome' AS city UNION ALL SELECT 2, 'Oslo'`,
      `format csv, header, compression ${compression}`
    );
    await lake.put(right, `t/a.csv.${end}`, compressed);
    expect(await compared()).toMatchObject({ verdict: 'equal' });
  });
});

describe('JSON', () => {
  const RECORDS = [
    '{"id":1,"city":"Rome"}',
    '{"city":"Oslo","id":2,"tags":["a", "b"]}',
    '{"id":3,"city":null}'
  ];

  test('lines in another order, with keys in another order, are equal to an array', async () => {
    await lake.put(left, 't/a.jsonl', `${RECORDS.join('\n')}\n`);
    await lake.put(
      right,
      't/a.json',
      `[{"id":3},{"tags":["a","b"],"id":2,"city":"Oslo"},{"city":"Rome","id":1}]`
    );
    expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'fingerprint', left_rows: 3 });
  });

  test('with a rare key changed is not equal', async () => {
    const many = (n: number) =>
      Array.from({ length: 3000 }, (_, i) => (i === 2500 ? `{"id":${i},"rare":${n}}` : `{"id":${i}}`)).join(
        '\n'
      );
    await lake.put(left, 't/a.jsonl', many(1));
    await lake.put(right, 't/a.jsonl', many(2));
    expect(await compared()).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test('is compared with Parquet as text, and a key too much is seen', async () => {
    await lake.put(left, 't/a.jsonl', '{"id":1,"city":"Rome"}\n{"id":2,"city":null}\n');
    const parquet = await duckdb.write(`SELECT 1 AS id, 'Rome' AS city UNION ALL SELECT 2, NULL`);
    await lake.put(right, 't/a.parquet', parquet);
    expect(await compared()).toMatchObject({ verdict: 'equal', compared_as: 'text' });
    await lake.put(left, 't/a.jsonl', '{"id":1,"city":"Rome"}\n{"id":2,"more":1}\n');
    expect(await compared()).toMatchObject({ verdict: 'changed' });
  });
});

test('JSON cannot be compared with a CSV without names', async () => {
  await lake.put(left, 't/a.jsonl', '{"id":1,"city":"Rome"}\n');
  await lake.put(right, 't/a.csv', '1,Rome\n');
  expect(await compared()).toMatchObject({
    verdict: 'unknown',
    message: expect.stringContaining('the CSV has no column names, and JSON nothing else')
  });
});

test('the same bytes are read as their name says', async () => {
  const text = 'a,b\tc,d\n1,2\t3,4\n';
  await lake.put(left, 't/a.csv', text);
  await lake.put(right, 't/a.tsv', text);
  expect((await lake.count(left)).datasets[0]!.columns).toHaveLength(3);
  expect((await lake.count(right)).datasets[0]!.columns).toHaveLength(2);
});

describe('Arrow', () => {
  const table = () =>
    new Table({
      id: vectorFromArray(Int32Array.of(1, 2, 3)),
      city: vectorFromArray(['Rome', 'Oslo', null], new Utf8())
    });
  const SAME = `SELECT * FROM (VALUES (3, NULL), (1, 'Rome'), (2, 'Oslo')) t(id, city)`;

  test.each(['file', 'stream'] as const)('as a %s is compared with Parquet by its types', async kind => {
    await lake.put(left, 't/a.arrow', tableToIPC(table(), kind));
    await lake.put(right, 't/a.parquet', await duckdb.write(SAME));
    expect(await compared()).toMatchObject({ verdict: 'equal', compared_as: null, basis: 'fingerprint' });
    await lake.put(right, 't/a.parquet', await duckdb.write(SAME.replace('Oslo', 'Bern')));
    expect(await compared()).toMatchObject({ verdict: 'changed' });
  });

  test('twice is repeated', async () => {
    await lake.put(left, 't/a.feather', tableToIPC(table(), 'file'));
    await lake.put(right, 't/a.feather', tableToIPC(table(), 'stream'));
    await lake.put(right, 't/b.feather', tableToIPC(table(), 'file'));
    expect(await compared()).toMatchObject({ verdict: 'repeated', times: 2 });
  });

  test('with other columns is changed', async () => {
    await lake.put(left, 't/a.arrow', tableToIPC(table(), 'file'));
    await lake.put(right, 't/a.arrow', tableToIPC(tableFromArrays({ id: Int32Array.of(1, 2, 3) }), 'file'));
    expect(await compared()).toMatchObject({
      verdict: 'changed',
      schema_changes: [{ column: 'city', change: 'removed' }]
    });
  });
});

describe('what cannot be compared', () => {
  test('because the only difference is a broken file, is unknown and says which', async () => {
    await lake.put(left, 't/a.parquet', await duckdb.write('SELECT 1 AS a'));
    await lake.put(right, 't/a.parquet', 'nonsense');
    expect(await compared()).toMatchObject({
      verdict: 'unknown',
      right_rows: null,
      message: expect.stringMatching(
        /^could not be counted, and so not be compared with test-\d+: t\/a.parquet does not end/
      )
    });
  });

  test('is unknown only where it changed: a broken file on both sides is the same file', async () => {
    await lake.put(left, 't/a.parquet', 'nonsense');
    await lake.put(right, 't/a.parquet', 'nonsense');
    expect(await compared()).toMatchObject({ verdict: 'equal', basis: 'files', left_rows: null });
  });

  test('because the data were partitioned anew, says so', async () => {
    await lake.put(left, 't/year=2020/a.parquet', await duckdb.write('SELECT 1 AS a'));
    await lake.put(left, 't/year=2021/a.parquet', await duckdb.write('SELECT 2 AS a'));
    await lake.put(right, 't/a.parquet', await duckdb.write('SELECT 1 AS a UNION ALL SELECT 2'));
    const found = await compared();
    expect(found).toMatchObject({ verdict: 'unknown', basis: 'count' });
    expect(found.message).toBe(
      `2 rows, as many as on ${left}; they could not be compared: they are partitioned by different columns`
    );
  });
});
