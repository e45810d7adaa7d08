import type { IDisposable } from '@lumino/disposable';
import { keepFocus } from '../../src/lab/keep-focus';
import { act } from './act';

let kept: IDisposable;

beforeEach(() => {
  document.body.innerHTML = `
    <main>
      <button id="first">First</button>
      <section><button id="title">Title</button><form><input id="field"><button id="send">Send</button></form></section>
    </main>
    <button id="outside">Outside</button>`;
  kept = keepFocus(document.querySelector('main')!);
});

afterEach(() => {
  kept.dispose();
  document.body.replaceChildren();
});

const byId = (id: string): HTMLButtonElement => document.querySelector(`#${id}`)!;

function at(): string {
  return document.activeElement!.id;
}

/** Something that opens above the page and takes the keyboard. */
function openDialog(): HTMLElement {
  const dialog = document.createElement('dialog');
  dialog.className = 'jp-Dialog';
  dialog.innerHTML = '<button id="ok">OK</button>';
  document.body.append(dialog);
  byId('ok').focus();
  return dialog;
}

test('when the field with the keyboard goes, what is nearest to it takes it', async () => {
  byId('field').focus();
  await act(() => document.querySelector('form')!.remove());
  expect(at()).toBe('title');
});

test('when all around it goes, the keyboard still stays in the view', async () => {
  byId('field').focus();
  await act(() => document.querySelector('section')!.remove());
  expect(at()).toBe('first');
});

test('a button that is disabled once it is pressed hands the keyboard on', async () => {
  byId('send').focus();
  await act(() => (byId('send').disabled = true));
  expect(at()).toBe('field');
});

test('what went while a dialog was open is replaced when the dialog closes', async () => {
  byId('field').focus();
  const dialog = openDialog();
  await act(() => document.querySelector('form')!.remove());
  expect(at()).toBe('ok');
  await act(() => dialog.remove());
  expect(at()).toBe('title');
});

test('what had the keyboard before a menu opened has it again when the menu closes', async () => {
  byId('send').focus();
  const dialog = openDialog();
  await act(() => dialog.remove());
  expect(at()).toBe('send');
});

test('who clicks where nothing takes the keyboard has given it up', async () => {
  byId('send').focus();
  document.querySelector('main')!.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  byId('send').blur();
  await act(() => document.querySelector('form')!.append('changed'));
  expect(document.activeElement).toBe(document.body);
});

test('a keyboard that is elsewhere is left there', async () => {
  byId('field').focus();
  byId('outside').focus();
  await act(() => document.querySelector('form')!.remove());
  expect(at()).toBe('outside');
  await act(() => byId('outside').remove());
  expect(document.activeElement).toBe(document.body);
});
