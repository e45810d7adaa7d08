import { Lake } from '../lake.js';

let lake: Lake;
beforeEach(async () => {
  lake = await Lake.open('/no/engine/needed.mjs');
});
afterEach(() => lake.close());

const csv = (rows: number) => `n\n${'x\n'.repeat(rows)}`;

test('what is known of files is looked up once, whatever is committed beside them', async () => {
  const files = Array.from({ length: 20 }, (_, i) => [`a/${i}.csv`, csv(i + 1)]);
  await lake.commit('main', Object.fromEntries(files) as Record<string, string>);
  await lake.count('main');
  await lake.commit('main', { 'a/new.csv': 'n\nx\n' });
  await lake.rows.idle();
  lake.kv.reset();
  await lake.commit('main', { 'a/newer.csv': 'n\ny\n' });
  await lake.rows.idle();
  // The new file's, twice: before its commit and in it. Figures of nodes, and columns, are records as well.
  expect(lake.kv.reads.get('w')).toBeLessThan(files.length);
});

test('what could not be kept is found again, also where it was answered meanwhile', async () => {
  await lake.put('main', 'a/1.csv', csv(3));
  const { write } = lake.kv;
  let fail!: (error: Error) => void;
  const failing = new Promise<never>((_, reject) => (fail = reject));
  lake.kv.write = () => failing;
  expect(await lake.count('main')).toMatchObject({ rows: 3 });
  expect(await lake.count('main')).toMatchObject({ rows: 3 });
  expect(lake.reads().contents).toBe(1);
  lake.kv.write = write;
  fail(new Error('the disk is full'));
  await lake.rows.idle();
  expect(await lake.count('main')).toMatchObject({ rows: 3 });
  expect(lake.reads().contents).toBe(1);
  expect(lake.warnings).toHaveLength(1);
});
