import { gzipSync } from 'node:zlib';

import type { DuckDb } from '../duckdb.js';
import type { Lake } from '../lake.js';
import { ARROW_FILES } from './arrow-files.js';
import { numbersOf, PreviewLake, upTo } from './preview-lake.js';

/**
 * INT96 alone and in a list, a structure and a map, by pyarrow's `use_deprecated_int96_timestamps` without an Arrow
 * schema; the second has the metadata of a file that Spark wrote.
 */
const INT96 = {
  plain:
    'UEFSMRUEFTAVOkwVBhUAEgAAKLUv/SAYpQAAYAEAAgADAAAAAAAAAAIAYOABYAEVABUUFSYsFQYVEBUGFQYcAAAAKLUv/SAKUQAAAgAAAAYBAgMkABUEFTAVQkwVBBUAEgAAKLUv/SAYwQAAGPxOkZROAAAs/lEAAAAAAAAAAABSRBoAFQAVEhUkLBUGFRAVBhUGHAAAACi1L/0gCUkAAAIAAAADAwEDAhUEFRgVKkwVAhUAEgAAKLUv/SAMYQAAAAAAAAAAAAAs/lEAFQAVIBUyLBUGFRAVBhUGHAAAACi1L/0gEIEAAAIAAAAGAAMAAAADBwABAgAVBBUQFSJMFQQVABIAACi1L/0gCEEAAAEAAAACAAAAFQAVFBUmLBUGFRAVBhUGHAAAACi1L/0gClEAAAMAAAADIgABAwIVBBUYFSpMFQIVABIAACi1L/0gDGEAAACAp0hKJwAA0oolABUAFRQVJiwVBhUQFQYVBhwAAAAotS/9IApRAAADAAAAAxIAAQIAFQQVChUcTBUCFQASAAAotS/9IAUpAAABAAAAaxUAFSAVMiwVBhUQFQYVBhwAAAAotS/9IBCBAAACAAAABgADAAAAAxIAAQIAFQQVGBUqTBUCFQASAAAotS/9IAxhAAAAAAAAAAAAACz+UQAVABUgFTIsFQYVEBUGFQYcAAAAKLUv/SAQgQAAAgAAAAYAAwAAAAMTAAECABUEGdw1ABgGc2NoZW1hFQoAFQQlAhgCaWQAFQYlAhgCYXQANQIYBG1hbnkVAhUGTDwAAAA1BBgEbGlzdBUCABUGJQIYB2VsZW1lbnQANQIYA29uZRUEABUCJQIYAXgAFQYlAhgCYXQANQIYAmJ5FQIVAkwsAAAANQQYCWtleV92YWx1ZRUEABUMJQAYA2tleSUATBwAAAAVBiUCGAV2YWx1ZQAWBhkcGXwmABwVBBk1AAYQGRgCaWQVDBYGFoYBFqIBJl4mCCksFQQVABUCABUAFRAVAgA8KQYZJgAGAAAAJgAcFQYZNQAGEBkYAmF0FQwWBhaEARaoASaIAiaqASksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAAJgAcFQYZNQAGEBk4BG1hbnkEbGlzdAdlbGVtZW50FQwWBhZ6Fp4BJpgDJtICKSwVBBUAFQIAFQAVEBUCADwpJgYAGUYCAgACAAAAJgAcFQIZNQAGEBkoA29uZQF4FQwWBhZmFooBJq4EJvADKSwVBBUAFQIAFQAVEBUCADwpBhk2AgAEAAAAJgAcFQYZNQAGEBkoA29uZQJhdBUMFgYWbhaSASbABSb6BCksFQQVABUCABUAFRAVAgA8KQYZNgICAgAAACYAHBUMGTUABhAZOAJieQlrZXlfdmFsdWUDa2V5FQwWBhZsFpABJsQGJowGKSwVBBUAFQIAFQAVEBUCADwWAhkmBgAZNgICAgAAACYAHBUGGTUABhAZOAJieQlrZXlfdmFsdWUFdmFsdWUVDBYGFnoWngEm4gcmnAcpLBUEFQAVAgAVABUQFQIAPCkmBgAZRgICAAIAAAAWvgYWBiYIFrIIACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZfBwAABwAABwAABwAABwAABwAABwAAAC5AgAAUEFSMQ==',
  spark:
    'UEFSMRUEFTAVOkwVBhUAEgAAKLUv/SAYpQAAYAEAAgADAAAAAAAAAAIAYOABYAEVABUUFSYsFQYVEBUGFQYcAAAAKLUv/SAKUQAAAgAAAAYBAgMkABUEFTAVQkwVBBUAEgAAKLUv/SAYwQAAGPxOkZROAAAs/lEAAAAAAAAAAABSRBoAFQAVEhUkLBUGFRAVBhUGHAAAACi1L/0gCUkAAAIAAAADAwEDAhUEFRgVKkwVAhUAEgAAKLUv/SAMYQAAAAAAAAAAAAAs/lEAFQAVIBUyLBUGFRAVBhUGHAAAACi1L/0gEIEAAAIAAAAGAAMAAAADBwABAgAVBBUQFSJMFQQVABIAACi1L/0gCEEAAAEAAAACAAAAFQAVFBUmLBUGFRAVBhUGHAAAACi1L/0gClEAAAMAAAADIgABAwIVBBUYFSpMFQIVABIAACi1L/0gDGEAAACAp0hKJwAA0oolABUAFRQVJiwVBhUQFQYVBhwAAAAotS/9IApRAAADAAAAAxIAAQIAFQQVChUcTBUCFQASAAAotS/9IAUpAAABAAAAaxUAFSAVMiwVBhUQFQYVBhwAAAAotS/9IBCBAAACAAAABgADAAAAAxIAAQIAFQQVGBUqTBUCFQASAAAotS/9IAxhAAAAAAAAAAAAACz+UQAVABUgFTIsFQYVEBUGFQYcAAAAKLUv/SAQgQAAAgAAAAYAAwAAAAMTAAECABUEGdw1ABgGc2NoZW1hFQoAFQQlAhgCaWQAFQYlAhgCYXQANQIYBG1hbnkVAhUGTDwAAAA1BBgEbGlzdBUCABUGJQIYB2VsZW1lbnQANQIYA29uZRUEABUCJQIYAXgAFQYlAhgCYXQANQIYAmJ5FQIVAkwsAAAANQQYCWtleV92YWx1ZRUEABUMJQAYA2tleSUATBwAAAAVBiUCGAV2YWx1ZQAWBhkcGXwmABwVBBk1AAYQGRgCaWQVDBYGFoYBFqIBJl4mCCksFQQVABUCABUAFRAVAgA8KQYZJgAGAAAAJgAcFQYZNQAGEBkYAmF0FQwWBhaEARaoASaIAiaqASksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAAJgAcFQYZNQAGEBk4BG1hbnkEbGlzdAdlbGVtZW50FQwWBhZ6Fp4BJpgDJtICKSwVBBUAFQIAFQAVEBUCADwpJgYAGUYCAgACAAAAJgAcFQIZNQAGEBkoA29uZQF4FQwWBhZmFooBJq4EJvADKSwVBBUAFQIAFQAVEBUCADwpBhk2AgAEAAAAJgAcFQYZNQAGEBkoA29uZQJhdBUMFgYWbhaSASbABSb6BCksFQQVABUCABUAFRAVAgA8KQYZNgICAgAAACYAHBUMGTUABhAZOAJieQlrZXlfdmFsdWUDa2V5FQwWBhZsFpABJsQGJowGKSwVBBUAFQIAFQAVEBUCADwWAhkmBgAZNgICAgAAACYAHBUGGTUABhAZOAJieQlrZXlfdmFsdWUFdmFsdWUVDBYGFnoWngEm4gcmnAcpLBUEFQAVAgAVABUQFQIAPCkmBgAZRgICAAIAAAAWvgYWBiYIFrIIABksGBhvcmcuYXBhY2hlLnNwYXJrLnZlcnNpb24YBTQuMC4wABgEbW9yZRgBeAAYIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGXwcAAAcAAAcAAAcAAAcAAAcAAAcAAAA5wIAAFBBUjE='
};

