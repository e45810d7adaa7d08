import { Jupyter } from './jupyter';
import { Person } from './person';
import { story } from './story';
import { Traffic } from './traffic';

jest.setTimeout(300_000);

/** A minute, and how often the settings have the extension look for changes by default. */
const MINUTE_S = 60;
const POLL_S = 3;

/** However long the service is away, it is looked for this often. */
const BACKOFF_MAX_S = 30;

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
  const traffic = await Traffic.of(page);
  const states = (count: number): string[] => Array.from({ length: count }, () => 'state');

  // JupyterLab has started, and nobody has opened anything.
  expect(await traffic.during(MINUTE_S)).toEqual([]);

  // The panel: whether the branch has changed, and no more.
  await person.openPanel();
  await person.section('History').getByRole('listitem').first().waitFor();
  await traffic.during(POLL_S); // it reads once what it shows
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

  // It comes to the front again: it is followed again.
  await page.getByRole('tab', { name: 'quickstart' }).click();
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
