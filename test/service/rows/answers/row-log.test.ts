import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
let part: (n: number) => Promise<Buffer>;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  part = n => duckdb.write(`SELECT range AS id FROM range(${n * 10}, ${n * 10 + 10})`);
  await lake.commit('main', { 'a/0.parquet': await part(0), 'a/1.parquet': await part(1) });
  await lake.commit('main', { 'other.txt': 'x', 'b/data.csv': 'x\n1\n' });
  await lake.commit('main', { 'a/2.parquet': await part(0), 'a/3.parquet': await part(1), 'a/_SUCCESS': '' });
  await lake.commit('main', { 'a/0.parquet': null });
  await lake.commit('main', { 'a/1.parquet': await part(7) });
});
afterAll(() => fixture.close());

const log = (path: string, query = {}, ref = 'main') => lake.rows.log('lake', ref, { path, ...query });

test('one sees the commit, and the files, at which the rows became twice as many', async () => {
  const { results } = await log('a/');
  expect(results.map(({ rows_before, rows, message }) => [rows_before, rows, message])).toEqual([
    [30, 30, '30 rows, as many as before: 1 file replaced'],
    [40, 30, '30 rows, 10 fewer: 1 file removed'],
    [20, 40, '40 rows, 20 more, twice as many: 2 files added'],
    [0, 20, '20 rows, 20 more: 2 files added']
  ]);
  expect(results[2]).toMatchObject({
    commit_id: expect.stringMatching(/^[0-9a-f]{64}$/),
    committer: 'test',
    commit_message: 'a commit',
    files_before: 2,
    files: 4,
    added_files: [
      { path: 'a/2.parquet', rows: 10 },
      { path: 'a/3.parquet', rows: 10 }
    ],
    removed_files: [],
    added_files_total: 2
  });
  expect(results[0]).toMatchObject({
    added_files: [{ path: 'a/1.parquet', rows: 10 }],
    removed_files: [{ path: 'a/1.parquet', rows: 10 }]
  });
});

test('uncommitted changes come first', async () => {
  await lake.branch('dev');
  await lake.put('dev', 'a/9.parquet', await part(9));
  const { results } = await log('a/', {}, 'dev');
  expect(results).toHaveLength(5);
  expect(results[0]).toMatchObject({ commit_id: null, date: null, rows_before: 30, rows: 40 });
  expect((await log('b/', {}, 'dev')).results).toHaveLength(1);
});

test('a merge is one step', async () => {
  await lake.branch('merged');
  await lake.branch('from', 'merged');
  await lake.commit('from', { 'a/20.parquet': await part(20) });
  await lake.commit('from', { 'a/21.parquet': await part(21) });
  await lake.commit('merged', { 'b/more.csv': 'x\n2\n' });
  await lake.catalog.merges.merge('lake', 'from', 'merged', { committer: 'test' });
  const { results } = await log('a/', {}, 'merged');
  expect(results[0]).toMatchObject({
    rows_before: 30,
    rows: 50,
    commit_message: "Merge 'from' into 'merged'"
  });
  expect(results).toHaveLength(5);
});

test('pages follow one another; one object and everything can be asked for', async () => {
  const whole = (await log('a/')).results;
  const paged: unknown[] = [];
  let after = '';
  do {
    const page = await log('a/', { after, amount: 1 });
    paged.push(...page.results);
    after = page.pagination.has_more ? page.pagination.next_offset : '';
  } while (after !== '');
  expect(paged).toEqual(whole);
  expect((await log('a/1.parquet')).results.map(({ rows }) => rows)).toEqual([10, 10]);
  expect((await log('')).results.map(({ rows }) => rows)).toEqual([31, 31, 41, 21, 20]);
  expect((await log('a')).results).toEqual(whole);
});

test('where nothing ever was, that is said; where something was, it is told', async () => {
  await expect(log('nowhere/')).rejects.toThrow('There is nothing at "nowhere/"');
  await lake.branch('gone');
  await lake.commit('gone', { 'b/data.csv': null });
  expect((await log('b/', {}, 'gone')).results.map(({ rows }) => rows)).toEqual([0, 1]);
});
