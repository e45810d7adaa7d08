import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';
import { actions, commitFile } from './table-log.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** A branch of its own for each test. */
let branch: string;
let parts: Buffer[];

const rows = (from: number, to: number) => `SELECT range AS id FROM range(${from}, ${to})`;
const add = (path: string, more = {}) => ({
  add: { path, partitionValues: {}, size: 1, dataChange: true, ...more }
});
const remove = (path: string, more = {}) => ({ remove: { path, dataChange: true, ...more } });
const vector = {
  deletionVector: { storageType: 'u', pathOrInlineDv: 'ab^-aqEH', offset: 4, sizeInBytes: 40, cardinality: 3 }
};

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  parts = [
    await duckdb.write(rows(0, 10)),
    await duckdb.write(rows(10, 20)),
    await duckdb.write(rows(0, 20))
  ];
  await lake.commit('main', {
    't/part 0.parquet': parts[0]!,
    't/day=1/part-1.parquet': parts[1]!,
    [commitFile(0)]: actions(
      { protocol: {} },
      { metaData: {} },
      add('part%200.parquet'),
      add('day=1/part-1.parquet')
    )
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
  await lake.rows.idle();
  lake.warnings.length = 0;
});

const count = async (ref = branch) => {
  const { rows, datasets } = await lake.count(ref, 't/');
  expect(datasets).toHaveLength(1);
  expect(datasets[0]!.rows).toBe(rows);
  return { rows, files: datasets[0]!.files };
};
const overwrite = async () => {
  await lake.put(branch, 't/new.parquet', parts[2]!);
  const gone = [remove('part%200.parquet'), remove('day=1/part-1.parquet')];
  await lake.put(branch, commitFile(1), actions(...gone, add('new.parquet')));
};

test('only files that are active in the newest version count', async () => {
  expect(await count()).toEqual({ rows: 20, files: 2 });
  await overwrite();
  expect(await count()).toEqual({ rows: 20, files: 1 });
  expect(await count('main')).toEqual({ rows: 20, files: 2 });
});

test('a file that no version names does not count', async () => {
  await lake.put(branch, 't/left-over.parquet', parts[2]!);
  expect(await count()).toEqual({ rows: 20, files: 2 });
  expect(await lake.compareOne('main', branch, { path: 't/' })).toMatchObject({
    verdict: 'equal',
    basis: 'files'
  });
  expect((await lake.rows.duplicates('lake', branch, { path: 't/', keys: [] })).datasets).toMatchObject([
    { rows: 20, duplicate_rows: 0 }
  ]);
});

test('a table that was appended to in the log is seen as such', async () => {
  await lake.put(branch, 't/again.parquet', parts[0]!);
  await lake.put(branch, commitFile(1), actions(add('again.parquet')));
  expect(await count()).toEqual({ rows: 30, files: 3 });
  expect(await lake.rows.diff('lake', 'main', branch, { path: 't/', keys: [] })).toMatchObject({
    added_rows: 10
  });
});

test('a file that the log takes away is removed, although it is still there', async () => {
  await lake.put(branch, commitFile(1), actions(remove('part%200.parquet')));
  expect(await lake.compareOne('main', branch, { path: 't/' })).toMatchObject({
    left_rows: 20,
    right_rows: 10,
    verdict: 'changed',
    message:
      '10 rows, 10 fewer than main: half of the rows are gone, 1 file was removed, the others are the same'
  });
});

test('rows that a deletion vector deletes do not count', async () => {
  await lake.put(branch, commitFile(1), actions(remove('part%200.parquet'), add('part%200.parquet', vector)));
  expect(await count()).toEqual({ rows: 17, files: 2 });
  expect(await lake.compareOne('main', branch, { path: 't/' })).toMatchObject({
    left_rows: 20,
    right_rows: 17,
    verdict: 'changed',
    basis: 'count',
    message: '17 rows, 3 fewer than main'
  });
  expect(await lake.compareOne(branch, branch, { path: 't/' })).toMatchObject({ verdict: 'equal' });
  await lake.put(branch, commitFile(2), actions(remove('part%200.parquet', vector), add('part%200.parquet')));
  expect(await count()).toEqual({ rows: 20, files: 2 });
});

test('a guard sees rows that only a deletion vector deletes', async () => {
  const main = `${branch}-main`;
  await lake.commit(branch, { '_databranch/guards.yaml': 'guards: [{path: t, max_row_loss: 2}]' });
  await lake.branch(main, branch);
  await lake.commit(branch, {
    [commitFile(1)]: actions(remove('part%200.parquet'), add('part%200.parquet', vector))
  });
  expect((await lake.rows.mergePreview('lake', branch, main, {})).guard.findings).toMatchObject([
    { rule: 'max_row_loss', message: '17 rows instead of 20: 3 (15%) fewer, allowed are 2' }
  ]);
});

