import type { RowsProgress } from '../../../../src/protocol/databranch.js';
import { CatalogError } from '../../../../src/service/catalog/errors.js';
import { DuckDb } from '../duckdb.js';
import { Lake } from '../lake.js';

let duckdb: DuckDb;
let lake: Lake;
/** Parquet files of 1, 2, 3, … rows, each with other bytes. */
const files: Buffer[] = [];

beforeAll(async () => {
  duckdb = await DuckDb.open();
  for (let rows = 1; rows <= 12; rows++) {
    files.push(await duckdb.write(`SELECT range AS n, 'x' AS s FROM range(${rows})`));
  }
});
afterAll(() => duckdb.close());
beforeEach(async () => {
  lake = await Lake.open('/no/engine/needed.mjs');
});
afterEach(() => lake.close());

const file = (rows: number) => files[rows - 1]!;

describe('counting a ref', () => {
  test('finds its data sets, their rows, bytes, files and columns', async () => {
    await lake.commit('main', {
      'reviews/a.parquet': file(3),
      'reviews/b.parquet': file(4),
      'reviews/_SUCCESS': '',
      'reviews/.a.parquet.crc': 'crc',
      'raw/year=2020/x.csv': 'id,city\n1,Rome\n2,Oslo\n',
      'raw/year=2021/x.csv': 'id,city\n3,Bern\n',
      'raw/notes.txt': 'hello',
      'events.jsonl': '{"a":1}\n{"a":2}\n'
    });
    const { commit_id, ...result } = await lake.count('main');
    expect(commit_id).toMatch(/^[0-9a-f]{64}$/);
    expect(result).toEqual({
      path: '',
      ref: 'main',
      rows: 12,
      bytes: file(3).length + file(4).length + 37 + 5 + 16,
      files: 6,
      unreadable: [],
      datasets: [
        { path: '', format: 'json', rows: 2, bytes: 16, files: 1, columns: [{ name: 'a', type: 'int64' }] },
        {
          path: 'raw/',
          format: 'csv',
          rows: 3,
          bytes: 37,
          files: 2,
          header: true,
          columns: [
            { name: 'id', type: 'text' },
            { name: 'city', type: 'text' }
          ]
        },
        {
          path: 'reviews/',
          format: 'parquet',
          rows: 7,
          bytes: file(3).length + file(4).length,
          files: 2,
          columns: [
            { name: 'n', type: 'int64' },
            { name: 's', type: 'string' }
          ]
        }
      ],
      pagination: { has_more: false, next_offset: '', results: 3, max_per_page: 1000 }
    });
  });

  test('may be asked for a folder with or without its slash, for one partition or one object', async () => {
    await lake.commit('main', {
      'a/x=1/p.parquet': file(1),
      'a/x=2/p.parquet': file(2),
      'a-b/p.parquet': file(4),
      'a/x=2/p.parquet.csv': 'a,b\n1,2\n'
    });
    const counted = async (path: string) => {
      const { rows, datasets } = await lake.count('main', path);
      return [rows, ...datasets.map(dataSet => dataSet.path)];
    };
    expect(await counted('a')).toEqual([4, 'a/', 'a/']);
    expect(await counted('a/')).toEqual([4, 'a/', 'a/']);
    expect(await counted('a/x=1/')).toEqual([1, 'a/x=1/']);
    expect(await counted('a/x=2')).toEqual([3, 'a/x=2/', 'a/x=2/']);
    expect(await counted('a/x=2/p.parquet')).toEqual([2, 'a/x=2/']);
  });

  test('says so when there is nothing at the path', async () => {
    await lake.commit('main', { 'a/p.parquet': file(1) });
    const failure = lake.count('main', 'b/');
    await expect(failure).rejects.toThrow(CatalogError);
    await expect(failure).rejects.toMatchObject({
      code: 'object-not-found',
      message: 'There is nothing at "b/" on "main".'
    });
    expect(await lake.count('main', '')).toMatchObject({ rows: 1 });
  });

  test('names unknown repositories and refs as every verb does', async () => {
    await expect(lake.count('nowhere')).rejects.toMatchObject({ code: 'ref-not-found' });
    await expect(lake.rows.count('other', 'main', { path: '' })).rejects.toMatchObject({
      code: 'repository-not-found'
    });
  });

  test('of an empty branch is 0', async () => {
    expect(await lake.count('main')).toMatchObject({ rows: 0, files: 0, datasets: [] });
  });

  test('reads contents that lie in the store, in a file and in several segments', async () => {
    const large = await duckdb.write('SELECT range AS n, hash(range) AS h FROM range(600000)');
    await lake.put('main', 'inline/a.parquet', file(5));
    await lake.put('main', 'file/a.parquet', large);
    await lake.putInParts('main', 'segments/a.parquet', large, 5 * 1024 * 1024);
    const { datasets } = await lake.count('main');
    expect(datasets.map(({ path, rows }) => [path, rows])).toEqual([
      ['file/', 600_000],
      ['inline/', 5],
      ['segments/', 600_000]
    ]);
  });
});

