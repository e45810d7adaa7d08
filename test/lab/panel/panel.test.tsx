import { RequestError } from '../../../src/lab/requests';
import { DataBranchesPanel } from '../../../src/lab/panel/panel';
import { act } from '../act';
import { comparison } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, point, show, type } from '../screen';

let service: FakeService;
let lab: TestLab;
let panel: DataBranchesPanel;

beforeEach(() => {
  service = new FakeService();
  lab = labOn(service, { confirmDeletions: false });
  panel = new DataBranchesPanel(lab);
});

afterEach(async () => {
  await act(() => panel.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

/** Shows the panel and waits until it found its branch. */
async function open(): Promise<void> {
  await show(panel);
  await act(() => lab.databranch.connect());
  await act();
}

test('a newcomer sees repository, branch, data sets and rows', async () => {
  await open();
  byRole('button', 'Repository: quickstart');
  byRole('button', 'Branch: main');
  expect(byRole('region', 'Data sets').textContent).toContain('486,000');
  expect(byRole('region', 'History').textContent).toContain('Repository created');
});

test('what was told before the panel was opened is told in it, too', async () => {
  await act(() => lab.databranch.connect());
  lab.databranch.notices.set({ title: 'Committing failed.', detail: 'Offline.', retry: () => undefined });
  await show(panel);
  await act();
  expect(panel.node.querySelector('[role=alert]')?.textContent).toContain('Committing failed.');
});

test('a branch whose rows are there twice says so, with chip and sentence', async () => {
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  service.comparisons = [comparison()];
  await open();
  await act(() => lab.databranch.select('quickstart', 'test-env'));
  await act();
  const section = byRole('region', 'Data sets');
  expect(section.textContent).toContain('compared with main');
  byRole('img', 'repeated ×2', section);
  expect(section.textContent).toContain('every row of main is here twice');
});

test('data sets of one folder are told apart by their formats', async () => {
  const csv = comparison({ left_format: 'csv', right_format: 'csv', verdict: 'equal' });
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  service.comparisons = [comparison(), csv, comparison({ path: 'other/' })];
  await open();
  await act(() => lab.databranch.select('quickstart', 'test-env'));
  await act();
  const list = byRole('region', 'Data sets');
  const lines = Array.from(list.querySelectorAll('li'), item => item.textContent);
  expect(lines).toEqual([
    expect.stringMatching(/^reviews\/Parquet/),
    expect.stringMatching(/^reviews\/CSV/),
    expect.stringMatching(/^other\/(?!Parquet)/)
  ]);
});

test("what lies uncommitted on the base is pointed out in one line that leads there, one's own changes are not", async () => {
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  service.stage('test-env', 'reviews/mine.parquet');
  service.comparisons = [comparison()];
  await open();
  await act(() => lab.databranch.select('quickstart', 'test-env'));
  await act();
  const section = byRole('region', 'Data sets');
  expect(section.textContent).not.toContain('counted here');
  service.stage('main', 'reviews/theirs.parquet');
  await act(() => lab.databranch.refresh());
  expect(allByRole('note', section)[0]!.textContent).toContain(
    '1 uncommitted change on main, whoever made it, is counted here.'
  );
});

test('an empty branch says what to do next', async () => {
  service.send = withEmptyRows(service);
  await open();
  const section = byRole('region', 'Data sets');
  expect(section.textContent).toContain('No data on this branch yet');
  byRole('button', 'Upload files', section);
});

test('uncommitted changes are grouped by folder and committed with message and metadata', async () => {
  service.stage('main', 'reviews/part-0.csv');
  service.stage('main', 'reviews/part-1.csv');
  service.stage('main', 'readme.txt');
  await open();
  const tree = byRole('tree', 'Uncommitted changes');
  expect(allByRole('treeitem', tree).map(row => row.dataset.path)).toEqual([
    'reviews/',
    'reviews/part-0.csv',
    'reviews/part-1.csv',
    'readme.txt'
  ]);

  expect(byRole('button', 'Commit 3 changes to main').hasAttribute('disabled')).toBe(true);
  await type(byRole('textbox', 'Commit message'), 'Reviews');
  await click(byRole('button', 'Add metadata'));
  await type(byRole('textbox', 'Metadata key 1'), 'source');
  await type(byRole('textbox', 'Metadata value 1'), 'warehouse');
  await click(byRole('button', 'Commit 3 changes to main'));

  expect(service.bodies).toEqual([{ message: 'Reviews', metadata: { source: 'warehouse' } }]);
  expect(byRole('region', 'Uncommitted changes').textContent).toContain('Nothing to commit');
  expect(byRole('region', 'History').textContent).toContain('Reviews');
  expect(lab.said).toContain('Committed to main.');
});

test('a commit that fails says why, keeps what was typed, and can be tried again', async () => {
  service.stage('main', 'a.csv');
  await open();
  const refused = 'POST /repositories/quickstart/branches/main/commits';
  service.refusals.set(refused, new RequestError(403, 'Branch main is protected.'));
  await type(byRole('textbox', 'Commit message'), 'Mine');
  await click(byRole('button', 'Commit 1 change to main'));
  const alert = byRole('alert', /Committing to main failed\. Branch main is protected\./);
  expect((byRole('textbox', 'Commit message') as HTMLTextAreaElement).value).toBe('Mine');

  service.refusals.delete(refused);
  await click(byRole('button', 'Try again', alert));
  await act();
  expect(service.branches.get('main')!.commits[0]!.message).toBe('Mine');
  expect(allByRole('alert')).toEqual([]);
});

test('a folder folds, and one object is discarded', async () => {
  service.stage('main', 'reviews/a.csv');
  service.stage('main', 'reviews/b.csv');
  await open();
  await point(allByRole('treeitem')[1]!);
  await click(byRole('button', 'Discard changes of reviews/a.csv'));
  expect(service.bodies).toEqual([{ type: 'object', path: 'reviews/a.csv' }]);
  await click(allByRole('treeitem')[0]!);
  expect(allByRole('treeitem').map(row => row.getAttribute('aria-expanded'))).toEqual(['false']);
});

test('a service that went away is told, and what was read stays', async () => {
  await open();
  service.away = true;
  await act(() => lab.databranch.current!.refresh());
  byRole('alert', /The data service is not there/);
  expect(byRole('region', 'Data sets').textContent).toContain('486,000');

  service.away = false;
  await act(() => lab.databranch.current!.refresh());
  expect(allByRole('alert')).toEqual([]);
});

test('a branch that somebody deleted is told, with the way out', async () => {
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  await open();
  await act(() => lab.databranch.select('quickstart', 'test-env'));
  service.branches.delete('test-env');
  await act(() => lab.databranch.current!.refresh());
  expect(panel.node.textContent).toContain('test-env is not there any more');
  await click(byRole('button', 'Switch to main'));
  byRole('button', 'Branch: main');
});

test('without a service at the start the panel says so and connects when it is there', async () => {
  service.away = true;
  await open();
  expect(panel.node.textContent).toContain('No connection to your data');
  service.away = false;
  await click(byRole('button', 'Try again'));
  await act();
  byRole('button', 'Branch: main');
});

test('a refresh of an unchanged branch is one request', async () => {
  await open();
  const before = service.requests.length;
  await act(() => lab.databranch.current!.refresh());
  expect(service.requests.slice(before)).toEqual([
    'GET /databranch/repositories/quickstart/branches/main/state'
  ]);
});

test('a folded section reads nothing', async () => {
  lab.databranch.memory.set('folded:data-sets', true);
  await open();
  expect(service.requests.filter(request => request.includes('/rows'))).toEqual([]);
});

function withEmptyRows(fake: FakeService): FakeService['send'] {
  const send = fake.send.bind(fake);
  return async (path, initial) => {
    const answer: unknown = await send(path, initial);
    return (path.includes('rows') ? { ...(answer as object), datasets: [] } : answer) as never;
  };
}
