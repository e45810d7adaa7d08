import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** What is ours in the page; JupyterLab's own parts are not ours to judge. */
const OURS = ['.jp-db-Panel', '.jp-db-Repository', '.jp-db-Popup', '.jp-db-FormDialog', '.jp-db-Status'];

/**
 * What axe-core finds in our parts of the page as it is now, one line each: rule, element, what to do.
 * Rules about whole pages are JupyterLab's.
 */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async selectors => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const include = selectors.filter(selector =>
      [...document.querySelectorAll<HTMLElement>(selector)].some(node => node.checkVisibility())
    );
    const { violations } = await axe.run(
      { include },
      { resultTypes: ['violations'], rules: { region: { enabled: false } } }
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`)
    );
  }, OURS);
}

/** The part of axe-core's interface that is used here. */
interface Axe {
  run(
    context: { include: string[] },
    options: object
  ): Promise<{
    violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
  }>;
}
