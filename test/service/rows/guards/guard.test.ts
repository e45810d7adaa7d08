import type { GuardFinding, MergePreview } from '../../../../src/protocol/databranch.js';
import type { CatalogError } from '../../../../src/service/catalog/errors.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
/** Of each test its own: a destination with guards, and a branch of it. */
let main: string;
let branch: string;
let tests = 0;

const rows = (from: number, to: number) =>
  `SELECT range AS id, 'name ' || range AS name, range / 8.0 AS price FROM range(${from}, ${to})`;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  await lake.commit('main', {
    'reviews/part-0.parquet': await duckdb.write(rows(0, 50)),
    'reviews/part-1.parquet': await duckdb.write(rows(50, 100)),
    'other/data.csv': 'x,y\n1,2\n'
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  main = `main-${++tests}`;
  branch = `test-${tests}`;
  await lake.branch(main);
});

/** Gives the destination guards, and makes the branch. */
async function guarded(rules: string, path = 'reviews'): Promise<void> {
  const text = `guards:\n  - {path: "${path}", ${rules}}\n`;
  await lake.commit(main, { '_databranch/guards.yaml': text });
  await lake.branch(branch, main);
}
const preview = (): Promise<MergePreview> => lake.rows.mergePreview('lake', branch, main, {});
/** What the last merge was warned of. */
let warnings: GuardFinding[];
const merge = (force = false) =>
  lake.catalog.merges.merge(
    'lake',
    branch,
    main,
    { committer: 'ann', force },
    lake.rows.mergeCheck({ force, user: 'ann', warned: found => (warnings = found) })
  );
/** What a merge is refused for; it must leave the destination as it is, and the preview must say the same. */
async function refused(): Promise<GuardFinding[]> {
  const before = await lake.catalog.refs.resolve('lake', main);
  const error = (await merge().catch(error => error)) as CatalogError;
  expect(error.code).toBe('guard-refused');
  const findings = error.data['findings'] as GuardFinding[];
  expect(await lake.catalog.refs.resolve('lake', main)).toEqual(before);
  const { guard } = await preview();
  expect(guard).toMatchObject({ origin: 'file', refuses: true });
  expect(guard.findings).toEqual(findings);
  for (const { message, path } of findings) {
    expect(error.message).toContain(message);
    expect(error.message).toContain(path);
  }
  return findings;
}
async function allowed(): Promise<void> {
  expect((await preview()).guard).toMatchObject({ refuses: false, findings: [] });
  expect((await merge()).parents).toHaveLength(2);
  expect(warnings).toEqual([]);
}

describe('no added duplicates:', () => {
  test('the same files once more are refused for certain, without reading', async () => {
    await guarded('no_added_duplicates: true');
    await lake.commit(branch, { 'reviews/again.parquet': await duckdb.write(rows(0, 50)) });
    expect(await refused()).toEqual([
      {
        path: 'reviews/',
        rule: 'no_added_duplicates',
        level: 'refuse',
        basis: 'files',
        message:
          'at least 50 rows would be added that are there already: reviews/again.parquet has the same contents as reviews/part-0.parquet'
      }
    ]);
  });

  test('the same rows in other files are refused by every row', async () => {
    await guarded('no_added_duplicates: true');
    await lake.commit(branch, {
      'reviews/new.parquet': await duckdb.write(`${rows(90, 120)} ORDER BY id DESC`)
    });
    expect(await refused()).toMatchObject([
      {
        basis: 'exact',
        message: '10 rows would be added that are there already: 10 of 130 rows would be duplicates'
      }
    ]);
  });

  test('new rows, moved files and rows written again are none', async () => {
    await guarded('no_added_duplicates: true');
    await lake.commit(branch, {
      'reviews/part-0.parquet': null,
      'reviews/moved.parquet': await duckdb.write(rows(0, 50)),
      'reviews/part-1.parquet': await duckdb.write(`${rows(50, 120)} ORDER BY name`)
    });
    await allowed();
  });

  test('duplicates that were there before are not the merge’s', async () => {
    await lake.commit(main, {
      'reviews/old.parquet': await duckdb.write(`${rows(0, 5)} UNION ALL ${rows(0, 5)}`)
    });
    await guarded('no_added_duplicates: true');
    await lake.commit(branch, { 'reviews/new.parquet': await duckdb.write(rows(200, 210)) });
    await allowed();
  });

  test('by key columns', async () => {
    await guarded('no_added_duplicates: [id]');
    const edited = `SELECT id, 'edited' AS name, price FROM (${rows(99, 101)})`;
    await lake.commit(branch, { 'reviews/new.parquet': await duckdb.write(edited) });
    expect(await refused()).toMatchObject([
      { message: '1 row would be added that is there already by id: 1 of 102 rows would be duplicates' }
    ]);
  });

  test('what cannot be found out is refused, not passed over', async () => {
    await guarded('no_added_duplicates: [nr]');
    await lake.commit(branch, { 'reviews/new.parquet': await duckdb.write(rows(300, 301)) });
    expect(await refused()).toMatchObject([
      { message: 'could not be checked: it has no column "nr", but id, name, price' }
    ]);
    await lake.commit(branch, { 'reviews/new.parquet': 'nothing of the kind' });
    expect((await refused())[0]).toMatchObject({ rule: 'counted' });
  });
});