test('a checkpoint stands for the versions before it', async () => {
  await overwrite();
  const checkpoint = await duckdb.write(
    `SELECT {'path': 'new.parquet', 'size': 1} AS add, NULL::STRUCT(path VARCHAR) AS remove
     UNION ALL SELECT NULL, {'path': 'part%200.parquet'}`
  );
  const name = `t/_delta_log/${'1'.padStart(20, '0')}.checkpoint`;
  await lake.put(branch, `${name}.parquet`, checkpoint);
  await lake.delete(branch, commitFile(0));
  await lake.delete(branch, commitFile(1));
  expect(await count()).toEqual({ rows: 20, files: 1 });
  await lake.put(branch, 't/more.parquet', parts[0]!);
  await lake.put(branch, commitFile(2), actions(add('more.parquet')));
  expect(await count()).toEqual({ rows: 30, files: 2 });
  // A checkpoint in two parts, one of which is missing, is none.
  await lake.put(
    branch,
    `t/_delta_log/${'2'.padStart(20, '0')}.checkpoint.0000000001.0000000002.parquet`,
    checkpoint
  );
  expect(await count()).toEqual({ rows: 30, files: 2 });
});

describe('a checkpoint with a name of its own', () => {
  const name = (ending: string) =>
    `t/_delta_log/${'1'.padStart(20, '0')}.checkpoint.0f5b2d6e-3c1a-4a7e-9d3b-7e1f2a3b4c5d.${ending}`;
  const sidecars = async () => ({
    't/_delta_log/_sidecars/a.parquet': await duckdb.write(
      `SELECT {'path': 'new.parquet', 'size': 1} AS add, NULL::STRUCT(path VARCHAR) AS remove`
    ),
    't/_delta_log/_sidecars/b c.parquet': await duckdb.write(
      `SELECT {'path': 'more.parquet', 'size': 1} AS add, NULL::STRUCT(path VARCHAR) AS remove`
    )
  });
  const put = async (files: Record<string, string | Buffer>) => {
    for (const [path, content] of Object.entries(files)) {
      await lake.put(branch, path, content);
    }
  };
  beforeEach(async () => {
    await overwrite();
    await lake.put(branch, 't/more.parquet', parts[0]!);
    await lake.delete(branch, commitFile(0));
    await lake.delete(branch, commitFile(1));
  });

  test('names its files itself', async () => {
    await put({ [name('json')]: actions({ checkpointMetadata: { version: 1 } }, add('new.parquet')) });
    expect(await count()).toEqual({ rows: 20, files: 1 });
  });

  test('leaves them to sidecars, as JSON', async () => {
    const named = ['a.parquet', 'b%20c.parquet'].map(path => ({ sidecar: { path, sizeInBytes: 1 } }));
    await put({ ...(await sidecars()), [name('json')]: actions({ checkpointMetadata: {} }, ...named) });
    expect(await count()).toEqual({ rows: 30, files: 2 });
  });

  test('leaves them to sidecars, as Parquet, and is followed by commits', async () => {
    const checkpoint = await duckdb.write(
      `SELECT unnest(['a.parquet', 'b%20c.parquet']) AS path, {'path': path} AS sidecar`
    );
    await put({
      ...(await sidecars()),
      [name('parquet')]: checkpoint,
      [commitFile(2)]: actions(remove('more.parquet'))
    });
    expect(await count()).toEqual({ rows: 20, files: 1 });
  });

  test('is not understood without its sidecars', async () => {
    await put({ [name('json')]: actions({ sidecar: { path: 'gone.parquet' } }) });
    await count();
    expect(lake.warnings).toMatchObject([
      { data: { reason: 'a part of its checkpoint is missing: gone.parquet' } }
    ]);
  });
});

test.each([
  ['a missing version', { [commitFile(2)]: actions(add('x.parquet')) }, 'version 1 is missing'],
  ['what is not JSON', { [commitFile(1)]: 'nothing of the kind' }, 'is not JSON'],
  ['a file elsewhere', { [commitFile(1)]: actions(add('s3a://other/x.parquet')) }, 'names a file elsewhere']
])('a log with %s is said in the service’s log, and all files count', async (_, files, reason) => {
  for (const [path, content] of Object.entries(files)) {
    await lake.put(branch, path, content);
  }
  expect(await count()).toEqual({ rows: 20, files: 2 });
  expect(lake.warnings).toMatchObject([
    { data: { reason: expect.stringContaining(reason) }, message: 'a Delta log is not understood' }
  ]);
});
