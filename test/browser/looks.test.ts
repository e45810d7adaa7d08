import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { accessibilityFindings } from './accessibility';
import { Jupyter, writeSampleFiles } from './jupyter';
import type { Theme } from './person';
import { Person } from './person';
import { drawn } from './shifts';
import { story } from './story';

const TABS = [
  'Objects',
  'Uncommitted Changes',
  'Commits',
  'Branches',
  'Tags',
  'Compare',
  'Operations',
  'Settings'
];

/** Just the side bar and the panel, at the least width that JupyterLab gives it. */
const NARROW = { width: 33 + 250, height: 760 };

let files: string;
let jupyter: Jupyter;
let person: Person;

beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'databranch-files-'));
});

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

afterAll(() => rmSync(files, { recursive: true, force: true }));

story('every view is complete and accessible in every theme, and the panel at its narrowest', async () => {
  writeSampleFiles(files, 8_000);
  jupyter = await Jupyter.start({ rows: 48_600 });
  await makeHistory();
  person = await Person.at(jupyter);
  const { page, panel } = person;
  await person.openPanel();
  await person.switchTo('test-env');
  await person.drop([join(files, 'part-00001.parquet'), join(files, 'part-00002.parquet')], 'sales');
  await person.sees(person.section('Uncommitted changes'), 'part-00002.parquet');
  await panel.getByRole('button', { name: 'Open repository view' }).click();

  const findings: string[] = [];
  const look = async (name: string): Promise<void> => {
    await person.picture(name);
    findings.push(...(await accessibilityFindings(page)).map(finding => `${name}: ${finding}`));
  };
  for (const [theme, name] of [
    ['JupyterLab Light', 'light'],
    ['JupyterLab Dark', 'dark'],
    ['JupyterLab Dark High Contrast', 'contrast']
  ] as [Theme, string][]) {
    await person.useTheme(theme);
    for (const tab of TABS) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      const view = page.getByRole('tabpanel', { name: new RegExp(`^${tab}`) });
      await view.filter({ hasNotText: 'Reading …' }).waitFor();
      if (tab === 'Commits') {
        await view.getByRole('listitem').filter({ hasText: 'Sales of January' }).click();
        await person.sees(view.getByRole('region'), 'sales/january.parquet');
      }
      if (tab === 'Compare') {
        await lookCloser(view);
      }
      await look(`view-${tab.toLowerCase().replace(' ', '-')}-${name}`);
      if (tab === 'Compare') {
        await view.getByRole('button', { name: 'Hide rows' }).click();
        await look(`view-compare-columns-${name}`);
        await view.getByRole('button', { name: 'sales/', exact: true }).click();
        await view
          .getByRole('listitem')
          .filter({ hasText: /^uncommitted: 3,000 rows/ })
          .waitFor();
        await look(`view-compare-uncommitted-${name}`);
        await view.getByRole('button', { name: 'people/', exact: true }).click();
      }
    }
    await panel.getByRole('button', { name: /^Branch: / }).click();
    await page.getByRole('option').first().waitFor();
    await look(`picker-${name}`);
    await page.keyboard.press('Escape');
    await panel.getByRole('button', { name: 'Create branch', exact: true }).click();
    await person.dialog.getByRole('textbox', { name: 'Branch name' }).waitFor();
    await look(`form-${name}`);
    await page.keyboard.press('Escape');
    await person.dialog.waitFor({ state: 'detached' });
  }

  await page.setViewportSize(NARROW);
  await jupyter.until(async () => (await panel.boundingBox())!.width <= 250);
  await drawn(page);
  const overflowing = await panel.evaluate(node =>
    [...node.querySelectorAll('*')]
      .filter(each => each.getBoundingClientRect().right > node.getBoundingClientRect().right + 1)
      .map(each => each.className)
  );
  expect(overflowing).toEqual([]);
  await look('panel-narrow-contrast');
  expect(findings).toEqual([]);
  expect(person.complaints).toEqual([]);
});

/** Asks all there is to ask about the rows of the data set that is chosen at first. */
async function lookCloser(view: Locator): Promise<void> {
  await view.getByRole('button', { name: 'people/', exact: true, expanded: true }).waitFor();
  await view
    .getByRole('region', { name: 'Duplicates', exact: true })
    .getByText(/is a copy/)
    .waitFor();
  await view.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await view.getByRole('button', { name: 'Show rows' }).click();
  const rows = view.getByRole('region', { name: 'Rows that differ', exact: true });
  await rows.getByText(/^Key columns:/).click();
  await rows.getByRole('checkbox', { name: 'id' }).check();
  await rows.getByRole('button', { name: 'Compare by these' }).click();
  const changed = rows.getByRole('row', { name: /modified/ });
  await changed.waitFor();
  expect(await changed.locator('del').allTextContents()).toEqual(['Ada', '36']);
  expect(await changed.locator('ins').allTextContents()).toEqual(['Grace', 'empty']);
  await view.getByRole('button', { name: 'Show duplicates' }).click();
  const duplicates = view.getByRole('region', { name: 'Duplicates', exact: true });
  await duplicates.getByRole('row', { name: '×0 ×2 3 Edsger 72' }).waitFor();
  await view.getByRole('button', { name: 'Show column statistics' }).click();
  const columns = view.getByRole('region', { name: 'Column statistics', exact: true });
  await columns.getByRole('row', { name: /^name .* Ada Alan/ }).waitFor();
  await view.getByRole('heading', { name: /^Where it came from/ }).evaluate(node => node.scrollIntoView());
}

/** A branch with a few commits, a tag, and a data set that is there twice. */
async function makeHistory(): Promise<void> {
  const sales = join(files, 'part-00000.parquet');
  const to = (branch: string): string => `/repositories/quickstart/branches/${branch}/commits`;
  await jupyter.uploadFile('quickstart', 'main', 'sales/january.parquet', sales);
  await jupyter.uploadFile(
    'quickstart',
    'main',
    'people/people.csv',
    table('id,name,age', '1,Ada,36', '2,Alan,41')
  );
  await jupyter.request('POST', to('main'), { message: 'Sales of January', metadata: { source: 'shop' } });
  await jupyter.request('POST', '/repositories/quickstart/tags', { id: 'january', ref: 'main' });
  await jupyter.request('POST', '/repositories/quickstart/branches', { name: 'test-env', source: 'main' });
  await jupyter.uploadFile('quickstart', 'test-env', 'reviews_copy/january.parquet', sales);
  const people = table('id,name,age', '1,Grace,', '2,Alan,41', '3,Edsger,72', '3,Edsger,72');
  await jupyter.uploadFile('quickstart', 'test-env', 'people/people.csv', people);
  await jupyter.request('POST', to('test-env'), { message: 'A copy to try things on' });
}

/** A file with these lines. */
function table(...lines: string[]): string {
  const file = join(files, 'people.csv');
  writeFileSync(file, lines.join('\n'));
  return file;
}
