import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';

import type { EngineQueries } from '../../../../src/service/rows/engine/engine.js';
import {
  ENGINE_VERSION,
  rowOf,
  rowsOf,
  type Form,
  type Source
} from '../../../../src/service/rows/engine/form.js';
import { areEqual, type Sums } from '../../../../src/service/rows/tables/sums.js';
import { sumsOf, sumsOfAll } from '../../../../src/service/rows/tables/fingerprints.js';
import { DuckDb } from '../duckdb.js';

let duckdb: DuckDb;
let queries: EngineQueries;
let files = 0;
beforeAll(async () => {
  duckdb = await DuckDb.open();
  await duckdb.run(`SET TimeZone = 'UTC'`);
  const absent = () => Promise.reject(new Error('not here'));
  queries = { query: sql => duckdb.run(sql), convert: absent, export: absent };
});
afterAll(() => duckdb.close());

test('the engine is of the version that fingerprints are kept by', async () => {
  expect(await duckdb.run('SELECT version() AS v')).toEqual([{ v: ENGINE_VERSION }]);
});

/** A cell: how it is written in SQL, and what it means; two cells mean the same exactly if `meaning` is the same. */
interface Cell {
  sql: string;
  meaning: string;
}
const cell = (sql: string, meaning = sql): Cell => ({ sql, meaning });
const NULL = cell('NULL');

/** Values of each type, with such as are easily taken for one another. */
const TYPES: Record<string, Cell[]> = {
  INTEGER: [NULL, cell('0'), cell('1'), cell('-1'), cell('2147483647')],
  VARCHAR: [
    NULL,
    cell(`''`),
    cell(`' '`),
    cell(`'NULL'`),
    cell(`'0'`),
    cell(`'a'`),
    cell(`'ä'`),
    cell(`'😀'`)
  ],
  DOUBLE: [
    NULL,
    cell(`0.0`, 'zero'),
    cell(`'-0.0'::DOUBLE`, 'zero'),
    cell(`'nan'::DOUBLE`, 'nan'),
    cell(`-('nan'::DOUBLE)`, 'nan'),
    cell(`'inf'::DOUBLE`),
    cell(`1e300`),
    cell('1.5')
  ],
  BOOLEAN: [NULL, cell('true'), cell('false')],
  'DECIMAL(9, 3)': [NULL, cell('0.000'), cell('1.500'), cell('0.015'), cell('-0.001')],
  TIMESTAMP: [
    NULL,
    cell(`TIMESTAMP '1970-01-01'`),
    cell(`TIMESTAMP '2020-02-29 10:00:00.000001'`),
    cell(`'infinity'::TIMESTAMP`),
    cell(`'-infinity'::TIMESTAMP`)
  ],
  TIMESTAMPTZ: [
    NULL,
    cell(`TIMESTAMPTZ '2020-01-01 12:00:00+02'`, 'ten'),
    cell(`TIMESTAMPTZ '2020-01-01 10:00:00+00'`, 'ten'),
    cell(`TIMESTAMPTZ '2020-01-01 12:00:00+00'`, 'twelve')
  ],
  'VARCHAR[]': [
    NULL,
    cell('[]::VARCHAR[]', 'empty'),
    cell('[NULL]::VARCHAR[]'),
    cell(`['NULL']`),
    cell(`['a', 'b']`),
    cell(`['a, b']`),
    cell(`['b', 'a']`)
  ],
  'STRUCT(x INTEGER, y VARCHAR)': [
    NULL,
    cell(`{'x': NULL, 'y': NULL}`),
    cell(`{'x': 1, 'y': 'a'}`),
    cell(`{'x': 1, 'y': NULL}`)
  ],
  'MAP(VARCHAR, INTEGER)': [NULL, cell('MAP {}'), cell(`MAP {'a': 1}`), cell(`MAP {'a': NULL}`)]
};
type Row = number[];
interface Table {
  types: string[];
  rows: Row[];
}

const tables: fc.Arbitrary<Table> = fc
  .array(fc.constantFrom(...Object.keys(TYPES)), { minLength: 1, maxLength: 4 })
  .chain(types =>
    fc.record({
      types: fc.constant(types),
      rows: fc.array(fc.tuple(...types.map(type => fc.nat(TYPES[type]!.length - 1))), {
        minLength: 1,
        maxLength: 8
      })
    })
  );

/** What may have happened to the rows on a branch. */
const edits = fc.record({
  kind: fc.constantFrom('nothing', 'shuffle', 'swap', 'set', 'repeat', 'drop', 'column swap'),
  a: fc.nat(),
  b: fc.nat(),
  column: fc.nat(),
  value: fc.nat()
});