let previews: PreviewLake;
let duckdb: DuckDb;
let lake: Lake;

beforeAll(async () => {
  previews = await PreviewLake.open();
  ({ duckdb, lake } = previews);
  await lake.commit('main', {
    'a.csv': `id,name\n${upTo(50)
      .map(i => `${i},"n\n${i}"`)
      .join('\n')}\n`,
    'a.jsonl': upTo(50)
      .map(i => `{"id":${i},"more":{"x":${i}}}`)
      .join('\n')
  });
});
afterAll(() => previews.close());

test.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])('%s', async codec => {
  const path = `${codec}.parquet`;
  const select = `SELECT range AS id, 'text ' || range % 7 AS text FROM range(3000)`;
  await lake.put('main', path, await duckdb.write(select, `format parquet, compression ${codec}`));
  expect(await previews.rows(path, { from: 'last', amount: 1 })).toEqual([{ id: 2999, text: 'text 3' }]);
});

describe.each(ARROW_FILES)('Arrow: %s', (kind, bytes) => {
  const path = `${kind.replaceAll(' ', '-')}.arrow`;
  const query = { from: 'last', amount: 4 } as const;
  let whole: Record<string, unknown>[];

  beforeAll(async () => {
    await lake.put('main', path, bytes);
    whole = await previews.rows(path, query);
  });

  test('all columns', () => {
    expect(whole.map(({ id, word, view, note }) => [id, word, view, note])).toEqual([
      [2, null, 'a text that is too long to lie inline, row 0', 'z'],
      [10, 'red', 'short', 'last 10'],
      [11, 'blue', null, ''],
      [12, null, 'a text that is too long to lie inline, row 10', 'z']
    ]);
    expect(whole[1]).toMatchObject({
      tags: ['a', 'b'],
      one: { x: 1, y: 'one' },
      pair: [1, 2],
      side: 'south'
    });
  });

  test('each column by itself is as beside the others', async () => {
    for (const column of Object.keys(whole[0]!)) {
      const alone = await previews.rows(path, { ...query, columns: [column] });
      expect(alone).toEqual(whole.map(row => ({ [column]: row[column] })));
    }
  });

  test('some columns, in the order that was asked for', async () => {
    const columns = ['note', 'side', 'one', 'id'];
    const some = await previews.rows(path, { ...query, columns });
    expect(some).toEqual(whole.map(row => Object.fromEntries(columns.map(column => [column, row[column]]))));
    expect(Object.keys(some[0]!)).toEqual(columns);
  });
});

