import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  lake = await fixture.openLake();
  await lake.branch('work');
});
afterEach(() => fixture.closeLakes());

const rows = (from: number, to: number) =>
  duckdb.write(`SELECT range AS id, 'name ' || range AS name FROM range(${from}, ${to})`);

/** Writes files below the import root and links them under their names. */
async function link(branch: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(lake.source, name), content);
    await lake.link(branch, `data/${name}`, name);
  }
}

test('imported files are counted and compared where they lie', async () => {
  await link('main', { 'a.parquet': await rows(0, 100) });
  await link('work', { 'a1.parquet': await rows(0, 40), 'a2.parquet': await rows(40, 100) });
  expect(await lake.count('main')).toMatchObject({ rows: 100, files: 1, unreadable: [] });
  expect(await lake.compareOne('main', 'work')).toMatchObject({
    verdict: 'equal',
    basis: 'fingerprint',
    left_rows: 100,
    right_rows: 100
  });
});

test('what was counted before a file changed stays true of what was imported', async () => {
  await link('main', { 'a.csv': 'id\n1\n2\n' });
  expect((await lake.count('main')).rows).toBe(2);
  await writeFile(join(lake.source, 'a.csv'), 'id\n1\n2\n3\n');
  expect((await lake.count('main')).rows).toBe(2);
  // Linked again it is another content, counted anew.
  await lake.link('main', 'data/a.csv', 'a.csv');
  expect((await lake.count('main')).rows).toBe(3);
});

test('a file that has changed before it was counted is named, and counted once it is back', async () => {
  await link('main', { 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' });
  await rm(join(lake.source, 'b.csv'));
  const { rows: counted, unreadable } = await lake.count('main');
  expect(counted).toBe(1);
  expect(unreadable).toEqual([
    { path: 'data/b.csv', reason: expect.stringContaining(join(lake.source, 'b.csv')) }
  ]);
  await link('main', { 'b.csv': 'id\n2\n' });
  expect(await lake.count('main')).toMatchObject({ rows: 2, unreadable: [] });
});

test('a file that changes after it was counted is not compared as what it was', async () => {
  await link('main', { 'a.parquet': await rows(0, 100) });
  await link('work', { 'b.parquet': await rows(0, 100) });
  await lake.count('work');
  await writeFile(join(lake.source, 'b.parquet'), await rows(50, 150));
  const compared = await lake.compareOne('main', 'work');
  expect(compared).toMatchObject({ verdict: 'unknown', left_rows: 100, right_rows: 100 });
  expect(compared.message).toContain(join(lake.source, 'b.parquet'));
});