describe('limits:', () => {
  const half = async () => lake.commit(branch, { 'reviews/part-1.parquet': null });
  const more = async () => lake.commit(branch, { 'reviews/new.parquet': await duckdb.write(rows(100, 110)) });

  test.each([
    ['max_row_loss: 10%', half, '50 rows instead of 100: 50 (50%) fewer, allowed are 10%'],
    ['max_row_loss: 49', half, '50 rows instead of 100: 50 (50%) fewer, allowed are 49'],
    ['max_row_growth: 9.9%', more, '110 rows instead of 100: 10 (10%) more, allowed are 9.9%'],
    ['max_row_growth: 0', more, '110 rows instead of 100: 10 (10%) more, allowed are 0']
  ])('%s', async (rule, change, message) => {
    await guarded(rule);
    await change();
    expect(await refused()).toMatchObject([{ rule: rule.split(':')[0], basis: 'files', message }]);
  });

  test.each([
    ['max_row_loss: 50%', half],
    ['max_row_loss: 50', half],
    ['max_row_growth: 1', half],
    ['max_row_growth: 10%', more],
    ['max_row_loss: 0', more]
  ])('%s allows as much', async (rule, change) => {
    await guarded(rule);
    await change();
    await allowed();
  });

  test('a data set that would be gone has lost all its rows', async () => {
    await guarded('max_row_loss: 99%', 'other');
    await lake.commit(branch, {
      'other/data.csv': null,
      'reviews/x.parquet': await duckdb.write(rows(0, 1))
    });
    expect(await refused()).toMatchObject([
      { path: 'other/', message: '0 rows instead of 1: 1 (100%) fewer, allowed are 99%' }
    ]);
  });
});

describe('columns:', () => {
  const columns = async (select: string) =>
    lake.commit(branch, {
      'reviews/part-0.parquet': null,
      'reviews/part-1.parquet': await duckdb.write(`SELECT ${select} FROM (${rows(0, 100)})`)
    });

  test.each([
    ['schema: identical', '*, 1 AS stars', 'the columns would not be identical: column stars is new'],
    ['schema: compatible', 'id, name', 'the columns would not be compatible: column price is gone'],
    [
      'schema: compatible',
      'id::VARCHAR AS id, name, price',
      'the columns would not be compatible: column id is string instead of int64'
    ],
    ['required_columns: [id, price]', 'id, name', 'reviews/part-1.parquet has no column price'],
    [
      'not_null: [id, name]',
      `id, nullif(name, 'name 7') AS name, price`,
      'of the 100 rows in new files, name is empty in 1 row'
    ],
    ['not_null: [price]', 'id, name', 'of the 100 rows in new files, price is empty in 100 rows']
  ])('%s refuses %s', async (rule, select, message) => {
    await guarded(rule);
    await columns(select);
    expect(await refused()).toMatchObject([{ rule: rule.split(':')[0], message }]);
  });

  test.each([
    ['schema: compatible', '*, 1 AS stars'],
    ['schema: identical', 'price, id, name'],
    ['required_columns: [id]', 'id, name'],
    ['not_null: [id]', 'id, NULL::VARCHAR AS name, price']
  ])('%s allows %s', async (rule, select) => {
    await guarded(rule);
    await columns(select);
    await allowed();
  });

  test('a file that does not fit is seen beside those that do', async () => {
    await guarded('schema: compatible');
    const wrong = await duckdb.write(`SELECT id::VARCHAR AS id, name, price FROM (${rows(0, 1)})`);
    await lake.commit(branch, { 'reviews/wrong.parquet': wrong });
    expect(await refused()).toMatchObject([{ rule: 'schema' }]);
  });
});

test('the rules are the destination’s: a branch cannot relax its own guard', async () => {
  await guarded('max_row_loss: 0');
  await lake.commit(branch, { 'reviews/part-0.parquet': null, '_databranch/guards.yaml': 'guards: []\n' });
  expect(await refused()).toHaveLength(1);
});

test('other data sets than those that change are not looked at', async () => {
  await lake.commit(main, {
    'reviews/old.parquet': await duckdb.write(`${rows(0, 5)} UNION ALL ${rows(0, 5)}`)
  });
  await guarded('no_added_duplicates: true, required_columns: [absent]', '**');
  await lake.commit(branch, { 'readme.txt': 'x' });
  await allowed();
});

