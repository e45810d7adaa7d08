import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { POPUP_CLASS } from './controls/popup.js';

/** What opens above the page for a moment, and gives the keyboard back to what had it. */
const ABOVE = `.${POPUP_CLASS}, .jp-Dialog, .lm-Menu, .lm-CommandPalette`;

/** What may have the keyboard; each is tried, so that a hidden one does no harm. */
const FOCUSABLE = 'button, input, select, textarea, a[href], [tabindex]';

/** Views that keep the keyboard, and what in one of them had it last, with all around it up to the view. */
const views = new Set<HTMLElement>();
let trail: HTMLElement[] = [];
let observer: MutationObserver | undefined;

/**
 * Keeps the keyboard in a view. Where the element that has it goes, e.g. the form whose changes are committed, the
 * browser would give it to the page, and who works by keyboard would have to begin anew: what is nearest to it in the
 * view takes it instead. That includes elements that went while a dialog was asked something. And what had it before a
 * context menu opened has it again when the menu closes. Who clicks elsewhere gives it up.
 */
export function keepFocus(view: HTMLElement): IDisposable {
  views.add(view);
  observe();
  return new DisposableDelegate(() => {
    views.delete(view);
    observe();
  });
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
    for (const view of views) {
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
  for (const around of trail.filter(node => node.isConnected)) {
    for (const candidate of [around, ...around.querySelectorAll<HTMLElement>(FOCUSABLE)]) {
      if (candidate.tabIndex >= 0 && !candidate.matches(':disabled')) {
        candidate.focus();
        if (document.activeElement === candidate) {
          return;
        }
      }
    }
  }
}