describe('text', () => {
  test.each([
    ['a.csv', 'first', ['0', '1', '2']],
    ['a.csv', 'last', ['47', '48', '49']],
    ['a.jsonl', 'first', ['0', '1', '2']],
    ['a.jsonl', 'last', ['47', '48', '49']]
  ] as const)('%s: the %s rows', async (path, from, expected) => {
    expect((await previews.rows(path, { from })).map(({ id }) => id)).toEqual(expected);
    expect(await previews.rows(path, { from: 'random' })).toHaveLength(3);
  });

  test('CSV: quotes, line breaks of all kinds, empty lines, short lines, a last line that nothing ends', async () => {
    await lake.put('main', 'q.csv', '\uFEFFid,text\r\n\r\n1,"a ""b""\r\nc"\r\n2\r\n3,\n"4","x"');
    expect(await previews.rows('q.csv', { amount: 10 })).toEqual([
      { id: '1', text: 'a "b"\r\nc' },
      { id: '2', text: null },
      { id: '3', text: '' },
      { id: '4', text: 'x' }
    ]);
    expect(await previews.rows('q.csv', { from: 'last', amount: 1 })).toEqual([{ id: '4', text: 'x' }]);
  });

  test('CSV without a header, and with tabs', async () => {
    await lake.put('main', 'q.tsv', '1\t2\n3\t4\n');
    expect(await previews.rows('q.tsv')).toEqual([
      { _c0: '1', _c1: '2' },
      { _c0: '3', _c1: '4' }
    ]);
  });

  test('JSON: no digit is lost, nested values stay as they are written, missing keys are null', async () => {
    const records = [
      '{"id": 12345678901234567890, "text": "a \\"b\\", {c}", "more": {"x": [1, "}"]}}',
      '{"text": null, "id": 1.10}',
      '{"other": true, "id": "\\u00e9"}'
    ];
    const expected = [
      { id: '12345678901234567890', text: 'a "b", {c}', more: '{"x": [1, "}"]}', other: null },
      { id: '1.10', text: null, more: null, other: null },
      { id: 'é', text: null, more: null, other: 'true' }
    ];
    await lake.put('main', 'q.jsonl', records.join('\n'));
    await lake.put('main', 'q.json', ` [\n ${records.join(' ,\n')} \n]\n`);
    expect(await previews.rows('q.jsonl')).toEqual(expected);
    expect(await previews.rows('q.json')).toEqual(expected);
    expect(await previews.rows('q.json', { from: 'last', amount: 1 })).toEqual([expected[2]]);
  });

  test('JSON values that are no objects', async () => {
    await lake.put('main', 'values.jsonl', '1\n"a"\n[1, 2]\nnull\n17');
    expect((await previews.rows('values.jsonl', { amount: 5 })).map(({ value }) => value)).toEqual([
      '1',
      'a',
      '[1, 2]',
      null,
      '17'
    ]);
  });

  test('what is compressed, over many pieces', async () => {
    const lines = `id,text\n${upTo(100_000)
      .map(i => `${i},"line ${i}"\n`)
      .join('')}`;
    await lake.put('main', 'z.csv.gz', gzipSync(lines));
    const last = await previews.table('z.csv.gz', { from: 'last', amount: 2 });
    expect(last.getChild('text')!.toArray()).toEqual(['line 99998', 'line 99999']);
    const random = await previews.table('z.csv.gz', { from: 'random', amount: 100 });
    expect([...random.getChild('id')!].map(Number)).toEqual(numbersOf(random));
  });
});

