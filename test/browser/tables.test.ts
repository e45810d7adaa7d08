import { accessibilityFindings } from './accessibility';
import { Jupyter } from './jupyter';
import type { Theme } from './person';
import { Person } from './person';
import { story } from './story';

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

/** A file with values that are easily shown wrong, one whose rows are too large together, and the same as JSON. */
const FILES = `
import datetime as dt, decimal, json, os
import databranch, pyarrow as pa, pyarrow.parquet as pq

def day(*a): return dt.datetime(*a)
rows = 1000
some = lambda values, type: pa.array([values[i % len(values)] for i in range(rows)], type)
pq.write_table(pa.table({
  'id': pa.array([9007199254740993 + i for i in range(rows)], pa.int64()),
  'name': some(['Ada', '', None, 'a\\nb'], pa.string()),
  'price': some([decimal.Decimal('1234567890123456789.10'), decimal.Decimal('-0.05'), None], pa.decimal128(38, 2)),
  'ratio': some([0.1, -0.0, None], pa.float32()),
  'at': some([day(2024, 3, 31, 1, 30, 0, 123456), None, day(2024, 7, 1)], pa.timestamp('us', 'Europe/Berlin')),
  'sold': some([dt.date(2024, 2, 29), None], pa.date32()),
  'bytes': some([b'\\x00\\xff', b'', None], pa.binary()),
  'tags': some([['new', 'sale'], [], None], pa.list_(pa.string())),
  'place': some([{'city': 'Bonn', 'at': [50.7, 7.1]}, None], pa.struct([('city', pa.string()), ('at', pa.list_(pa.float64()))])),
}), 'values.parquet')
pq.write_table(pa.table({'id': pa.array(range(72)), 'picture': pa.array([os.urandom(1 << 20) for _ in range(72)])}), 'large.parquet')
`;

story('rows of data files are shown as a table, by mouse and by keyboard, in both themes', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  jupyter.python(FILES);
  for (const name of ['values.parquet', 'large.parquet']) {
    await jupyter.uploadFile('quickstart', 'main', `tables/${name}`, `${jupyter.folder}/${name}`);
  }
  await jupyter.upload(
    'quickstart',
    'main',
    'tables/people.json',
    '[{"name": "Ada", "born": 1815}, {"name": null}]'
  );
  await jupyter.upload('quickstart', 'main', 'tables/settings.json', '{"depth": [1, 2]}');
  person = await Person.at(jupyter);
  const { page } = person;
  await person.openPanel();
  const loaded = scriptsOf(page);
  await person.panel.getByRole('button', { name: 'Open repository view' }).click();
  const view = page.getByRole('tabpanel', { name: 'Objects' });
  const table = view.getByRole('application');
  const status = view.getByRole('status');
  const open = (path: string): Promise<void> => view.getByRole('button', { name: path, exact: true }).click();

  // Where the rows are: the first, the last, any.
  await open('reviews/');
  const before = loaded.length;
  await open('part-00003.parquet');
  await person.sees(status, '200 of 1,000 rows');
  expect(loaded.length).toBeGreaterThan(before);
  await view.getByText('Last', { exact: true }).click();
  await person.sees(status, '200 of 1,000 rows');
  await view.getByText('Random', { exact: true }).click();
  await view.getByRole('button', { name: 'Other random rows' }).waitFor();
  await person.picture('table-random-light');

  // Some of the columns.
  await view.getByRole('button', { name: 'Columns: All 15 columns' }).click();
  const columns = page.getByRole('dialog', { name: 'Columns' });
  await columns.getByRole('button', { name: 'None' }).click();
  await columns.getByRole('checkbox', { name: 'star_rating' }).check();
  await columns.getByRole('checkbox', { name: 'review_id' }).check();
  await person.picture('table-columns-light');
  await columns.getByRole('button', { name: 'Show' }).click();
  await view.getByRole('button', { name: 'Columns: 2 of 15 columns' }).waitFor();

  // Values that are easily shown wrong, and by keyboard.
  await view.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'quickstart' }).click();
  await open('tables/');
  await open('values.parquet');
  await person.sees(status, '200 of 1,000 rows');
  expect(await table.getAttribute('aria-label')).toMatch(
    /^Table of 200 rows, 9 columns: id \(int64\), name \(string\), price \(decimal\(38, 2\)\)/
  );
  await person.tabTo(table);
  const told = page.locator('[aria-live="polite"]');
  const hear = (sentence: string): Promise<void> => person.sees(told.first(), sentence);
  await page.keyboard.press('ArrowDown');
  await hear('Row 1, id: 9007199254740993');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await hear('Row 2, name: empty');
  await page.keyboard.press('ArrowDown');
  await hear('Row 3, name: NULL');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+c');
  expect(await person.copied()).toBe('Ada\t1234567890123456789.10');
  const findings: string[] = [];
  for (const [theme, name] of [
    ['JupyterLab Light', 'light'],
    ['JupyterLab Dark', 'dark'],
    ['JupyterLab Dark High Contrast', 'contrast']
  ] as [Theme, string][]) {
    await person.useTheme(theme);
    await person.picture(`table-values-${name}`);
    findings.push(...(await accessibilityFindings(page)));
  }
  expect(findings).toEqual([]);

  // What is too large offers what is not.
  await open('large.parquet');
  await person.picture('table-too-large-contrast');
  await view.getByRole('button', { name: 'Show the column that fits' }).click();
  await person.sees(status, '72 rows');
  await view.getByRole('button', { name: 'Columns: 1 of 2 columns' }).waitFor();

  // Text is a table and a text.
  await person.useTheme('JupyterLab Light');
  await open('people.json');
  await person.sees(status, '2 rows');
  // By keyboard, which stays where it is.
  await view.getByRole('radio', { name: 'Table' }).focus();
  await page.keyboard.press('ArrowRight');
  await person.isAt(view.getByRole('radio', { name: 'JSON' }));
  await view.locator('.jp-RenderedJSON').waitFor();
  await open('settings.json');
  await view.locator('.jp-RenderedJSON').waitFor();
  await view.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'quickstart' }).click();
  await open('products/');
  await open('products.csv');
  await status.waitFor();
  await person.picture('table-csv-light');
  await view.getByText('Text', { exact: true }).click();
  await view.locator('.jp-RenderedText').waitFor();
  await page.setViewportSize({ width: 760, height: 800 });
  await view.getByText('Table', { exact: true }).click();
  await status.waitFor();
  await person.picture('table-csv-narrow-light');
  expect(person.complaints).toEqual([]);
});

/** The scripts that a page asks for from now on. */
function scriptsOf(page: {
  on(event: 'request', handler: (request: { url(): string }) => void): unknown;
}): string[] {
  const scripts: string[] = [];
  page.on(
    'request',
    request => /\/jupyterlab-databranch\/static\/.*\.js/.test(request.url()) && scripts.push(request.url())
  );
  return scripts;
}
