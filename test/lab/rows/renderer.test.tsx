import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ROWS_MIME_TYPE } from '../../../src/lab/rows/payload';
import { rowsRendererFactory } from '../../../src/lab/rows/renderer';
import { act } from '../act';
import { duplicates, rowLogEntry } from '../fake-rows';
import { comparison } from '../fake-data';
import { allByRole, show } from '../screen';

const PAGINATION = { has_more: false, next_offset: '', results: 1, max_per_page: 1000 };

afterEach(() => document.body.replaceChildren());

/** Draws a magic's result as a notebook would. */
async function render(payload: unknown, text?: string): Promise<HTMLElement> {
  const options = { mimeType: ROWS_MIME_TYPE } as IRenderMime.IRendererOptions;
  const renderer = rowsRendererFactory.createRenderer(options);
  await show(renderer);
  const data = { [ROWS_MIME_TYPE]: payload, 'text/plain': text };
  await act(() => renderer.renderModel({ data } as never));
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

const ABOUT = { left_commit_id: 'c0', right_commit_id: 'c1', left_path: 'a/', right_path: 'a/' };
const SIDES = { left: 'main', right: 'test-env', ...ABOUT };

/** What the rows of a table say. */
function rows(node: HTMLElement): string[] {
  return allByRole('row', node).map(row => [...row.children].map(cell => cell.textContent).join(' '));
}

test('duplicates are told with figures, examples and identical files, of each data set', async () => {
  const example = { rows: 3, base_rows: null, cells: ['7', null] };
  const same = { paths: ['b/1.csv', 'b/2.csv'], files: 2, rows: 4, bytes: 9 };
  const node = await render({
    kind: 'duplicates',
    result: {
      ...{ path: '', ref: 'test-env', commit_id: 'c', base: null, base_commit_id: null, keys: [] },
      datasets: [
        duplicates({
          path: 'a/',
          examples: [example],
          base_duplicate_rows: null,
          added_duplicate_rows: null
        }),
        duplicates({
          path: 'b/',
          identical_files: [same],
          message: 'b/2.csv has the same contents as b/1.csv'
        })
      ],
      pagination: PAGINATION
    },
    left_out: { datasets: 50 }
  });
  expect([...node.querySelectorAll('h4')].map(({ textContent }) => textContent)).toContain('a/');
  expect(rows(node)).toEqual(['test-env id name', '×3 7 null']);
  expect(node.textContent).toContain('b/2.csv has the same contents as b/1.csv.');
  expect(node.textContent).toContain('b/1.csv = b/2.csv');
  expect(node.textContent).toContain('Duplicates on test-env486,000');
  expect(node.textContent).toContain('… and 50 more');
});

test('rows that differ are a table with old and new cells', async () => {
  const line = { change: 'changed', copies: 1, left: ['1', 'Ada'], right: ['1', 'Grace'] };
  const node = await render({
    kind: 'rowdiff',
    result: {
      ...SIDES,
      ...{ keys: ['id'], columns: ['id', 'name'], schema_changes: [], left_files: 1, right_files: 1 },
      unreadable: [{ path: 'a/bad.csv', reason: 'is empty' }],
      ...{ changed_rows: 1, added_rows: 0, removed_rows: 0, basis: 'exact' },
      message: '1 row changed since main',
      results: [line],
      pagination: { ...PAGINATION, has_more: true }
    }
  });
  expect(rows(node)).toEqual(['Change id name', 'M 1 Ada → Grace']);
  expect(node.textContent).toContain('1 row changed since main.');
  expect(node.textContent).toContain('a/bad.csv: is empty');
  expect(node.textContent).toContain('There are more');
});

test('columns stand side by side', async () => {
  const figures = { min: '1', max: '5', distinct: 5, mean: 3 };
  const node = await render({
    kind: 'columns',
    result: {
      ...SIDES,
      ...{ files: 'changed', left_rows: 2, right_rows: 4, distinct_is_exact: true },
      columns: [
        { name: 'stars', type: 'int32', left: { ...figures, nulls: 0 }, right: { ...figures, nulls: 1 } }
      ],
      message: 'stars has 1 NULL more than on main'
    }
  });
  expect(rows(node)[2]).toMatch(/^stars int32 0 1 5 5/);
  expect(node.textContent).toContain('stars has 1 NULL more than on main.');
});

test('the rows along the history are a line with what each commit did', async () => {
  const entries = [
    rowLogEntry(4, { message: '4 rows, 2 more' }),
    rowLogEntry(2, { commit_id: 'c1', commit_message: 'Two', message: '2 rows, 2 more' })
  ];
  const result = { path: 'a/', ref: 'test-env', results: entries, pagination: PAGINATION };
  const node = await render({ kind: 'rowlog', result });
  const [list] = allByRole('list', node);
  expect([...list!.children].map(({ textContent }) => textContent)).toEqual([
    'Two: 2 rows, 2 more',
    'uncommitted: 4 rows, 2 more'
  ]);
  expect(node.querySelector('svg')).not.toBeNull();
  const none = await render({ kind: 'rowlog', result: { ...result, results: [] } });
  expect(none.textContent).toBe('No commit changed a file in a/ of test-env.');
});

const PREVIEW = {
  ...{ source: 'test-env', destination: 'main', source_commit_id: 'c1', destination_commit_id: 'c0' },
  ...{ base_commit_id: 'c0', conflicts: [], rows: 4, bytes: 9, files: 1 },
  ...{ objects_added: 1, objects_changed: 0, objects_removed: 0 },
  datasets: [
    {
      ...{ path: 'a/', format: 'csv', rows_before: 2, rows_after: 4, bytes_before: 5, bytes_after: 9 },
      ...{ files_before: 1, files_after: 2, columns: [], schema_changes: [] },
      ...{ verdict: 'changed', basis: 'count', message: '4 rows, 2 more than main' }
    }
  ],
  pagination: PAGINATION
};

test('a merge is told before it is done: rows, objects, and what guards have against it', async () => {
  const finding = { path: 'a/', rule: 'not_null', level: 'warn', basis: 'exact', message: 'a has NULLs' };
  const refusal = { ...finding, rule: 'max_row_growth', level: 'refuse', message: 'twice as many rows' };
  const guard = { origin: 'file', refuses: true, findings: [finding, refusal] };
  const node = await render({ kind: 'merge', result: { ...PREVIEW, guard } });
  expect(rows(node)[1]).toBe('a/ 2 4  2 9 B changed');
  expect(node.textContent).toContain('4 rows, 2 more than main.');
  expect(node.textContent).toContain('Objects: 1 added, 0 changed, 0 removed.');
  expect(node.textContent).toContain('The guards of main refuse this merge');
  const [list] = allByRole('list', node);
  expect([...list!.children].map(({ textContent }) => textContent)).toEqual([
    'Refused a/ (max_row_growth) twice as many rows.',
    'Warning a/ (not_null) a has NULLs.'
  ]);
});

test('of a merge with conflicts nothing else is told', async () => {
  const guard = { origin: 'default', refuses: false, findings: [] };
  const result = { ...PREVIEW, datasets: [], conflicts: ['a/1.csv'], guard };
  const node = await render({ kind: 'merge', result });
  expect(node.textContent).toBe('test-env and main both changed 1 path:a/1.csv');
});

test('what lies uncommitted on a branch of others is pointed out below', async () => {
  const result = { left: 'main', right: 'b', datasets: [comparison()], pagination: PAGINATION };
  const uncommitted = [{ branch: 'main', number: 1_000, more: true }];
  const node = await render({ kind: 'comparison', result, uncommitted });
  expect(node.textContent).toContain(
    '1,000+ uncommitted changes on main, whoever made them, are counted here.'
  );
});

test('what another version made is shown as the text that comes along', async () => {
  const node = await render({ kind: 'forecast', result: { datasets: [] } }, 'Rain <b>tomorrow</b>');
  expect(node.querySelector('pre')!.textContent).toBe('Rain <b>tomorrow</b>');
  expect((await render({ kind: 'merge', result: {} })).textContent).toContain('another version');
});
