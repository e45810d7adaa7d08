import { Notification } from '@jupyterlab/apputils';
import { CommandIDs } from '../../../src/lab/commands/ids';
import { RepositoryView } from '../../../src/lab/repository/view';
import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { operation } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, show } from '../screen';

let service: FakeService;
let lab: TestLab;
let view: RepositoryView | undefined;

beforeEach(async () => {
  service = new FakeService();
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  lab = labOn(service, { confirmDeletions: false });
  await lab.databranch.select('quickstart', 'test-env');
});

afterEach(async () => {
  Notification.dismiss();
  await act(() => view?.dispose());
  view = undefined;
  lab.databranch.dispose();
  document.body.replaceChildren();
});

/** Presses Undo in the message that was shown last. */
async function undoInMessage(): Promise<void> {
  const { options } = Notification.manager.notifications[0]!;
  const action = options.actions?.find(({ label }) => label === 'Undo');
  await act(() => action!.callback(new MouseEvent('click')));
}

function undone(): string[] {
  return service.requests.filter(request => request.endsWith('/undo'));
}

test('a deletion offers to be taken back, and the branch is shown again', async () => {
  service.operations = [operation('o1', 'delete-branch')];
  const branch = structuredClone(service.branches.get('test-env')!);
  await lab.commands.execute(CommandIDs.deleteBranch, { repository: 'quickstart', branch: 'test-env' });
  expect(lab.databranch.current?.name).toBe('main');
  service.branches.set('test-env', branch);
  await undoInMessage();
  expect(undone()).toEqual(['POST /databranch/repositories/quickstart/operations/o1/undo']);
  expect(lab.databranch.current?.name).toBe('test-env');
  expect(lab.said.at(-1)).toBe('Undone: Branch test-env deleted.');
});

test("another's commit is not what the message offers to take back", async () => {
  service.stage('test-env', 'a.csv');
  service.operations = [operation('o2', 'commit', { to_commit_id: 'by-another' })];
  const about = { repository: 'quickstart', branch: 'test-env', message: 'Mine' };
  await lab.commands.execute(CommandIDs.commit, about);
  expect(Notification.manager.notifications[0]!.options.actions ?? []).toEqual([]);
});

test('the last operation is taken back that can be: neither an undo nor what is undone', async () => {
  service.operations = [
    operation('o3', 'undo', { undoes: 'o2' }),
    operation('o2', 'merge', { undone: true }),
    operation('o1', 'reset')
  ];
  await lab.commands.execute(CommandIDs.undo, {});
  expect(undone()).toEqual(['POST /databranch/repositories/quickstart/operations/o1/undo']);
  expect(lab.said.at(-1)).toBe('Undone: Changes discarded on test-env');
});

test('where there is nothing to undo, that is said', async () => {
  await lab.commands.execute(CommandIDs.undo, {});
  expect(lab.databranch.notices.notice?.title).toBe('There is nothing to undo.');
});

test('all operations are listed; one is chosen and undone; a refusal names the later ones', async () => {
  service.operations = [
    operation('o3', 'undo', { undoes: 'o2' }),
    operation('o2', 'merge', { undone: true, branch: 'main' }),
    operation('o1', 'commit')
  ];
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'operations' });
  await show(view);
  await act();
  expect(allByRole('listitem').map(item => item.querySelector('.jp-db-Row-name')!.textContent)).toEqual([
    'Undone: Merged into main',
    'Merged into main',
    'Committed to test-env'
  ]);
  const request = 'POST /databranch/repositories/quickstart/operations/o1/undo';
  service.refusals.set(request, new RequestError(409, 'Since then: merge by ada. Undo those first.'));
  await click(byRole('button', /^Undo: /));
  await act();
  byRole('alert', /Undo failed\. Since then: merge by ada/);
  service.refusals.clear();
  await click(byRole('button', 'Undo: Committed to test-env'));
  await act();
  expect(allByRole('button').filter(({ ariaLabel }) => ariaLabel?.startsWith('Undo: '))).toEqual([]);
});
