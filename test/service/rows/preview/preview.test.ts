import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeTable, tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import {
  Compression,
  readParquet,
  Table as WasmTable,
  WriterPropertiesBuilder,
  writeParquet
} from 'parquet-wasm/node';

import type { CatalogError } from '../../../../src/service/catalog/errors.js';
import type { DuckDb } from '../duckdb.js';
import type { Lake } from '../lake.js';
import { numbersOf, PreviewLake, upTo } from './preview-lake.js';

const MIB = 1024 * 1024;

/** Columns `a` = 1, 2, 3 and `b`, which is encrypted while the footer is not: by pyarrow's EncryptionConfiguration. */
const ENCRYPTED_B =
  'UEFSMRUEFTAVLkwVBhUAEgAAGAQBAAkBPAIAAAAAAAAAAwAAAAAAAAAVABUUFRgsFQYVEBUGFQYcGAgDAAAAAAAAABgIAQAAAAAAAAAWACgIAwAAAAAAAAAYCAEAAAAAAAAAEREAAAAKJAIAAAAGAQIDJAAqAAAAqfAXuXchv4cqKxM0Rp5DWP/4dIm3HwLG9cuj5lkvZeUkf5VmVDyUfpA3LQAAAB/z2ZLw0eF1Uf20RK5SiDgy3yk5SfFYDeZviqSwXOZ3LkwgdJ0ciV8dVsdK2jkAAACK8pUm8BwjrMDwxRhhs4Ug+UO1+ZF4pnLpiy6uH0FpEWIBBNdHG/U9wQ6wqdoXJ8Xp1xiv+2oVFZ0oAAAAKK6D8oUBeSmPYREpUFGW8n+1AStzwSg5Zn3BB14D5jbBuxKCbTOT+hUEGTw1ABgGc2NoZW1hFQQAFQQlAhgBYQAVDCUCGAFiJQBMHAAAABYGGRwZLCYAHBUEGTUABhAZGAFhFQIWBhbeARbgASZSJggcGAgDAAAAAAAAABgIAQAAAAAAAAAWACgIAwAAAAAAAAAYCAEAAAAAAAAAEREAGSwVBBUAFQIAFQAVEBUCADwpBhkmAAYAAAAmABwVDBk1AAYQGRgBYhUCFgYWiAIWkAMmpgMm6AFcFgYZBhkmAAYAAFwsGRgBYhiSAnsia2V5TWF0ZXJpYWxUeXBlIjoiUEtNVDEiLCJpbnRlcm5hbFN0b3JhZ2UiOnRydWUsImlzRm9vdGVyS2V5IjpmYWxzZSwibWFzdGVyS2V5SUQiOiJjIiwid3JhcHBlZERFSyI6IitJeDFHK1Y4alVmS2Z3NCsxUTFGaGlWZVcvUisvVHd6REdTWW04ZUU5SzljTkpycEJjS2VldjJwZGg4PSIsImRvdWJsZVdyYXBwaW5nIjp0cnVlLCJrZXlFbmNyeXB0aW9uS2V5SUQiOiJ4TitON2E5andQSkpoaHQzeWxBakZnPT0iLCJ3cmFwcGVkS0VLIjoiRXBFazU0dDJmdUQ1OHRaKzhZeFlLZz09In0AABhiXgAAADLYsogFIDf9SD3M8zFS4bRBT6i4VauYeOUl4yjtkTgLb82UNqzHHUVYCyUEdn7IFhoVwSItj+wpc62oKcdMbRVPUrbIP2GFglcZB80i4IyyhJ/+tGEfNOvMHel4ErQAFuYDFgYmCBbwBBQAABkcGAxBUlJPVzpzY2hlbWEY7AEvLy8vLzZnQUFBQVFBQUFBQUFBS0FBd0FCZ0FGQUFnQUNnQUFBQUFCQkFBTUFBQUFDQUFJQUFBQUJBQUlBQUFBQkFBQUFBSUFBQUJBQUFBQUJBQUFBTmovLy84QUFBRUZFQUFBQUJnQUFBQUVBQUFBQUFBQUFBRUFBQUJpQUFBQUJBQUVBQVFBQUFBUUFCUUFDQUFHQUFjQURBQUFBQkFBRUFBQUFBQUFBUUlRQUFBQUhBQUFBQVFBQUFBQUFBQUFBUUFBQUdFQUFBQUlBQXdBQ0FBSEFBZ0FBQUFBQUFBQlFBQUFBQUFBQUFBPQAYIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAcHCgIGbKZ/2NgJg8SAAAYxgJ7ImtleU1hdGVyaWFsVHlwZSI6IlBLTVQxIiwiaW50ZXJuYWxTdG9yYWdlIjp0cnVlLCJpc0Zvb3RlcktleSI6dHJ1ZSwia21zSW5zdGFuY2VJRCI6IkRFRkFVTFQiLCJrbXNJbnN0YW5jZVVSTCI6IkRFRkFVTFQiLCJtYXN0ZXJLZXlJRCI6ImsiLCJ3cmFwcGVkREVLIjoiazRKRDI4UDR1N1c2NmJPanVmZjg1M3FZV2JWTk9FU2dPUlR6eGkvdm4yMHRDMlp0dVlRU3psSkJNMjQ9IiwiZG91YmxlV3JhcHBpbmciOnRydWUsImtleUVuY3J5cHRpb25LZXlJRCI6IkxQZWlIaURkNGFLUGkwa001bXhxblE9PSIsIndyYXBwZWRLRUsiOiJ5T0d3QzBTdm9VT3dndE9qTjFLMDJRPT0ifQC3v+QGilj0igs3P+VFEKzVpDtRbm8QDAcLB+mg6AQAAFBBUjE=';

