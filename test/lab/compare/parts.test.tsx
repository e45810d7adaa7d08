import type { DataSetComparison } from '../../../src/protocol/databranch';
import { act } from '../act';
import { comparison } from '../fake-data';
import { byRole, click } from '../screen';
import { CompareView } from './compare-view';

const SMALL = { left_rows: 100, right_rows: 150, verdict: 'changed', times: null } as const;

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  compare.service.comparisons = [comparison(SMALL)];
});

afterEach(() => compare.leave());

function part(path: string, changed: Partial<DataSetComparison> = {}): DataSetComparison {
  const figures = { left_rows: 50, right_rows: 100, verdict: 'repeated', times: 2 } as const;
  return comparison({ path, left_path: path, right_path: path, ...figures, ...changed });
}

const answer = () => byRole('region', 'Where they differ');
const names = () => [...answer().querySelectorAll('tbody th')].map(cell => cell.textContent);

test('the partitions that differ are named in a sentence, and shown with their rows', async () => {
  compare.service.parts.partition = [
    part('reviews/day=1/'),
    part('reviews/day=2/', { verdict: 'equal', basis: 'fingerprint', times: null, right_rows: 50 }),
    part('reviews/day=3/', { verdict: 'removed', times: null, right_path: null, right_rows: null })
  ];
  await compare.open();
  expect(answer().textContent).toContain('2 partitions differ: day=1/, day=3/');
  await click(byRole('button', 'Show parts'));
  expect(names()).toEqual(['day=1/Parquet', 'day=2/Parquet', 'day=3/Parquet']);
  expect(answer().querySelector('thead')!.textContent).toContain('Partition');
});

test('so are files instead', async () => {
  compare.service.parts.partition = [part('reviews/day=1/')];
  compare.service.parts.file = [part('reviews/day=1/b.parquet', { verdict: 'added', left_path: null })];
  await compare.open();
  await click(byRole('button', 'Show parts'));
  await click(byRole('radio', 'Files'));
  await act();
  expect(answer().textContent).toContain('1 file differs: day=1/b.parquet');
  expect(names()).toEqual(['day=1/b.parquetParquet']);
});

test('without partitions it is files, and there is nothing to choose', async () => {
  compare.service.parts.partition = [part('reviews/')];
  compare.service.parts.file = ['a', 'b', 'c', 'd'].map(name => part(`reviews/${name}.parquet`));
  await compare.open();
  expect(answer().textContent).toContain('4 files differ: a.parquet, b.parquet, c.parquet, …');
  await click(byRole('button', 'Show parts'));
  expect(answer().querySelector('[role=radiogroup]')).toBeNull();
});

test('where the rows are the same in other files, or nothing differs, that is said', async () => {
  compare.service.parts.partition = [part('reviews/day=1/', { verdict: 'equal', basis: 'fingerprint' })];
  await compare.open();
  expect(answer().textContent).toContain('the files are other ones, the rows in each part the same.');
  compare.service.parts.partition = [];
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  await act();
  expect(answer().textContent).toContain('no file differs.');
});

test('of a large data set they are asked for by the button', async () => {
  compare.service.comparisons = [comparison({ ...SMALL, right_rows: 200_000 })];
  compare.service.parts.partition = [part('reviews/day=1/')];
  await compare.open();
  expect(answer().textContent).not.toContain('differs');
  await click(byRole('button', 'Show parts'));
  await act();
  expect(answer().textContent).toContain('1 partition differs: day=1/');
});
