import type { Page } from 'playwright-core';

/** What the browser tells of an element that moved. */
interface Shift {
  sources: readonly { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
}

/** Notes what moves in a page though nobody scrolled: a press is lost when what it is meant for moves before the release. */
export class Shifts {
  private constructor(private readonly _page: Page) {}

  static async of(page: Page): Promise<Shifts> {
    await page.evaluate(() => {
      const moved: string[] = [];
      const placeOf = ({ left, top }: DOMRectReadOnly): string => `${Math.round(left)},${Math.round(top)}`;
      const note = (entries: PerformanceEntryList): void => {
        for (const { sources } of entries as unknown as Shift[]) {
          for (const { node, previousRect, currentRect } of sources) {
            const element = node instanceof Element ? node : node?.parentElement;
            const name = element ? `${element.localName}.${element.className}` : 'gone';
            moved.push(
              `${name} “${(node?.textContent ?? '').slice(0, 30)}” ${placeOf(previousRect)} → ${placeOf(currentRect)}`
            );
          }
        }
      };
      const observer = new PerformanceObserver(list => note(list.getEntries()));
      observer.observe({ type: 'layout-shift', buffered: true });
      const taken = (): string[] => {
        note(observer.takeRecords());
        return moved.splice(0);
      };
      Object.assign(globalThis, { shiftsTaken: taken });
    });
    return new Shifts(page);
  }

  /** What has moved since this was asked last, up to what is drawn next. */
  async taken(): Promise<string[]> {
    await drawn(this._page);
    return this._page.evaluate(() => (globalThis as unknown as { shiftsTaken(): string[] }).shiftsTaken());
  }
}

/** Waits until what there is now has been drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  );
}
