import { Fixture, refusal } from '../catalog/fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ME = { committer: 'me' };

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const log = async (query = {}) => (await lake.catalog.operations.list('lake', query)).results;

/** Does `work` while the clock is wrong by so many days; then it is right again. */
async function withClock<T>(days: number, work: () => Promise<T>): Promise<T> {
  lake.time += days * DAY_MS;
  try {
    return await work();
  } finally {
    lake.time -= days * DAY_MS;
  }
}

async function restart(): Promise<void> {
  await lake.stop();
  await lake.start();
}

async function expectSound(): Promise<void> {
  await lake.catalog.idle();
  expect(await lake.catalog.soundness.check()).toMatchObject({ sound: true, collectable: 0 });
}

describe.each([
  ['while a service runs', async () => undefined],
  ['between two starts', restart]
])('when the clock goes backwards %s', (_, meanwhile) => {
  test('the operation log stays in the order of what happened, and an undo knows what came after', async () => {
    await lake.branch('dev');
    await lake.commit('dev', { a: '1' });
    const [first] = await log();
    await withClock(-30, async () => {
      await meanwhile();
      await lake.commit('dev', { a: '2' });
      expect((await log()).map(({ verb }) => verb)).toEqual(['commit', 'commit', 'create-branch']);
      const error = await lake.catalog.undo.apply('lake', first!.id, 'me').catch(error => error);
      expect(error).toMatchObject({ code: 'branch-moved', data: { operations: [{ verb: 'commit' }] } });
      await lake.catalog.undo.apply('lake', (await log())[0]!.id, 'me');
    });
    await meanwhile();
    await lake.catalog.undo.apply('lake', first!.id, 'me');
    expect((await log()).map(({ verb }) => verb).slice(0, 2)).toEqual(['undo', 'undo']);
  });

  test('what an undo needs is kept as long as promised, and no longer', async () => {
    await lake.branch('dev');
    await lake.commit('dev', { a: 'a of dev' });
    await withClock(-30, async () => {
      await meanwhile();
      await lake.put('dev', 'staged', 'staged');
      await lake.catalog.branches.delete('lake', 'dev');
    });
    await meanwhile();
    const [deletion] = await log();
    lake.time += 6 * DAY_MS;
    await lake.catalog.collection.run();
    await lake.catalog.undo.apply('lake', deletion!.id, 'me');
    expect(await lake.read('dev', 'a')).toBe('a of dev');
    expect(await lake.read('dev', 'staged')).toBe('staged');
    await lake.catalog.branches.delete('lake', 'dev');
    lake.time += 8 * DAY_MS;
    await lake.catalog.collection.run();
    expect(await log()).toEqual([]);
    await expectSound();
  });

  test('history, listings, merges and reads go on as ever', async () => {
    await lake.commit('main', { a: '1', b: '1' });
    await lake.branch('dev');
    await withClock(-30, async () => {
      await meanwhile();
      await lake.commit('dev', { a: '2' });
      await lake.put('main', 'b', '2');
    });
    await meanwhile();
    await lake.commit('main', {});
    const merged = await lake.catalog.merges.merge('lake', 'dev', 'main', ME);
    expect(await lake.paths('main')).toEqual(['a', 'b']);
    expect([await lake.read('main', 'a'), await lake.read('main', 'b')]).toEqual(['2', '2']);
    const commits = (await lake.catalog.commits.log('lake', 'main', {})).results;
    const places = new Map(commits.map(({ id }, i) => [id, i]));
    for (const [i, { parents }] of commits.entries()) {
      parents.forEach(parent => expect(places.get(parent)).toBeGreaterThan(i));
    }
    expect((await lake.catalog.merges.base('lake', 'dev', 'main')).baseCommitId).toBe(merged.parents[1]);
  });

  test('bytes that were replaced only now are not past their retention', async () => {
    await lake.commit('main', { a: 'old' });
    const old = (await lake.catalog.refs.resolve('lake', 'main')).commitId;
    await lake.catalog.retention.set('lake', { defaultDays: 8, branches: [] });
    await withClock(-30, async () => {
      await meanwhile();
      await lake.commit('main', { a: 'new' });
      await lake.commit('main', { a: 'newer' });
    });
    await meanwhile();
    await lake.catalog.collection.run({ undoDays: -1 });
    expect(await lake.read(old, 'a')).toBe('old');
    await lake.commit('main', { a: 'newest' });
    lake.time += 9 * DAY_MS;
    await lake.catalog.collection.run({ undoDays: -1 });
    expect(await refusal(lake.read(old, 'a'))).toBe('object-expired');
    await expectSound();
  });

  test('a collection takes what is unneeded, and nothing else', async () => {
    const large = 'large '.repeat(5_000);
    await lake.put('main', 'a', large);
    await lake.put('main', 'b', 'overwritten');
    await withClock(-30, async () => {
      await meanwhile();
      await lake.put('main', 'b', 'b');
      const again = lake.put('main', 'again', large);
      const { repositories } = await lake.catalog.collection.run();
      await again;
      expect(repositories).toMatchObject([{ blocks: 1, files: 0 }]);
    });
    await meanwhile();
    await lake.catalog.collection.run();
    expect(await lake.read('main', 'again')).toBe(large);
    expect(await lake.read('main', 'b')).toBe('b');
    await expectSound();
  });
});

test('a date in the future, by a client or by a clock, does not keep later history for ever', async () => {
  const replaced = (await lake.commit('main', { a: 'replaced' })).id;
  await lake.put('main', 'a', 'between');
  const date = Math.floor(lake.time / 1000) + 1_000 * 24 * 60 * 60;
  await lake.catalog.commits.create('lake', 'main', { ...ME, message: 'from the future', date });
  const between = (await lake.catalog.refs.resolve('lake', 'main')).commitId;
  await lake.commit('main', { a: 'new' });
  await lake.commit('main', { a: 'newer' });
  await lake.catalog.retention.set('lake', { defaultDays: 8, branches: [] });
  lake.time += 20 * DAY_MS;
  await lake.catalog.collection.run({ undoDays: -1 });
  expect(await refusal(lake.read(replaced, 'a'))).toBe('object-expired');
  expect(await refusal(lake.read(between, 'a'))).toBe('object-expired');
  expect(await lake.read('main', 'a')).toBe('newer');
});