let previews: PreviewLake;
let duckdb: DuckDb;
let lake: Lake;

beforeAll(async () => {
  previews = await PreviewLake.open();
  ({ duckdb, lake } = previews);
  const rows = `SELECT range AS id, 'text ' || range AS text, [range] AS list FROM range(10000)`;
  await lake.commit('main', {
    'a.parquet': await duckdb.write(rows, 'format parquet, row_group_size 2048'),
    'empty.parquet': await duckdb.write('SELECT 1 AS id WHERE false'),
    'broken.parquet': 'nothing of the kind',
    'readme.txt': 'no rows'
  });
});
afterAll(() => previews.close());

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
  return tableFromIPC(readParquet(await duckdb.write(select)).intoIPCStream());
}

test('the first rows of a Parquet file, in their order, nested values and all', async () => {
  expect(await previews.rows('a.parquet')).toEqual([
    { id: 0, text: 'text 0', list: [0] },
    { id: 1, text: 'text 1', list: [1] },
    { id: 2, text: 'text 2', list: [2] }
  ]);
});

test('the answer says how many rows the file has, and which of them these are', async () => {
  const last = await previews.table('a.parquet', { from: 'last' });
  expect(last.schema.metadata.get('databranch.rows')).toBe('10000');
  expect(numbersOf(last)).toEqual([9997, 9998, 9999]);
  const random = await previews.table('a.parquet', { from: 'random', amount: 20 });
  expect(random.getChild('id')!.toArray()).toEqual(BigInt64Array.from(numbersOf(random).map(BigInt)));
});

test('the last ones, over a border of row groups, and only some columns', async () => {
  const rows = await previews.rows('a.parquet', { from: 'last', amount: 1000, columns: ['text', 'id'] });
  expect(rows.map(({ id }) => id)).toEqual(upTo(10_000, 9000));
  expect(Object.keys(rows[0]!)).toEqual(['text', 'id']);
  expect(await previews.ids('a.parquet', { from: 'last', amount: 1 })).toEqual([9999]);
});

test('random ones are different rows of one row group, in their order', async () => {
  const some = await previews.ids('a.parquet', { from: 'random', amount: 50 });
  expect(new Set(some).size).toBe(50);
  expect([...some].sort((a, b) => a - b)).toEqual(some);
  expect(new Set(some.map(id => Math.floor(id / 2048))).size).toBe(1);
});

test('more rows than there are are all of them', async () => {
  await lake.put('main', 'few.parquet', await duckdb.write('SELECT range AS id FROM range(5)'));
  for (const from of ['first', 'last', 'random'] as const) {
    expect(await previews.ids('few.parquet', { from, amount: 1000 })).toEqual([0, 1, 2, 3, 4]);
  }
});

