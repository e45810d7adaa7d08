import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { Schema, Table, tableFromArrays, tableToIPC } from 'apache-arrow';
import { RequestError } from '../../../src/lab/requests';
import { RepositoryView } from '../../../src/lab/repository/view';
import type { PreviewMetadata } from '../../../src/protocol/databranch';
import { act } from '../act';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, show, type } from '../screen';

const PREVIEW = 'GET /databranch/repositories/quickstart/refs/main/preview';
/** Keys by the numbers by which Lumino knows them. */
const [RIGHT, DOWN] = [39, 40];
const COLUMNS = [
  { name: 'id', type: 'int32' },
  { name: 'name', type: 'string' },
  { name: 'note', type: 'string' }
];

let service: FakeService;
let lab: TestLab;
let view: RepositoryView;

beforeEach(() => {
  service = new FakeService();
  lab = labOn(service);
  lab.rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  for (const path of ['a.parquet', 'a.csv']) {
    service.contents.set(path, new TextEncoder().encode('id,name\n1,Ada\n'));
    service.tables.set(path, query => rows([0, 1, 2], query?.columns as string[]));
  }
});

afterEach(async () => {
  await act(() => view?.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

/** An answer of the service: rows of a file of 1,000. */
function rows(numbers: number[], columns: readonly string[], fileRows = 1000): Uint8Array {
  const all = {
    id: Int32Array.from(numbers),
    name: numbers.map(n => (n === 0 ? '' : `name ${n}`)),
    note: numbers.map(() => null as string | null)
  };
  all.note[0] = 'kept';
  const table: Table = tableFromArrays(all);
  const { schema, batches } = table.select(columns.length > 0 ? [...columns] : Object.keys(all));
  const metadata: PreviewMetadata = {
    'databranch.rows': String(fileRows),
    'databranch.row_numbers': JSON.stringify(numbers),
    'databranch.columns': JSON.stringify(COLUMNS)
  };
  const described = new Schema(schema.fields, new Map(Object.entries(metadata)));
  return tableToIPC(new Table(described, batches), 'stream');
}

async function open(path: string): Promise<HTMLElement> {
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'objects', path: '' });
  await show(view);
  await act();
  await act();
  await click(byRole('button', path));
  await settled();
  return byRole('region', `Object ${path}`);
}

/** The code of the table is imported, which takes its time once. */
async function settled(): Promise<void> {
  for (let i = 0; i < 100 && document.querySelector('.jp-db-Busy, [aria-busy="true"]'); i++) {
    await act();
  }
}

function asked(): Record<string, unknown> {
  return service.queries.get(PREVIEW) as Record<string, unknown>;
}

test('a data file is a table that says its shape', async () => {
  const detail = await open('a.parquet');
  expect(byRole('status', '3 of 1,000 rows', detail)).toBeTruthy();
  byRole('application', 'Table of 3 rows, 3 columns: id (int32), name (string), note (string)', detail);
  expect(asked()).toEqual({ path: 'a.parquet', from: 'first', amount: 200, columns: [] });
});

test('the cell that the keys go to is told, with what is empty and what is NULL', async () => {
  const table = byRole('application', /^Table/, await open('a.parquet'));
  expect(table.tabIndex).toBe(0);
  for (const keyCode of [DOWN, RIGHT, DOWN, RIGHT]) {
    await act(() => table.dispatchEvent(new KeyboardEvent('keydown', { keyCode, bubbles: true })));
  }
  expect(lab.said).toEqual([
    'Row 1, id: 0',
    'Row 1, name: empty',
    'Row 2, name: name 1',
    'Row 2, note: NULL'
  ]);
});

test('other rows are asked for, and random ones again', async () => {
  const detail = await open('a.parquet');
  await click(byRole('radio', 'Last', detail));
  expect(asked()['from']).toBe('last');
  await click(byRole('radio', 'Random', detail));
  await settled();
  const before = service.requests.filter(request => request === PREVIEW).length;
  await click(byRole('button', 'Other random rows', detail));
  expect(service.requests.filter(request => request === PREVIEW)).toHaveLength(before + 1);
});

test('columns are chosen in the order of the file, and all is all again', async () => {
  const detail = await open('a.parquet');
  await click(byRole('button', 'Columns: All 3 columns', detail));
  const chooser = byRole('dialog', 'Columns');
  await click(byRole('button', 'None', chooser));
  expect((byRole('button', 'Show', chooser) as HTMLButtonElement).disabled).toBe(true);
  await click(byRole('checkbox', 'note', chooser));
  await click(byRole('checkbox', 'id', chooser));
  await type(byRole('searchbox', 'Find columns', chooser), 'NA');
  expect(allByRole('checkbox', chooser)).toHaveLength(1);
  await click(byRole('button', 'Show', chooser));
  await settled();
  expect(asked()['columns']).toEqual(['id', 'note']);
  byRole('application', /^Table of 3 rows, 2 columns/, detail);
  await click(byRole('button', 'Columns: 2 of 3 columns', detail));
  await click(byRole('button', 'All', byRole('dialog', 'Columns')));
  await click(byRole('button', 'Show', byRole('dialog', 'Columns')));
  expect(asked()['columns']).toEqual([]);
});

test('rows that are too large are offered with fewer columns', async () => {
  service.refusals.set(PREVIEW, new RequestError(400, 'Too large.', { columns: ['id'] }));
  const detail = await open('a.parquet');
  service.refusals.clear();
  await click(byRole('button', 'Show the column that fits', detail));
  await settled();
  expect(asked()['columns']).toEqual(['id']);
  byRole('button', 'Columns: 1 of 3 columns', detail);
});

test('what cannot be read says why, and is tried again', async () => {
  service.refusals.set(PREVIEW, new RequestError(422, 'a.parquet is encrypted.'));
  const detail = await open('a.parquet');
  expect(byRole('alert', /a\.parquet is encrypted\./, detail)).toBeTruthy();
  service.refusals.clear();
  await click(byRole('button', 'Try again', detail));
  await settled();
  byRole('application', /^Table/, detail);
});

test('a file without rows shows its columns', async () => {
  service.tables.set('a.parquet', () => rows([], [], 0));
  const detail = await open('a.parquet');
  byRole('application', /^Table of 0 rows, 3 columns/, detail);
  expect(detail.textContent).toContain('The file has no rows.');
});

test('a CSV file is a table first, and the text that it is', async () => {
  const detail = await open('a.csv');
  byRole('application', /^Table/, detail);
  await click(byRole('radio', 'Text', detail));
  await act();
  expect(detail.querySelector('.jp-RenderedText')!.textContent).toContain('1,Ada');
  await click(byRole('radio', 'Table', detail));
  await settled();
  byRole('application', /^Table/, detail);
});

test('JSON is a table where it is an array of records, else the document that it is', async () => {
  service.contents.set('rows.json', new TextEncoder().encode(' [ {"id": 1} ]'));
  service.tables.set('rows.json', () => rows([0], ['id'], 1));
  byRole('application', /^Table/, await open('rows.json'));
  await act(() => view.dispose());
  service.contents.set('one.json', new TextEncoder().encode('{"a": [{"id": 1}]}'));
  const detail = await open('one.json');
  expect((byRole('radio', 'JSON', detail) as HTMLInputElement).checked).toBe(true);
});

test('nothing of a table is left behind when it is closed', async () => {
  const detail = await open('a.parquet');
  const grid = detail.querySelector('.lm-DataGrid')!;
  await click(byRole('button', 'Close', detail));
  expect(grid.isConnected).toBe(false);
  expect(document.querySelector('.lm-DataGrid')).toBeNull();
});
