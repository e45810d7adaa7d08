import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm/node';

import type { CatalogError } from '../../../src/service/catalog/errors.js';
import { DuckDb } from './duckdb.js';
import { EngineBundle } from './engine-bundle.js';
import { Lake } from './lake.js';

const MIB = 1024 * 1024;

let bundle: EngineBundle;
let duckdb: DuckDb;
let lake: Lake;

beforeAll(async () => {
  [bundle, duckdb] = await Promise.all([EngineBundle.build(), DuckDb.open()]);
  lake = await Lake.open(bundle.entry);
  const rows = `SELECT range AS id, 'text ' || range AS text, [range] AS list FROM range(10000)`;
  await lake.commit('main', {
    'a.parquet': await duckdb.write(rows, 'format parquet, row_group_size 2048'),
    'empty.parquet': await duckdb.write('SELECT 1 AS id WHERE false'),
    'a.csv': `id,name\n${Array.from({ length: 50 }, (_, i) => `${i},"n\n${i}"`).join('\n')}\n`,
    'a.jsonl': Array.from({ length: 50 }, (_, i) => `{"id":${i},"more":{"x":${i}}}`).join('\n'),
    'broken.parquet': 'nothing of the kind',
    'readme.txt': 'no rows'
  });
});
afterAll(async () => {
  await lake.close();
  await duckdb.close();
  await bundle.remove();
});

interface Query {
  from?: 'first' | 'last' | 'random';
  amount?: number;
  columns?: string[];
}

async function previewTable(path: string, query: Query = {}): Promise<Table> {
  const wanted = { from: 'first' as const, amount: 3, columns: [], ...query };
  return tableFromIPC(await lake.rows.preview('lake', 'main', path, wanted));
}

async function preview(path: string, query: Query = {}): Promise<Record<string, unknown>[]> {
  return (await previewTable(path, query))
    .toArray()
    .map(
      row =>
        JSON.parse(
          JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
        ) as Record<string, unknown>
    );
}

/** The numbers of the rows in the file, as the answer has them. */
function numbersOf(table: Table): number[] {
  return JSON.parse(table.schema.metadata.get('databranch.row_numbers')!) as number[];
}

const ids = async (path: string, query: Query = {}) =>
  (await preview(path, { columns: ['id'], ...query })).map(({ id }) => Number(id));

const upTo = (end: number, start = 0) => Array.from({ length: end - start }, (_, i) => start + i);

/** As parquet-wasm writes it, with an offset index: pages of some 1,000 rows. */
function withPageIndex(rows: Table): Uint8Array {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.UNCOMPRESSED)
    .setDictionaryEnabled(false)
    .setDataPageSizeLimit(64 * 1024)
    .setWriteBatchSize(256)
    .build();
  return writeParquet(WasmTable.fromIPCStream(tableToIPC(rows, 'stream')), properties);
}

async function rowsOf(select: string): Promise<Table> {
  const { readParquet } = await import('parquet-wasm/node');
  return tableFromIPC(readParquet(await duckdb.write(select)).intoIPCStream());
}

test('the first rows of a Parquet file, in their order, nested values and all', async () => {
  expect(await preview('a.parquet')).toEqual([
    { id: 0, text: 'text 0', list: [0] },
    { id: 1, text: 'text 1', list: [1] },
    { id: 2, text: 'text 2', list: [2] }
  ]);
});

test('the answer says how many rows the file has, and which of them these are', async () => {
  const last = await previewTable('a.parquet', { from: 'last' });
  expect(last.schema.metadata.get('databranch.rows')).toBe('10000');
  expect(numbersOf(last)).toEqual([9997, 9998, 9999]);
  const random = await previewTable('a.parquet', { from: 'random', amount: 20 });
  expect(random.getChild('id')!.toArray()).toEqual(BigInt64Array.from(numbersOf(random).map(BigInt)));
});

test('the last ones, over a border of row groups, and only some columns', async () => {
  const rows = await preview('a.parquet', { from: 'last', amount: 1000, columns: ['text', 'id'] });
  expect(rows.map(({ id }) => id)).toEqual(upTo(10_000, 9000));
  expect(Object.keys(rows[0]!)).toEqual(['text', 'id']);
  expect(await ids('a.parquet', { from: 'last', amount: 1 })).toEqual([9999]);
});

