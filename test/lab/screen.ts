import { Widget } from '@lumino/widgets';
import { act } from './act';

/** Puts a widget into the document, as JupyterLab's shell would. */
export async function show(widget: Widget): Promise<void> {
  await act(() => Widget.attach(widget, document.body));
}

/** The one element with this role and accessible name (or part of it). @throws Error - when there is not just one */
export function byRole(role: string, name: string | RegExp, within: ParentNode = document): HTMLElement {
  const found = allByRole(role, within).filter(element => matches(nameOf(element), name));
  if (found.length !== 1) {
    const there = allByRole(role, within).map(nameOf).join(', ');
    throw new Error(`${found.length} elements of role ${role} named ${String(name)}; there are: ${there}`);
  }
  return found[0]!;
}

export function allByRole(role: string, within: ParentNode = document): HTMLElement[] {
  const implied = IMPLIED[role] ?? [];
  const selector = [`[role="${role}"]`, ...implied.map(tag => `${tag}:not([role])`)].join(',');
  return [...within.querySelectorAll<HTMLElement>(selector)];
}

const IMPLIED: Record<string, string[]> = {
  button: ['button'],
  textbox: ['textarea', 'input[type="text"]', 'input:not([type])'],
  region: ['section'],
  row: ['tr'],
  table: ['table'],
  list: ['ul', 'ol'],
  radio: ['input[type="radio"]'],
  checkbox: ['input[type="checkbox"]'],
  spinbutton: ['input[type="number"]'],
  searchbox: ['input[type="search"]']
};

function nameOf(element: HTMLElement): string {
  const label = (element as HTMLInputElement).labels?.[0]?.textContent;
  return (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim();
}

function matches(text: string, name: string | RegExp): boolean {
  return typeof name === 'string' ? text === name : name.test(text);
}

export async function click(element: HTMLElement): Promise<void> {
  await act(() => element.click());
}

/** Moves the pointer onto an element, or away from it. */
export async function point(element: HTMLElement, there = true): Promise<void> {
  await act(() => {
    for (const type of there ? ['mouseover', 'mousemove'] : ['mouseout']) {
      element.dispatchEvent(new MouseEvent(type, { bubbles: true }));
    }
  });
}

/** Types into a field, the way React notices. */
export async function type(field: HTMLElement, text: string): Promise<void> {
  const prototype = Object.getPrototypeOf(field) as object;
  const setter = Object.getOwnPropertyDescriptor(prototype, 'value')!.set!;
  await act(() => {
    setter.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export async function press(element: HTMLElement, key: string): Promise<void> {
  await act(() =>
    element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  );
}
