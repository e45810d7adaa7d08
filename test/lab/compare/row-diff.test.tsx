import type { RowDiffLine } from '../../../src/protocol/databranch';
import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { comparison } from '../fake-data';
import { allByRole, byRole, click } from '../screen';
import { CompareView } from './compare-view';

const ROW_DIFF = 'GET /databranch/repositories/quickstart/refs/main/rowdiff/test-env';

const CHANGED: RowDiffLine = { change: 'changed', copies: 1, left: ['1', 'Ada'], right: ['1', 'Grace'] };
const ADDED: RowDiffLine = { change: 'added', copies: 3, left: null, right: ['', null] };
const REMOVED: RowDiffLine = { change: 'removed', copies: 1, left: ['3', 'null'], right: null };

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  compare.service.comparisons = [comparison()];
});

afterEach(() => compare.leave());

function answer(): HTMLElement {
  return byRole('region', 'Rows that differ');
}

function lines(): string[] {
  return [...answer().querySelectorAll('tbody tr')].map(row => row.textContent ?? '');
}

test('rows are read only when somebody asks for them', async () => {
  await compare.open();
  expect(compare.service.requests).not.toContain(ROW_DIFF);
  await click(byRole('button', 'Show rows'));
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ path: 'reviews/', keys: [] });
  await click(byRole('button', 'Hide rows'));
  expect(answer().querySelector('details')).toBeNull();
  expect(answer().textContent).toContain('0 rows differ.');
});

test('a changed row shows old and new cell, and what is null or empty is named', async () => {
  compare.service.rows.diff = [CHANGED, ADDED, REMOVED];
  await compare.open();
  await click(byRole('button', 'Show rows'));
  expect(lines()).toEqual(['M1Ada → Grace', 'A×3emptynull', 'D3null']);
  const marks = allByRole('img', answer()).map(mark => mark.getAttribute('aria-label'));
  expect(marks).toEqual(['modified', 'added', 'deleted']);
  const [changed] = answer().querySelectorAll('.jp-mod-differs');
  expect(
    [changed!.querySelector('del'), changed!.querySelector('ins')].map(node => node?.textContent)
  ).toEqual(['Ada', 'Grace']);
  const absent = [...answer().querySelectorAll('.jp-db-Absent')].map(cell => cell.textContent);
  expect(absent).toEqual(['empty', 'null']);
});

test('further rows come page by page, each once', async () => {
  compare.service.rows.diff = Array.from({ length: 120 }, (_, id) => ({ ...ADDED, right: [`${id}`, 'x'] }));
  await compare.open();
  await click(byRole('button', 'Show rows'));
  expect(lines()).toHaveLength(50);
  await click(byRole('button', 'Show more rows'));
  await click(byRole('button', 'Show more rows'));
  expect(new Set(lines()).size).toBe(120);
  expect(allByRole('button').map(button => button.textContent)).not.toContain('Show more rows');
});

test('rows are compared by the key columns that were chosen, and downloaded by the same', async () => {
  compare.service.rows.diff = [ADDED];
  await compare.open();
  await click(byRole('button', 'Show rows'));
  await click(byRole('checkbox', 'name'));
  await click(byRole('checkbox', 'id'));
  await click(byRole('button', 'Compare by these'));
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['id', 'name'] });
  expect(answer().querySelector('summary')!.textContent).toBe('Key columns: id, name');
  const address = answer().querySelector('a')!.href;
  expect(address).toContain('/refs/main/rowdiff/test-env/parquet?path=reviews%2F&keys=id&keys=name');
});

test('a comparison under way can be given up, and the service learns of it', async () => {
  compare.service.holds.add(ROW_DIFF);
  await compare.open();
  await click(byRole('button', 'Show rows'));
  expect(answer().textContent).toContain('Comparing rows …');
  await click(byRole('button', 'Cancel'));
  expect(compare.service.held.get(ROW_DIFF)!.signal!.aborted).toBe(true);
  byRole('button', 'Show rows');
  expect(allByRole('alert')).toEqual([]);
});

