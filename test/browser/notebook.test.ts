import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';
import { writeNotebook } from './work-notebook';

jest.setTimeout(240_000);

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story("a notebook's branch is chosen in its toolbar, kept, and the one its kernel works on", async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  await jupyter.request('POST', '/repositories/quickstart/branches', { name: 'test-env', source: 'main' });
  writeNotebook(jupyter, [
    'import databranch; print("on", databranch.branch.name)',
    '%load_ext databranch\n%branch main'
  ]);
  person = await Person.at(jupyter);
  const { page, panel } = person;
  await person.openNotebook('work.ipynb');

  // By the toolbar: the kernel is on it in the next cell.
  const picker = page.getByRole('button', { name: /^Data branch of this notebook: / });
  await person.pick(picker, 'test-env');
  await page.getByRole('button', { name: 'Data branch of this notebook: test-env' }).waitFor();
  await person.runCell();
  await person.sees(page.locator('.jp-OutputArea'), 'on test-env');

  // By a magic: the toolbar follows.
  await person.runCell();
  await page.getByRole('button', { name: 'Data branch of this notebook: main' }).waitFor();
  await person.pick(picker, 'test-env');

  // Rows of this branch and main, in the notebook itself.
  await jupyter.upload('quickstart', 'test-env', 'reviews/more.csv', 'a,b\n1,2\n');
  await person.command('Count Rows on This Branch and Main');
  const output = page.locator('.jp-db-RenderedRows');
  const row = output.getByRole('row', { name: /^reviews\/ / });
  await person.sees(row.first(), '8,000');
  await person.picture('notebook-rows-light');

  // Saved with the notebook, and applied to a kernel that starts anew.
  await page.keyboard.press('Control+s');
  await person.command('Restart Kernel and Run All Cells');
  await person.dialog.getByRole('button', { name: 'Restart' }).last().click();
  await person.sees(page.locator('.jp-OutputArea').first(), 'on test-env');

  // The panel shows the branch on which the notebook ended.
  await page.getByRole('button', { name: /^quickstart \/ main/ }).click();
  await panel.getByRole('button', { name: 'Branch: main' }).waitFor();
  expect(person.complaints).toEqual([]);
});