test('random ones are different rows of one row group, in their order', async () => {
  const some = await ids('a.parquet', { from: 'random', amount: 50 });
  expect(new Set(some).size).toBe(50);
  expect([...some].sort((a, b) => a - b)).toEqual(some);
  expect(new Set(some.map(id => Math.floor(id / 2048))).size).toBe(1);
});

test('more rows than there are are all of them', async () => {
  await lake.put('main', 'few.parquet', await duckdb.write('SELECT range AS id FROM range(5)'));
  for (const from of ['first', 'last', 'random'] as const) {
    expect(await ids('few.parquet', { from, amount: 1000 })).toEqual([0, 1, 2, 3, 4]);
  }
});

test('a file without rows has columns', async () => {
  for (const from of ['first', 'last', 'random'] as const) {
    const table = await previewTable('empty.parquet', { from });
    expect([table.numRows, table.schema.names]).toEqual([0, ['id']]);
  }
});

test.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])('%s', async codec => {
  const path = `${codec}.parquet`;
  const select = `SELECT range AS id, 'text ' || range % 7 AS text FROM range(3000)`;
  await lake.put('main', path, await duckdb.write(select, `format parquet, compression ${codec}`));
  expect(await preview(path, { from: 'last', amount: 1 })).toEqual([{ id: 2999, text: 'text 3' }]);
});

describe('what is read', () => {
  test('of a file with a page index: the pages that hold the rows, of the columns asked for', async () => {
    const select = `SELECT range AS id, md5(range::VARCHAR) AS text, [range, NULL] AS list FROM range(400000)`;
    const file = withPageIndex(await rowsOf(select));
    await lake.put('main', 'indexed.parquet', file);
    await lake.count('main', 'indexed.parquet');
    for (const [from, amount] of [
      ['first', 100],
      ['last', 100]
    ] as const) {
      lake.bytes();
      const expected = from === 'first' ? upTo(amount) : upTo(400_000, 400_000 - amount);
      const rows = await preview('indexed.parquet', { from, amount, columns: ['id', 'list'] });
      expect(rows.map(({ id }) => id)).toEqual(expected);
      expect(rows.at(-1)).toEqual({ id: expected.at(-1), list: [expected.at(-1), null] });
      // Footer, index, and a page or two of each column, of 33 MB.
      expect(lake.bytes()).toBeLessThan(file.length / 50);
    }
  });

  test('of a file without one: the chunks of the columns asked for, in the row groups that hold the rows', async () => {
    const select = `SELECT range AS id, md5(range::VARCHAR) AS text FROM range(200000)`;
    const file = await duckdb.write(
      select,
      'format parquet, row_group_size 100000, compression uncompressed'
    );
    await lake.put('main', 'plain.parquet', file);
    await lake.count('main', 'plain.parquet');
    lake.bytes();
    expect(await ids('plain.parquet', { from: 'last', amount: 2 })).toEqual([199_998, 199_999]);
    const ofIds = lake.bytes();
    expect(ofIds).toBeLessThan(100_000 * 8 * 1.1);
    await preview('plain.parquet', { from: 'last', amount: 2, columns: ['text'] });
    expect(lake.bytes()).toBeGreaterThan(100_000 * 32);
  });

  test('of a file that was uploaded in parts or is kept with the record: ranges, and no copy is made', async () => {
    const file = await duckdb.write(
      `SELECT range AS id, md5(range::VARCHAR) AS text FROM range(100000)`,
      'format parquet, row_group_size 20000, compression uncompressed'
    );
    await lake.putInParts('main', 'parts.parquet', file, 512 * 1024);
    await lake.count('main', 'parts.parquet');
    lake.bytes();
    expect(await ids('parts.parquet', { from: 'last', amount: 2 })).toEqual([99_998, 99_999]);
    expect(lake.bytes()).toBeLessThan(file.length / 10);
    const lines = Buffer.from(
      `id,text\n${upTo(200_000)
        .map(i => `${i},"text, ${i}"\n`)
        .join('')}`
    );
    await lake.putInParts('main', 'parts.csv', lines, 512 * 1024);
    await lake.count('main', 'parts.csv');
    lake.bytes();
    expect(await preview('parts.csv', { amount: 1 })).toEqual([{ id: '0', text: 'text, 0' }]);
    expect(lake.bytes()).toBeLessThan(MIB);
    expect(await lake.temporaryFiles()).toEqual([]);
  });

  test('of an Arrow file: the batches that hold the rows', async () => {
    const rows = await rowsOf(`SELECT range AS id, md5(range::VARCHAR) AS text FROM range(100000)`);
    const file = Buffer.from(tableToIPC(rows, 'file'));
    await lake.put('main', 'batches.arrow', file);
    await lake.count('main', 'batches.arrow');
    lake.bytes();
    expect(await ids('batches.arrow', { from: 'last', amount: 2 })).toEqual([99_998, 99_999]);
    expect(lake.bytes()).toBeLessThan(file.length / 4);
  });
});