test('a file without rows has columns', async () => {
  for (const from of ['first', 'last', 'random'] as const) {
    const table = await previews.table('empty.parquet', { from });
    expect([table.numRows, table.schema.names]).toEqual([0, ['id']]);
  }
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
      const rows = await previews.rows('indexed.parquet', { from, amount, columns: ['id', 'list'] });
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
    expect(await previews.ids('plain.parquet', { from: 'last', amount: 2 })).toEqual([199_998, 199_999]);
    const ofIds = lake.bytes();
    expect(ofIds).toBeLessThan(100_000 * 8 * 1.1);
    await previews.rows('plain.parquet', { from: 'last', amount: 2, columns: ['text'] });
    expect(lake.bytes()).toBeGreaterThan(100_000 * 32);
  });

  test('of a file that was uploaded in parts or is kept with the record: ranges, and no copy is made', async () => {
    const file = await duckdb.write(
      `SELECT range AS id, md5(range::VARCHAR) AS text FROM range(300000)`,
      'format parquet, row_group_size 20000, compression uncompressed'
    );
    await lake.putInParts('main', 'parts.parquet', file, 5 * MIB);
    await lake.count('main', 'parts.parquet');
    lake.bytes();
    expect(await previews.ids('parts.parquet', { from: 'last', amount: 2 })).toEqual([299_998, 299_999]);
    expect(lake.bytes()).toBeLessThan(file.length / 10);
    const lines = Buffer.from(
      `id,text\n${upTo(300_000)
        .map(i => `${i},"text, ${i}"\n`)
        .join('')}`
    );
    await lake.putInParts('main', 'parts.csv', lines, 5 * MIB);
    await lake.count('main', 'parts.csv');
    lake.bytes();
    expect(await previews.rows('parts.csv', { amount: 1 })).toEqual([{ id: '0', text: 'text, 0' }]);
    expect(lake.bytes()).toBeLessThan(MIB);
    expect(await lake.temporaryFiles()).toEqual([]);
  });

  test('of an Arrow file: the columns asked for, of the batches that hold the rows', async () => {
    const rows = await rowsOf(`SELECT range AS id, md5(range::VARCHAR) AS text FROM range(100000)`);
    const file = Buffer.from(tableToIPC(rows, 'file'));
    await lake.put('main', 'batches.arrow', file);
    await lake.count('main', 'batches.arrow');
    lake.bytes();
    expect(await previews.rows('batches.arrow', { from: 'last', amount: 2 })).toHaveLength(2);
    const ofAll = lake.bytes();
    expect(ofAll).toBeLessThan(file.length / 4);
    expect(await previews.ids('batches.arrow', { from: 'last', amount: 2 })).toEqual([99_998, 99_999]);
    // The last batch has 672 rows; left out are 32 bytes and an offset of each.
    expect(lake.bytes()).toBeLessThan(ofAll - 672 * 32);
  });
});

/** 224 characters that no compression makes small. */
const NOISE = upTo(8, 1)
  .map(i => `md5((range * ${i})::VARCHAR)`)
  .join(' || ');

describe('what would have to be read is bounded', () => {
  beforeAll(async () => {
    // Noise, so that no compression makes it small: 80 MiB in one column.
    const large = `SELECT range AS id, ${NOISE} AS noise, 1 AS one FROM range(350000)`;
    const file = await duckdb.write(large, 'format parquet, row_group_size 2000000');
    await lake.put('main', 'large.parquet', file);
  });

  test('and the answer says which columns could be shown', async () => {
    const refusal = (await previews.rows('large.parquet').catch((error: unknown) => error)) as CatalogError;
    expect(refusal.message).toBe(
      'A preview reads 64 MiB of a file at most, and these rows need more. Choose fewer columns: these 2 of 3 fit, "id", "one".'
    );
    expect([refusal.code, refusal.data['columns']]).toEqual(['too-large', ['id', 'one']]);
    expect(lake.bytes()).toBeLessThan(64 * MIB);
    expect(await previews.rows('large.parquet', { columns: ['id', 'one'] })).toHaveLength(3);
  });

  test('also of an Arrow file', async () => {
    const rows = 9_000_000;
    const table = makeTable({ id: new Int8Array(rows), noise: new Float64Array(rows) });
    await lake.put('main', 'large.arrow', Buffer.from(tableToIPC(table, 'file')));
    const refusal = (await previews.rows('large.arrow').catch((error: unknown) => error)) as CatalogError;
    expect([refusal.code, refusal.data['columns']]).toEqual(['too-large', ['id']]);
    expect(lake.bytes()).toBeLessThan(64 * MIB);
    expect(await previews.rows('large.arrow', { columns: ['id'] })).toHaveLength(3);
  });

  test('and one column that is too large is not offered', async () => {
    const refusal = (await previews
      .rows('large.parquet', { columns: ['noise'] })
      .catch((error: unknown) => error)) as CatalogError;
    expect(refusal.message).toBe(
      'A preview reads 64 MiB of a file at most, and these rows lie in a part of it that is larger.'
    );
    expect(refusal.data['columns']).toEqual([]);
  });

  test('a page index makes the same rows small', async () => {
    const rows = await rowsOf(`SELECT range AS id, ${NOISE} AS noise FROM range(350000)`);
    await lake.put('main', 'large-indexed.parquet', withPageIndex(rows));
    expect(await previews.rows('large-indexed.parquet', { from: 'last', amount: 1 })).toMatchObject([
      { id: 349_999 }
    ]);
  });

  test('of a large text, the first rows are shown and no others', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    await lake.put('main', 'large.csv', `text\n${line.repeat(65 * 1024)}`);
    lake.bytes();
    await lake.count('main', 'large.csv');
    lake.bytes();
    expect(await previews.rows('large.csv')).toHaveLength(3);
    expect(lake.bytes()).toBeLessThan(MIB);
    await expect(previews.rows('large.csv', { from: 'last' })).rejects.toThrow(
      'large.csv is text of more than 64 MiB: only its first rows can be shown.'
    );
  });
});

