import type { Locator } from 'playwright-core';
import type { Commit } from '../../src/protocol/lakefs';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';
import { writeNotebook } from './work-notebook';

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

/** Writes every row once more, and then, by mistake, to main as well. */
const DOUBLE = `import pyarrow.parquet as pq
reviews = pq.read_table(f"{branch.path}/reviews", filesystem=files)
pq.write_table(reviews, f"{branch.path}/reviews/again.parquet", filesystem=files)
try:
    pq.write_table(reviews, f"{main.path}/reviews/again.parquet", filesystem=files)
except OSError as error:
    print("not on main")`;

const CELLS = [
  '%load_ext databranch\nfiles, main = branch.filesystem(), branch',
  DOUBLE,
  'from pathlib import Path\nPath("people.csv").write_text("id,name\\n1,a\\n2,b\\n")\nbranch.upload("people.csv", "people/");',
  'branch.upload("people.csv", "thrown/away.csv");',
  'branch.upload("people.csv", "gone/elsewhere.csv");',
  'branch.upload("people.csv", "more/")\n%commit -m "By magic"'
];

story(
  'a cell runs in a sandbox branch; its card says what it did, and keeps, merges or discards it',
  async () => {
    jupyter = await Jupyter.start({ rows: 8_000 });
    writeNotebook(jupyter, CELLS);
    person = await Person.at(jupyter);
    const { page } = person;
    await person.openNotebook('work.ipynb');
    await person.runCell();

    // What the cell did is told, what it was kept from is named, and main stands as it did.
    await person.command('Run Cell in a Sandbox Branch');
    const card = cardOf(1);
    await person.sees(card, 'main was not touched');
    await person.sees(card, 'repeated ×2');
    await person.sees(
      card.getByRole('note').first(),
      '1 write elsewhere was refused:reviews/again.parquet on main'
    );
    await person.sees(page.locator('.jp-OutputArea'), 'not on main');
    await page.locator('.jp-Notebook').evaluate(notebook => notebook.scrollTo(0, 0));
    await person.picture('sandbox-light');
    await person.useTheme('JupyterLab Dark');
    await person.picture('sandbox-dark');
    await person.useTheme('JupyterLab Light');

    // Kept under a name that is taken at first.
    await card.getByRole('button', { name: 'Keep as branch …' }).click();
    const name = person.dialog.getByRole('textbox', { name: 'Branch name' });
    await name.fill('main');
    await person.dialog.getByRole('button', { name: 'Keep' }).click();
    await person.sees(person.dialog, 'There is a branch "main" already');
    await name.fill('doubled');
    await person.dialog.getByRole('button', { name: 'Keep' }).click();
    await person.sees(card, 'Kept as branch doubled.');
    expect(await commitOf('doubled')).toMatchObject({ metadata: { notebook: 'work.ipynb', cell: 'cell-1' } });

    // Merged, by the button in the toolbar.
    const run = page.getByRole('button', { name: /^Run this cell on a throw-away data branch/ });
    await cell(2).locator('.jp-InputArea-editor').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('m'); // Text is not run,
    await jupyter.until(() => run.isDisabled());
    await page.keyboard.press('y'); // code is.
    await run.click();
    await cardOf(2).getByRole('button', { name: 'Merge into main' }).click();
    await person.sees(cardOf(2), 'Merged into main');
    expect(await jupyter.read('quickstart', 'main', 'people/people.csv')).toContain('1,a');
    expect(await commitOf('main')).toMatchObject({ metadata: { notebook: 'work.ipynb', cell: 'cell-2' } });

    // Discarded, and brought back.
    await cell(3).locator('.jp-InputArea-editor').click();
    await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
    await page.locator('.lm-Menu').getByText('Run Cell in a Sandbox Branch').click();
    await cardOf(3).getByRole('button', { name: 'Discard' }).click();
    await person.sees(cardOf(3), 'Discarded.');
    const toast = page.locator('.Toastify__toast').filter({ hasText: 'Discarded sandbox-' });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await cardOf(3).getByRole('button', { name: 'Discard' }).click();
    await person.sees(cardOf(3), 'Discarded.');

    // A commit by magic knows its notebook and cell, too.
    await cell(5).locator('.jp-InputArea-editor').click();
    await person.runCell();
    await person.sees(cell(5).locator('.jp-OutputArea'), 'to main: By magic');
    const { notebook, cell: id } = (await commitOf('main')).metadata!;
    expect([notebook, id]).toEqual([expect.stringMatching(/(^|\/)work\.ipynb$/), 'cell-5']);

    // Another one goes while nobody looks. After a reload each card says what became of its sandbox.
    await cell(4).locator('.jp-InputArea-editor').click({ button: 'right' });
    await page.locator('.lm-Menu').getByText('Run Cell in a Sandbox Branch').click();
    const label = await cardOf(4).getAttribute('aria-label');
    await jupyter.request('DELETE', `/databranch/repositories/quickstart/sandboxes/${label!.split(' ')[1]}`);
    await page.keyboard.press('Control+s');
    await page.locator('.jp-mod-current:not(.jp-mod-dirty)').first().waitFor();
    await person.leave();
    person = await Person.at(jupyter);
    await person.openNotebook('work.ipynb');
    await person.sees(cardOf(1), 'Kept as branch doubled.');
    await person.sees(cardOf(2), 'Merged into main');
    await person.sees(cardOf(3), 'Discarded.');
    await person.sees(cardOf(4), 'This sandbox is gone');
    await cardOf(4).scrollIntoViewIfNeeded();
    await person.picture('sandbox-outcomes-light');
    await person.useTheme('JupyterLab Dark');
    await person.picture('sandbox-outcomes-dark');
    expect(person.complaints).toEqual([]);
  }
);

function cell(index: number): Locator {
  return person.page.locator('.jp-Notebook .jp-Cell').nth(index);
}

/** The card below a cell. */
function cardOf(index: number): Locator {
  return cell(index).getByRole('region', { name: /^Sandbox sandbox-/ });
}

async function commitOf(ref: string): Promise<Commit> {
  return (await jupyter.ask(`/repositories/quickstart/commits/${ref}`)) as Commit;
}
