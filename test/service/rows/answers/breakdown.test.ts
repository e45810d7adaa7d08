import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** A branch of its own for each test. */
let branch: string;
const part = (from: number, to: number) =>
  duckdb.write(`SELECT range AS id, 'text ' || range AS text FROM range(${from}, ${to})`);

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  const days = await Promise.all(
    Array.from({ length: 6 }, async (_, day) => [
      `sales/day=${day}/a.parquet`,
      await part(day * 10, day * 10 + 10)
    ])
  );
  await lake.commit('main', Object.fromEntries(days));
  await lake.commit('main', { 'plain/a.parquet': await part(0, 10), 'plain/b.parquet': await part(10, 30) });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
});

const found = async (by: 'partition' | 'file', path = 'sales/', query = {}) =>
  (await lake.compare('main', branch, { path, by, ...query })).datasets.map(
    ({ path, left_rows, right_rows, verdict, basis }) => [path, left_rows, right_rows, verdict, basis]
  );

/** One partition twice, one gone, one new, one with other rows, one with the same rows in another file. */
async function change(): Promise<void> {
  await lake.put(branch, 'sales/day=1/b.parquet', await part(10, 20));
  await lake.delete(branch, 'sales/day=2/a.parquet');
  await lake.put(branch, 'sales/day=9/a.parquet', await part(90, 95));
  await lake.put(branch, 'sales/day=3/a.parquet', await part(31, 41));
  await lake.delete(branch, 'sales/day=4/a.parquet');
  await lake.put(branch, 'sales/day=4/b.parquet', await part(40, 45));
  await lake.put(branch, 'sales/day=4/c.parquet', await part(45, 50));
}

test('partitions that differ, each with its verdict, and no others', async () => {
  await change();
  expect(await found('partition')).toEqual([
    ['sales/day=1/', 10, 20, 'repeated', 'files'],
    ['sales/day=2/', 10, null, 'removed', 'count'],
    ['sales/day=3/', 10, 10, 'changed', 'fingerprint'],
    ['sales/day=4/', 10, 10, 'equal', 'fingerprint'],
    ['sales/day=9/', null, 5, 'added', 'count']
  ]);
  const { datasets } = await lake.compare('main', branch, { path: 'sales/', by: 'partition' });
  expect(datasets.map(({ left_path, right_path, message }) => [left_path, right_path, message])).toEqual([
    ['sales/day=1/', 'sales/day=1/', '20 rows, 10 more than main: every row of main is here twice'],
    ['sales/day=2/', null, expect.stringMatching(/^10 rows, on main but not on test-/)],
    ['sales/day=3/', 'sales/day=3/', expect.stringMatching(/^10 rows, as many as on main/)],
    ['sales/day=4/', 'sales/day=4/', expect.stringMatching(/^10 rows, the same as on main/)],
    [null, 'sales/day=9/', '5 rows, not on main']
  ]);
});

test('files that differ: one that is on one side only is added or removed, whatever lies beside it', async () => {
  await change();
  expect(await found('file')).toEqual([
    ['sales/day=1/b.parquet', null, 10, 'added', 'count'],
    ['sales/day=2/a.parquet', 10, null, 'removed', 'count'],
    ['sales/day=3/a.parquet', 10, 10, 'changed', 'fingerprint'],
    ['sales/day=4/a.parquet', 10, null, 'removed', 'count'],
    ['sales/day=4/b.parquet', null, 5, 'added', 'count'],
    ['sales/day=4/c.parquet', null, 5, 'added', 'count'],
    ['sales/day=9/a.parquet', null, 5, 'added', 'count']
  ]);
});

test('nothing where nothing differs; all parts of a data set that is on one side only', async () => {
  expect(await found('partition', '')).toEqual([]);
  expect(await found('file', '')).toEqual([]);
  await lake.put(branch, 'new/k=1/a.parquet', await part(0, 2));
  await lake.put(branch, 'new/k=2/a.parquet', await part(0, 3));
  expect(await found('partition', '')).toEqual([
    ['new/k=1/', null, 2, 'added', 'count'],
    ['new/k=2/', null, 3, 'added', 'count']
  ]);
});

test('a data set without partitions is one', async () => {
  await lake.delete(branch, 'plain/b.parquet');
  expect(await found('partition', 'plain')).toEqual([['plain/', 30, 10, 'changed', 'fingerprint']]);
  expect(await found('file', 'plain')).toEqual([['plain/b.parquet', 20, null, 'removed', 'count']]);
});

test('page by page', async () => {
  await change();
  const pages: string[][] = [];
  for (let after = '', more = true; more;) {
    const query = { path: '', by: 'partition', amount: 2, after } as const;
    const { datasets, pagination } = await lake.compare('main', branch, query);
    pages.push(datasets.map(({ path }) => path));
    ({ next_offset: after, has_more: more } = pagination);
  }
  expect(pages).toEqual([
    ['sales/day=1/', 'sales/day=2/'],
    ['sales/day=3/', 'sales/day=4/'],
    ['sales/day=9/']
  ]);
});

