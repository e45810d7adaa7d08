import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';

import type { ColumnsResult, RowDiffResult } from '../../../../src/protocol/databranch.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** A branch of its own for each test. */
let branch: string;

const rows = (from: number, to: number) =>
  `SELECT range AS id, 'name ' || range AS name, CASE WHEN range % 3 = 0 THEN NULL ELSE range / 8.0 END AS price
   FROM range(${from}, ${to})`;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  await lake.commit('main', {
    'items/part-0.parquet': await duckdb.write(rows(0, 10)),
    'items/part-1.parquet': await duckdb.write(rows(10, 20))
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
});

function diff(
  query: { keys?: string[]; path?: string; after?: string; amount?: number } = {},
  [left, right] = ['main', branch]
): Promise<RowDiffResult> {
  return lake.rows.diff('lake', left!, right!, { path: 'items/', keys: [], ...query });
}
const columns = (files: 'changed' | 'all' = 'changed'): Promise<ColumnsResult> =>
  lake.rows.columns('lake', 'main', branch, { path: 'items/', files });

test('the same files have no difference, and are not read', async () => {
  const show = await lake.hideBlocks();
  try {
    expect(await diff()).toMatchObject({
      changed_rows: 0,
      added_rows: 0,
      removed_rows: 0,
      basis: 'files',
      left_files: 0,
      right_files: 0,
      columns: ['id', 'name', 'price'],
      results: [],
      message: 'the same files as on main'
    });
  } finally {
    await show();
  }
});

test('the same rows in other files have no difference either', async () => {
  await lake.put(branch, 'items/part-0.parquet', await duckdb.write(`${rows(0, 10)} ORDER BY id DESC`));
  expect(await diff()).toMatchObject({
    basis: 'exact',
    left_files: 1,
    right_files: 1,
    results: [],
    message: 'the same rows as on main, in other files'
  });
});

test('one changed cell is one changed row by its key, and one row against another without', async () => {
  const changed = `SELECT id, name, CASE id WHEN 4 THEN 99 ELSE price END AS price FROM (${rows(0, 10)})`;
  await lake.put(branch, 'items/part-0.parquet', await duckdb.write(changed));
  expect(await diff({ keys: ['id'] })).toMatchObject({
    changed_rows: 1,
    added_rows: 0,
    removed_rows: 0,
    left_files: 1,
    right_files: 1,
    columns: ['id', 'name', 'price'],
    results: [{ change: 'changed', copies: 1, left: ['4', 'name 4', '0.5'], right: ['4', 'name 4', '99.0'] }],
    message: '1 row changed since main'
  });
  expect(await diff()).toMatchObject({
    changed_rows: 0,
    added_rows: 1,
    removed_rows: 1,
    results: [
      { change: 'added', copies: 1, left: null, right: ['4', 'name 4', '99.0'] },
      { change: 'removed', copies: 1, left: ['4', 'name 4', '0.5'], right: null }
    ],
    message: '1 row added, 1 removed since main'
  });
});

test('a value that became NULL is seen, beside the columns’ statistics', async () => {
  const nulled = `SELECT id, CASE id WHEN 13 THEN NULL ELSE name END AS name, price FROM (${rows(10, 20)})`;
  await lake.put(branch, 'items/part-1.parquet', await duckdb.write(nulled));
  const { results } = await diff({ keys: ['id'] });
  expect(results).toEqual([
    { change: 'changed', copies: 1, left: ['13', 'name 13', '1.625'], right: ['13', null, '1.625'] }
  ]);
  const found = await columns();
  expect(found).toMatchObject({ files: 'changed', left_rows: 10, right_rows: 10, distinct_is_exact: true });
  expect(found.columns).toEqual([
    {
      name: 'id',
      type: 'BIGINT',
      left: { nulls: 0, min: '10', max: '19', distinct: 10, mean: 14.5 },
      right: { nulls: 0, min: '10', max: '19', distinct: 10, mean: 14.5 }
    },
    {
      name: 'name',
      type: 'VARCHAR',
      left: { nulls: 0, min: 'name 10', max: 'name 19', distinct: 10, mean: null },
      right: { nulls: 1, min: 'name 10', max: 'name 19', distinct: 9, mean: null }
    },
    {
      name: 'price',
      type: 'DOUBLE',
      left: { nulls: 3, min: '1.25', max: '2.375', distinct: 7, mean: 12.5 / 7 },
      right: { nulls: 3, min: '1.25', max: '2.375', distinct: 7, mean: 12.5 / 7 }
    }
  ]);
  const all = await columns('all');
  expect(all).toMatchObject({ files: 'all', left_rows: 20, right_rows: 20 });
  expect(all.columns[1]).toMatchObject({
    left: { nulls: 0, distinct: 20 },
    right: { nulls: 1, distinct: 19 }
  });
});

test('rows that are there several times are one line with their number', async () => {
  const part = await duckdb.write(`SELECT 5 AS id, 'x' AS name, 1.0::DOUBLE AS price FROM range(3)`);
  await lake.put(branch, 'items/a.parquet', part);
  await lake.put(branch, 'items/b.parquet', part);
  expect(await diff()).toMatchObject({
    added_rows: 6,
    right_files: 2,
    results: [{ change: 'added', copies: 6, right: ['5', 'x', '1.0'] }]
  });
});

