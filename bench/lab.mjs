import { openJupyter } from './jupyter.mjs';
import { median, REPEATS } from './measure.mjs';
import { scriptingPerScroll, shareOf } from './trace.mjs';

const OBJECTS = 100_000;
const BRANCHES = 5_000;
const STATIC = '/lab/extensions/jupyterlab-databranch/static/';
const SAMPLED_EVERY_US = 200;

/** Turns of the wheel, by a notch of it and by most of what is in sight. */
const TURNS = 200;
const NOTCH_PX = 120;
const PAGE_PX = 600;

/** What the extension costs the browser's main thread, as its own profiler and traces tell. */
export async function* lab({ lab, missing }) {
  if (missing) {
    yield { work: 'the extension in JupyterLab', skipped: missing };
    return;
  }
  yield* atStart(lab);
  yield* scrolling(lab);
}

export const openLab = () => openJupyter([`many=${OBJECTS},flat,branches=${BRANCHES}`]);

const isOurs = url => url.includes(STATIC);

/**
 * Scripts evaluated, plugins activated and what these call, until JupyterLab is there with its branch in the status bar;
 * no cache is warm. The profiler's samples tell our share of what the main thread did; its CPU time is counted apart, as
 * on a busy machine samples come late.
 */
async function* atStart(lab) {
  const taken = [];
  for (let round = 0; round < REPEATS; round++) {
    taken.push(await start(lab));
  }
  const of = name => median(taken.map(figures => figures[name]));
  yield wanted("main thread at JupyterLab's start", 'ms', of('milliseconds'), 30);
  yield wanted('code loaded at its start, unpacked', 'kB', of('bytes') / 1000, 400);
}

async function start({ browser, url, address }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  // A profile does not outlive a page's process, and that is another one for another site.
  await page.goto(`${url}/api`);
  const session = await context.newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLED_EVERY_US });
  await session.send('Profiler.start');
  await session.send('Performance.enable');
  const cpuSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime').value;
  };
  const before = await cpuSeconds();
  await page.goto(address);
  await labIsThere(page);
  const cpuMs = 1000 * ((await cpuSeconds()) - before);
  const { profile } = await session.send('Profiler.stop');
  const bytes = await page.evaluate(
    part =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes(part))
        .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
    STATIC
  );
  await context.close();
  return { milliseconds: cpuMs * shareOf(profile, isOurs), bytes };
}

/** Whoever scrolls a list of objects or of branches, each with all of it read. */
async function* scrolling({ browser, address }) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  await labIsThere(page);
  await page.getByRole('tab', { name: 'Data branches' }).click();
  await page.getByRole('button', { name: 'Open repository view' }).click();
  for (const folder of ['tables', 'reviews']) {
    await page
      .getByRole('tabpanel', { name: 'Objects' })
      .getByRole('row')
      .filter({ hasText: folder })
      .dblclick();
  }
  yield* scrollingOf(browser, page, 'Objects', OBJECTS, `${OBJECTS - 1}.parquet`);
  await page.getByRole('tab', { name: 'Branches', exact: true }).click();
  yield* scrollingOf(browser, page, 'Branches', BRANCHES, `try-${BRANCHES - 1}`);
  await context.close();
}

async function* scrollingOf(browser, page, name, count, last) {
  const list = page.getByRole('grid', { name });
  await list.locator('[data-index="0"]').focus();
  while (!(await list.getByText(last).isVisible())) {
    await page.keyboard.press('End');
  }
  await list.hover();
  const what = `${count.toLocaleString('en-US')} ${name.toLowerCase()}`;
  const notch = await scroll(browser, page, NOTCH_PX);
  yield wanted(`scripting per scroll event, ${what}`, 'ms', median(notch), 8);
  yield wanted('the same, 95 of 100 take less', 'ms', percentile(notch, 0.95), 8);
  const far = await scroll(browser, page, PAGE_PX);
  yield wanted('the same, by a page at a time', 'ms', median(far), 8);
}

/** Up from the end. @returns milliseconds of scripting for each scroll event */
async function scroll(browser, page, pixels) {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8'] });
  for (let turn = 0; turn < TURNS; turn++) {
    await page.mouse.wheel(0, -pixels);
    await page.evaluate(
      () => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    );
  }
  return scriptingPerScroll(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
}

async function labIsThere(page) {
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Launcher' }).waitFor();
  await page.getByText(/^many \/ main/).waitFor();
}

function percentile(numbers, share) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)];
}

function wanted(work, unit, value, atMost) {
  return { work, unit, value, yardstick: { name: 'wanted', value: atMost }, atMost: 1 };
}
