import { readFileSync } from 'node:fs';
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

/** Magics that tell of rows, and what is to be read in what JupyterLab draws of it. */
const TELLING: [magic: string, said: string][] = [
  ['%rowcount people/ main', '3 rows, 1 more than main'],
  ['%duplicates people/ main', '1 of 3 rows is a copy of another, none of them on main.'],
  ['%rowdiff people/ main --by id', '1 row changed, 1 added since main.'],
  ['%rowdiff people/ main --columns', 'name has 1 NULL more than on main.'],
  ['%rowcount people/ --log', '3 rows, 1 more: 1 file replaced'],
  ['%guard', 'Look at this before you merge into main']
];

story('what magics tell of rows is drawn as Compare draws it, in every theme', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  const to = (branch: string): string => `/repositories/quickstart/branches/${branch}/commits`;
  await jupyter.upload(
    'quickstart',
    'main',
    'people/a.jsonl',
    '{"id":1,"name":"Ada"}\n{"id":2,"name":"Alan"}\n'
  );
  await jupyter.request('POST', to('main'), { message: 'Two people' });
  await jupyter.request('POST', '/repositories/quickstart/branches', { name: 'test-env', source: 'main' });
  const [ada, alan] = ['{"id":1,"name":"Ada"}\n', '{"id":2,"name":null}\n'];
  await jupyter.upload('quickstart', 'test-env', 'people/a.jsonl', ada + ada + alan);
  await jupyter.request('POST', to('test-env'), { message: 'Night work' });
  writeNotebook(jupyter, ['%load_ext databranch\n%branch test-env', ...TELLING.map(([magic]) => magic)]);
  person = await Person.at(jupyter, { width: 1400, height: 2400 });
  const { page } = person;
  await person.openNotebook('work.ipynb');
  await person.command('Run All Cells');
  const outputs = page.locator('.jp-db-RenderedRows');
  await outputs.nth(TELLING.length - 1).waitFor();
  for (const [index, [, said]] of TELLING.entries()) {
    await person.sees(outputs.nth(index), said);
  }
  // Saved, it says the same to whoever reads it without this extension.
  await page.keyboard.press('Control+s');
  await jupyter.until(() => Promise.resolve(saved().includes('text/html')));
  for (const [, said] of TELLING.slice(0, -1)) {
    expect(saved()).toContain(said.replace(/\.$/, ''));
  }
  await person.picture('notebook-results-light');
  await person.useTheme('JupyterLab Dark');
  await person.picture('notebook-results-dark');
  expect(person.complaints).toEqual([]);
});

/** The notebook as it lies on disk. */
function saved(): string {
  return readFileSync(jupyter.workFile('work.ipynb'), 'utf8');
}
