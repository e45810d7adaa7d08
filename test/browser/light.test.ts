import type { Locator, Page } from 'playwright-core';
import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';
import { Traffic } from './traffic';

/** A minute, and how often the settings have the extension look for changes by default. */
const MINUTE_S = 60;
const POLL_S = 3;

/** However long the service is away, it is looked for this often. */
const BACKOFF_MAX_S = 30;

/** More than fits anywhere; populated by the catalog's own verbs. */
const OBJECTS = 100_000;
const BRANCHES = 5_000;
const CHANGES = 5_000;

/** So many rows may be in the document at once, however long a list is. */
const ROWS_DRAWN_MAX = 200;

/** Turns of the wheel, each by most of what is in sight. */
const TURNS = 50;
const WHEEL_PX = 600;

/** Some for what came into sight; a script that asks for sizes row by row would force one for each of forty rows. */
const LAYOUTS_PER_TURN_MAX = 8;

/** Of this extension's code before somebody asks for more, and style sheets of it. */
const BYTES_AT_START_MAX = 150_000;
const SHEETS_AT_START_MAX = 1;

/** The first line of a script by which the browser compiles all of it where it reads it, in another thread. */
const COMPILED_AHEAD = '//# allFunctionsCalledOnLoad';

let jupyter: Jupyter;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

story('what is shown is followed by one cheap request at a time, what nobody sees by none', async () => {
  jupyter = await Jupyter.start({ rows: 8_000 });
  person = await Person.at(jupyter);
  const { page, panel } = person;
  // JupyterLab has started, and nobody has opened anything: the status bar has asked what it shows.
  await page.getByText(/^quickstart \/ main · \d/).waitFor();
  // An answer is shown a moment before the browser lists it among those that it has got.
  await jupyter.until(async () => (await askedSoFar(page)).includes('state'));
  expect(await askedSoFar(page)).toEqual(['repositories', 'state']);
  const traffic = await Traffic.of(page);
  const states = (count: number): string[] => Array.from({ length: count }, () => 'state');

  expect(await traffic.during(MINUTE_S)).toEqual([]);

  // The panel: it reads once what it shows, then only whether the branch has changed.
  await person.openPanel();
  await person.section('Data sets').getByRole('listitem').first().waitFor();
  await person.section('History').getByRole('listitem').first().waitFor();
  const parts = (await traffic.asked()).filter(last => last !== 'state');
  expect(parts.sort()).toEqual(['commits', 'diff', 'rows']);
  await traffic.during(POLL_S);
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));

  // With the repository view beside it, which shows the same branch: still one.
  await panel.getByRole('button', { name: 'Open repository view' }).click();
  await page.getByRole('tabpanel', { name: 'Objects' }).getByRole('row').first().waitFor();
  await traffic.during(POLL_S);
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));

  // The window goes to the background with both of them open, and comes back.
  await person.turnsAway(true);
  expect(await traffic.during(MINUTE_S)).toEqual([]);
  await person.turnsAway(false);
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));

  // The panel is closed, and the view is behind another tab.
  await page.getByRole('tab', { name: /^File Browser/ }).click();
  await panel.waitFor({ state: 'hidden' });
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));
  await page.getByRole('tab', { name: 'Launcher' }).click();
  expect(await traffic.during(MINUTE_S)).toEqual([]);

  // It comes to the front again: it asks at once, and is followed again.
  await page.getByRole('tab', { name: 'quickstart' }).click();
  expect(await traffic.asked()).toEqual(['state']);
  await traffic.during(POLL_S);
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));

  // The service is away: it is asked ever more rarely, at last every half minute, and followed again when it is back.
  await page.evaluate(() => (Math.random = () => 1 - Number.EPSILON)); // as long as it may be
  const ours = '**/databranch/api/**';
  await page.route(ours, route => route.abort('internetdisconnected'));
  await traffic.during(2 * MINUTE_S);
  expect(await traffic.during(2 * MINUTE_S)).toEqual(states((2 * MINUTE_S) / BACKOFF_MAX_S));
  await page.unroute(ours);
  await traffic.during(BACKOFF_MAX_S + POLL_S);
  expect(await traffic.during(MINUTE_S)).toEqual(states(MINUTE_S / POLL_S));
  expect(person.complaints).toEqual([]);
});

