import type { GuardFinding } from '../../../../src/protocol/databranch.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
/** Guards have no time at all there. */
let hurried: Lake;
let told: GuardFinding[];
const merged = () => {
  const check = hurried.rows.mergeCheck({ force: false, user: 'ann', warned: found => (told = found) });
  return hurried.catalog.merges.merge('lake', 'dev', 'main', { committer: 'ann' }, check);
};
const prepare = async (more: Record<string, string>) => {
  await hurried.commit('main', { 'a/0.parquet': await duckdb.write(rows(0, 50)), ...more });
  await hurried.branch('dev');
  await hurried.commit('dev', { 'a/1.parquet': await duckdb.write(rows(45, 60)) });
};
const rows = (from: number, to: number) => `SELECT range AS id FROM range(${from}, ${to})`;

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  hurried = await fixture.openLake({}, { guardMs: 0 });
});
afterEach(() => fixture.closeLakes());

test('what takes too long is refused, and found out meanwhile, so that it can be tried again', async () => {
  await prepare({ '_databranch/guards.yaml': 'guards: [{path: a, no_added_duplicates: true}]' });
  await expect(merged()).rejects.toThrow('still counting: try again in a minute');
  const { uid } = await hurried.catalog.views.open('lake', 'main');
  while ((await hurried.records(`w/${uid}/d/`)) === 0) {
    await new Promise(resolve => setImmediate(resolve));
  }
  await hurried.rows.idle();
  hurried.reads();
  const { guard } = await hurried.rows.mergePreview('lake', 'dev', 'main', {});
  // The guards' own file: the figures are known.
  expect(hurried.reads().contents).toBe(1);
  expect(guard.findings).toMatchObject([{ rule: 'no_added_duplicates', basis: 'exact' }]);
});

test('a merge does not wait long for what is only warned of, and says that it did not', async () => {
  await prepare({});
  await merged();
  expect(told).toMatchObject([{ rule: 'counted', level: 'warn' }]);
  expect(told[0]!.message).toContain('not found out in time');
});
