import type { ColumnComparison } from '../../../src/protocol/databranch';
import { act } from '../act';
import { duplicates } from '../fake-rows';
import { comparison } from '../fake-data';
import { allByRole, byRole, click } from '../screen';
import { CompareView } from './compare-view';

const refs = '/databranch/repositories/quickstart/refs';
const ROW_DIFF = `GET ${refs}/main/rowdiff/test-env`;
const DUPLICATES = `GET ${refs}/test-env/duplicates`;
const COLUMNS = `GET ${refs}/main/columns/test-env`;

/** Of 486,000 rows on the left side and 972,000 on the right one, see the fake. */
function column(name: string, type: string, distinct: number): ColumnComparison {
  const figures = { nulls: 0, min: null, max: null, mean: null };
  return {
    name,
    type,
    left: { ...figures, distinct },
    right: { ...figures, distinct: distinct * 2 }
  };
}

const SMALL = { left_rows: 100, right_rows: 150, verdict: 'changed', times: null } as const;

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  compare.service.comparisons = [comparison(SMALL)];
});

afterEach(() => compare.leave());

/** What was asked of the questions about rows, in order. */
function asked(): string[] {
  return compare.service.requests.filter(request => [ROW_DIFF, DUPLICATES, COLUMNS].includes(request));
}

test('of a small data set all is asked at once, one after the other', async () => {
  compare.service.rows.duplicates = [
    duplicates({ added_duplicate_rows: 0, message: 'no row is there twice' })
  ];
  await compare.open();
  expect(asked()).toEqual([COLUMNS, ROW_DIFF, DUPLICATES]);
  expect(byRole('region', 'Rows that differ').textContent).toContain('0 rows differ.');
  expect(byRole('region', 'Duplicates').textContent).toContain('no row is there twice.');
  expect(byRole('region', 'Column statistics').textContent).toContain('what is said of the columns.');
});

test('of a large one nothing is asked before somebody wants to know', async () => {
  compare.service.comparisons = [comparison({ ...SMALL, right_rows: 200_000 })];
  await compare.open();
  expect(asked()).toEqual([]);
});

test('what lies uncommitted on the base is pointed out, too', async () => {
  compare.service.stage('main', 'reviews/a.parquet');
  compare.service.stage('main', 'reviews/b.parquet');
  await compare.open();
  expect(allByRole('note').map(note => note.textContent)).toContainEqual(
    expect.stringContaining('2 uncommitted changes on main, whoever made them, are counted here.')
  );
});

test('all is asked again when a side has moved', async () => {
  await compare.open();
  await act(() => compare.branch.refresh());
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  await act();
  expect(asked()).toEqual([COLUMNS, ROW_DIFF, DUPLICATES, COLUMNS, ROW_DIFF, DUPLICATES]);
  expect(compare.text).not.toContain('A side has changed');
});

test('what is still being asked when a side moves is asked once more, not twice', async () => {
  compare.service.holds.add(COLUMNS);
  await compare.open();
  await act(() => compare.branch.refresh());
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  compare.service.holds.clear();
  await act(() => compare.service.held.get(COLUMNS)!.answer());
  await act();
  expect(asked()).toEqual([COLUMNS, COLUMNS, ROW_DIFF, DUPLICATES]);
});

test('rows are compared by the column that is another one in every row, unless it is a measure', async () => {
  compare.service.rows.columnsAreExact = true;
  compare.service.rows.columns = [
    column('price', 'double', 486_000),
    column('stars', 'int32', 5),
    column('id', 'int64', 486_000),
    column('title', 'string', 486_000)
  ];
  await compare.open();
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['id'] });
});

test('estimates make no key', async () => {
  compare.service.rows.columns = [column('id', 'int64', 486_000)];
  await compare.open();
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: [] });
});

test('key columns that somebody has chosen stay in force', async () => {
  compare.service.rows.columnsAreExact = true;
  compare.service.rows.columns = [column('id', 'int64', 486_000)];
  await compare.open();
  await click(byRole('button', 'Show rows'));
  await click(byRole('checkbox', 'id'));
  await click(byRole('checkbox', 'name'));
  await click(byRole('button', 'Compare by these'));
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  await act();
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['name'] });
});

test('a key that suggests itself after the columns were opened is ticked', async () => {
  compare.service.rows.columnsAreExact = true;
  compare.service.rows.columns = [column('id', 'int64', 486_000)];
  compare.service.holds.add(COLUMNS);
  await compare.open();
  await click(byRole('button', 'Show rows'));
  expect((byRole('checkbox', 'id') as HTMLInputElement).checked).toBe(false);
  compare.service.holds.clear();
  await act(() => compare.service.held.get(COLUMNS)!.answer());
  await act();
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['id'] });
  expect((byRole('checkbox', 'id') as HTMLInputElement).checked).toBe(true);
});

test('of changed objects those with the same contents name each other, as the service tells their checksums', async () => {
  const right = (checksum: string) => ({ checksum, mtime: 0, content_type: '' });
  compare.service.branches.get('test-env')!.changes = [
    { type: 'added', path: 'a.csv', path_type: 'object', size_bytes: 3, right: right('x') },
    { type: 'changed', path: 'b.csv', path_type: 'object', size_bytes: 3, right: right('y') },
    { type: 'added', path: 'c.csv', path_type: 'object', size_bytes: 3, right: right('x') },
    { type: 'removed', path: 'd.csv', path_type: 'object', size_bytes: 3 }
  ];
  await compare.open();
  const objects = byRole('list', 'Changed objects', compare.node);
  expect(
    allByRole('listitem', objects).map(row => /same content as (.*\.csv)/.exec(row.textContent!)?.[1])
  ).toEqual(['c.csv', undefined, 'a.csv', undefined]);
  const asked = compare.service.queries.get('GET /repositories/quickstart/refs/main/diff/test-env');
  expect(asked).toMatchObject({ include_right_stats: true });
});

test('duplicates that were found stand above the comparison', async () => {
  compare.service.rows.duplicates = [duplicates({ added_duplicate_rows: 50 })];
  await compare.open();
  expect(byRole('note', /./).textContent).toContain('Merging would add 50 duplicate rows.');
});

test('a question that is given up leaves the others', async () => {
  compare.service.holds.add(ROW_DIFF);
  await compare.open();
  await click(byRole('button', 'Cancel'));
  expect(asked()).toEqual([COLUMNS, ROW_DIFF, DUPLICATES]);
  expect(compare.service.held.get(ROW_DIFF)!.signal!.aborted).toBe(true);
});