describe('text', () => {
  test.each([
    ['a.csv', 'first', ['0', '1', '2']],
    ['a.csv', 'last', ['47', '48', '49']],
    ['a.jsonl', 'first', ['0', '1', '2']],
    ['a.jsonl', 'last', ['47', '48', '49']]
  ] as const)('%s: the %s rows', async (path, from, expected) => {
    expect((await preview(path, { from })).map(({ id }) => id)).toEqual(expected);
    expect(await preview(path, { from: 'random' })).toHaveLength(3);
  });

  test('CSV: quotes, line breaks of all kinds, empty lines, short lines, a last line that nothing ends', async () => {
    await lake.put('main', 'q.csv', '\uFEFFid,text\r\n\r\n1,"a ""b""\r\nc"\r\n2\r\n3,\n"4","x"');
    expect(await preview('q.csv', { amount: 10 })).toEqual([
      { id: '1', text: 'a "b"\r\nc' },
      { id: '2', text: null },
      { id: '3', text: '' },
      { id: '4', text: 'x' }
    ]);
    expect(await preview('q.csv', { from: 'last', amount: 1 })).toEqual([{ id: '4', text: 'x' }]);
  });

  test('CSV without a header, and with tabs', async () => {
    await lake.put('main', 'q.tsv', '1\t2\n3\t4\n');
    expect(await preview('q.tsv')).toEqual([
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
    expect(await preview('q.jsonl')).toEqual(expected);
    expect(await preview('q.json')).toEqual(expected);
    expect(await preview('q.json', { from: 'last', amount: 1 })).toEqual([expected[2]]);
  });

  test('JSON values that are no objects', async () => {
    await lake.put('main', 'values.jsonl', '1\n"a"\n[1, 2]\nnull\n17');
    expect((await preview('values.jsonl', { amount: 5 })).map(({ value }) => value)).toEqual([
      '1',
      'a',
      '[1, 2]',
      null,
      '17'
    ]);
  });

  test('what is compressed, over many pieces', async () => {
    const { gzipSync } = await import('node:zlib');
    const lines = `id,text\n${upTo(100_000)
      .map(i => `${i},"line ${i}"\n`)
      .join('')}`;
    await lake.put('main', 'z.csv.gz', gzipSync(lines));
    const last = await previewTable('z.csv.gz', { from: 'last', amount: 2 });
    expect(last.getChild('text')!.toArray()).toEqual(['line 99998', 'line 99999']);
    const random = await previewTable('z.csv.gz', { from: 'random', amount: 100 });
    expect([...random.getChild('id')!].map(Number)).toEqual(numbersOf(random));
  });
});

describe('types', () => {
  test('arrive as they are', async () => {
    const select = `SELECT 9223372036854775807 AS big, 12345678901234567890.123::DECIMAL(38, 3) AS dec,
      TIMESTAMPTZ '2024-02-29 12:00:00+00' AS zoned, TIMESTAMP '9999-12-31 23:59:59.999999' AS plain,
      'a\\xFF'::BLOB AS bytes, {'x': [1, NULL]} AS nested, map {'k': 1} AS pairs, DATE '0001-01-01' AS day`;
    await lake.put('main', 'types.parquet', await duckdb.write(select));
    const table = await previewTable('types.parquet');
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

  test('dictionaries that differ between the parts of a file', async () => {
    const select = `SELECT range AS id, CASE WHEN range < 2048 THEN 'a' || range % 3 ELSE 'b' || range % 5 END AS word FROM range(4096)`;
    await lake.put(
      'main',
      'words.parquet',
      await duckdb.write(select, 'format parquet, row_group_size 2048')
    );
    const rows = await preview('words.parquet', { from: 'last', amount: 1000 });
    expect(rows.map(({ word }) => word)).toEqual(upTo(4096, 3096).map(i => `b${i % 5}`));
  });
});

describe('what would have to be read is bounded', () => {
  beforeAll(async () => {
    // Noise, so that no compression makes it small: 80 MiB in one column.
    const large = `SELECT range AS id, md5(range::VARCHAR) || md5((range * 7)::VARCHAR) AS noise, 1 AS one FROM range(1400000)`;
    const file = await duckdb.write(large, 'format parquet, row_group_size 2000000');
    await lake.put('main', 'large.parquet', file);
  });

  test('and the answer says which columns could be shown', async () => {
    const refusal = (await preview('large.parquet').catch((error: unknown) => error)) as CatalogError;
    expect(refusal.message).toBe(
      'A preview reads 64 MiB of a file at most, and these rows need more. Choose fewer columns: these 2 of 3 fit, "id", "one".'
    );
    expect([refusal.code, refusal.data['columns']]).toEqual(['too-large', ['id', 'one']]);
    expect(lake.bytes()).toBeLessThan(64 * MIB);
    expect(await preview('large.parquet', { columns: ['id', 'one'] })).toHaveLength(3);
  });

  test('and one column that is too large is not offered', async () => {
    const refusal = (await preview('large.parquet', { columns: ['noise'] }).catch(
      (error: unknown) => error
    )) as CatalogError;
    expect(refusal.message).toBe(
      'A preview reads 64 MiB of a file at most, and these rows lie in a part of it that is larger.'
    );
    expect(refusal.data['columns']).toEqual([]);
  });

  test('a page index makes the same rows small', async () => {
    const rows = await rowsOf(
      `SELECT range AS id, md5(range::VARCHAR) || md5((range * 7)::VARCHAR) AS noise FROM range(1400000)`
    );
    await lake.put('main', 'large-indexed.parquet', withPageIndex(rows));
    expect(await preview('large-indexed.parquet', { from: 'last', amount: 1 })).toMatchObject([
      { id: 1399999 }
    ]);
  });

  test('of a large text, the first rows are shown and no others', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    await lake.put('main', 'large.csv', `text\n${line.repeat(65 * 1024)}`);
    lake.bytes();
    await lake.count('main', 'large.csv');
    lake.bytes();
    expect(await preview('large.csv')).toHaveLength(3);
    expect(lake.bytes()).toBeLessThan(MIB);
    await expect(preview('large.csv', { from: 'last' })).rejects.toThrow(
      'large.csv is text of more than 64 MiB: only its first rows can be shown.'
    );
  });
});

test('what cannot be shown says why, and the next preview has an answer', async () => {
  await expect(preview('nowhere.parquet')).rejects.toThrow('There is nothing at "nowhere.parquet"');
  await expect(preview('readme.txt')).rejects.toThrow('"readme.txt" is no file with rows');
  await expect(preview('a.parquet', { columns: ['nr'] })).rejects.toThrow(
    'There is no column "nr": there are id, text, list.'
  );
  await expect(preview('broken.parquet')).rejects.toThrow(
    'broken.parquet does not end as a Parquet file does'
  );
  // A footer that is sound, and pages that are not.
  const sound = await duckdb.write(`SELECT range AS id, md5(range::VARCHAR) AS text FROM range(5000)`);
  await lake.put(
    'main',
    'damaged.parquet',
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(50_000, 0x5a), sound.subarray(50_004)])
  );
  await expect(preview('damaged.parquet')).rejects.toThrow(/^damaged\.parquet could not be read: /);
  expect(await ids('a.parquet')).toEqual([0, 1, 2]);
});

test('whoever no longer waits is told so, and nothing is left behind', async () => {
  const leaving = new AbortController();
  const query = { from: 'first' as const, amount: 3, columns: [] };
  const asked = lake.rows.preview('lake', 'main', 'a.parquet', query, { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect(await ids('a.parquet')).toEqual([0, 1, 2]);
  expect(await lake.temporaryFiles()).toEqual([]);
});

test('a file that changes where it was imported from is not shown', async () => {
  const file = join(lake.source, 'linked.parquet');
  await writeFile(file, await duckdb.write('SELECT range AS id FROM range(5)'));
  await lake.link('main', 'linked.parquet', 'linked.parquet');
  expect(await ids('linked.parquet')).toEqual([0, 1, 2]);
  await writeFile(file, await readFile(join(lake.source, 'linked.parquet'), 'latin1'));
  await expect(ids('linked.parquet')).rejects.toThrow(/has changed|is another one/);
});
