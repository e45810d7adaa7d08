import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ROWS_MIME_TYPE } from '../../../src/lab/rows/payload';
import { rowsRendererFactory } from '../../../src/lab/rows/renderer';
import { act } from '../act';
import { comparison } from '../fake-service';
import { allByRole, show } from '../screen';

const PAGINATION = { has_more: false, next_offset: '', results: 1, max_per_page: 1000 };

afterEach(() => document.body.replaceChildren());

/** Draws a magic's result as a notebook would. */
async function render(payload: unknown): Promise<HTMLElement> {
  const options = { mimeType: ROWS_MIME_TYPE } as IRenderMime.IRendererOptions;
  const renderer = rowsRendererFactory.createRenderer(options);
  await show(renderer);
  await act(() => void renderer.renderModel({ data: { [ROWS_MIME_TYPE]: payload } } as never));
  return renderer.node;
}

test('a comparison is a table with both sides, verdict and sentence', async () => {
  const node = await render({
    kind: 'comparison',
    repository: 'quickstart',
    result: { left: 'main', right: 'test-env', datasets: [comparison()], pagination: PAGINATION }
  });
  const [header, row, message] = allByRole('row', node).map(each => each.textContent);
  expect(header).toMatch(/main.*test-env/);
  expect(row).toMatch(/reviews\/.*486,000.*972,000.*repeated ×2/);
  expect(message).toContain('every row of main is here twice');
});

test('paired data sets show both paths, a missing side a dash, an uncounted one a question mark', async () => {
  const node = await render({
    kind: 'comparison',
    result: {
      left: 'main',
      right: 'test-env',
      datasets: [
        comparison({ left_path: 'reviews.csv', right_path: '', left_format: 'csv' }),
        comparison({ path: 'new/', verdict: 'added', left_path: null, left_format: null, left_rows: null }),
        comparison({ path: 'odd/', verdict: 'unknown', right_rows: null, message: 'The footer is broken.' })
      ],
      pagination: PAGINATION
    }
  });
  const text = allByRole('row', node).map(each => each.textContent);
  expect(text[1]).toMatch(/reviews\.csv → \/.*CSV → Parquet/);
  expect(text[3]).toMatch(/new\/.*–/);
  expect(text[5]).toMatch(/odd\/.*\?/);
  expect(text[6]).toContain('The footer is broken.');
});

test('changed columns are named with their types', async () => {
  const changes = [{ column: 'stars', change: 'retyped', left_type: 'int64', right_type: 'string' }] as const;
  const node = await render({
    kind: 'comparison',
    result: {
      left: 'a',
      right: 'b',
      datasets: [comparison({ schema_changes: [...changes] })],
      pagination: PAGINATION
    }
  });
  expect(allByRole('list', node)[0]!.textContent).toBe('stars: int64 → string');
});

test('a count is a table, and names what could not be read', async () => {
  const node = await render({
    kind: 'count',
    result: {
      path: '',
      ref: 'main',
      commit_id: 'c',
      rows: 5,
      bytes: 2048,
      files: 1,
      unreadable: [{ path: 'bad.parquet', reason: 'It ends too early.' }],
      datasets: [{ path: '', format: 'csv', rows: 5, bytes: 2048, files: 1, columns: [] }],
      pagination: PAGINATION
    }
  });
  expect(allByRole('row', node)[1]!.textContent).toBe('/512 KB');
  expect(node.textContent).toContain('bad.parquet: It ends too early.');
});

test('of many files that could not be read the first are named', async () => {
  const unreadable = Array.from({ length: 100 }, (_, n) => ({
    path: `${n}.parquet`,
    reason: 'It is empty.'
  }));
  const counted = { path: '', ref: 'main', commit_id: 'c', rows: 0, bytes: 0, files: 100, datasets: [] };
  const node = await render({ kind: 'count', result: { ...counted, unreadable, pagination: PAGINATION } });
  const lines = [...node.querySelectorAll('li')].map(line => line.textContent);
  expect(lines).toHaveLength(6);
  expect(lines.at(-1)).toBe('… and at least 95 more files');
});

test('a result of another version says so instead of breaking the notebook', async () => {
  const node = await render({ kind: 'forecast' });
  expect(node.textContent).toContain('another version');
});
