import { nullTranslator } from '@jupyterlab/translation';
import type { GuardRules } from '../../../src/protocol/databranch';
import { RepositoryView } from '../../../src/lab/repository/view';
import { RequestError } from '../../../src/lab/requests';
import { sentencesOf } from '../../../src/lab/settings/guards';
import { act } from '../act';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { allByRole, byRole, click, show, type } from '../screen';

const NO_RULE: GuardRules = {
  path: 'reviews/**',
  level: 'refuse',
  no_added_duplicates: null,
  max_row_loss: null,
  max_row_growth: null,
  schema: null,
  required_columns: null,
  not_null: null
};

let service: FakeService;
let lab: TestLab;
let view: RepositoryView;

beforeEach(() => {
  service = new FakeService();
  lab = labOn(service);
});

afterEach(async () => {
  await act(() => view?.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

async function open(): Promise<HTMLElement> {
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'settings' });
  await show(view);
  await act();
  return byRole('region', 'Guards');
}

/** The dialog, once it is there. */
async function form(): Promise<HTMLElement> {
  await act();
  await act();
  return document.querySelector<HTMLElement>('.jp-Dialog')!;
}

async function accept(): Promise<void> {
  await click(document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-accept')!);
  await act();
}

test('every rule is a sentence', () => {
  const trans = nullTranslator.load('');
  expect(sentencesOf(NO_RULE, trans)).toEqual([]);
  const all: GuardRules = {
    ...NO_RULE,
    no_added_duplicates: ['id', 'day'],
    max_row_loss: { percent: 10 },
    max_row_growth: { rows: 1 },
    schema: 'compatible',
    required_columns: ['id'],
    not_null: ['id', 'title']
  };
  expect(sentencesOf(all, trans)).toEqual([
    'adds no rows that are the same in id, day',
    'loses at most 10% of the rows',
    'adds at most 1 row',
    'takes no column away, and changes no type except to a wider one',
    'has the columns id in every file that it brings',
    'has no NULL in id, title'
  ]);
  expect(sentencesOf({ ...NO_RULE, no_added_duplicates: [], schema: 'identical' }, trans)).toEqual([
    'adds no duplicate rows',
    'changes no column'
  ]);
});

test('the guards of the default branch are shown as sentences, with what they do', async () => {
  const guards: GuardRules[] = [
    { ...NO_RULE, max_row_loss: { rows: 1_000 } },
    { ...NO_RULE, path: '**', level: 'warn', no_added_duplicates: [] }
  ];
  service.guards = { origin: 'file', text: 'guards: …', guards, wrong: null };
  const list = byRole('list', 'Guards of main', await open());
  expect(Array.from(list.children, line => line.textContent)).toEqual([
    'reviews/** refusesloses at most 1,000 rows',
    '** warnsadds no duplicate rows'
  ]);
});

test('a file that is none is said to refuse every merge, and why', async () => {
  service.guards = { origin: 'file', text: 'x', guards: [], wrong: 'line 1: it has an anchor' };
  const section = await open();
  expect(byRole('alert', /^Every merge into main is refused\./, section).textContent).toContain('line 1');
});

test('the guards of another branch are shown and edited when it is chosen', async () => {
  service.branches.set('release', structuredClone(service.branches.get('main')!));
  const section = await open();
  await click(byRole('button', 'Branch that is merged into: main', section));
  await act();
  await click(byRole('option', /^release/));
  await act();
  expect(service.requests.at(-1)).toBe('GET /databranch/repositories/quickstart/refs/release/guards');
  expect(section.textContent).toContain('release has no guards');
  await click(byRole('button', 'Add guards …', section));
  expect((await form()).textContent).toContain('Guards of release');
  await click(byRole('button', 'Cancel', await form()));
});

test('guards that cannot be read are a failure with a way to try again', async () => {
  const request = 'GET /databranch/repositories/quickstart/refs/main/guards';
  service.refusals.set(request, new RequestError(503, 'Starting.'));
  const alert = byRole('alert', /The guards could not be read\. Starting\./, await open());
  service.refusals.delete(request);
  await click(byRole('button', 'Try again', alert));
  byRole('button', 'Add guards …');
});

test('new guards are committed alone on a new branch, and their merge is asked next', async () => {
  await click(byRole('button', 'Add guards …', await open()));
  const dialog = await form();
  expect(byRole('textbox', '_databranch/guards.yaml', dialog).textContent).toContain('max_row_loss: 10%');
  await type(byRole('textbox', 'Commit on a new branch', dialog), 'stricter');

  // It is checked as it is typed, and cannot be committed while it is wrong.
  const text = byRole('textbox', '_databranch/guards.yaml', dialog);
  const commit = byRole('button', 'Commit', dialog) as HTMLButtonElement;
  const checked = (): string | null => byRole('status', /./, dialog).textContent;
  expect([checked(), commit.disabled]).toEqual(['This can be read as guards.', false]);
  service.wrongGuards = 'line 2: guard 1 needs a path';
  await type(text, 'guards:\n  - level: warn');
  expect(checked()).toBe('This cannot be read as guards: line 2: guard 1 needs a path.');
  expect([commit.disabled, text.getAttribute('aria-invalid')]).toEqual([true, 'true']);
  expect(document.getElementById(text.getAttribute('aria-describedby')!)!.textContent).toBe(checked());
  await accept();
  expect(service.branches.has('stricter')).toBe(false);

  service.wrongGuards = null;
  await type(text, 'guards: []');
  expect([checked(), commit.disabled]).toEqual(['This can be read as guards.', false]);
  await accept();
  expect(service.branches.get('stricter')!.commits[0]!.message).toBe('Guards of main');
  expect(service.branches.get('main')!.changes).toEqual([]);
  expect((await form()).textContent).toContain('Merge stricter into main');
  await click(byRole('button', 'Cancel', await form()));
});

test('when the commit fails no branch is left behind', async () => {
  await click(byRole('button', 'Add guards …', await open()));
  const dialog = await form();
  await type(byRole('textbox', 'Commit on a new branch', dialog), 'stricter');
  service.refusals.set(
    'POST /repositories/quickstart/branches/stricter/commits',
    new RequestError(503, 'Full.')
  );
  await accept();
  byRole('alert', 'Full.', dialog);
  expect(allByRole('textbox', dialog)).toHaveLength(2);
  expect([...service.branches.keys()]).toEqual(['main']);
  await click(byRole('button', 'Cancel', dialog));
});