describe('files in one folder', () => {
  test('of compatible columns are one data set with all of them', async () => {
    await lake.commit('main', {
      'a/1.parquet': await duckdb.write('SELECT 1::INTEGER AS id, 2 AS n'),
      'a/2.parquet': await duckdb.write(`SELECT 1::BIGINT AS id, 2 AS n, 'x' AS more`)
    });
    expect((await lake.count('main')).datasets).toMatchObject([
      {
        rows: 2,
        columns: [
          { name: 'id', type: 'int64' },
          { name: 'n', type: 'int32' },
          { name: 'more', type: 'string' }
        ]
      }
    ]);
  });

  test('of other columns or formats are data sets of their own', async () => {
    await lake.commit('main', {
      'users.csv': 'id,name\n1,a\n',
      'orders.csv': 'id,item\n1,a\n2,b\n',
      'x.parquet': await duckdb.write('SELECT 1 AS id'),
      'y.parquet': await duckdb.write(`SELECT 'text' AS id`)
    });
    const { datasets } = await lake.count('main');
    expect(datasets.map(({ format, rows }) => [format, rows])).toEqual([
      ['csv', expect.any(Number)],
      ['csv', expect.any(Number)],
      ['parquet', 1],
      ['parquet', 1]
    ]);
  });
});

describe('a broken file', () => {
  test('is named, and the others are counted', async () => {
    await lake.commit('main', {
      'a/good.parquet': file(3),
      'a/cut.parquet': file(4).subarray(0, 100),
      'a/empty.parquet': '',
      'b/quotes.csv': 'a,b\n1,"2\n'
    });
    const result = await lake.count('main');
    expect(result).toMatchObject({ rows: 3, files: 4 });
    expect(result.datasets).toMatchObject([
      { path: 'a/', rows: 3, files: 3 },
      { path: 'b/', rows: null, files: 1, columns: [] }
    ]);
    expect(result.unreadable).toEqual([
      { path: 'a/cut.parquet', reason: expect.stringContaining('cut off') },
      { path: 'a/empty.parquet', reason: expect.stringContaining('is empty') },
      { path: 'b/quotes.csv', reason: 'has a quote on line 2 that is never closed' }
    ]);
    expect((await lake.count('main', 'a/cut.parquet')).unreadable).toHaveLength(1);
  });

  test('is no longer named once it is replaced or removed', async () => {
    await lake.commit('main', { 'a/1.parquet': 'nonsense', 'a/2.parquet': 'other', 'a/3.parquet': file(1) });
    await lake.put('main', 'a/1.parquet', file(2));
    await lake.put('main', 'a/4.parquet', 'new nonsense');
    expect((await lake.count('main')).unreadable.map(({ path }) => path)).toEqual([
      'a/2.parquet',
      'a/4.parquet'
    ]);
    await lake.delete('main', 'a/2.parquet');
    await lake.delete('main', 'a/4.parquet');
    expect(await lake.count('main')).toMatchObject({ rows: 3, unreadable: [] });
  });

  test('whose bytes are missing for now is named, and counted when they are back', async () => {
    const large = await duckdb.write('SELECT range AS n, hash(range) AS h FROM range(20000)');
    await lake.commit('main', { 'a/1.parquet': file(1), 'a/2.parquet': large });
    const restore = await lake.hideBlocks();
    const result = await lake.count('main');
    expect(result).toMatchObject({ rows: 1, unreadable: [{ path: 'a/2.parquet' }] });
    expect(lake.warnings.length).toBeGreaterThan(0);
    await restore();
    expect(await lake.count('main')).toMatchObject({ rows: 20_001, unreadable: [] });
  });
});

