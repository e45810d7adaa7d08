import type { Locator } from 'playwright-core';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { drawn, Shifts } from './shifts';
import { story } from './story';

/** The least that the settings allow: so soon it is looked again whether the branch has changed. */
const SETTINGS = { pollInterval: 1 };

/** Looks without news that are waited for. */
const LOOKS = 3;

const OURS = '**/databranch/api/**';

/** A window beside other windows, in which answers have little room. */
const SMALL = { width: 1000, height: 700 };

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('what is read again without news moves nothing, in the panel and in Compare', async () => {
  jupyter = await Jupyter.start({ rows: 8_000, settings: SETTINGS });
  await makeDuplicates();
  person = await Person.at(jupyter);
  const { page, panel } = person;
  await person.openPanel();
  await person.switchTo('test-env');
  await person.sees(person.section('Uncommitted changes'), 'may.csv');
  await panel.getByRole('button', { name: 'Open repository view' }).click();
  await person.openTab('Compare');
  const view = page.getByRole('tabpanel', { name: 'Compare' });
  for (const question of ['Show parts', 'Show rows', 'Show duplicates', 'Show column statistics']) {
    await view.getByRole('button', { name: question }).click();
  }
  await isAtRest(view);
  const shifts = await Shifts.of(page);

  // The observer does its work: what is planted above the sections is seen.
  await shifts.taken();
  await panel.evaluate(({ firstElementChild: content }) => {
    const planted = document.createElement('div');
    planted.id = 'planted';
    planted.style.cssText = 'flex: none; height: 20px';
    content!.prepend(planted);
  });
  expect(await shifts.taken()).toContainEqual(expect.stringContaining('jp-db-Panel-sections'));
  await page.locator('#planted').evaluate(node => node.remove());
  await shifts.taken();

  for (let look = 0; look < LOOKS; look++) {
    await page.waitForResponse(response => /\/branches\/test-env\/state\b/.test(response.url()));
  }
  expect(await shifts.taken()).toEqual([]);

  // Everything is read again, and drawn while it is: each request waits for that.
  const asked = new Set<string>();
  await page.route(OURS, async route => {
    asked.add(new URL(route.request().url()).pathname.replace(/^.*\/refs\/[^/]+\//, ''));
    await drawn(page);
    await route.continue();
  });
  for (const size of [page.viewportSize()!, SMALL]) {
    await page.setViewportSize(size);
    await isAtRest(view);
    await shifts.taken();
    asked.clear();
    await panel.getByRole('button', { name: 'Refresh' }).click();
    await view.locator('[aria-busy="true"]').first().waitFor();
    await person.pictureOf(view, `compare-read-again-${size.width}-light`);
    await isAtRest(view);
    expect([...asked]).toEqual(
      expect.arrayContaining([
        'rows/test-env',
        'rowdiff/test-env',
        'duplicates',
        'columns/test-env',
        'rowlog'
      ])
    );
    expect(await shifts.taken()).toEqual([]);
  }

  // Somebody commits what lies there: of the tabs, and of what is above the sections, nothing moves.
  await page.setViewportSize({ width: 1400, height: 900 });
  await isAtRest(view);
  await shifts.taken();
  await jupyter.request('POST', '/repositories/quickstart/branches/test-env/commits', {
    message: 'Sales of May'
  });
  await person.sees(panel, '2 commits ahead of main');
  await person.sees(person.section('Uncommitted changes'), 'Nothing to commit');
  await person.sees(person.section('History'), 'Sales of May');
  await isAtRest(view);
  const moved = (await shifts.taken()).join('\n');
  expect(moved).toContain('jp-db-HistoryRow'); // there is another one above it
  expect(moved).not.toMatch(/“Branches”|jp-db-Panel-sections/);
  await page.unroute(OURS);
  expect(person.complaints).toEqual([]);
});

story('an answer that comes between press and release moves nothing below the pointer', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  await makeDuplicates();
  person = await Person.at(jupyter);
  const { page, panel, dialog } = person;
  await person.openPanel();
  await person.switchTo('test-env');
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  await isAtRest(page.getByRole('tabpanel', { name: 'Compare' }));

  // Both sides have changed an object: the form asks what to take, and grows, once it is told.
  await jupyter.upload('quickstart', 'main', 'people/people.csv', 'id,name\n1,Ada\n2,Alan\n4,Konrad\n');
  await commit('main', 'One more');
  const preview = /\/merge\/main\/preview/;
  let tell = (): void => undefined;
  const told = new Promise<void>(resolve => (tell = resolve));
  await page.route(preview, async route => {
    await told;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Merge into main …' }).click();
  await dialog.getByRole('note').waitFor(); // what becomes of the rows
  await dialog.getByRole('button', { name: 'Merge', exact: true }).hover();
  await page.mouse.down();
  const answer = page.waitForResponse(preview);
  tell();
  await (await answer).finished();
  await drawn(page);
  await page.mouse.up();
  await person.sees(dialog.getByRole('alert'), 'Not merged yet: both sides changed the same objects.');
  await page.unroute(preview);
  expect(person.complaints).toEqual([]);
});

/** Waits until nothing is being read. */
async function isAtRest(view: Locator): Promise<void> {
  await jupyter.until(async () => {
    await drawn(view.page());
    return (await view.page().locator('[aria-busy="true"], .jp-db-Busy').count()) === 0;
  });
}

function commit(branch: string, message: string): Promise<void> {
  return jupyter.request('POST', `/repositories/quickstart/branches/${branch}/commits`, { message });
}

/** A branch that changed a data set, has rows of it twice, and something uncommitted. */
async function makeDuplicates(): Promise<void> {
  await jupyter.upload('quickstart', 'main', 'people/people.csv', 'id,name\n1,Ada\n2,Alan\n');
  await commit('main', 'People');
  await jupyter.request('POST', '/repositories/quickstart/branches', { name: 'test-env', source: 'main' });
  const people = 'id,name\n1,Grace\n2,Alan\n3,Edsger\n3,Edsger\n';
  await jupyter.upload('quickstart', 'test-env', 'people/people.csv', people);
  await commit('test-env', 'Other people');
  await jupyter.upload('quickstart', 'test-env', 'sales/may.csv', 'day,amount\n1,2\n');
}
