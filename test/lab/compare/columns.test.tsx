import { RequestError } from '../../../src/lab/requests';
import { comparison } from '../fake-data';
import { allByRole, byRole, click } from '../screen';
import { CompareView } from './compare-view';

const COLUMNS = 'GET /databranch/repositories/quickstart/refs/main/columns/test-env';

let compare: CompareView;

beforeEach(() => {
  compare = new CompareView();
  compare.service.comparisons = [comparison({ left_path: 'raw/', right_path: 'reviews/' })];
  compare.service.rows.columns = [
    {
      name: 'stars',
      type: 'int32',
      left: { nulls: 0, distinct: 5, min: '1', max: '5', mean: 3.123456789 },
      right: { nulls: 1200, distinct: 5, min: '1', max: '5', mean: 3 }
    },
    {
      name: 'text',
      type: 'string',
      left: { nulls: 0, distinct: 2, min: '', max: 'b', mean: null },
      right: { nulls: 0, distinct: 2, min: '', max: 'b', mean: null }
    }
  ];
});

afterEach(() => compare.leave());

function answer(): HTMLElement {
  return byRole('region', 'Column statistics');
}

test('columns stand side by side once somebody asks, and what differs stands out', async () => {
  await compare.open();
  expect(compare.service.requests).not.toContain(COLUMNS);
  await click(byRole('button', 'Show column statistics'));
  const [, , ...rows] = allByRole('row', answer());
  expect(rows.map(row => [...row.children].map(cell => cell.textContent))).toEqual([
    ['stars int32', '0', '1,200', '5', '5', '1', '1', '5', '5', '3.12346', '3'],
    ['text string', '0', '0', '2', '2', 'empty', 'empty', 'b', 'b', '–', '–']
  ]);
  const differing = [...answer().querySelectorAll('.jp-mod-differs')].map(cell => cell.textContent);
  expect(differing).toEqual(['1,200', '3']);
  expect(answer().textContent).toContain('486,000 rows on main, 972,000 on test-env.');
});

test('a data set that has another path on either side is asked for by both', async () => {
  await compare.open();
  await click(byRole('button', 'Show column statistics'));
  expect(compare.service.queries.get(COLUMNS)).toEqual({
    path: 'reviews/',
    left_path: 'raw/',
    right_path: 'reviews/',
    files: 'changed'
  });
});

test('all files can be asked about, not only those that differ', async () => {
  await compare.open();
  await click(byRole('button', 'Show column statistics'));
  await click(byRole('checkbox', /Of all files/));
  expect(compare.service.queries.get(COLUMNS)).toMatchObject({ files: 'all' });
  expect((byRole('checkbox', /Of all files/) as HTMLInputElement).checked).toBe(true);
});

test('columns that cannot be read say why', async () => {
  compare.service.refusals.set(COLUMNS, new RequestError(422, 'a.csv has lines of different length.'));
  await compare.open();
  await click(byRole('button', 'Show column statistics'));
  byRole('alert', /The columns could not be read\. a\.csv has lines of different length\./);
});