describe('uncommitted changes', () => {
  test('are added, replace what they replace, and take away what they remove', async () => {
    await lake.commit('main', { 'a/1.parquet': file(1), 'a/2.parquet': file(2), 'a/3.csv': 'a,b\n1,2\n' });
    await lake.branch('test');
    await lake.put('test', 'a/1.parquet', file(10));
    await lake.delete('test', 'a/3.csv');
    await lake.put('test', 'a/0.parquet', file(5));
    await lake.put('test', 'b/4.parquet', file(7));
    const { rows, files, datasets } = await lake.count('test');
    expect({ rows, files }).toEqual({ rows: 24, files: 4 });
    expect(datasets.map(({ path, rows }) => [path, rows])).toEqual([
      ['a/', 17],
      ['b/', 7]
    ]);
    expect(await lake.count('main')).toMatchObject({ rows: 4 });
    await lake.commit('test');
    expect(await lake.count('test')).toMatchObject({ rows: 24, files: 4 });
  });

  test('of a branch do not count for its commit', async () => {
    await lake.commit('main', { 'a/1.parquet': file(1) });
    await lake.put('main', 'a/2.parquet', file(2));
    const { rows, commit_id } = await lake.count('main');
    expect(rows).toBe(3);
    expect(await lake.count(commit_id)).toMatchObject({ rows: 1 });
  });
});

describe('what was found once', () => {
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `d${i % 5}/${String(i).padStart(5, '0')}.csv`,
        `n\n${'x\n'.repeat(i % 9)}`
      ])
    );

  test('is not read again: not for the same ref, nor for another with the same contents', async () => {
    await lake.commit('main', { 'a/1.parquet': file(1), 'a/2.parquet': file(2) });
    await lake.count('main');
    expect(lake.reads()).toEqual({ nodes: 1, contents: 2 });
    await lake.count('main');
    expect(lake.reads()).toEqual({ nodes: 0, contents: 0 });
    await lake.branch('test');
    await lake.count('test');
    expect(lake.reads()).toEqual({ nodes: 0, contents: 0 });
    await lake.put('test', 'b/copy.parquet', file(2));
    expect(await lake.count('test')).toMatchObject({ rows: 5 });
    expect(lake.reads().contents).toBe(0);
  });

  test('is kept beside a commit of k files, which costs k contents and O(k · log n) nodes', async () => {
    await lake.commit('main', many(3000));
    const { rows } = await lake.count('main');
    expect(lake.reads().nodes).toBeGreaterThan(40);
    const changed = ['d0/00000.csv', 'd1/01501.csv', 'd4/02999.csv'];
    await lake.commit('main', Object.fromEntries(changed.map(path => [path, `n\n${path}\ny\n`])));
    const before = Object.entries(many(3000)).filter(([path]) => changed.includes(path));
    const lost = before.reduce((sum, [, text]) => sum + text.split('\n').length - 2, 0);
    expect((await lake.count('main')).rows).toBe(rows - lost + 6);
    const { nodes, contents } = lake.reads();
    expect(contents).toBe(3);
    // The root and, per file, an inner node and a leaf.
    expect(nodes).toBeLessThanOrEqual(1 + 3 * 2);
  });

  test('is used for a path below the root too', async () => {
    await lake.commit('main', many(3000));
    await lake.count('main');
    lake.reads();
    expect(await lake.count('main', 'd2/')).toMatchObject({ files: 600 });
    const { nodes, contents } = lake.reads();
    expect(contents).toBe(0);
    // The root and, at either end of the range, an inner node and a leaf.
    expect(nodes).toBeLessThanOrEqual(5);
  });

  test('is not kept at nodes with very many data sets, and counted nevertheless', async () => {
    const spread = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`set-${String(i).padStart(3, '0')}/a.csv`, 'n\nx\ny\n'])
    );
    await lake.commit('main', spread);
    expect(await lake.count('main')).toMatchObject({ rows: 800, files: 400 });
    lake.reads();
    expect(await lake.count('main')).toMatchObject({ rows: 800, files: 400 });
    expect(lake.reads().contents).toBe(0);
  });

  test('goes with its repository', async () => {
    await lake.commit('main', many(100));
    await lake.count('main');
    await lake.rows.idle();
    expect(await lake.records('w/')).toBeGreaterThan(10);
    await lake.catalog.repositories.delete('lake');
    await lake.catalog.idle();
    expect(await lake.records('w/')).toBe(0);
  });
});

