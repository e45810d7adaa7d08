import type { Locator } from 'playwright-core';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('what fails is told with its reason and the way out, and nothing typed is lost', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  person = await Person.at(jupyter);
  const { page, panel, dialog } = person;
  await person.openPanel();
  await person.createBranch('test-env', 'main');

  // A branch that exists: the form says so and keeps what was typed.
  await panel.getByRole('button', { name: 'Create branch', exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Branch name' }).fill('test-env');
  await dialog.getByRole('button', { name: 'Create branch' }).click();
  await person.sees(dialog.getByRole('alert'), /There is a branch "test-env" already/);
  expect(await dialog.getByRole('textbox', { name: 'Branch name' }).inputValue()).toBe('test-env');
  await dialog.getByRole('button', { name: 'Cancel' }).last().click();

  // Somebody else deletes the branch meanwhile.
  await jupyter.request('DELETE', '/repositories/quickstart/branches/test-env');
  await person.sees(panel, 'test-env is not there any more');
  await person.picture('panel-branch-gone-light');
  await panel.getByRole('button', { name: 'Switch to main' }).click();
  await panel.getByRole('button', { name: 'Branch: main' }).waitFor();

  // Two sides change the same paths: the merge names them, and is finished right there, path by path.
  await person.createBranch('left', 'main');
  for (const path of ['notes.txt', 'prices.csv']) {
    await upload('left', path, 'from the left');
    await upload('main', path, 'from main');
  }
  await commit('left');
  await commit('main');
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByRole('button', { name: 'Merge into main …' }).click();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  const choice = (path: string): Locator => dialog.getByRole('radiogroup', { name: `Take ${path} from` });
  await choice('notes.txt').getByRole('radio', { name: 'left' }).check();
  await person.picture('merge-conflict-light');
  await choice('prices.csv').getByRole('radio', { name: 'main' }).check();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await objectText('main', 'notes.txt')).toBe('from the left');
  expect(await objectText('main', 'prices.csv')).toBe('from main');

  // The destination's guards refuse: it is said before, and takes a word to merge all the same.
  await upload('main', '_databranch/guards.yaml', 'guards:\n  - path: products\n    max_row_loss: 10%\n');
  await commit('main');
  await upload('left', 'products/products.csv', 'product_id,name\n1,Tea\n');
  await commit('left');
  await page.getByRole('button', { name: 'Merge into main …' }).click();
  const guards = dialog.getByRole('group', { name: 'Guards of main' });
  await person.sees(guards, /products/);
  await person.picture('merge-guarded-light');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  await guards.getByRole('checkbox', { name: /^Merge all the same/ }).check();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await objectText('main', 'products/products.csv')).toContain('Tea');

  // The service crashes: the panel says so, keeps the draft, and recovers by itself.
  await upload('left', 'more.txt', 'more');
  await panel.getByRole('button', { name: 'Branch: left' }).waitFor();
  const message = panel.getByRole('textbox', { name: 'Commit message' });
  await message.fill('Almost done');
  await person.sees(person.section('Uncommitted changes').getByRole('treeitem'), 'more.txt');
  const mend = jupyter.breakService();
  await person.sees(panel.getByRole('alert'), /No connection to your data.*newer Databranch/);
  await person.sees(panel, 'more.txt');
  await person.picture('panel-service-away-light');
  mend();
  // One by the panel, and one by each section that was just being read.
  await panel.filter({ hasNot: page.getByRole('alert') }).waitFor();
  expect(await message.inputValue()).toBe('Almost done');
  expect(person.complaints).toEqual([]);
});

story('without a repository the panel leads to the first one', async () => {
  jupyter = await Jupyter.start();
  person = await Person.at(jupyter);
  const { panel, dialog } = person;
  await person.page.getByRole('tab', { name: 'Data branches' }).click();
  await person.sees(panel, 'No repository yet');
  await person.picture('panel-no-repository-light');

  await panel.getByRole('button', { name: 'Create repository' }).last().click();
  const name = dialog.getByRole('textbox', { name: 'Repository name' });
  await name.fill('X');
  expect(await name.evaluate((field: HTMLInputElement) => field.validity.valid)).toBe(false);
  await name.fill('first-one');
  await dialog.getByRole('button', { name: 'Create repository' }).click();
  await panel.getByRole('button', { name: 'Repository: first-one' }).waitFor();
  await person.sees(panel, 'No data on this branch yet');
  await person.sees(panel, 's3a://first-one/main/');
  await person.picture('panel-empty-branch-light');
  expect(person.complaints).toEqual([]);
});

story('a part that cannot be loaded is told, and loaded when one tries again', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  person = await Person.at(jupyter);
  const { page, panel, dialog } = person;
  const scripts = /\/jupyterlab-databranch\/static\/.*\.js/;
  const cutOff = () => page.route(scripts, route => route.abort());
  const tryAgain = { name: 'Try again' };
  const why = /A part of Databranch could not be loaded/;

  await cutOff();
  await page.getByRole('tab', { name: 'Data branches' }).click();
  const message = page.locator('.Toastify__toast').filter({ hasText: why });
  await person.sees(message, 'The panel could not be loaded.');
  await page.unroute(scripts);
  await message.getByRole('button', tryAgain).click();
  await panel.getByRole('button', { name: 'Branch: main' }).waitFor();

  await cutOff();
  await panel.getByRole('button', { name: 'Create branch', exact: true }).click();
  await person.sees(panel.getByRole('alert'), why);
  await person.picture('form-not-loaded-light');
  await message.waitFor({ state: 'detached' }); // the panel tells it, nothing else does
  await page.unroute(scripts);
  await panel.getByRole('alert').getByRole('button', tryAgain).click();
  await dialog.getByRole('textbox', { name: 'Branch name' }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).last().click();

  await cutOff();
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  await person.sees(panel.getByRole('alert'), why);
  await page.unroute(scripts);
  await panel.getByRole('alert').getByRole('button', tryAgain).click();
  await person.repositoryTab('Compare').waitFor();
  // Of what the browser itself says, nothing but that scripts did not come.
  expect(person.complaints.filter(text => !/net::ERR_FAILED|Loading chunk/.test(text))).toEqual([]);
});

function upload(branch: string, path: string, text: string): Promise<unknown> {
  return jupyter.upload('quickstart', branch, path, text);
}

function commit(branch: string): Promise<unknown> {
  return jupyter.request('POST', `/repositories/quickstart/branches/${branch}/commits`, {
    message: 'By another'
  });
}

async function objectText(ref: string, path: string): Promise<string> {
  return jupyter.read('quickstart', ref, path);
}
