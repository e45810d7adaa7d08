import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

/** Class of what of ours opens above the page; a dialog below lets its events through. */
export const POPUP_CLASS = 'jp-db-Popup';

/** What opens above the page for a moment, and gives the keyboard back to what had it. */
const ABOVE = `.${POPUP_CLASS}, .jp-Dialog, .lm-Menu, .lm-CommandPalette`;

/** What may have the keyboard; each is tried, so that a hidden one does no harm. */
const FOCUSABLE = 'button, input, select, textarea, a[href], [tabindex]';

/** What tells that somebody goes on. */
const PRESSES = ['keydown', 'pointerdown'] as const;

/** Views that keep the keyboard, by how many ask for it. */
const views = new Map<HTMLElement, number>();

/** What in a view had the keyboard last, with all around it up to the view. */
let trail: HTMLElement[] = [];
let observer: MutationObserver | undefined;

/**
 * Keeps the keyboard in a view. Where the element that has it goes, e.g. the form whose changes are committed, the
 * browser would give it to the page, and who works by keyboard would have to begin anew: what is nearest to it in the
 * view takes it instead. That includes elements that went while a dialog was asked something. And what had it before a
 * context menu opened has it again when the menu closes. Who clicks elsewhere gives it up.
 */
export function keepFocus(view: HTMLElement): IDisposable {
  count(view, 1);
  return new DisposableDelegate(() => count(view, -1));
}

function count(view: HTMLElement, change: 1 | -1): void {
  const number = (views.get(view) ?? 0) + change;
  if (number > 0) {
    views.set(view, number);
  } else {
    views.delete(view);
  }
  observe();
}

/** There is one focus in a document, and so there is one observer, of all views and of what opens above them. */
function observe(): void {
  observer?.disconnect();
  observer = undefined;
  document.removeEventListener('focusin', follow);
  document.removeEventListener('pointerdown', giveUp, true);
  if (views.size > 0) {
    document.addEventListener('focusin', follow);
    document.addEventListener('pointerdown', giveUp, true);
    observer = new MutationObserver(restore);
    observer.observe(document.body, { childList: true });
    for (const view of views.keys()) {
      observer.observe(view, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ['disabled']
      });
    }
  }
}

function follow({ target }: FocusEvent): void {
  if (!(target instanceof Element) || target.closest(ABOVE)) {
    return;
  }
  trail = [];
  for (let node: Element | null = target; node instanceof HTMLElement; node = node.parentElement) {
    trail.push(node);
    if (views.has(node)) {
      return;
    }
  }
  trail = []; // outside the views
}

/** What is pressed takes the keyboard after this, where it can. */
function giveUp({ target }: Event): void {
  if (target instanceof Element && !target.closest(ABOVE)) {
    trail = [];
  }
}

function restore(): void {
  const { activeElement } = document;
  const isLost = !activeElement || activeElement === document.body || activeElement.matches(':disabled');
  if (!isLost) {
    return;
  }
  trail.filter(node => node.isConnected).some(focusFirstIn);
}

/** Gives the keyboard to an element, else to the first in it that takes it. @returns whether there is one */
export function focusFirstIn(around: HTMLElement): boolean {
  return [around, ...around.querySelectorAll<HTMLElement>(FOCUSABLE)]
    .filter(candidate => candidate.tabIndex >= 0 && !candidate.matches(':disabled'))
    .some(candidate => {
      candidate.focus();
      return document.activeElement === candidate;
    });
}

/**
 * Gives the keyboard to an element of a view: now, or as soon as it is drawn, unless somebody presses anything before.
 *
 * @param selector - of the element
 */
export function focusWhenThere(view: HTMLElement, selector: string): IDisposable {
  const take = (): void => {
    const target = view.querySelector<HTMLElement>(selector);
    if (target) {
      target.focus();
      given.dispose();
    }
  };
  const observer = new MutationObserver(take);
  const given = new DisposableDelegate(() => {
    observer.disconnect();
    for (const press of PRESSES) {
      document.removeEventListener(press, goesOn, true);
    }
  });
  const goesOn = (): void => given.dispose();
  for (const press of PRESSES) {
    document.addEventListener(press, goesOn, true);
  }
  observer.observe(view, { childList: true, subtree: true });
  take();
  return given;
}