describe('pages', () => {
  test('follow one another by path, also where several data sets have one', async () => {
    await lake.commit('main', {
      'a/1.parquet': file(1),
      'a/1.csv': 'n\nx\n',
      'a/1.json': '{"n":1}',
      'b/1.parquet': file(1),
      'é/1.parquet': file(1),
      '😀/1.parquet': file(1)
    });
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const { datasets, pagination, rows } = await lake.rows.count('lake', 'main', {
        path: '',
        after,
        amount: 2
      });
      expect(rows).toBe(6);
      seen.push(...datasets.map(({ path, format }) => `${path}${format}`));
      if (!pagination.has_more) {
        break;
      }
      expect(pagination.results).toBe(2);
      after = pagination.next_offset;
    }
    expect(seen).toEqual(['a/csv', 'a/json', 'a/parquet', 'b/parquet', 'é/parquet', '😀/parquet']);
    const { datasets } = await lake.rows.count('lake', 'main', { path: '', after: 'a/', amount: 1 });
    expect(datasets).toMatchObject([{ path: 'b/' }]);
  });

  test('have 100 data sets unless asked otherwise, and 1,000 at most', async () => {
    const spread = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`set-${i}/a.csv`, 'n\nx\n']));
    await lake.commit('main', spread);
    const page = async (amount?: number) => {
      const { pagination } = await lake.rows.count('lake', 'main', { path: '', amount });
      return [pagination.results, pagination.has_more];
    };
    expect(await page()).toEqual([100, true]);
    expect(await page(-1)).toEqual([100, true]);
    expect(await page(5000)).toEqual([101, false]);
    expect(await page(0)).toEqual([0, true]);
  });
});

describe('long work', () => {
  const csv = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a/${i}.csv`, `n\n${i}x\n`]));

  test('tells how far it is', async () => {
    await lake.commit('main', csv);
    const told: RowsProgress[] = [];
    await lake.count('main', '', { onProgress: progress => told.push(progress) });
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toEqual({ files_done: 1000, files_total: 1000 });
    expect(told.every((p, i) => i === 0 || p.files_done >= told[i - 1]!.files_done)).toBe(true);
  });

  test('stops when nobody waits for it, and what it found by then is kept', async () => {
    await lake.commit('main', csv);
    const abort = new AbortController();
    const counting = lake.count('main', '', {
      signal: abort.signal,
      onProgress: ({ files_done }) => files_done > 0 && abort.abort(new Error('the client left'))
    });
    await expect(counting).rejects.toThrow('the client left');
    const { contents } = lake.reads();
    expect(contents).toBeLessThan(1000);
    expect(await lake.count('main')).toMatchObject({ rows: 1000 });
    expect(lake.reads().contents).toBeLessThan(1000);
  });

  test('that two ask for is done once, and goes on when one of them leaves', async () => {
    await lake.commit('main', { 'a/1.csv': `n\n${'x\n'.repeat(500_000)}` });
    const abort = new AbortController();
    const leaving = lake.count('main', '', { signal: abort.signal });
    const staying = lake.count('main');
    setImmediate(() => abort.abort(new Error('left')));
    await expect(leaving).rejects.toThrow('left');
    expect(await staying).toMatchObject({ rows: 500_000 });
    expect(lake.reads().contents).toBe(1);
  });
});