test('pages follow one another without a gap, changed rows first', async () => {
  const edited = `SELECT id, name, CASE WHEN id < 3 THEN -1 ELSE price END AS price FROM (${rows(0, 8)})
    UNION ALL SELECT id + 100, name, price FROM (${rows(0, 4)})`;
  await lake.put(branch, 'items/part-0.parquet', await duckdb.write(edited));
  const whole = await diff({ keys: ['id'] });
  expect(whole.results.map(({ change, left, right }) => [change, (right ?? left)![0]])).toEqual([
    ['changed', '0'],
    ['changed', '1'],
    ['changed', '2'],
    ['added', '100'],
    ['added', '101'],
    ['added', '102'],
    ['added', '103'],
    ['removed', '8'],
    ['removed', '9']
  ]);
  const paged: unknown[] = [];
  let after = '';
  do {
    const page = await diff({ keys: ['id'], after, amount: 2 });
    expect(page.pagination.results).toBe(page.results.length);
    paged.push(...page.results);
    after = page.pagination.next_offset;
  } while (after !== '');
  expect(paged).toEqual(whole.results);
  await expect(diff({ after: 'x' })).rejects.toThrow('no place to go on from');
});

test('the whole diff is a Parquet file in the form of a change data feed', async () => {
  const edited = `SELECT id, name, CASE id WHEN 1 THEN 7 ELSE price END AS price FROM (${rows(0, 9)})`;
  await lake.put(branch, 'items/part-0.parquet', await duckdb.write(edited));
  const { file } = await lake.rows.diffFile('lake', 'main', branch, { path: 'items/', keys: ['id'] });
  expect(await duckdb.run(`SELECT * FROM '${file}'`)).toEqual([
    { _change_type: 'update_preimage', _copies: '1', id: '1', name: 'name 1', price: 0.125 },
    { _change_type: 'update_postimage', _copies: '1', id: '1', name: 'name 1', price: 7 },
    { _change_type: 'delete', _copies: '1', id: '9', name: 'name 9', price: null }
  ]);
});

test('columns that came, went or changed their type are told, and compared with what was', async () => {
  const other = `SELECT id::VARCHAR AS id, name, 1 AS stars FROM (${rows(0, 10)})`;
  await lake.put(branch, 'items/part-0.parquet', await duckdb.write(other));
  await lake.delete(branch, 'items/part-1.parquet');
  const found = await diff({ keys: ['id'], amount: 1 });
  expect(found.schema_changes.map(({ column, change }) => [column, change])).toEqual([
    ['id', 'retyped'],
    ['price', 'removed'],
    ['stars', 'added']
  ]);
  expect(found).toMatchObject({
    changed_rows: 10,
    removed_rows: 10,
    columns: ['id', 'name', 'stars', 'price']
  });
  expect(found.results[0]).toMatchObject({
    left: ['0', 'name 0', null, null],
    right: ['0', 'name 0', '1', null]
  });
});

test('a new data set is all added, one that is gone all removed', async () => {
  await lake.put(branch, 'new/a.csv', 'x,y\n1,2\n3,\n');
  expect(await diff({ path: 'new/' })).toMatchObject({
    left_path: null,
    right_path: 'new/',
    added_rows: 2,
    results: [{ right: ['1', '2'] }, { right: ['3', ''] }]
  });
  expect(await diff({ path: 'new/' }, [branch, 'main'])).toMatchObject({ removed_rows: 2 });
});

test.each([
  ['CSV', 'csv', 'id,n\n1,a\n2,b\n3,c\n', 'id,n\n1,a\n2,B\n4,d\n'],
  [
    'JSON Lines',
    'jsonl',
    '{"id":1,"n":"a"}\n{"id":2,"n":"b"}\n{"id":3,"n":"c"}\n',
    '{"id":1,"n":"a"}\n{"id":2,"n":"B"}\n{"id":4,"n":"d"}\n'
  ]
])('%s files are compared by rows too', async (_, end, before, after) => {
  const base = `${branch}-base`;
  await lake.branch(base);
  await lake.put(base, `text/a.${end}`, before);
  await lake.put(branch, `text/a.${end}`, after);
  expect(await diff({ path: 'text/', keys: ['id'] }, [base, branch])).toMatchObject({
    columns: ['id', 'n'],
    results: [
      { change: 'changed', left: ['2', 'b'], right: ['2', 'B'] },
      { change: 'added', right: ['4', 'd'] },
      { change: 'removed', left: ['3', 'c'] }
    ]
  });
});

test('a partition is a column', async () => {
  const part = await duckdb.write(rows(0, 2));
  await lake.put(branch, 'parts/day=1/a.parquet', part);
  const other = `${branch}-b`;
  await lake.commit(branch);
  await lake.branch(other, branch);
  await lake.delete(other, 'parts/day=1/a.parquet');
  await lake.put(other, 'parts/day=2/a.parquet', part);
  expect(await diff({ path: 'parts/', keys: ['id'] }, [branch, other])).toMatchObject({
    changed_rows: 2,
    columns: ['id', 'name', 'price', 'day'],
    results: [{ left: ['0', 'name 0', null, '1'], right: ['0', 'name 0', null, '2'] }, {}]
  });
});

