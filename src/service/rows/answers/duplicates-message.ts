import type { IdenticalFiles } from '../../../protocol/databranch.js';
import type { DuplicateFigures } from '../tables/duplicates.js';
import { group, rowsOf } from '../comparing/message.js';

export interface SpokenDuplicates {
  /** undefined where they could not be counted. */
  rows: number | undefined;
  keys: string[];
  /** The ref that they are compared with. */
  base: string | undefined;
  /** undefined where they were not counted; `reason` says why, as a sentence's end. */
  found: DuplicateFigures | undefined;
  reason: string | undefined;
  /** Files that could not be counted. */
  uncounted: number;
  identical: IdenticalFiles[];
}

/** The sentence that a person reads, e.g. "486,000 of 972,000 rows are copies of others, 486,000 more than on main". */
export function duplicatesSentence(spoken: SpokenDuplicates): string {
  const { rows, found, reason, uncounted, identical } = spoken;
  const figures = found ? figuresInWords(spoken, found) : `duplicates were not counted: ${reason}`;
  const files = identical.length > 0 ? `; ${identicalInWords(identical)}` : '';
  const rest =
    rows !== undefined && uncounted > 0
      ? `; ${uncounted} ${uncounted === 1 ? 'file' : 'files'} could not be counted`
      : '';
  return `${figures}${files}${rest}`;
}

function figuresInWords({ rows, keys, base }: SpokenDuplicates, found: DuplicateFigures): string {
  const same = keys.length > 0 ? `, by ${keys.join(', ')}` : '';
  const compared = base === undefined ? '' : `, ${newly(found, base)}`;
  if (found.duplicates === 0) {
    return `no row is there twice${same}${found.baseDuplicates > 0 ? compared : ''}`;
  }
  const are = found.duplicates === 1 ? 'is a copy of another' : 'are copies of others';
  return `${group(found.duplicates)} of ${rowsOf(rows ?? 0)} ${are}${same}${compared}`;
}

function newly({ duplicates, baseDuplicates, added }: DuplicateFigures, base: string): string {
  if (added === 0) {
    return baseDuplicates > duplicates
      ? `${group(baseDuplicates - duplicates)} fewer than on ${base}`
      : `as on ${base}`;
  }
  if (baseDuplicates === 0) {
    return `none of them on ${base}`;
  }
  return `${group(added)} of them not on ${base}`;
}

function identicalInWords(identical: IdenticalFiles[]): string {
  const [first] = identical;
  const [a, b] = first!.paths;
  const more = identical.reduce((sum, { files }) => sum + files - 1, 0) - 1;
  return `${b} has the same contents as ${a}${more > 0 ? `, and so for ${group(more)} more` : ''}`;
}
