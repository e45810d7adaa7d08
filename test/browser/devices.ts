import type { Page } from 'playwright-core';

/** What reached the page from mouse and keyboard. */
export interface Used {
  /** Presses, wheel turns and drops, each with where it went. */
  mouse: string[];
  /** Keys, but for the letters that are typed into a field. */
  keys: string[];
}

/** Notes from now on which devices are used in a page, so that a story can show that it needed but one. */
export async function watchDevices(page: Page): Promise<() => Promise<Used>> {
  await page.evaluate(() => {
    const used: Used = { mouse: [], keys: [] };
    Object.assign(globalThis, { usedDevices: used });
    const where = ({ target }: Event): string => (target instanceof Element ? target.className : '');
    for (const type of ['pointerdown', 'mousedown', 'wheel', 'drop']) {
      const note = (event: Event): unknown => used.mouse.push(`${type}: ${where(event)}`);
      window.addEventListener(type, note, { capture: true });
    }
    window.addEventListener(
      'keydown',
      event => {
        const isField = event.target instanceof Element && event.target.matches('input, textarea');
        const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
        if (!(isField && isLetter)) {
          used.keys.push(`${event.key}: ${where(event)}`);
        }
      },
      { capture: true }
    );
  });
  return () => page.evaluate(() => (globalThis as unknown as { usedDevices: Used }).usedDevices);
}
