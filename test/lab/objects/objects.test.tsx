import { Notification } from '@jupyterlab/apputils';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { CommandIDs } from '../../../src/lab/commands/ids';
import { RepositoryView } from '../../../src/lab/repository/view';
import { act } from '../act';
import { objectStats } from '../fake-data';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { byRole, click, press, show, type } from '../screen';

let service: FakeService;
let lab: TestLab;
let view: RepositoryView;

beforeEach(() => {
  service = new FakeService();
  for (const path of ['reviews/a.json', 'reviews/b.csv', 'notes.txt']) {
    service.contents.set(path, new TextEncoder().encode('[1]'));
  }
  lab = labOn(service, { confirmDeletions: false });
  lab.rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
});

afterEach(async () => {
  Notification.dismiss();
  await act(() => view?.dispose());
  lab.databranch.dispose();
  document.body.replaceChildren();
});

async function open(path = ''): Promise<void> {
  view = new RepositoryView(lab, { repository: 'quickstart', tab: 'objects', path });
  await show(view);
  await act();
  await act();
}

async function rename(to: string): Promise<HTMLElement> {
  await act();
  const dialog = document.querySelector<HTMLElement>('.jp-Dialog')!;
  await type(byRole('textbox', 'Path', dialog), to);
  await click(dialog.querySelector<HTMLElement>('.jp-mod-accept')!);
  await act();
  return dialog;
}

test('an object is shown beside the list, by mouse and by keyboard', async () => {
  await open();
  await click(byRole('button', 'notes.txt'));
  await act();
  expect(byRole('region', 'Object notes.txt').querySelector('.jp-RenderedText')!.textContent).toBe('[1]');
  await click(byRole('button', 'reviews/b.csv'));
  await act();
  const csv = byRole('region', 'Object b.csv');
  await click(byRole('radio', 'Text', csv));
  await act();
  expect(csv.querySelector('.jp-RenderedText')!.textContent).toBe('[1]');
  await click(byRole('button', 'Close'));
  await press(document.querySelector<HTMLElement>('[data-path="reviews/a.json"]')!, 'Enter');
  expect(view.state.place.object).toBe('reviews/a.json');
});

test('an object that has the contents of another one in the list says so', async () => {
  const copy = { ...objectStats('copy.csv', 3), checksum: 'x' };
  service.objects.set('main', [{ ...objectStats('a.csv', 3), checksum: 'x' }, objectStats('b.csv', 3), copy]);
  service.contents.set('copy.csv', new TextEncoder().encode('[1]'));
  await open();
  const texts = [...document.querySelectorAll('[data-path]')].map(row => row.querySelector('.jp-mod-main')!);
  expect(texts.map(({ textContent }) => textContent)).toEqual([
    'a.csvsame content as copy.csv',
    'b.csv',
    'copy.csvsame content as a.csv'
  ]);
  await click(byRole('button', 'copy.csv'));
  await act();
  expect(byRole('region', 'Object copy.csv').textContent).toContain('same content as a.csv');
});

test('an object gets another path, and is shown there', async () => {
  await open();
  await click(byRole('button', 'notes.txt'));
  await act();
  await click(byRole('button', 'Rename …'));
  await rename('/kept/notes.txt');
  await act();
  expect([...service.contents.keys()]).toEqual(['reviews/a.json', 'reviews/b.csv', 'kept/notes.txt']);
  byRole('region', 'Object notes.txt');
  expect(view.state.place.object).toBe('kept/notes.txt');
});

test('no object is lost to one that is renamed', async () => {
  await open();
  void lab.commands.execute(CommandIDs.renameObject, {
    repository: 'quickstart',
    branch: 'main',
    path: 'notes.txt'
  });
  const dialog = await rename('reviews/b.csv');
  byRole('alert', /There is an object at reviews\/b\.csv already/, dialog);
  expect(service.contents.has('notes.txt')).toBe(true);
  await click(byRole('button', 'Cancel', dialog));
});

test('a folder is deleted with all in it', async () => {
  await open();
  await lab.commands.execute(CommandIDs.deleteObjects, {
    repository: 'quickstart',
    branch: 'main',
    path: 'reviews/'
  });
  expect([...service.contents.keys()]).toEqual(['notes.txt']);
  expect(lab.said.at(-1)).toBe('2 objects deleted in reviews/.');
});
