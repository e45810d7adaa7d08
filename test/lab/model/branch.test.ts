import { Databranch } from '../../../src/lab/model/databranch';
import { commit } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';

let service: FakeService;
let lab: TestLab;

beforeEach(() => {
  service = new FakeService();
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  lab = labOn(service);
});

afterEach(() => lab.databranch.dispose());

test('an unchanged branch costs one request, a changed one reads what is looked at', async () => {
  const branch = lab.databranch.repository('quickstart').branch('test-env');
  await branch.refresh();
  branch.changes.want();
  await branch.refresh();
  const before = service.requests.length;
  await branch.refresh();
  service.stage('test-env', 'a.csv');
  await branch.refresh();
  expect(service.requests.slice(before).map(request => request.split('/').at(-1))).toEqual([
    'state',
    'state',
    'diff'
  ]);
  expect(branch.changes.items.map(({ path }) => path)).toEqual(['a.csv']);
});

test('what is looked at for the first time is read once, as of the state that is asked for', async () => {
  const branch = lab.databranch.repository('quickstart').branch('test-env');
  await branch.state.refresh(); // as the status bar does
  service.stage('test-env', 'a.csv'); // and later somebody writes to it
  const before = service.requests.length;
  const watch = branch.watch();
  branch.changes.want();
  branch.log.want();
  await branch.refresh();
  await branch.refresh();
  watch.dispose();
  const asked = service.requests.slice(before).map(request => request.split('/').at(-1));
  expect(asked.filter(last => last !== 'state')).toEqual(['diff', 'commits']);
  expect(branch.changes.items.map(({ path }) => path)).toEqual(['a.csv']);
});

test('a part that was read before the branch moved is read again, whoever read the state meanwhile', async () => {
  const branch = lab.databranch.repository('quickstart').branch('test-env');
  branch.changes.want();
  await branch.refresh();
  service.stage('test-env', 'a.csv');
  await branch.state.refresh();
  await branch.refresh();
  expect(branch.changes.items.map(({ path }) => path)).toEqual(['a.csv']);
});

test('a branch is found with one request for the repositories and one for its state', async () => {
  await lab.databranch.select('quickstart', 'test-env'); // as remembered
  const before = service.requests.length;
  const { client, memory, preferences } = lab.databranch;
  const reloaded = new Databranch(client, memory, preferences, () => undefined);
  await reloaded.connect();
  reloaded.current!.state.want(); // as the status bar does
  await reloaded.current!.state.settled();
  expect(service.requests.slice(before)).toEqual([
    'GET /repositories',
    'GET /databranch/repositories/quickstart/branches/test-env/state'
  ]);
  expect(reloaded.repository('quickstart').facts.value?.default_branch).toBe('main');
  reloaded.dispose();
});

test('a branch is compared with what it was made from, else with the default branch', async () => {
  const repository = lab.databranch.repository('quickstart');
  expect(await repository.baseOf('test-env')).toBe('main');
  await repository.createBranch('try', 'test-env');
  expect(await repository.baseOf('try')).toBe('test-env');
  await repository.deleteBranch('try');
  expect(await repository.baseOf('try')).toBe('main');
});

test('deleting the current branch shows the default branch', async () => {
  await lab.databranch.select('quickstart', 'test-env');
  await lab.databranch.repository('quickstart').facts.get();
  await lab.databranch.repository('quickstart').deleteBranch('test-env');
  expect(lab.databranch.current?.name).toBe('main');
});

test('after a reload the branch that was looked at last is shown, unless it is gone', async () => {
  await lab.databranch.select('quickstart', 'test-env');
  await lab.databranch.select('quickstart');
  expect(lab.databranch.current?.name).toBe('test-env');
  service.branches.delete('test-env');
  await lab.databranch.select('quickstart');
  expect(lab.databranch.current?.name).toBe('main');
});

test('the distance counts commits on either side of the merge base', async () => {
  const [root] = service.branches.get('main')!.commits;
  service.branches.get('test-env')!.commits = [commit('t2', '', ['t1']), commit('t1', '', ['c0']), root!];
  service.branches.get('main')!.commits = [commit('m1', '', ['c0']), root!];
  service.branches.set('c0', { changes: [], commits: [root!], token: 0 });
  const { distance } = lab.databranch.repository('quickstart').branch('test-env');
  expect(await distance.get()).toEqual({ base: 'main', ahead: 2, behind: 1 });
});