test('what would take too much memory ends that preview alone', async () => {
  await lake.put(
    'main',
    'bomb.parquet',
    await duckdb.write(
      `SELECT repeat('x', 2000000) AS id FROM range(1000)`,
      'format parquet, compression zstd'
    )
  );
  await expect(previews.rows('bomb.parquet', { amount: 1000 })).rejects.toThrow(
    /^bomb\.parquet could not be read: .* would take too much memory\.$/
  );
  expect(await previews.ids('a.parquet')).toEqual([0, 1, 2]);
});

test('columns that are encrypted are told from those that can be shown', async () => {
  await lake.put('main', 'encrypted.parquet', Buffer.from(ENCRYPTED_B, 'base64'));
  expect(await previews.rows('encrypted.parquet', { columns: ['a'] })).toEqual([
    { a: 1 },
    { a: 2 },
    { a: 3 }
  ]);
  await expect(previews.rows('encrypted.parquet')).rejects.toThrow('has columns that are encrypted');
});

test('what cannot be shown says why, and the next preview has an answer', async () => {
  await expect(previews.rows('nowhere.parquet')).rejects.toThrow('There is nothing at "nowhere.parquet"');
  await expect(previews.rows('readme.txt')).rejects.toThrow('"readme.txt" is no file with rows');
  await expect(previews.rows('a.parquet', { columns: ['nr'] })).rejects.toThrow(
    'There is no column "nr": there are id, text, list.'
  );
  await expect(previews.rows('broken.parquet')).rejects.toThrow(
    'broken.parquet does not end as a Parquet file does'
  );
  // A footer that is sound, and pages that are not.
  const sound = await duckdb.write(`SELECT range AS id, md5(range::VARCHAR) AS text FROM range(5000)`);
  await lake.put(
    'main',
    'damaged.parquet',
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(50_000, 0x5a), sound.subarray(50_004)])
  );
  await expect(previews.rows('damaged.parquet')).rejects.toThrow(/^damaged\.parquet could not be read: /);
  expect(await previews.ids('a.parquet')).toEqual([0, 1, 2]);
});

test('whoever no longer waits is told so, and nothing is left behind', async () => {
  const leaving = new AbortController();
  const query = { from: 'first' as const, amount: 3, columns: [] };
  const asked = lake.rows.preview('lake', 'main', 'a.parquet', query, { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect(await previews.ids('a.parquet')).toEqual([0, 1, 2]);
  expect(await lake.temporaryFiles()).toEqual([]);
});

test('a file that changes where it was imported from is not shown', async () => {
  const file = join(lake.source, 'linked.parquet');
  await writeFile(file, await duckdb.write('SELECT range AS id FROM range(5)'));
  await lake.link('main', 'linked.parquet', 'linked.parquet');
  expect(await previews.ids('linked.parquet')).toEqual([0, 1, 2]);
  await writeFile(file, await readFile(join(lake.source, 'linked.parquet'), 'latin1'));
  await expect(previews.ids('linked.parquet')).rejects.toThrow(
    /imported without a copy, has \d+ bytes instead of \d+/
  );
});
