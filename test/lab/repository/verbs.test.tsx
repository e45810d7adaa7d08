import { Notification } from '@jupyterlab/apputils';
import { CommandIDs } from '../../../src/lab/commands/ids';
import { RepositoryView } from '../../../src/lab/repository/view';
import type { ViewPlace } from '../../../src/lab/repository/place';
import { RequestError } from '../../../src/lab/requests';
import { act } from '../act';
import { commit } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, show, type } from '../screen';

let service: FakeService;
let lab: TestLab;
let view: RepositoryView;

beforeEach(() => {
  service = new FakeService();
  service.branches.set('test-env', structuredClone(service.branches.get('main')!));
  lab = labOn(service, { confirmDeletions: false });
});

afterEach(async () => {
  Notification.dismiss();
  await act(() => view?.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

async function open(place: Partial<ViewPlace>): Promise<void> {
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'objects', ...place });
  await show(view);
  await act();
  await act();
}

/** Waits for the form that was asked for. */
async function form(): Promise<HTMLElement> {
  await act();
  await act();
  return document.querySelector<HTMLElement>('.jp-Dialog')!;
}

async function accept(): Promise<void> {
  await click(document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-accept')!);
  await act();
  await act();
}

function lastBody(): unknown {
  return service.bodies.at(-1);
}

test('a commit is reverted on the branch whose history is shown', async () => {
  service.branches.get('test-env')!.commits.unshift(commit('c1', 'Wrong prices', ['c0']));
  await open({ tab: 'commits', ref: 'test-env', commit: 'c1' });
  await click(byRole('button', 'Revert …'));
  const dialog = await form();
  byRole('button', 'On branch: test-env', dialog);
  expect(dialog.textContent).toContain('Wrong prices');
  await accept();
  expect(service.requests).toContain('POST /repositories/quickstart/branches/test-env/revert');
  expect(lastBody()).toEqual({ ref: 'c1', parent_number: 0 });
  expect(lab.said.at(-1)).toBe('Commit c1 reverted on test-env.');
});

test('a merge commit is picked against the parent that is chosen, with a message of its own', async () => {
  service.branches.get('main')!.commits.unshift(commit('c2', 'Merge', ['c0', 'c1']));
  void lab.commands.execute(CommandIDs.cherryPick, {
    repository: 'quickstart',
    branch: 'main',
    commit: 'c2'
  });
  const dialog = await form();
  const parent = dialog.querySelector('select')!;
  expect([...parent.options].map(({ text }) => text)).toEqual(['parent 1: c0', 'parent 2: c1']);
  await act(() => {
    parent.value = '2';
    parent.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await type(byRole('textbox', 'Message', dialog), 'Only the prices');
  await accept();
  expect(lastBody()).toEqual({
    ref: 'c2',
    parent_number: 2,
    commit_overrides: { message: 'Only the prices' }
  });
});

test('a revert that collides names the paths and stays open', async () => {
  service.branches.get('main')!.commits.unshift(commit('c1', 'Prices', ['c0']));
  service.refusals.set(
    'POST /repositories/quickstart/branches/main/revert',
    new RequestError(409, 'conflict', { conflicts: ['a.csv'] })
  );
  void lab.commands.execute(CommandIDs.revert, { repository: 'quickstart', branch: 'main', commit: 'c1' });
  const dialog = await form();
  await accept();
  expect(byRole('alert', /changed otherwise on the branch: a\.csv/, dialog)).toBeTruthy();
  await click(byRole('button', 'Cancel', dialog));
});

test('conflicts of a merge are decided one by one, and count only for what was seen', async () => {
  service.conflicts = ['a.csv', 'b.csv'];
  void lab.commands.execute(CommandIDs.merge, {
    repository: 'quickstart',
    source: 'test-env',
    destination: 'main'
  });
  const dialog = await form();
  await accept();
  byRole('alert', /Choose a side for each/, dialog);
  const rows = (): HTMLElement[] => allByRole('listitem', dialog);
  expect(rows().map(row => row.querySelector('.jp-db-Row-name')!.textContent)).toEqual(['a.csv', 'b.csv']);
  await click(byRole('radio', 'test-env', rows()[0]!));
  await accept();
  byRole('alert', /Choose a side for each/, dialog);
  await click(byRole('radio', 'main', rows()[1]!));
  expect(dialog.textContent).toContain('2 decided');
  await accept();
  expect(lastBody()).toEqual({
    sides: [
      { path: 'a.csv', side: 'source' },
      { path: 'b.csv', side: 'destination' }
    ],
    source_commit_id: 'c0',
    destination_commit_id: 'c0'
  });
  expect(lab.said.at(-1)).toBe('test-env is merged into main.');
});

test('conflicts that are known before are decided before, and the merge is made at once', async () => {
  service.conflicts = ['a.csv'];
  service.preview = { conflicts: ['a.csv'], source_commit_id: 'c8' };
  void lab.commands.execute(CommandIDs.merge, {
    repository: 'quickstart',
    source: 'test-env',
    destination: 'main'
  });
  const dialog = await form();
  await click(byRole('button', 'All from main', dialog));
  await accept();
  expect(lastBody()).toEqual({
    sides: [{ path: 'a.csv', side: 'destination' }],
    source_commit_id: 'c8',
    destination_commit_id: 'c0'
  });
});

test('what guards have against a merge is said before, and it takes a word to merge all the same', async () => {
  const about = { path: 'reviews/', rule: 'max_row_loss', basis: 'files' } as const;
  service.preview = {
    guard: {
      origin: 'file',
      refuses: true,
      findings: [
        { ...about, level: 'refuse', message: 'Half of the rows would go.' },
        { ...about, rule: 'no_added_duplicates', level: 'warn', message: '3 rows would be there twice.' }
      ]
    }
  };
  const request = 'POST /repositories/quickstart/refs/test-env/merge/main';
  service.refusals.set(request, new RequestError(412, 'reviews/ would lose half of its rows.'));
  void lab.commands.execute(CommandIDs.merge, {
    repository: 'quickstart',
    source: 'test-env',
    destination: 'main'
  });
  const dialog = await form();
  const guards = byRole('group', 'Guards of main', dialog);
  expect(guards.textContent).toMatch(
    /Refused reviews\/ \(\w+\) Half of the rows.*Warning reviews\/ \(\w+\) 3 rows/
  );
  await accept();
  byRole('alert', 'reviews/ would lose half of its rows.', dialog);
  service.refusals.clear();
  await click(byRole('checkbox', /^Merge all the same/, guards));
  await accept();
  expect(lastBody()).toMatchObject({ force: true });
  expect(lab.said.at(-1)).toBe('test-env is merged into main.');
});

test('where a branch has no guards of its own, what every branch is warned of is said as well', async () => {
  const about = { path: 'reviews/', rule: 'no_added_duplicates', level: 'warn', basis: 'exact' } as const;
  const message = '3 rows would be added that are there already';
  service.preview = { guard: { origin: 'default', refuses: false, findings: [{ ...about, message }] } };
  const [source, destination] = ['test-env', 'main'];
  void lab.commands.execute(CommandIDs.merge, { repository: 'quickstart', source, destination });
  const guards = byRole('group', 'Guards of main', await form());
  expect(guards.textContent).toBe(
    `Look at this before you merge into mainWarning reviews/ (no_added_duplicates) ${message}.`
  );
  await accept();
  expect(lab.said.at(-1)).toBe('test-env is merged into main.');
});

test('a branch is protected and freed where branches are listed', async () => {
  await open({ tab: 'branches' });
  const row = (): HTMLElement => allByRole('row').find(({ dataset }) => dataset.branch === 'main')!;
  await click(byRole('button', 'Protect main'));
  await act();
  expect(service.protection).toEqual(['main']);
  expect(row().textContent).toContain('protected');
  await click(byRole('button', 'Remove the protection of main'));
  await act();
  expect(service.protection).toEqual([]);
});

test('protection that a pattern gives is changed in the settings', async () => {
  service.protection = ['m*'];
  await open({ tab: 'branches' });
  await click(byRole('button', 'Remove the protection of main'));
  await act();
  expect(service.protection).toEqual(['m*']);
  expect(lab.opened.at(-1)).toMatchObject({ repository: 'quickstart', tab: 'settings' });
});

test('rules are added and removed in the settings', async () => {
  service.protection = ['main'];
  await open({ tab: 'settings' });
  await type(byRole('textbox', 'Branches to protect'), 'release-*');
  await click(byRole('button', 'Protect'));
  await act();
  expect(service.protection).toEqual(['main', 'release-*']);
  await click(byRole('button', 'Remove rule main'));
  await act();
  expect(service.protection).toEqual(['release-*']);
});

test('retention rules are made, saved and given up', async () => {
  await open({ tab: 'settings' });
  const section = byRole('region', 'Retention');
  expect(section.textContent).toContain('Everything committed is kept.');
  await click(byRole('checkbox', 'Let go of old contents', section));
  await click(byRole('button', 'Add a rule for a branch', section));
  await type(byRole('textbox', 'Branch of rule 1', section), 'main');
  await type(byRole('spinbutton', 'Days of rule 1', section), '90');
  await click(byRole('button', 'Save', section));
  await act();
  const rules = { default_retention_days: 28, branches: [{ branch_id: 'main', retention_days: 90 }] };
  expect(service.retention).toEqual(rules);
  await click(byRole('checkbox', 'Let go of old contents'));
  await click(byRole('button', 'Save', byRole('region', 'Retention')));
  await act();
  expect(service.retention).toBeUndefined();
});

test('what a garbage collection would free is looked for when asked', async () => {
  await open({ tab: 'settings' });
  expect(service.requests.filter(request => request.includes('/gc/estimate'))).toEqual([]);
  await click(byRole('button', 'Find out what would be freed'));
  await act();
  expect(byRole('region', 'Space').textContent).toContain('2 KB would be freed 3 objects · 2 commits');
});

test('a form has the keyboard at once, and does not take it from who goes on before the browser is idle', async () => {
  const whenIdle: (() => void)[] = [];
  const idle = jest.spyOn(globalThis, 'requestIdleCallback').mockImplementation(callback => {
    whenIdle.push(() => callback({ didTimeout: false, timeRemaining: () => 1 }));
    return 0;
  });
  void lab.commands.execute(CommandIDs.merge, {
    repository: 'quickstart',
    source: 'test-env',
    destination: 'main'
  });
  const dialog = await form();
  expect(document.activeElement).toBe(byRole('textbox', 'Message', dialog));
  const button = dialog.querySelector<HTMLElement>('.jp-mod-accept')!;
  button.focus();
  await act(() => whenIdle.forEach(run => run()));
  expect(document.activeElement).toBe(button);
  idle.mockRestore();
});
