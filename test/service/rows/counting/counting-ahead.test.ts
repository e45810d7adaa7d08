import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

import type { AheadFigures } from '../../../../src/service/rows/counting-ahead.js';
import { BackgroundPace } from '../../../../src/service/rows/counting/background-pace.js';
import { DuckDb } from '../duckdb.js';
import { Lake } from '../lake.js';

let lake: Lake;
beforeEach(async () => {
  lake = await Lake.open('/no/engine/needed.mjs');
});
afterEach(() => lake.close());

const csv = (rows: number, word = 'x') => `n\n${`${word}\n`.repeat(rows)}`;
const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`a/${String(i).padStart(5, '0')}.csv`, csv(1, `${i}`)])
  );

const figures = (some: Partial<AheadFigures>): AheadFigures => ({
  waiting: 0,
  counted: 0,
  givenUp: 0,
  files: { counted: 0, givenUp: 0 },
  ...some
});

/** Contents read and records looked up by one count of all of main. */
async function costs(rows: number): Promise<{ contents: number; nodes: number; records: number }> {
  await lake.rows.idle();
  lake.reads();
  lake.kv.reset();
  expect((await lake.count('main')).rows).toBe(rows);
  const records = [...lake.kv.reads.values()].reduce((sum, count) => sum + count, 0);
  return { ...lake.reads(), records };
}

test('after a commit a count reads no content, no node and a few records, however many files there are', async () => {
  const measured = [];
  for (const files of [50, 3000]) {
    await lake.commit('main', many(files));
    await lake.count('main');
    await lake.commit('main', { 'a/00007.csv': csv(3, 'new'), 'b/1.csv': csv(4, 'new') });
    measured.push(await costs(files - 1 + 3 + 4));
  }
  expect(measured[1]).toEqual(measured[0]);
  expect(measured[0]).toMatchObject({ contents: 0, nodes: 0 });
  // Repository, branch, uncommitted changes, commit, figures.
  expect(measured[0]!.records).toBeLessThanOrEqual(5);
});

test('files are read behind the write, so that the count of their commit finds them known', async () => {
  await lake.commit('main', many(100));
  await lake.count('main');
  await lake.rows.idle();
  lake.reads();
  for (let i = 0; i < 10; i++) {
    await lake.put('main', `a/new-${i}.csv`, csv(2, `${i}`));
  }
  await lake.rows.idle();
  expect(lake.reads()).toEqual({ nodes: 0, contents: 10 });
  await lake.commit('main');
  expect((await lake.count('main')).rows).toBe(120);
  expect(lake.reads().contents).toBe(0);
});

test('of many files each is read once, whatever else is written meanwhile', async () => {
  await lake.commit('main', many(1));
  await lake.count('main');
  lake.reads();
  await Promise.all(Object.entries(many(450)).map(([path, content]) => lake.put('main', path, content)));
  await lake.rows.idle();
  // The first one is there already.
  expect(lake.reads()).toEqual({ nodes: 0, contents: 449 });
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 450, givenUp: 0 } }));
});

test('what is overwritten or removed before its turn is not read', async () => {
  await lake.commit('main', many(1));
  await lake.count('main');
  const { wanted, release } = lake.hold();
  await lake.put('main', 'a/first.csv', csv(1, 'first'));
  await wanted;
  lake.reads();
  await lake.put('main', 'a/second.csv', csv(1, 'not to be read'));
  await lake.put('main', 'a/second.csv', csv(2, 'second'));
  await lake.put('main', 'a/third.csv', csv(3, 'third'));
  await lake.catalog.objects.copy(
    'lake',
    { ref: 'main', path: 'a/third.csv' },
    { branch: 'main', path: 'a/third-renamed.csv' }
  );
  await lake.catalog.objects.deleteMany('lake', 'main', ['a/third.csv']);
  release();
  await lake.rows.idle();
  expect(lake.reads().contents).toBe(2);
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 3, givenUp: 0 } }));
});

test('a write does not wait until its file is read, and no more files wait than are bounded', async () => {
  await lake.commit('main', many(1));
  await lake.count('main');
  const { wanted, release } = lake.hold();
  await lake.put('main', 'a/first.csv', csv(1, 'first'));
  await wanted;
  const { uid, commitId } = await lake.catalog.views.open('lake', 'main');
  const entry = await lake.catalog.objects.stat('lake', 'main', 'a/first.csv');
  const changes = Array.from({ length: 10_001 }, (_, i) => ({ path: `a/told-${i}.csv`, entry }));
  const tell = (branch: string, some: typeof changes) =>
    lake.catalog.events.tell({ kind: 'objects-staged', uid, branch, commitId, changes: some });
  tell('main', changes.slice(1));
  tell('dev', changes.slice(0, 1));
  expect(lake.rows.ahead).toEqual(figures({ waiting: 2, files: { counted: 0, givenUp: 1 } }));
  release();
  await lake.rows.idle();
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 10_001, givenUp: 1 } }));
});

test('merges and branches made from what was counted are counted, too', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  await lake.branch('dev');
  await lake.commit('dev', { 'a/2.csv': csv(2, 'dev') });
  await lake.rows.idle();
  lake.reads();
  expect((await lake.count('dev')).rows).toBe(3);
  await lake.commit('main', { 'a/3.csv': csv(4, 'main') });
  await lake.catalog.merges.merge('lake', 'dev', 'main', { committer: 'test' });
  await lake.rows.idle();
  lake.reads();
  expect((await lake.count('main')).rows).toBe(7);
  expect(lake.reads().contents).toBe(0);
});

