import { mkdirSync, writeFileSync } from 'node:fs';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';

const ROWS = 8_000;

/** A red dot. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('data are reached from everywhere: file browser, launcher, previews, copied code, links', async () => {
  jupyter = await Jupyter.start({ rows: ROWS });
  writeFileSync(jupyter.workFile('prices.csv'), 'a,b\n1,2\n');
  mkdirSync(jupyter.workFile('report'));
  writeFileSync(
    jupyter.workFile('report/notes.md'),
    '# What we found\n\nPrices *rose*.\n\n<img src="x" onerror="window.taken = true">\n<script>window.taken = true</script>\n'
  );
  writeFileSync(jupyter.workFile('report/settings.json'), '{"threshold": 0.25, "columns": ["price"]}');
  writeFileSync(jupyter.workFile('report/dot.png'), Buffer.from(PNG, 'base64'));
  person = await Person.at(jupyter);
  const { page, dialog } = person;

  // From the file browser: a file, and a folder with all in it.
  await page.locator('.jp-StatusBar-TextItem').filter({ hasText: 'quickstart / main' }).waitFor();
  for (const [name, folder] of [
    ['prices.csv', 'prices'],
    ['report', '']
  ] as const) {
    await page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Upload to Branch main…' }).click();
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  // From the menu and the launcher into the view.
  await page.getByRole('menuitem', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open Repository View' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.jp-LauncherCard').filter({ hasText: 'Data Branches' }).click();
  const view = page.getByRole('tabpanel', { name: 'Objects' });
  await view.getByRole('button', { name: 'report/', exact: true }).click();

  // What is in them, by JupyterLab's renderers; nothing in the data runs.
  const detail = view.getByRole('region', { name: /^Object / });
  await view.getByRole('button', { name: 'notes.md', exact: true }).click();
  await detail.getByRole('heading', { name: /What we found/ }).waitFor();
  await person.picture('preview-markdown-light');
  expect(await page.evaluate('window.taken')).toBeUndefined();
  await view.getByRole('button', { name: 'settings.json', exact: true }).click();
  await person.sees(detail, /threshold.*0\.25/);
  await view.getByRole('button', { name: 'dot.png', exact: true }).click();
  const image = detail.getByRole('img');
  await image.waitFor();
  await jupyter.until(() => image.evaluate(node => (node as HTMLImageElement).naturalWidth === 5));
  await person.useTheme('JupyterLab Dark');
  await view.getByRole('button', { name: 'settings.json', exact: true }).click();
  await person.sees(detail, /threshold.*0\.25/);
  await person.picture('preview-json-dark');

  // Another path, and gone with its folder.
  await detail.getByRole('button', { name: 'Rename …' }).click();
  await dialog.getByRole('textbox', { name: 'Path' }).fill('kept/settings.json');
  await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await jupyter.read('quickstart', 'main', 'kept/settings.json')).toContain('threshold');
  await view.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'quickstart' }).click();
  await view.getByRole('button', { name: 'report/', exact: true }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await view.getByRole('button', { name: 'report/', exact: true }).waitFor({ state: 'detached' });

  // Code that reads a data set, as it is copied.
  const reviews = view.getByRole('button', { name: 'reviews/', exact: true });
  for (const library of ['pandas', 'Polars']) {
    await person.chooseFrom(reviews, 'Copy Path As', `Copy ${library} Code`);
    expect(jupyter.python(`${await person.copied()}\nprint(len(df))`)).toBe(`${ROWS}\n`);
  }

  // A link, followed by somebody else.
  await view.getByRole('button', { name: 'prices/', exact: true }).click();
  await person.chooseFrom(
    view.getByRole('button', { name: 'prices.csv', exact: true }),
    'Copy Path As',
    'Copy Link'
  );
  const link = await person.copied();
  expect(link).toContain('/lab?databranch=quickstart/main/prices/prices.csv');
  await page.goto(jupyter.labAddress);
  await page.getByRole('tab', { name: 'Launcher' }).waitFor();
  await page.goto(link);
  await detail.getByRole('application', { name: /^Table of 1 row, 2 columns: a \(text\)/ }).waitFor();
  expect(new URL(page.url()).searchParams.has('databranch')).toBe(false);
  expect(person.complaints).toEqual([]);
});
