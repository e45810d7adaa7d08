import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jupyter, writeSampleFiles } from './jupyter';
import { Person } from './person';
import { story } from './story';

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

story(
  'objects are browsed, uploaded where one is, downloaded, deleted, and the deletion discarded',
  async () => {
    writeSampleFiles(files, 8_000);
    jupyter = await Jupyter.start({ rows: 8_000 });
    person = await Person.at(jupyter);
    const { page, panel, dialog } = person;
    await person.openPanel();
    await panel.getByRole('button', { name: 'Open repository view' }).click();
    const view = page.getByRole('tabpanel', { name: 'Objects' });

    // Into a folder, and up again by the way shown above the list.
    await view.getByRole('button', { name: 'reviews/', exact: true }).click();
    await view.getByRole('row').filter({ hasText: 'part-00007.parquet' }).waitFor();
    await view
      .getByRole('navigation', { name: 'Folder' })
      .getByRole('button', { name: 'quickstart' })
      .click();
    await view.getByRole('searchbox', { name: 'Names that begin with' }).fill('prod');
    await view.getByRole('row').filter({ hasText: 'reviews/' }).waitFor({ state: 'detached' });
    await view.getByRole('button', { name: 'products/', exact: true }).click();

    // Uploaded into the folder that is shown.
    const chooser = page.waitForEvent('filechooser');
    await view.getByRole('button', { name: 'Upload Object' }).click();
    await (await chooser).setFiles([join(files, 'reviews.csv')]);
    expect(await dialog.getByRole('textbox', { name: 'Folder' }).inputValue()).toBe('products/');
    await dialog.getByRole('button', { name: 'Upload' }).click();
    const uploaded = view.getByRole('row').filter({ hasText: 'reviews.csv' });
    await uploaded.waitFor();

    // What comes down is what went up.
    const download = page.waitForEvent('download');
    await person.pressIn(uploaded, 'Download reviews.csv');
    const saved = await (await download).path();
    expect(readFileSync(saved).equals(readFileSync(join(files, 'reviews.csv')))).toBe(true);

    // Deleted through the context menu; the deletion shows, and is taken back.
    const products = view.getByRole('row').filter({ hasText: 'products.csv' });
    await products.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await products.waitFor({ state: 'detached' });
    const change = person
      .section('Uncommitted changes')
      .getByRole('treeitem')
      .filter({ hasText: 'products.csv' });
    await change.getByRole('img', { name: 'deleted' }).waitFor();
    await change.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Discard Changes…' }).click();
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await change.waitFor({ state: 'detached' });
    await products.waitFor();

    // Everything else through the panel's menu.
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Create Tag…' }).click();
    await dialog.getByRole('textbox', { name: 'Tag name' }).fill('v1');
    await dialog.getByRole('button', { name: 'Create tag' }).click();
    await dialog.waitFor({ state: 'detached' });
    const kept = page.waitForRequest(request => /"tab":"tags"/.test(request.postData() ?? ''));
    await page.getByRole('tab', { name: 'Tags' }).click();
    await page.getByRole('row').filter({ hasText: 'v1' }).waitFor();

    // A reload shows what was shown, once JupyterLab has kept it.
    await (await kept).response();
    await page.goto(jupyter.labAddress.replace('&reset', ''));
    await page.getByRole('tab', { name: 'Tags', selected: true }).waitFor();
    await panel.getByRole('button', { name: 'Branch: main' }).waitFor();
    expect(person.complaints).toEqual([]);
  }
);