test('what nobody has asked for is not read', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1), 'b/1.csv': csv(1, 'b') });
  await lake.commit('main', { 'a/2.csv': csv(2) });
  await lake.rows.idle();
  expect(lake.reads()).toEqual({ nodes: 0, contents: 0 });
  await lake.count('main', 'a/');
  lake.reads();
  await lake.put('main', 'a/3.csv', csv(3));
  await lake.put('main', 'b/2.csv', csv(2, 'b'));
  await lake.put('main', 'a/_hidden.csv', csv(2, 'hidden'));
  await lake.put('main', 'a/picture.png', 'no rows');
  await lake.rows.idle();
  expect(lake.reads().contents).toBe(1);
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 1, givenUp: 0 } }));
  await lake.commit('main');
  await lake.rows.idle();
  expect(lake.reads().contents).toBe(0);
  expect(lake.rows.ahead).toEqual(figures({ counted: 1, files: { counted: 1, givenUp: 0 } }));
});

test('whoever asks meanwhile shares the reading', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  lake.reads();
  const { wanted, release } = lake.hold();
  await lake.commit('main', { 'a/2.csv': csv(2) });
  await wanted;
  const asked = lake.count('main');
  // It has come as far as it can.
  for (let turn = 0; turn < 100; turn++) {
    await setImmediate();
  }
  release();
  expect((await asked).rows).toBe(3);
  await lake.rows.idle();
  expect(lake.reads().contents).toBe(1);
});

test('of the commits of a branch that wait only the newest is counted', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  const { wanted, release } = lake.hold();
  await lake.commit('main', { 'a/2.csv': csv(2) });
  await wanted;
  await lake.commit('main', { 'a/3.csv': csv(3) });
  await lake.commit('main', { 'a/4.csv': csv(4), 'a/3.csv': null });
  expect(lake.rows.ahead).toEqual(figures({ waiting: 2 }));
  lake.reads();
  release();
  await lake.rows.idle();
  expect(lake.rows.ahead).toEqual(figures({ counted: 1, files: { counted: 2, givenUp: 0 } }));
  // The second commit's file is not on the branch any more.
  expect(lake.reads().contents).toBe(1);
  expect(await costs(7)).toMatchObject({ contents: 0, nodes: 0 });
});

test('it ends with the service, in the middle of a file', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  const { wanted, release } = lake.hold();
  await lake.commit('main', { 'a/2.csv': csv(2) });
  await lake.branch('dev');
  await wanted;
  await lake.commit('dev', { 'a/3.csv': csv(2) });
  await lake.rows.close();
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 0, givenUp: 1 } }));
  expect(lake.notes).toMatchObject([
    { message: 'rows were not counted ahead', data: { repository: 'lake', branch: 'main', files: 1 } }
  ]);
  await lake.commit('main', { 'a/4.csv': csv(2) });
  expect(lake.rows.ahead.waiting).toBe(0);
  release();
});

test('it ends with its repository, of which nothing is left', async () => {
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  await lake.branch('dev');
  const { wanted, release } = lake.hold();
  await lake.commit('main', { 'a/2.csv': csv(2) });
  await wanted;
  await lake.commit('dev', { 'a/3.csv': csv(2) });
  await lake.catalog.repositories.delete('lake');
  expect(lake.rows.ahead.waiting).toBe(1);
  await lake.rows.idle();
  expect(lake.rows.ahead).toEqual(figures({ files: { counted: 0, givenUp: 1 } }));
  release();
  await lake.catalog.idle();
  expect(await lake.records('w/')).toBe(0);
});

test('a file that cannot be read does no harm, and is counted when it is back', async () => {
  const duckdb = await DuckDb.open();
  const large = await duckdb.write('SELECT range AS n, hash(range) AS h FROM range(20000)');
  await duckdb.close();
  await lake.commit('main', { 'a/1.csv': csv(1) });
  await lake.count('main');
  const { release } = lake.hold();
  await lake.put('main', 'a/2.parquet', large);
  await lake.put('main', 'a/3.csv', csv(3));
  await lake.put('main', 'a/broken.parquet', 'no Parquet at all');
  const restore = await lake.hideBlocks();
  release();
  await lake.commit('main');
  await lake.rows.idle();
  expect(lake.rows.ahead).toEqual(figures({ counted: 1, files: { counted: 3, givenUp: 0 } }));
  await restore();
  lake.reads();
  expect(await lake.count('main')).toMatchObject({
    rows: 20_004,
    unreadable: [{ path: 'a/broken.parquet' }]
  });
  expect(lake.reads().contents).toBe(1);
});

test('work in the background stands still while the service is busy', async () => {
  const beBusy = async () => {
    // For several times as long as it is watched.
    for (const began = performance.now(); performance.now() - began < 100;) {
      await setImmediate();
    }
  };
  // From here on it is watched whether there is anything to do.
  await new BackgroundPace().step();
  await beBusy();
  let went = false;
  const step = new BackgroundPace().step().then(() => (went = true));
  await beBusy();
  expect(went).toBe(false);
  await step;
});

test('work in the background begins at once when the service had nothing to do', async () => {
  let began: boolean;
  let use: EventLoopUtilization;
  do {
    const before = performance.eventLoopUtilization();
    await new BackgroundPace().step();
    // The thread waits, as for clients that think; on a busy machine it may have to wait for its core instead.
    await setTimeout(50);
    began = false;
    const step = new BackgroundPace().step().then(() => (began = true));
    await setImmediate();
    await setImmediate();
    use = performance.eventLoopUtilization(before);
    if (use.active < 25) {
      expect(began).toBe(true);
    }
    await step;
  } while (use.active >= 25);
});

test('work in the background that is given up goes no further', async () => {
  const abort = new AbortController();
  const step = new BackgroundPace(abort.signal).step();
  abort.abort(new Error('given up'));
  await expect(step).rejects.toThrow('given up');
});
