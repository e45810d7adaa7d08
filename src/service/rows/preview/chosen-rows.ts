import type { PreviewQuery } from './question.js';

/** Rows that are decoded for random ones to be chosen among them, unless all are looked at anyway. */
const WINDOW_ROWS = 64 * 1024;

/** Rows to read, `start <= i < end`, and which of them to show: their numbers in the file, ascending. */
export interface ChosenRows {
  start: number;
  end: number;
  numbers: number[];
}

/**
 * Chooses rows of a file.
 * @param groups rows of each part of the file that can be read on its own, in their order; random rows are those of one
 */
export function chosenRows(
  groups: number[],
  { from, amount }: Pick<PreviewQuery, 'from' | 'amount'>,
  windowRows = WINDOW_ROWS
): ChosenRows {
  const total = groups.reduce((sum, rows) => sum + rows, 0);
  if (from === 'random' && total > 0) {
    const window = windowOf(groups, Math.floor(Math.random() * total), windowRows);
    return { ...window, numbers: sample(window.start, window.end, amount) };
  }
  const start = from === 'last' ? Math.max(0, total - amount) : 0;
  const end = Math.min(total, start + amount);
  return { start, end, numbers: Array.from({ length: end - start }, (_, i) => start + i) };
}

/** The rows around `row` in its group. */
function windowOf(groups: number[], row: number, windowRows: number): { start: number; end: number } {
  let groupStart = 0;
  for (const rows of groups) {
    if (row < groupStart + rows) {
      const latest = Math.max(groupStart, groupStart + rows - windowRows);
      const start = Math.min(row, latest);
      return { start, end: Math.min(groupStart + rows, start + windowRows) };
    }
    groupStart += rows;
  }
  throw new RangeError('no such row');
}

/** Different numbers `start <= n < end`, each as likely as the others, ascending (Floyd's algorithm). */
function sample(start: number, end: number, amount: number): number[] {
  const chosen = new Set<number>();
  for (let last = Math.max(start, end - amount); last < end; last++) {
    const number = start + Math.floor(Math.random() * (last - start + 1));
    chosen.add(chosen.has(number) ? last : number);
  }
  return [...chosen].sort((a, b) => a - b);
}