test('giving up a comparison by other keys leaves what was there, and its further pages', async () => {
  compare.service.rows.diff = Array.from({ length: 60 }, (_, id) => ({ ...ADDED, right: [`${id}`, 'x'] }));
  await compare.open();
  await click(byRole('button', 'Show rows'));
  compare.service.holds.add(ROW_DIFF);
  await click(byRole('checkbox', 'id'));
  await click(byRole('button', 'Compare by these'));
  await click(byRole('button', 'Cancel'));
  compare.service.holds.clear();
  expect(answer().querySelector('summary')!.textContent).toBe('Key columns: none');
  await click(byRole('button', 'Show more rows'));
  expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: [], after: '50' });
  expect(new Set(lines()).size).toBe(60);
});

test("a comparison that fails gives the service's sentence and can be tried again", async () => {
  compare.service.refusals.set(ROW_DIFF, new RequestError(422, 'part-1.parquet is no Parquet file.'));
  await compare.open();
  await click(byRole('button', 'Show rows'));
  const alert = byRole('alert', /The rows could not be compared\. part-1\.parquet is no Parquet file\./);
  compare.service.refusals.clear();
  compare.service.rows.diff = [REMOVED];
  await click(byRole('button', 'Try again', alert));
  expect(lines()).toHaveLength(1);
  expect(allByRole('alert')).toEqual([]);
});

test('what has changed since is said and read again only on request', async () => {
  compare.service.rows.diff = [ADDED];
  await compare.open();
  await click(byRole('button', 'Show rows'));
  const asked = (): number => compare.service.requests.filter(request => request === ROW_DIFF).length;
  compare.service.rows.diff = [ADDED, REMOVED];
  await act(() => compare.branch.refresh());
  compare.service.stage('test-env', 'reviews/late.parquet');
  await act(() => compare.branch.refresh());
  expect(asked()).toBe(1);
  await click(byRole('button', 'Read again'));
  expect(lines()).toHaveLength(2);
  expect(compare.text).not.toContain('A side has changed');
});

test('a data set that somebody asked about stays, also when another one would matter more by now', async () => {
  const path = 'sales/';
  const sales = comparison({ path, left_path: path, right_path: path });
  compare.service.comparisons = [comparison({ verdict: 'added' }), { ...sales, verdict: 'equal' }];
  compare.service.rows.diff = [ADDED];
  await compare.open();
  await click(byRole('button', 'Show rows'));
  compare.service.comparisons = [comparison({ verdict: 'added' }), sales];
  await act(() => compare.branch.refresh());
  compare.service.stage('test-env', 'sales/again.parquet');
  await act(() => compare.branch.refresh());
  expect(compare.text).toContain('repeated ×2');
  expect(lines()).toHaveLength(1);
});

describe('key columns that somebody chose', () => {
  const writtenAnew = async (): Promise<void> => {
    // Gone while it is written, as Spark overwrites a folder; the branch is looked at meanwhile.
    const there = compare.service.comparisons;
    const gone = { right_path: null, right_format: null, verdict: 'removed' } as const;
    for (const comparisons of [[comparison(gone)], there]) {
      compare.service.comparisons = comparisons;
      compare.service.stage('test-env', `reviews/${comparisons.length}-${Math.random()}.parquet`);
      await act(() => compare.branch.refresh());
      await act();
    }
  };

  beforeEach(async () => {
    compare.service.rows.diff = [ADDED];
    compare.service.rows.dataSetColumns = ['id', 'name'];
    await compare.open();
    await act(() => compare.branch.refresh());
    await click(byRole('button', 'Show rows'));
    await click(byRole('checkbox', 'id'));
    await click(byRole('button', 'Compare by these'));
    expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['id'] });
  });

  test('hold when the data set is written anew', async () => {
    await writtenAnew();
    await click(byRole('button', 'Show rows'));
    expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: ['id'] });
    expect(answer().querySelector('summary')!.textContent).toBe('Key columns: id');
  });

  test('do no longer when their column is gone', async () => {
    compare.service.rows.dataSetColumns = ['name'];
    await writtenAnew();
    await click(byRole('button', 'Show rows'));
    expect(compare.service.queries.get(ROW_DIFF)).toMatchObject({ keys: [] });
  });
});
