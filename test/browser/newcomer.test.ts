import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jupyter, writeSampleFiles } from './jupyter';
import { Person } from './person';
import { story } from './story';

/** Rows of the sample data on `main`; of a user's own data set. */
const QUICKSTART_ROWS = 48_600;
const OWN_ROWS = 8_000;

let files: string;
let jupyter: Jupyter;
let person: Person;

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), 'databranch-files-'));
});

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

afterAll(() => rmSync(files, { recursive: true, force: true }));

/** The one file among the user's files that is uploaded twice, under two names. */
function sales(name: string): string {
  const copy = join(files, name);
  copyFileSync(join(files, 'part-00000.parquet'), copy);
  return copy;
}

story(
  'a newcomer branches, uploads, commits, finds the duplicate by clicking only, merges and cleans up',
  async () => {
    writeSampleFiles(files, OWN_ROWS);
    jupyter = await Jupyter.start({ rows: QUICKSTART_ROWS });
    person = await Person.at(jupyter);
    const { page, panel } = person;

    // What is there: repository, branch, data sets with their rows.
    await person.openPanel();
    await panel.getByRole('button', { name: 'Repository: quickstart' }).waitFor();
    await panel.getByRole('button', { name: 'Branch: main' }).waitFor();
    await person.sees(person.section('Data sets'), 'reviews/');
    await person.sees(person.section('Data sets'), '48,600');
    await person.sees(person.section('History'), 'Repository created');

    // A branch, and data of one's own by button.
    await person.createBranch('test-env', 'main');
    await person.sees(panel, 'level with main');
    await person.upload([sales('march.parquet')], 'sales');
    const changes = person.section('Uncommitted changes');
    await changes.getByRole('treeitem', { name: /march\.parquet/ }).waitFor();
    await person.sees(changes, '1,000');

    // More by drag.
    await person.drop([join(files, 'reviews.csv')], 'csv');
    await changes.getByRole('treeitem', { name: /reviews\.csv/ }).waitFor();
    await person.sees(panel, 'level with main · 2 uncommitted');
    await person.picture('panel-uncommitted-light');
    await person.pictureOf(panel, 'panel-light');

    await person.commit('Sales of March', { source: 'shop' });
    await person.sees(panel, '1 commit ahead of main');
    await person.sees(person.section('History'), 'Sales of March');
    await person.sees(person.section('History'), /source: shop/);

    // Merged, so that main has the data set; main was not touched before.
    await person.switchTo('main');
    expect(await person.section('Data sets').getByText('sales/').count()).toBe(0);
    await person.switchTo('test-env');
    await panel.getByRole('button', { name: 'Compare', exact: true }).click();
    const view = page.getByRole('tabpanel', { name: 'Compare' });
    await person.sees(view, '9,000 new rows.');
    await view.getByRole('button', { name: 'Merge into main …' }).click();
    await person.dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    await person.dialog.waitFor({ state: 'detached' });
    await person.sees(view, 'Nothing happened to the rows.');

    // The accident: the same file a second time, under another name.
    await person.upload([sales('march-again.parquet')], 'sales');
    const dataSets = person.section('Data sets');
    await dataSets.getByRole('img', { name: 'repeated ×2' }).waitFor();
    await person.sees(dataSets, /every row of main is here twice/);

    // Discarded where it is found, with an undo for those who think better of it.
    const discard = view.getByRole('button', { name: 'Discard the file', exact: true });
    await discard.click();
    await person.dialog.getByRole('button', { name: 'Discard' }).click();
    await person.sees(dataSets, '1,000');
    await person.undo('1 file discarded.');
    await discard.waitFor();
    await person.picture('compare-discard-light');
    await person.commit('Sales of March, again');
    await discard.waitFor({ state: 'detached' });

    // Seen at once in the panel, and in Compare with the sentence.
    await person.sees(view, 'Merging would add 1,000 duplicate rows.');
    const row = view.getByRole('row', { name: /sales\// });
    expect(await row.getByRole('cell').allTextContents()).toEqual(['1,000', '2,000', '', 'repeated ×2']);
    await person.sees(view, /2,000 rows, 1,000 more than main: every row of main is here twice/);
    await view.getByRole('listitem').filter({ hasText: 'sales/march-again.parquet' }).waitFor();

    // Where the second thousand came from.
    const origin = view.getByRole('list', { name: /^Rows along the history/ }).getByRole('listitem');
    await origin.filter({ hasText: /^Sales of March, again.*: 2,000 rows/ }).waitFor();
    expect(await origin.first().textContent()).toMatch(/^Sales of March.*: 1,000 rows/);

    // The rows themselves, to look at and to take along.
    await view.getByRole('button', { name: 'Show rows' }).click();
    await person.sees(view, '1,000 rows added since main');
    const downloads = page.waitForEvent('download');
    await view.getByRole('link', { name: 'Download as Parquet' }).click();
    const file = readFileSync(await (await downloads).path());
    expect(file.subarray(0, 4).toString()).toBe('PAR1');
    await view.getByRole('button', { name: 'Hide rows' }).click();
    await person.picture('compare-duplicate-light');
    await person.useTheme('JupyterLab Dark');
    await person.picture('compare-duplicate-dark');

    // Thrown away instead of merged, taken back, thrown away for good; main stayed as it was.
    await person.deleteBranch('test-env');
    await panel.getByRole('button', { name: 'Branch: main' }).waitFor();
    await person.pictureOfMessage('undo-offered-dark');
    await person.undo('Branch test-env deleted.');
    await panel.getByRole('button', { name: 'Branch: test-env' }).waitFor();
    await dataSets.getByRole('img', { name: 'repeated ×2' }).waitFor();
    await person.deleteBranch('test-env');
    await panel.getByRole('button', { name: 'Branch: main' }).waitFor();
    await person.sees(dataSets, '1,000');
    await person.sees(person.section('History'), /Merge|Sales of March/);
    expect(person.complaints).toEqual([]);
  }
);