test('guards that cannot be read refuse everything', async () => {
  await lake.commit(main, { '_databranch/guards.yaml': 'guards:\n  - path: reviews\n    max_loss: 1\n' });
  await lake.branch(branch, main);
  await lake.commit(branch, { 'readme.txt': 'x' });
  expect(await refused()).toEqual([
    {
      path: '_databranch/guards.yaml',
      rule: 'guards',
      level: 'refuse',
      basis: 'files',
      message: expect.stringContaining('cannot be read as guards: guard 1 has "max_loss"')
    }
  ]);
});

test('who merges all the same is written down, in the log and in the commit', async () => {
  await guarded('max_row_loss: 0');
  await lake.commit(branch, { 'reviews/part-0.parquet': null });
  lake.warnings.length = 0;
  const commit = await merge(true);
  expect(commit.metadata['databranch.guards.overridden']).toBe(
    'reviews/ (max_row_loss): 50 rows instead of 100: 50 (50%) fewer, allowed are 0'
  );
  expect(lake.warnings).toMatchObject([
    { data: { source: branch, destination: main, user: 'ann' }, message: 'guards were overridden' }
  ]);
});

test('a guard that warns is told of, and refuses nothing', async () => {
  await guarded('max_row_loss: 0, level: warn');
  await lake.commit(branch, { 'reviews/part-0.parquet': null });
  expect((await preview()).guard).toMatchObject({
    origin: 'file',
    refuses: false,
    findings: [{ rule: 'max_row_loss', level: 'warn' }]
  });
  // What is counted ahead may warn, too.
  await lake.rows.idle();
  lake.warnings.length = 0;
  expect((await merge()).metadata).toEqual({});
  expect(warnings).toMatchObject([{ path: 'reviews/', rule: 'max_row_loss', level: 'warn' }]);
  expect(lake.warnings).toMatchObject([
    { message: 'guards warned of a merge', data: { destination: main, user: 'ann', findings: warnings } }
  ]);
});

test('without guards, duplicates are warned of', async () => {
  await lake.branch(branch, main);
  await lake.commit(branch, {
    'reviews/again.parquet': await duckdb.write(`${rows(0, 100)} ORDER BY id DESC`)
  });
  expect((await preview()).guard).toEqual({
    origin: 'default',
    refuses: false,
    findings: [
      {
        path: 'reviews/',
        rule: 'no_added_duplicates',
        level: 'warn',
        basis: 'exact',
        message: '100 rows would be added that are there already: 100 of 200 rows would be duplicates'
      }
    ]
  });
  await merge();
  expect(warnings).toMatchObject([{ rule: 'no_added_duplicates', level: 'warn', basis: 'exact' }]);
});

test('a merge that nobody looked at before warns of what its guards find', async () => {
  await guarded('no_added_duplicates: [id], level: warn');
  await lake.commit(branch, {
    'reviews/again.parquet': await duckdb.write(`${rows(90, 110)} ORDER BY id DESC`)
  });
  await merge();
  expect(warnings).toMatchObject([{ rule: 'no_added_duplicates', level: 'warn', basis: 'exact' }]);
});

test('a preview shows what would be, and moves nothing', async () => {
  await lake.branch(branch, main);
  await lake.commit(branch, {
    'reviews/new.parquet': await duckdb.write(`SELECT *, 1 AS stars FROM (${rows(100, 110)})`),
    'other/data.csv': null,
    'readme.txt': 'hello'
  });
  const before = await lake.catalog.refs.resolve('lake', main);
  const found = await preview();
  expect(found).toMatchObject({
    source: branch,
    destination: main,
    destination_commit_id: before.commitId,
    base_commit_id: before.commitId,
    conflicts: [],
    rows: 110,
    files: 4,
    objects_added: 2,
    objects_changed: 0,
    objects_removed: 1,
    datasets: [
      { path: 'other/', rows_before: 1, rows_after: null, verdict: 'removed', files_after: 0 },
      {
        path: 'reviews/',
        format: 'parquet',
        rows_before: 100,
        rows_after: 110,
        files_before: 2,
        files_after: 3,
        schema_changes: [{ column: 'stars', change: 'added' }],
        verdict: 'changed'
      }
    ]
  });
  expect(found.datasets[1]!.columns.map(({ name }) => name)).toContain('stars');
  expect(found.datasets[1]!.bytes_after).toBeGreaterThan(found.datasets[1]!.bytes_before);
  expect(await lake.catalog.refs.resolve('lake', main)).toEqual(before);
});

test('a preview names the conflicts', async () => {
  await lake.branch(branch, main);
  await lake.commit(branch, { 'other/data.csv': 'x,y\n3,4\n' });
  await lake.commit(main, { 'other/data.csv': 'x,y\n5,6\n' });
  expect(await preview()).toMatchObject({ conflicts: ['other/data.csv'], datasets: [] });
  const decided = await lake.rows.mergePreview('lake', branch, main, { strategy: 'source-wins' });
  expect(decided).toMatchObject({ conflicts: [], objects_changed: 1 });
});
