import type { Locator } from 'playwright-core';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';

/** More than a page of the API holds. */
const BRANCHES = 1_200;

/** So many rows may be in the document at once, however long a list is. */
const ROWS_DRAWN_MAX = 200;

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('commits are looked into, reverted and picked; branches come from them and are protected', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  await commitOn('main', 'prices.csv', 'Prices of March');
  await jupyter.request('POST', '/repositories/quickstart/branches', { name: 'test-env', source: 'main' });
  await commitOn('test-env', 'wrong.csv', 'A mistake');
  person = await Person.at(jupyter);
  const { page, panel, dialog } = person;
  await person.openPanel();
  await person.switchTo('test-env');

  // From the history into the commit, and what it changed against its parent.
  await person.section('History').getByRole('listitem').filter({ hasText: 'A mistake' }).click();
  const detail = page.getByRole('region', { name: /^Commit / });
  await person.sees(detail, 'wrong.csv');
  await detail.getByRole('button', { name: 'Revert …' }).click();
  await dialog.getByRole('button', { name: 'On branch: test-env' }).waitFor();
  await person.picture('revert-light');
  await dialog.getByRole('button', { name: 'Revert', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const commits = page.getByRole('tabpanel', { name: 'Commits' }).getByRole('list', { name: 'Commits' });
  await commits
    .getByRole('listitem')
    .filter({ hasText: /^Revert / })
    .waitFor();

  // Picked onto another branch, and taken back there.
  await commits.getByRole('listitem').filter({ hasText: 'A mistake' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Cherry-Pick Commit…' }).click();
  await person.pick(dialog.getByRole('button', { name: /^Onto branch: / }), 'main');
  await dialog.getByRole('button', { name: 'Cherry-pick', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await jupyter.read('quickstart', 'main', 'wrong.csv')).toBe('A mistake');
  await person.undo(/cherry-picked onto main/);
  await jupyter.until(async () => {
    const gone = jupyter.read('quickstart', 'main@', 'wrong.csv');
    return gone.then(
      () => false,
      () => true
    );
  });

  // A branch from an old commit.
  await commits.getByRole('listitem').filter({ hasText: 'Prices of March' }).click();
  await detail.getByRole('button', { name: 'Branch from here …' }).click();
  await dialog.getByRole('textbox', { name: 'Branch name' }).fill('from-march');
  await dialog.getByRole('button', { name: 'Create branch' }).click();
  await panel.getByRole('button', { name: 'Branch: from-march' }).waitFor();

  // Somebody leaves something uncommitted on main: who compares with it is told, and led there.
  await jupyter.upload('quickstart', 'main', 'theirs.csv', 'a\n1\n');
  await panel.getByRole('button', { name: 'Refresh' }).click();
  const note = person.section('Data sets').getByRole('note');
  await person.sees(note, '1 uncommitted change on main, whoever made it, is counted here.');
  await person.picture('panel-uncommitted-of-others-light');
  await note.getByRole('button', { name: 'Show' }).click();
  await person.sees(page.getByRole('tabpanel', { name: /^Uncommitted/ }), 'theirs.csv');
  await jupyter.request('PUT', '/repositories/quickstart/branches/main', { type: 'reset' });

  // Protected: the next upload is refused with a sentence, and the chip shows why.
  await person.openTab('Branches');
  const row = (branch: string): Locator =>
    page.getByRole('row').filter({ has: page.getByText(branch, { exact: true }) });
  await person.pressIn(row('main'), 'Protect main');
  await row('main').getByText('protected').waitFor();
  await person.picture('branches-protected-light');

  // Rules, retention and space.
  await person.openTab('Settings');
  const settings = page.getByRole('tabpanel', { name: 'Settings' });
  await settings.getByRole('list', { name: 'Protected branches' }).getByText('main').waitFor();
  await settings.getByRole('textbox', { name: 'Branches to protect' }).fill('release-*');
  await page.keyboard.press('Enter');
  await settings.getByRole('button', { name: 'Remove rule release-*' }).waitFor();
  await settings.getByRole('checkbox', { name: 'Let go of old contents' }).check();
  await settings.getByRole('button', { name: 'Add a rule for a branch' }).click();
  await settings.getByRole('textbox', { name: 'Branch of rule 1' }).fill('main');
  await settings.getByRole('spinbutton', { name: 'Days of rule 1' }).fill('90');
  await settings.getByRole('button', { name: 'Save' }).click();

  // Guards come to a protected branch as everything does: by a branch that is merged.
  await settings.getByRole('button', { name: 'Add guards …' }).click();
  const guards = dialog.getByRole('textbox', { name: '_databranch/guards.yaml' });
  const template = await guards.inputValue();
  await guards.fill('guards:\n  - max_row_loss: 10%\n');
  await dialog.getByRole('textbox', { name: 'Commit on a new branch' }).fill('guards');
  await person.sees(dialog.getByRole('status'), /cannot be read as guards: guard 1 needs a path/);
  expect(await dialog.getByRole('button', { name: 'Commit' }).isDisabled()).toBe(true);
  await person.picture('guards-form-light');
  await guards.fill(template);
  await person.sees(dialog.getByRole('status'), 'This can be read as guards.');
  await dialog.getByRole('button', { name: 'Commit' }).click();
  await dialog.getByText('Merge guards into main').waitFor();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const rules = settings.getByRole('list', { name: 'Guards of main' });
  await person.sees(rules, /loses at most 10% of the rows/);

  await settings.getByRole('button', { name: 'Find out what would be freed' }).click();
  await settings.getByRole('status').waitFor();
  await person.picture('settings-rules-light');
  await person.useTheme('JupyterLab Dark');
  await person.picture('settings-rules-dark');

  // The log of all that, from which anything can be taken back.
  await person.openTab('Operations');
  const operations = page.getByRole('list', { name: 'Operations' });
  await operations.getByText('Undone: Commit cherry-picked onto main').waitFor();
  await person.picture('operations-dark');

  // Thousands of branches: all can be reached, few are drawn.
  for (let first = 0; first < BRANCHES; first += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        jupyter.request('POST', '/repositories/quickstart/branches', {
          name: `try-${String(first + index).padStart(4, '0')}`,
          source: 'main'
        })
      )
    );
  }
  await person.openTab('Branches');
  const list = page.getByRole('grid', { name: 'Branches' });
  await list.getByRole('row').first().focus();
  const last = list.getByText(`try-${BRANCHES - 1}`, { exact: true });
  await jupyter.until(async () => {
    await page.keyboard.press('End');
    return last.isVisible();
  });
  expect(await list.getByRole('row').count()).toBeLessThanOrEqual(ROWS_DRAWN_MAX);
  expect(person.complaints).toEqual([]);
});

async function commitOn(branch: string, path: string, message: string): Promise<void> {
  await jupyter.upload('quickstart', branch, path, message);
  await jupyter.request('POST', `/repositories/quickstart/branches/${branch}/commits`, { message });
}
