import { RepositoryView } from '../../../src/lab/repository/view';
import type { ViewPlace } from '../../../src/lab/repository/place';
import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { comparison } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, point, press, show } from '../screen';

let service: FakeService;
let lab: TestLab;
let view: RepositoryView;

beforeEach(() => {
  service = new FakeService();
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  lab = labOn(service, { confirmDeletions: false });
});

afterEach(async () => {
  await act(() => view.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

async function open(place: Partial<ViewPlace>): Promise<void> {
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'objects', ...place });
  await show(view);
  await act();
  await act();
}

test('the tabs have the names that a lakeFS user looks for, and arrow keys move between them', async () => {
  await open({ tab: 'settings' });
  const tabs = allByRole('tab');
  expect(tabs.map(tab => tab.textContent)).toEqual([
    'Objects',
    'Uncommitted Changes',
    'Commits',
    'Branches',
    'Tags',
    'Compare',
    'Operations',
    'Settings'
  ]);
  expect(view.node.textContent).toContain('local://quickstart/');
  await press(byRole('tab', 'Settings'), 'ArrowRight');
  expect(view.state.place.tab).toBe('objects');
});

test('objects are listed with folders that open', async () => {
  const stats = { physical_address: '', checksum: '', mtime: 1_700_000_000 };
  service.objects.set('main', [
    { ...stats, path: 'reviews/', path_type: 'common_prefix' },
    { ...stats, path: 'notes.txt', path_type: 'object', size_bytes: 2048 }
  ]);
  await open({});
  expect(allByRole('row').map(row => row.textContent)).toEqual(['reviews/', expect.stringContaining('2 KB')]);
  await click(byRole('button', 'reviews/'));
  expect(view.state.place.path).toBe('reviews/');
});

test('comparing shows finding, rows, and that uncommitted changes are not merged', async () => {
  service.comparisons = [comparison()];
  service.stage('test-env', 'reviews/again.parquet');
  await open({ tab: 'compare', left: 'main', right: 'test-env' });
  await act();
  expect(view.node.textContent).toContain('Committed and merged, this would add 486,000 duplicate rows.');
  expect(view.node.textContent).toContain('1 uncommitted change on test-env is counted');
  expect(byRole('table', /reviews/).textContent).toContain('repeated ×2');
  expect(byRole('list', 'Changed objects').textContent).toContain('reviews/again.parquet');
  byRole('button', 'Merge into main …');
});

test('a comparison that fails says so and can be tried again', async () => {
  const request = 'GET /databranch/repositories/quickstart/refs/main/rows/test-env';
  service.refusals.set(request, new RequestError(500, 'The engine died.'));
  service.comparisons = [comparison()];
  await open({ tab: 'compare', left: 'main', right: 'test-env' });
  const alert = byRole('alert', /Rows could not be compared\. The engine died\./);
  service.refusals.delete(request);
  await click(byRole('button', 'Try again', alert));
  expect(byRole('table', /reviews/).textContent).toContain('972,000');
});

test('branches are listed; one is deleted and the list follows', async () => {
  await open({ tab: 'branches' });
  await point(allByRole('row').find(row => row.dataset.branch === 'test-env')!);
  await click(byRole('button', 'Delete branch test-env'));
  await act();
  expect(allByRole('row').map(row => row.dataset.branch)).toEqual(['main']);
});

test('a view of a branch that is deleted here goes on with the default branch', async () => {
  await open({ tab: 'compare', left: 'main', right: 'test-env', ref: 'test-env' });
  await act(() => lab.databranch.repository('quickstart').deleteBranch('test-env'));
  await act();
  expect(view.state.place).toEqual({ repository: 'quickstart', tab: 'compare' });
  expect(allByRole('alert')).toEqual([]);
});

test('a commit is shown in detail', async () => {
  service.branches.get('main')!.commits[0]!.metadata = { source: 'shop' };
  await open({ tab: 'commits' });
  await click(allByRole('listitem')[0]!);
  expect(byRole('region', /^Commit c0/).textContent).toMatch(/Repository created.*source.*shop/);
});

test('a view behind another asks for nothing, and catches up when it is shown again', async () => {
  await open({ tab: 'changes', ref: 'test-env' });
  const branch = lab.databranch.repository('quickstart').branch('test-env');
  expect(branch.watched).toBe(true);
  await act(() => view.hide());
  expect(branch.watched).toBe(false);

  service.stage('test-env', 'late.csv');
  await act(() => view.show());
  await act();
  expect(byRole('tree', 'Uncommitted changes').textContent).toContain('late.csv');
});

test('a tag has no uncommitted changes, and that is said', async () => {
  await open({ tab: 'changes', ref: 'v1' });
  expect(view.node.textContent).toContain('v1 is no branch');
});