function edited({ types, rows }: Table, edit: typeof edits extends fc.Arbitrary<infer E> ? E : never): Row[] {
  const copy = rows.map(row => [...row]);
  const [a, b, column] = [edit.a % rows.length, edit.b % rows.length, edit.column % types.length];
  switch (edit.kind) {
    case 'shuffle':
      return [...copy.slice(a), ...copy.slice(0, a)].reverse();
    case 'swap':
      [copy[a]![column], copy[b]![column]] = [copy[b]![column]!, copy[a]![column]!];
      return copy;
    case 'column swap': {
      const other = (column + 1) % types.length;
      if (types[column] === types[other]) {
        [copy[a]![column], copy[a]![other]] = [copy[a]![other]!, copy[a]![column]!];
      }
      return copy;
    }
    case 'set':
      copy[a]![column] = edit.value % TYPES[types[column]!]!.length;
      return copy;
    case 'repeat':
      return [...copy, copy[a]!];
    case 'drop':
      return copy.filter((_, i) => i !== a);
    default:
      return copy;
  }
}

const meaningOf = (types: string[], rows: Row[]) =>
  rows
    .map(row => JSON.stringify(row.map((value, i) => TYPES[types[i]!]![value]!.meaning)))
    .sort()
    .join('\n');

async function sumsOfTable(types: string[], rows: Row[]): Promise<Sums> {
  return sumsOf(await rowOf(formOf(types), await written(types, rows), queries), queries);
}

const formOf = (types: string[]): Form => ({ kind: 'typed', names: types.map((_, i) => `c${i}`), extras: 0 });

async function written(types: string[], rows: Row[]): Promise<Source> {
  const columns = types.map((type, i) => `CAST(v${i} AS ${type}) AS c${i}`).join(', ');
  const names = types.map((_, i) => `v${i}`).join(', ');
  const values = rows.map(
    row => `(${row.map((value, i) => `CAST(${TYPES[types[i]!]![value]!.sql} AS ${types[i]})`).join(', ')})`
  );
  const select =
    rows.length > 0
      ? `SELECT ${columns} FROM (VALUES ${values.join(', ')}) t(${names})`
      : `SELECT ${types.map((type, i) => `NULL::${type} AS c${i}`).join(', ')} WHERE false`;
  // A name of its own: DuckDB keeps what it read of a file.
  const file = join(duckdb.folder, `table-${++files}.parquet`);
  await writeFile(file, await duckdb.write(select));
  return { file, format: 'parquet', compression: 'none', names: [] };
}

test('two tables have the same fingerprint exactly if they have the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(tables, edits, async (table, edit) => {
      const rows = edited(table, edit);
      const same = meaningOf(table.types, table.rows) === meaningOf(table.types, rows);
      const sums = [await sumsOfTable(table.types, table.rows), await sumsOfTable(table.types, rows)];
      expect(areEqual(sums[0]!, sums[1]!)).toBe(same);
    }),
    { numRuns: 300 }
  );
});

test('files that are read together have the fingerprints that each of them has alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tables, { minLength: 2, maxLength: 6 }), async found => {
      // Of other columns each: some lack what others have.
      const widest = found.reduce((a, b) => (b.types.length > a.types.length ? b : a));
      const form = formOf(widest.types);
      const sources: Source[] = [];
      for (const { types, rows } of found) {
        sources.push(await written(types, rows));
      }
      const alone: Sums[] = [];
      for (const source of sources) {
        alone.push(await sumsOf(await rowOf(form, source, queries), queries));
      }
      expect(await sumsOfAll(await rowsOf(form, sources, queries), queries)).toEqual(alone);
    }),
    { numRuns: 30 }
  );
});

test('no two of many thousand different rows are taken for one another', async () => {
  const parquet = await duckdb.write('SELECT range AS a, range % 7 AS b, range // 7 AS c FROM range(200000)');
  const file = join(duckdb.folder, 'many.parquet');
  await writeFile(file, parquet);
  const form: Form = { kind: 'typed', names: ['a', 'b', 'c'], extras: 0 };
  const { from, values } = await rowOf(
    form,
    { file, format: 'parquet', compression: 'none', names: [] },
    queries
  );
  const [row] = await duckdb.run(
    `SELECT count(DISTINCT hash(h, 1)) AS one, count(DISTINCT hash(h, 2)) AS two
     FROM (SELECT hash(${values.join(', ')}) AS h FROM ${from})`
  );
  expect(row).toEqual({ one: '200000', two: '200000' });
});
