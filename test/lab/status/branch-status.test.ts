import { Widget } from '@lumino/widgets';
import { CommandIDs } from '../../../src/lab/commands/ids';
import { BranchStatus } from '../../../src/lab/status/branch-status';
import { act } from '../act';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { byRole, click } from '../screen';

let service: FakeService;
let lab: TestLab;
let status: BranchStatus;

beforeEach(async () => {
  service = new FakeService();
  lab = labOn(service);
  status = new BranchStatus(lab);
  await act(() => Widget.attach(status, document.body));
});

afterEach(async () => {
  await act(() => status.dispose());
  lab.databranch.dispose();
});

test('the status bar says nothing without a branch, and follows the current one', async () => {
  expect(status.node.textContent).toBe('');
  await act(() => lab.databranch.connect());
  expect(status.node.textContent).toBe('quickstart / main · 0 uncommitted');
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  service.stage('test-env', 'reviews/late.parquet');
  await act(() => lab.databranch.select('quickstart', 'test-env'));
  expect(status.node.textContent).toBe('quickstart / test-env · 1 uncommitted');
  service.stage('test-env', 'reviews/later.parquet');
  await act(() => lab.databranch.current!.refresh());
  expect(status.node.textContent).toBe('quickstart / test-env · 2 uncommitted');
});

test('a service that is away, and a branch that is gone, are told there', async () => {
  await act(() => lab.databranch.connect());
  const { current } = lab.databranch;
  service.away = true;
  await act(() => current!.refresh());
  expect(status.node.textContent).toBe('quickstart / main · no connection');
  service.away = false;
  service.branches.delete('main');
  await act(() => current!.refresh());
  expect(status.node.textContent).toBe('quickstart / main · gone');
});

test('a click on it shows the panel', async () => {
  const shown = jest.fn();
  lab.commands.addCommand(CommandIDs.showPanel, { execute: shown });
  await act(() => lab.databranch.connect());
  await click(byRole('button', /^quickstart \/ main/));
  expect(shown).toHaveBeenCalledTimes(1);
});