test('data sets at two places, by their partitions', async () => {
  for (let day = 0; day < 6; day++) {
    await lake.put(
      branch,
      `moved/day=${day}/z.parquet`,
      await part(day * 10, day * 10 + (day === 5 ? 7 : 10))
    );
  }
  const query = { path: '', by: 'partition', leftPath: 'sales/', rightPath: 'moved/' } as const;
  const { datasets } = await lake.compare('main', branch, query);
  expect(datasets).toMatchObject([
    {
      path: 'moved/day=5/',
      left_path: 'sales/day=5/',
      right_path: 'moved/day=5/',
      left_rows: 10,
      right_rows: 7
    }
  ]);
});

test('files of other formats and of other columns in the same folder are left alone', async () => {
  await lake.put(branch, 'sales/day=1/a.csv', 'x,y\n1,2\n');
  await lake.put(
    branch,
    'sales/day=1/b.parquet',
    await duckdb.write('SELECT 1 AS other, 2 AS columns, 3 AS here')
  );
  expect(await found('partition')).toEqual([
    ['sales/day=1/', null, 1, 'added', 'count'],
    ['sales/day=1/', null, 1, 'added', 'count']
  ]);
});

test('of the data set that a path names; of all below it where there is none', async () => {
  await lake.put(branch, 'sales/a.parquet', await part(0, 1));
  await lake.put(branch, 'sales/returns/a.parquet', await part(0, 2));
  await lake.put(branch, 'plain/a.parquet', await part(0, 3));
  expect(await found('partition')).toEqual([['sales/', 60, 61, 'changed', 'count']]);
  expect((await found('partition', '')).map(([path]) => path)).toEqual([
    'plain/',
    'sales/',
    'sales/returns/'
  ]);
});

test('a file beside partitions is a part by itself', async () => {
  await lake.put(branch, 'sales/a.parquet', await part(0, 1));
  await lake.put(branch, 'sales/day=1/b.parquet', await part(0, 1));
  expect(await found('partition')).toEqual([
    ['sales/a.parquet', null, 1, 'added', 'count'],
    ['sales/day=1/', 10, 11, 'changed', 'count']
  ]);
});

test('a file that cannot be read is told of at its place', async () => {
  await lake.put(branch, 'sales/day=1/a.parquet', 'broken');
  expect(await found('partition')).toEqual([['sales/day=1/', 10, null, 'unknown', 'count']]);
  expect(await found('file')).toEqual([['sales/day=1/a.parquet', 10, null, 'unknown', 'count']]);
});

test('a Delta table differs where its log says so', async () => {
  const log = (version: number, ...actions: object[]) => [
    `delta/_delta_log/${String(version).padStart(20, '0')}.json`,
    actions.map(action => JSON.stringify(action)).join('\n') + '\n'
  ];
  const add = (path: string) => ({ add: { path, partitionValues: {}, size: 1, dataChange: true } });
  await lake.commit(branch, {
    'delta/k=1/a.parquet': await part(0, 10),
    'delta/k=2/a.parquet': await part(10, 20),
    ...Object.fromEntries([
      log(0, { protocol: {} }, { metaData: {} }, add('k=1/a.parquet'), add('k=2/a.parquet'))
    ])
  });
  const deleted = `${branch}-deleted`;
  await lake.branch(deleted, branch);
  await lake.commit(
    deleted,
    Object.fromEntries([log(1, { remove: { path: 'k=1/a.parquet', dataChange: true } })])
  );
  for (const [by, path] of [
    ['partition', 'delta/k=1/'],
    ['file', 'delta/k=1/a.parquet']
  ] as const) {
    const { datasets } = await lake.compare(branch, deleted, { path: 'delta/', by });
    expect(datasets).toMatchObject([{ path, left_rows: 10, right_path: null, verdict: 'removed' }]);
  }
});

test('what is equal is not looked at', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 1500 }, (_, day) => [
      `wide/day=${String(day).padStart(4, '0')}/a.csv`,
      `id\n${day}\n0\n`
    ])
  );
  await lake.commit('main', many);
  const wide = `${branch}-wide`;
  await lake.branch(wide);
  await lake.commit(wide, { 'wide/day=0700/a.csv': 'id\n1\n2\n3\n' });
  await Promise.all(['main', wide].map(ref => lake.count(ref, 'wide/')));
  lake.reads();
  const query = { path: 'wide/', by: 'partition' } as const;
  expect((await lake.compare('main', wide, query)).datasets).toHaveLength(1);
  const { nodes, contents } = lake.reads();
  expect(contents).toBe(0);
  expect(nodes).toBeLessThan(40);
});