test('what cannot be answered says why', async () => {
  await lake.put(branch, 'other/a.csv', 'x\n1\n');
  await expect(diff({ path: '' })).rejects.toThrow(
    'There are 2 data sets there: choose one of items/, other/.'
  );
  await lake.put(branch, 'items/below/a.csv', 'x\n1\n');
  expect(await diff({ path: 'items/' })).toMatchObject({ message: 'the same files as on main' });
  await lake.put(branch, 'items/part-2.parquet', await duckdb.write(rows(0, 1)));
  await expect(diff({ keys: ['nr'] })).rejects.toThrow('There is no column "nr": there are id, name, price.');
  await expect(diff({ path: 'nowhere/' })).rejects.toThrow('There is nothing at "nowhere/"');
});

test('a broken file is named, and the others are compared', async () => {
  await lake.put(branch, 'items/broken.parquet', 'nothing of the kind');
  await lake.put(branch, 'items/new.parquet', await duckdb.write(rows(50, 51)));
  expect(await diff()).toMatchObject({
    added_rows: 1,
    unreadable: [{ path: 'items/broken.parquet', reason: expect.any(String) }]
  });
});

test('files without rows, and broken ones alone, are no error', async () => {
  await lake.put(branch, 'items/empty.parquet', await duckdb.write(rows(0, 0)));
  expect(await diff()).toMatchObject({ results: [], message: 'no file with rows differs from main' });
  await lake.put(branch, 'items/broken.parquet', '');
  expect(await diff()).toMatchObject({
    results: [],
    unreadable: [{ path: 'items/broken.parquet' }],
    message: 'without 1 file that could not be read: no file with rows differs from main'
  });
  expect(await columns()).toMatchObject({ left_rows: 0, right_rows: 0, columns: [] });
  const file = lake.rows.diffFile('lake', 'main', branch, { path: 'items/', keys: [] });
  await expect(file).rejects.toThrow('No file with rows differs: there is nothing to download.');
});

test('kept diffs are bounded', async () => {
  for (let i = 0; i < 35; i++) {
    await lake.put(branch, 'items/part-0.parquet', await duckdb.write(rows(i, i + 1)));
    await diff();
  }
  expect((await lake.temporaryFiles()).length).toBeLessThanOrEqual(32);
});

const cellOf = fc.option(fc.nat(2), { nil: null });
const table = fc.array(fc.tuple(fc.nat(3), cellOf, fc.constantFrom('a', 'b')), { maxLength: 10 });

test('a diff turns the rows of the left side into those of the right', async () => {
  const write = async (rows: unknown[][]) => {
    const json = join(duckdb.folder, 'model.json');
    await writeFile(json, rows.map(([k, n, s]) => JSON.stringify({ k, n, s })).join('\n') + '\n');
    return duckdb.write(
      `SELECT * FROM read_json('${json}', columns = {k: 'INTEGER', n: 'INTEGER', s: 'VARCHAR'}) WHERE k IS NOT NULL`
    );
  };
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      table,
      table,
      table,
      fc.constantFrom<string[]>([], ['k'], ['s', 'k']),
      async (shared, l, r, keys) => {
        const [left, right] = [`model-${run}-l`, `model-${run++}-r`];
        for (const [name, own] of [
          [left, l],
          [right, r]
        ] as const) {
          await lake.branch(name);
          await lake.put(name, 'm/shared.parquet', await write(shared));
          await lake.put(
            name,
            'm/own.parquet',
            await write([...own, [null, null, null]].slice(0, own.length || 1))
          );
        }
        const found = await diff({ path: 'm/', keys, amount: 1000 }, [left, right]);
        const text = (rows: unknown[][]) =>
          rows.map(row => JSON.stringify(row.map(v => (v === null ? null : String(v)))));
        const result = text([...shared, ...l]);
        for (const { left, right, copies } of found.results) {
          for (let i = 0; i < copies; i++) {
            if (left) {
              const at = result.indexOf(JSON.stringify(left));
              expect(at).toBeGreaterThanOrEqual(0);
              result.splice(at, 1);
            }
            if (right) {
              result.push(JSON.stringify(right));
            }
          }
        }
        expect(result.sort()).toEqual(text([...shared, ...r]).sort());
        // Least: no row is both added and removed; and a changed row keeps its key, which no other line has.
        const added = found.results
          .filter(({ change }) => change !== 'removed')
          .map(({ right }) => String(right));
        const gone = found.results.filter(({ change }) => change !== 'added').map(({ left }) => String(left));
        expect(added.filter(row => gone.includes(row))).toEqual([]);
        const at = keys.map(key => found.columns.indexOf(key));
        for (const { left, right } of found.results.filter(({ change }) => change === 'changed')) {
          expect(at.map(i => left![i])).toEqual(at.map(i => right![i]));
        }
      }
    ),
    { numRuns: 30 }
  );
});
