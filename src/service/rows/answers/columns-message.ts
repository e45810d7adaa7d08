import type { ColumnComparison } from '../../../protocol/databranch.js';
import { group } from '../comparing/message.js';

/** Columns that are told one by one; more are only counted. */
const TOLD_COLUMNS_MAX = 3;

/**
 * The sentence that a person reads of columns side by side, e.g. "title has 1 NULL more than on main". What files
 * have in common cancels out: it is true of all files, whichever were looked at.
 */
export function columnsSentence(
  columns: readonly ColumnComparison[],
  told: { base: string; sides: 'both' | 'left' | 'right'; same: boolean }
): string {
  const { base, sides, same } = told;
  if (same) {
    return `the same files as on ${base}`;
  }
  if (sides !== 'both') {
    const them = `${group(columns.length)} ${columns.length === 1 ? 'column' : 'columns'}`;
    return `${them}, ${sides === 'right' ? `not on ${base}` : `on ${base} only`}`;
  }
  const differing = columns
    .map(({ name, left, right }) => ({ name, more: right.nulls - left.nulls }))
    .filter(({ more }) => more !== 0);
  if (differing.length === 0) {
    return `no column has more or fewer NULLs than on ${base}`;
  }
  const [first, ...others] = differing.slice(0, TOLD_COLUMNS_MAX);
  const rest = differing.length - TOLD_COLUMNS_MAX;
  const words = [
    `${nullsInWords(first!)} than on ${base}`,
    ...others.map(nullsInWords),
    ...(rest > 0 ? [`and so for ${group(rest)} more`] : [])
  ];
  return words.join(', ');
}

/** "title has 1 NULL more" */
function nullsInWords({ name, more }: { name: string; more: number }): string {
  const number = Math.abs(more);
  return `${name} has ${group(number)} ${number === 1 ? 'NULL' : 'NULLs'} ${more > 0 ? 'more' : 'fewer'}`;
}