story('of very long lists a window is drawn, and of the code what everybody needs is loaded', async () => {
  jupyter = await Jupyter.start({
    repositories: [`many=${OBJECTS},flat,branches=${BRANCHES}`, `staged=${CHANGES},flat,uncommitted`]
  });
  person = await Person.at(jupyter);
  const { page, panel } = person;

  const atStart = await codeLoaded(page);
  expect(atStart.map(({ file }) => file)).toContainEqual(expect.stringMatching(/^remoteEntry\./));
  expect(atStart.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(BYTES_AT_START_MAX);
  expect(await sheets(page)).toBeLessThanOrEqual(SHEETS_AT_START_MAX);

  await person.openPanel();
  await person.pick(panel.getByRole('button', { name: /^Repository: / }), 'many');
  await panel.getByRole('button', { name: 'Open repository view' }).click();
  const rowsDrawn = await watchRows(page);
  for (const folder of ['tables', 'reviews']) {
    await page
      .getByRole('tabpanel', { name: 'Objects' })
      .getByRole('row')
      .filter({ hasText: folder })
      .dblclick();
  }
  const later = (await codeLoaded(page)).slice(atStart.length); // the view's own, not before it was opened
  expect(later).not.toEqual([]);
  // What runs at the start is compiled ahead, all of it; of what is loaded later, what is called.
  expect(atStart.map(({ head }) => head)).toEqual(atStart.map(() => COMPILED_AHEAD));
  expect(later.map(({ head }) => head)).not.toContain(COMPILED_AHEAD);

  const objects = page.getByRole('grid', { name: 'Objects' });
  await toTheEnd(objects, `${OBJECTS - 1}.parquet`);
  expect(await layoutsPerTurn(objects)).toBeLessThanOrEqual(LAYOUTS_PER_TURN_MAX);

  await person.openTab('Branches');
  const branches = page.getByRole('grid', { name: 'Branches' });
  await toTheEnd(branches, `try-${BRANCHES - 1}`);
  expect(await layoutsPerTurn(branches)).toBeLessThanOrEqual(LAYOUTS_PER_TURN_MAX);

  await person.pick(panel.getByRole('button', { name: /^Repository: / }), 'staged');
  const changes = person.section('Uncommitted changes').getByRole('tree');
  await changes.getByRole('treeitem').first().waitFor();
  await toTheEnd(changes, `${CHANGES - 1}.parquet`);
  expect(await layoutsPerTurn(changes)).toBeLessThanOrEqual(LAYOUTS_PER_TURN_MAX);
  expect(await rowsDrawn()).toBeLessThanOrEqual(ROWS_DRAWN_MAX);
  await person.picture('panel-many-changes-light');
  expect(person.complaints).toEqual([]);
});

/** Goes to the end of a list, which is read as one gets there. */
async function toTheEnd(list: Locator, last: string): Promise<void> {
  await list.locator('[data-index="0"]').focus();
  await jupyter.until(async () => {
    await list.page().keyboard.press('End');
    return list.getByText(last).isVisible();
  });
}

/** Turns the wheel over a list, up from its end. @returns how often the browser laid out the page for each turn */
async function layoutsPerTurn(list: Locator): Promise<number> {
  const page = list.page();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const layouts = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutCount')!.value;
  };
  await list.hover();
  const before = await layouts();
  for (let turn = 0; turn < TURNS; turn++) {
    await page.mouse.wheel(0, -WHEEL_PX);
    await page.evaluate(
      () => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    );
  }
  const counted = (await layouts()) - before;
  await session.detach();
  return counted / TURNS;
}

/** @returns what tells how many rows were in the document at most since, at any instant */
async function watchRows(page: Page): Promise<() => Promise<number>> {
  const most = await page.evaluateHandle(() => {
    const rows = document.getElementsByClassName('jp-db-Windowed-row');
    const seen = { most: 0 };
    new MutationObserver(() => (seen.most = Math.max(seen.most, rows.length))).observe(document.body, {
      childList: true,
      subtree: true
    });
    return seen;
  });
  return async () => (await most.jsonValue()).most;
}

/** What was asked of the service since the page was opened, by the last part of each path. */
function askedSoFar(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter(path => path.includes('/databranch/api/'))
      .map(path => path.replace(/^.*\//, ''))
  );
}

/** How many style sheets of this extension there are. */
function sheets(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll('style')].filter(style => style.textContent.includes('.jp-db-')).length
  );
}

/** The scripts of this extension that the page has loaded: their sizes when unpacked, and their first lines. */
function codeLoaded(page: Page): Promise<{ file: string; bytes: number; head: string }[]> {
  return page.evaluate(() =>
    Promise.all(
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(
          ({ name, initiatorType }) =>
            name.includes('/lab/extensions/jupyterlab-databranch/static/') && initiatorType === 'script'
        )
        .map(async ({ name, decodedBodySize }) => ({
          file: new URL(name).pathname.replace(/^.*\//, ''),
          bytes: decodedBodySize,
          head: (await (await fetch(name)).text()).replace(/\n.*/s, '')
        }))
    )
  );
}