describe('types', () => {
  test('arrive as they are', async () => {
    const select = `SELECT 9223372036854775807 AS big, 12345678901234567890.123::DECIMAL(38, 3) AS dec,
      TIMESTAMPTZ '2024-02-29 12:00:00+00' AS zoned, TIMESTAMP '9999-12-31 23:59:59.999999' AS plain,
      'a\\xFF'::BLOB AS bytes, {'x': [1, NULL]} AS nested, map {'k': 1} AS pairs, DATE '0001-01-01' AS day`;
    await lake.put('main', 'types.parquet', await duckdb.write(select));
    const table = await previews.table('types.parquet');
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      'Int64',
      'Decimal[38e+3]',
      'Timestamp<MICROSECOND, UTC>',
      'Timestamp<MICROSECOND>',
      'Binary',
      'Struct<{x:List<Int32>}>',
      'Map<{key:Utf8, value:Int32}>',
      'Date32<DAY>'
    ]);
    expect(table.getChild('big')!.get(0)).toBe(9223372036854775807n);
    expect(table.getChild('plain')!.data[0]!.values[0]).toBe(253402300799999999n);
    expect([...(table.getChild('bytes')!.get(0) as Uint8Array)]).toEqual([97, 255]);
  });

  test.each([
    ['without a word on them', INT96.plain, 'Timestamp<MICROSECOND>'],
    ['as instants, by Spark', INT96.spark, 'Timestamp<MICROSECOND, UTC>']
  ])('INT96, written %s, keeps its year, also in lists, structures and maps', async (_, bytes, type) => {
    await lake.put('main', 'int96.parquet', Buffer.from(bytes, 'base64'));
    const table = await previews.table('int96.parquet');
    expect(table.schema.fields.map(field => String(field.type))).toEqual([
      'Int64',
      type,
      `List<${type}>`,
      `Struct<{x:Int32, at:${type}}>`,
      `Map<{key:Utf8, value:${type}}>`
    ]);
    const year9999 = Date.UTC(9999, 11, 31);
    const at = table.getChild('at')!;
    expect(at.data[0]!.values.slice(0, 2)).toEqual(
      BigInt64Array.of(253402300799999999n, -62135596800000000n)
    );
    expect(at.get(2)).toBeNull();
    expect([...(table.getChild('many')!.get(0) as Iterable<number>)]).toEqual([year9999]);
    expect((table.getChild('one')!.get(0) as { at: number }).at).toBe(Date.UTC(2024, 1, 29, 12));
    expect((table.getChild('by')!.get(0) as { k: number }).k).toBe(year9999);
  });

  test('dictionaries that differ between the parts of a file', async () => {
    const select = `SELECT range AS id, CASE WHEN range < 2048 THEN 'a' || range % 3 ELSE 'b' || range % 5 END AS word FROM range(4096)`;
    await lake.put(
      'main',
      'words.parquet',
      await duckdb.write(select, 'format parquet, row_group_size 2048')
    );
    const rows = await previews.rows('words.parquet', { from: 'last', amount: 1000 });
    expect(rows.map(({ word }) => word)).toEqual(upTo(4096, 3096).map(i => `b${i % 5}`));
  });
});
