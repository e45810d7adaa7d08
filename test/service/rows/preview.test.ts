import { tableFromIPC } from 'apache-arrow';

import { DuckDb } from './duckdb.js';
import { EngineBundle } from './engine-bundle.js';
import { Lake } from './lake.js';

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
  // Noise, so that no compression makes it small: 80 MiB in one column.
  const large = `SELECT range AS id, repeat(md5(range::VARCHAR), 1) || md5((range * 7)::VARCHAR) AS noise FROM range(1400000)`;
  await lake.put(
    'main',
    'large.parquet',
    await duckdb.write(large, 'format parquet, row_group_size 2000000')
  );
});
afterAll(async () => {
  await lake.close();
  await duckdb.close();
  await bundle.remove();
});

async function preview(
  path: string,
  query: { from?: 'first' | 'last' | 'random'; amount?: number; columns?: string[] } = {}
): Promise<Record<string, unknown>[]> {
  const wanted = { from: 'first' as const, amount: 3, columns: [], ...query };
  const table = tableFromIPC(await lake.rows.preview('lake', 'main', path, wanted));
  return table
    .toArray()
    .map(
      row =>
        JSON.parse(
          JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
        ) as Record<string, unknown>
    );
}

test('the first rows of a Parquet file, in their order, nested values and all', async () => {
  expect(await preview('a.parquet')).toEqual([
    { id: 0, text: 'text 0', list: [0] },
    { id: 1, text: 'text 1', list: [1] },
    { id: 2, text: 'text 2', list: [2] }
  ]);
});

test('the last ones, over a border of row groups, and only some columns', async () => {
  const rows = await preview('a.parquet', { from: 'last', amount: 1000, columns: ['text', 'id'] });
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 1000 }, (_, i) => 9000 + i));
  expect(Object.keys(rows[0]!)).toEqual(['text', 'id']);
});

test('random ones are different rows of one row group, in their order', async () => {
  const ids = (await preview('a.parquet', { from: 'random', amount: 50, columns: ['id'] })).map(({ id }) =>
    Number(id)
  );
  expect(new Set(ids).size).toBe(50);
  expect([...ids].sort((a, b) => a - b)).toEqual(ids);
  expect(new Set(ids.map(id => Math.floor(id / 2048))).size).toBe(1);
});

test('a file without rows has columns', async () => {
  for (const from of ['first', 'last', 'random'] as const) {
    expect(await preview('empty.parquet', { from })).toEqual([]);
  }
});

test.each([
  ['a.csv', 'first', ['0', '1', '2']],
  ['a.csv', 'last', ['47', '48', '49']],
  ['a.jsonl', 'first', ['0', '1', '2']],
  ['a.jsonl', 'last', ['47', '48', '49']]
] as const)('%s: the %s rows', async (path, from, ids) => {
  expect((await preview(path, { from })).map(({ id }) => id)).toEqual(ids);
  expect(await preview(path, { from: 'random' })).toHaveLength(3);
});

test('what would have to be read is bounded, and fewer columns help', async () => {
  await expect(preview('large.parquet')).rejects.toThrow(
    /^These columns are \d+ MiB .* more than 64: choose fewer columns\.$/
  );
  expect(await preview('large.parquet', { columns: ['id'] })).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
});

test('what cannot be shown says why', async () => {
  await expect(preview('nowhere.parquet')).rejects.toThrow('There is nothing at "nowhere.parquet"');
  await expect(preview('readme.txt')).rejects.toThrow('"readme.txt" is no file with rows');
  await expect(preview('a.parquet', { columns: ['nr'] })).rejects.toThrow(
    'There is no column "nr": there are id, text, list.'
  );
  await expect(preview('broken.parquet')).rejects.toThrow(
    'broken.parquet does not end as a Parquet file does'
  );
  expect(await lake.temporaryFiles()).toEqual([]);
});
