import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Locator } from 'playwright-core';
import { Jupyter } from './jupyter';
import { CHECKOUT, PYTHON } from './machine';
import { Person } from './person';
import { story } from './story';

/** What of each fault, and of no other one, is to be read. */
const READ: Record<string, RegExp> = {
  'append twice': /every row of main is here twice/,
  'half the rows lost': /half as many/,
  'a column retyped': /column stars is string instead of int32/,
  'one partition twice': /Merging would add 50 duplicate rows\./,
  'shuffled rows': /200 rows, the same as on main, in other files/,
  'one changed cell': /13\.375 → 99\.0/,
  'an added null': /title has 1 NULL more than on main/,
  'a file replaced': /50 rows added, 50 removed since main/,
  'an empty file': /part-1\.parquet is empty/,
  'a file without rows': /part-1\.parquet has no rows/,
  'nothing at all': /Nothing happened to the rows\. The data files are the same on both sides\./
};

let files: string;
let jupyter: Jupyter;
let person: Person;

beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'databranch-faults-'));
});

afterEach(async () => {
  await person?.leave();
  await jupyter?.stop();
});

afterAll(() => rmSync(files, { recursive: true, force: true }));

story('a newcomer sees in Compare, without a query, which of ten faults a branch has, or none', async () => {
  execFileSync(PYTHON!, [join(CHECKOUT, 'test', 'data', 'planted_faults.py'), files]);
  jupyter = await Jupyter.start();
  await plant();
  person = await Person.at(jupyter);
  await person.openPanel();
  const seen: Record<string, string[]> = {};
  for (const fault of Object.keys(READ)) {
    await person.switchTo(branchOf(fault));
    await person.panel.getByRole('button', { name: 'Compare', exact: true }).click();
    const view = person.page.getByRole('tabpanel', { name: 'Compare' });
    await view.getByRole('button', { name: `Compared with it: ${branchOf(fault)}` }).waitFor();
    const text = await lookAt(view);
    await person.picture(`fault-${branchOf(fault)}`);
    if (fault === 'one partition twice') {
      await lookAtParts(view);
    }
    seen[fault] = Object.keys(READ).filter(name => READ[name]!.test(text));
  }
  expect(seen).toEqual(Object.fromEntries(Object.keys(READ).map(fault => [fault, [fault]])));
  expect(person.complaints).toEqual([]);
});

/** Which partition, and which file in it. */
async function lookAtParts(view: Locator): Promise<void> {
  const parts = view.getByRole('region', { name: 'Where they differ', exact: true });
  await parts.getByText('1 partition differs: day=2026-01-02/').waitFor();
  await parts.getByRole('button', { name: 'Show parts' }).click();
  await parts.getByRole('row', { name: /^day=2026-01-02\/ Parquet 50 100/ }).waitFor();
  await person.picture('compare-parts-light');
  await parts.getByText('Files', { exact: true }).click();
  await parts.getByRole('row', { name: /^day=2026-01-02\/part-1\.parquet Parquet – 50/ }).waitFor();
}

/** Waits until everything is there, and asks for rows where some have changed. @returns what is to be read then */
async function lookAt(view: Locator): Promise<string> {
  await view.getByRole('note').first().waitFor();
  for (const title of ['Where they differ', 'Rows that differ', 'Duplicates', 'Column statistics']) {
    const answer = view.getByRole('region', { name: title, exact: true });
    // Where nothing happened nobody looks closer, unless at the same data set before.
    if (await answer.count()) {
      await answer.getByRole('paragraph').first().waitFor();
    }
  }
  await view.filter({ hasNot: view.page().locator('[aria-busy="true"]') }).waitFor();
  const rows = view.getByRole('region', { name: 'Rows that differ', exact: true });
  if (await rows.getByText(/changed/).count()) {
    await rows.getByRole('button', { name: 'Show rows' }).click();
    await rows.getByRole('row').nth(1).waitFor();
  }
  return (await view.innerText()).replace(/\s+/g, ' ');
}

function branchOf(fault: string): string {
  return fault.replaceAll(' ', '-');
}

/** A repository with a branch of main for each fault, as somebody may be given it. */
async function plant(): Promise<void> {
  const repository = { name: 'lake', storage_namespace: 'local://lake', default_branch: 'main' };
  await jupyter.request('POST', '/repositories', repository);
  await put('main', 'main');
  for (const fault of Object.keys(READ)) {
    const branch = branchOf(fault);
    await jupyter.request('POST', '/repositories/lake/branches', { name: branch, source: 'main' });
    await put(fault, branch);
  }
}

/** Commits the files of a folder to a branch. */
async function put(folder: string, branch: string): Promise<void> {
  const root = join(files, folder);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const file = join(entry.parentPath, entry.name);
      await jupyter.uploadFile('lake', branch, relative(root, file), file);
    }
  }
  const commits = `/repositories/lake/branches/${branch}/commits`;
  await jupyter.request('POST', commits, { message: branch === 'main' ? 'Four days' : 'Work of the night' });
}
