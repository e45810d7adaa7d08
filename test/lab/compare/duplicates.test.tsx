import type { IdenticalFiles } from '../../../src/protocol/databranch';
import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { duplicates } from '../fake-rows';
import { comparison } from '../fake-data';
import { allByRole, byRole, click } from '../screen';
import { CompareView } from './compare-view';

const DUPLICATES = 'GET /databranch/repositories/quickstart/refs/test-env/duplicates';

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  compare.service.comparisons = [comparison()];
});

afterEach(() => compare.leave());

function answer(): HTMLElement {
  return byRole('region', 'Duplicates');
}

function facts(): Record<string, string | null> {
  const rows = [...answer().querySelectorAll('dl > div')];
  return Object.fromEntries(rows.map(row => [row.children[0]!.textContent, row.children[1]!.textContent]));
}

test('duplicates are counted only when somebody asks: on the branch, on its base, and newly', async () => {
  compare.service.rows.duplicates = [duplicates()];
  await compare.open();
  expect(compare.service.requests).not.toContain(DUPLICATES);
  await click(byRole('button', 'Show duplicates'));
  expect(compare.service.queries.get(DUPLICATES)).toMatchObject({ path: 'reviews/', base: 'main' });
  expect(answer().textContent).toContain('486,000 of 972,000 rows are copies of others');
  expect(facts()).toEqual({
    'Rows on test-env': '972,000',
    'Duplicates on test-env': '486,000',
    'Duplicates on main': '100',
    'New against main': '485,900',
    'Different rows that repeat': '485,900'
  });
});

test('examples tell how often a row is there on either side', async () => {
  const example = { rows: 3, base_rows: 1, cells: ['7', null] };
  compare.service.rows.duplicates = [duplicates({ examples: [example] })];
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  const rows = allByRole('row', answer()).map(row => [...row.children].map(cell => cell.textContent));
  expect(rows).toEqual([
    ['main', 'test-env', 'id', 'name'],
    ['×1', '×3', '7', 'null']
  ]);
});

test('files with the same contents are named, and how many more there are', async () => {
  const paths = ['reviews/a.parquet', 'reviews/b.parquet'];
  compare.service.rows.duplicates = [
    duplicates({ identical_files: [{ paths, files: 25, rows: 60_750, bytes: 9 }] })
  ];
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  expect(byRole('list', 'Files with the same contents').textContent).toBe(
    'reviews/a.parquet = reviews/b.parquet and 23 more rows in each: 60,750'
  );
});

test('rows are duplicates by the key columns that were chosen', async () => {
  compare.service.rows.duplicates = [duplicates({ columns: [] })];
  compare.service.rows.dataSetColumns = ['id', 'name'];
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  expect(compare.service.queries.get(DUPLICATES)).toMatchObject({ keys: [] });
  await click(byRole('checkbox', 'id'));
  await click(byRole('button', 'Count by these'));
  expect(compare.service.queries.get(DUPLICATES)).toMatchObject({ keys: ['id'] });
  expect(answer().querySelector('summary')!.textContent).toBe('Key columns: id');
});

test('of several data sets in one folder the one that was chosen is told', async () => {
  compare.service.rows.duplicates = [
    duplicates({ format: 'csv', message: 'no row of the table is there twice' }),
    duplicates({ path: 'reviews/old/', message: 'those of a folder in it' }),
    duplicates({ message: 'those of the Parquet files' })
  ];
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  expect(answer().querySelector('p')!.textContent).toBe('those of the Parquet files.');
});

test('what could not be counted is left out, and the sentence says why', async () => {
  const message = 'duplicates were not counted: the files are too large';
  const figures = { duplicate_rows: null, repeated_rows: null, added_duplicate_rows: null, basis: null };
  compare.service.rows.duplicates = [duplicates({ ...figures, base_duplicate_rows: null, message })];
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  expect(answer().textContent).toContain(message);
  expect(facts()).toEqual({ 'Rows on test-env': '972,000' });
});

test('a data set that is gone from the branch cannot be asked for duplicates', async () => {
  compare.service.comparisons = [comparison({ right_path: null, right_format: null, verdict: 'removed' })];
  await compare.open();
  byRole('button', 'Show rows');
  expect(allByRole('button').map(button => button.textContent)).not.toContain('Show duplicates');
});

test('counting can be given up, and a failure says why', async () => {
  compare.service.holds.add(DUPLICATES);
  compare.service.refusals.set(DUPLICATES, new RequestError(501, 'DuckDB is not there.'));
  await compare.open();
  await click(byRole('button', 'Show duplicates'));
  await click(byRole('button', 'Cancel'));
  expect(compare.service.held.get(DUPLICATES)!.signal!.aborted).toBe(true);
  compare.service.holds.clear();
  await click(byRole('button', 'Show duplicates'));
  byRole('alert', /Duplicates could not be counted\. DuckDB is not there\./);
});

describe('copies that are not committed', () => {
  const group = (...paths: string[]): IdenticalFiles => ({ paths, files: paths.length, rows: 5, bytes: 9 });
  const DISCARD = 'POST /databranch/repositories/quickstart/branches/test-env/discard';

  beforeEach(() => {
    compare.service.rows.duplicates = [
      duplicates({
        identical_files: [
          group('reviews/a.parquet', 'reviews/b.parquet', 'reviews/c.parquet'),
          group('reviews/d.parquet', 'reviews/e.parquet')
        ]
      })
    ];
    ['b', 'c', 'd', 'e'].forEach(name => compare.service.stage('test-env', `reviews/${name}.parquet`));
  });

  test('are discarded by one button, one of each kind staying, and that can be undone', async () => {
    await compare.open();
    await click(byRole('button', 'Show duplicates'));
    await act();
    await click(byRole('button', 'Discard the 3 files'));
    await act();
    const dialog = document.querySelector('dialog')!;
    expect(dialog.textContent).toContain('reviews/b.parquet, reviews/c.parquet, reviews/e.parquet.');
    await click(byRole('button', 'Discard', dialog));
    await act();
    expect(compare.service.bodies).toEqual([
      { paths: ['reviews/b.parquet', 'reviews/c.parquet', 'reviews/e.parquet'] }
    ]);
    expect(compare.lab.said.at(-1)).toBe('3 files discarded.');
    await act();
    expect(allByRole('button').map(button => button.textContent)).not.toContain('Discard the 3 files');
  });

  test('stay when somebody thinks better of it', async () => {
    await compare.open();
    await click(byRole('button', 'Show duplicates'));
    await act();
    await click(byRole('button', 'Discard the 3 files'));
    await act();
    await click(byRole('button', 'Cancel', document.querySelector('dialog')!));
    expect(compare.service.requests).not.toContain(DISCARD);
  });

  test('are not offered where everything is committed', async () => {
    compare.service.branches.get('test-env')!.changes = [];
    await compare.open();
    await click(byRole('button', 'Show duplicates'));
    await act();
    expect(allByRole('button', answer()).map(button => button.textContent)).toEqual(['Hide duplicates']);
  });
});
