import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';

/** Nothing is asked for of itself: what shows, shows because of what was done. */
const SETTINGS = { pollInterval: 600 };

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('by keyboard alone, in two windows that agree, through lost connections and sessions', async () => {
  jupyter = await Jupyter.start({ rows: 8_000, settings: SETTINGS });
  person = await Person.at(jupyter);
  const { page, panel, dialog } = person;
  const { keyboard } = page;
  await page.locator('.jp-StatusBar-TextItem').filter({ hasText: 'quickstart / main' }).waitFor();

  // A branch.
  await keyboard.press('Control+Alt+d');
  await person.isAt(panel.getByRole('button', { name: 'Repository: quickstart' }));
  await person.commandByKeyboard('Create Branch');
  await person.isAt(dialog.getByRole('textbox', { name: 'Branch name' }));
  await keyboard.type('test-env');
  await keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Branch: test-env' }).waitFor();

  // Committed with what a notebook wrote.
  await jupyter.upload('quickstart', 'test-env', 'sales/march.csv', 'a,b\n1,2\n');
  await person.commandByKeyboard('Refresh Data Branches');
  await person.sees(person.section('Uncommitted changes').getByRole('treeitem'), 'march.csv');
  await person.commandByKeyboard('Commit Changes');
  const message = panel.getByRole('textbox', { name: 'Commit message' });
  await person.isAt(message);
  await keyboard.type('Sales of March');

  // The connection goes, and the session: it is said, what was typed stays, and all goes on by itself.
  const ours = '**/databranch/api/**';
  await page.route(ours, route => route.abort('internetdisconnected'));
  await person.commandByKeyboard('Refresh Data Branches');
  await person.sees(panel.getByRole('alert'), 'The Jupyter server does not answer');
  await page.unroute(ours);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await jupyter.until(async () => (await panel.getByRole('alert').count()) === 0);
  // Jupyter itself answers, to somebody whom it does not know (any more).
  await page.route(ours, async route => {
    const answer = await fetch(route.request().url(), { headers: { Authorization: 'token old' } });
    const body = await answer.text();
    await route.fulfill({ status: answer.status, contentType: 'application/json', body });
  });
  await person.commandByKeyboard('Refresh Data Branches');
  await person.sees(panel.getByRole('alert'), 'Your Jupyter session has ended');
  await person.picture('session-ended-light');
  await page.unroute(ours);
  await page.evaluate(() => window.dispatchEvent(new Event('focus'))); // back from where one signs in
  await jupyter.until(async () => (await panel.getByRole('alert').count()) === 0);
  expect(await message.inputValue()).toBe('Sales of March');

  await message.focus();
  await keyboard.press('Control+Enter');
  await person.sees(person.section('History'), 'Sales of March');

  // A second window looks at main.
  const second = await person.anotherWindow();
  await second.openPanel();
  await second.switchTo('main');

  // Compared and merged.
  await person.commandByKeyboard('Compare');
  await person.isAt(page.getByRole('tab', { name: 'Compare', exact: true }));
  await person.tabTo(page.getByRole('button', { name: 'Merge into main …' }));
  await keyboard.press('Enter');
  await person.isAt(dialog.getByRole('textbox', { name: 'Message' }));
  await person.tabTo(dialog.getByRole('button', { name: 'Merge', exact: true }));
  await keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await second.sees(second.section('History'), "Merge 'test-env' into 'main'");

  // The branch is deleted where branches are listed.
  await person.tabTo(page.getByRole('tab', { name: 'Compare', exact: true }));
  for (const tab of ['Tags', 'Branches']) {
    await keyboard.press('ArrowLeft');
    await person.isAt(page.getByRole('tab', { name: tab, exact: true }));
  }
  const row = page.getByRole('row').filter({ hasText: 'test-env' });
  await row.waitFor();
  await person.tabTo(page.getByRole('row').first());
  await keyboard.press('ArrowDown');
  await person.isAt(row);
  await person.tabTo(row.getByRole('button', { name: 'Delete branch test-env' }));
  await keyboard.press('Enter');
  await dialog.waitFor();
  await person.tabTo(dialog.getByRole('button', { name: 'Delete branch' }));
  await keyboard.press('Enter');
  await row.waitFor({ state: 'detached' });

  // And comes back.
  await person.openTabByKeyboard('Operations');
  await person.tabTo(page.getByRole('button', { name: 'Undo: Branch test-env deleted' }));
  await keyboard.press('Enter');
  await dialog.waitFor();
  await person.tabTo(dialog.getByRole('button', { name: 'Undo' }));
  await keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Branch: test-env' }).waitFor();
  expect(person.complaints).toEqual([]);
  expect(second.complaints).toEqual([]);
});
