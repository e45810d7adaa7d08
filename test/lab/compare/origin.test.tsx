import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { rowLogEntry } from '../fake-rows';
import { comparison } from '../fake-data';
import { allByRole, byRole, click } from '../screen';
import { CompareView } from './compare-view';

const ROW_LOG = 'GET /databranch/repositories/quickstart/refs/test-env/rowlog';

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  const path = 'products/';
  compare.service.comparisons = [
    comparison({ path, left_path: path, right_path: path, verdict: 'equal' }),
    comparison()
  ];
});

afterEach(() => compare.leave());

/** What a screen reader hears of the line. */
function steps(): (string | null)[] {
  return [...byRole('list', /Rows along the history/).children].map(item => item.textContent);
}

test('the rows along the history are told for the data set that a merge should wait for', async () => {
  compare.service.rows.log = [
    rowLogEntry(972_000, { message: '972,000 rows, twice as many: 8 files added' }),
    rowLogEntry(486_000, {
      commit_id: 'c1',
      date: 1_700_000_000,
      committer: 'ada',
      commit_message: 'Reviews as Parquet',
      message: '486,000 rows: 8 files added'
    })
  ];
  await compare.open();
  expect(compare.text).toMatch(/Where it came from reviews\//);
  expect(steps()).toEqual([
    expect.stringMatching(/^Reviews as Parquet, .+ by ada: 486,000 rows: 8 files added$/),
    'uncommitted: 972,000 rows, twice as many: 8 files added'
  ]);
  const points = [...compare.node.querySelectorAll('.jp-db-Origin g > title')];
  expect(points.map(point => point.textContent)).toEqual(steps());
  expect(compare.node.querySelector('.jp-db-Origin > p')!.textContent).toBe(steps().at(-1));
});

test('another data set can be looked at instead, and none', async () => {
  await compare.open();
  const products = byRole('button', 'products/');
  expect(products.getAttribute('aria-expanded')).toBe('false');
  await click(products);
  await act();
  expect(compare.text).toMatch(/Where it came from products\//);
  expect(byRole('button', 'reviews/').getAttribute('aria-expanded')).toBe('false');
  await click(byRole('button', 'products/'));
  expect(compare.text).not.toContain('Where it came from');
});

test('where all is equal nothing is read before somebody asks', async () => {
  compare.service.comparisons = [comparison({ verdict: 'equal' })];
  await compare.open();
  expect(compare.service.requests).not.toContain(ROW_LOG);
  expect(compare.text).not.toContain('Where it came from');
});

test('a history that cannot be read says why, and the rest of the view stays', async () => {
  compare.service.refusals.set(ROW_LOG, new RequestError(501, 'This service counts no rows.'));
  await compare.open();
  byRole('alert', /The rows along the history could not be read\. This service counts no rows\./);
  expect(allByRole('table')).toHaveLength(1);
});

test('the line follows the branch', async () => {
  compare.service.rows.log = [rowLogEntry(1)];
  await compare.open();
  compare.service.rows.log = [rowLogEntry(2)];
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  await act();
  expect(steps()).toEqual([expect.stringContaining('2 rows')]);
});

test('how far the service is with the history is told, at first and beside what is there already', async () => {
  const { service } = compare;
  service.rows.log = [rowLogEntry(1)];
  service.holds.add(ROW_LOG);
  await compare.open();
  await act(() => service.held.get(ROW_LOG)!.onProgress!({ files_done: 3, files_total: 40 }));
  expect(compare.text).toMatch(/Where it came from reviews\/.*Reading ….*3 of 40 files/);
  await act(() => service.held.get(ROW_LOG)!.answer());
  expect(steps()).toEqual([expect.stringContaining('1 row')]);

  service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  await act(() => service.held.get(ROW_LOG)!.onProgress!({ files_done: 39, files_total: 40 }));
  expect(compare.text).toMatch(/Where it came from reviews\/Reading …39 of 40 files/);
  expect(steps()).toHaveLength(1);
  await act(() => service.held.get(ROW_LOG)!.answer());
  expect(compare.text).not.toContain('of 40 files');
});
