import type { SchemaChange } from '../../protocol/databranch.js';
import type { Details, Finding } from './finding.js';

/** One side of a comparison, as the sentence speaks of it. */
export interface SpokenSide {
  ref: string;
  /** undefined where they could not be counted, or where there is no such side. */
  rows: number | undefined;
}

interface Speech {
  found: Finding;
  details: Details;
  left: SpokenSide;
  right: SpokenSide;
  /** The left side in words: `main`, or `lakefs_test.csv on main`. */
  base: string;
}

/** The sentence that a person reads, e.g. "972,000 rows, 486,000 more than main: every row of main is here twice". */
export function sentence(found: Finding, { left, right }: { left: SpokenSide; right: SpokenSide }): string {
  const { details } = found;
  const base = details.leftName === undefined ? left.ref : `${details.leftName} on ${left.ref}`;
  const speech = { found, details, left, right, base };
  switch (found.verdict) {
    case 'equal':
      return right.rows === undefined
        ? `the same files as on ${base}`
        : `${counted(right.rows)}, the same as on ${base}`;
    case 'added':
      return onlyHere(right.rows, `not on ${left.ref}`, details);
    case 'removed':
      return onlyHere(left.rows, `on ${left.ref} but not on ${right.ref}`, details);
    case 'repeated':
      return repeated(speech);
    case 'deduplicated':
      return deduplicated(speech);
    case 'unknown':
      return unknown(speech);
    case 'changed':
      return changed(speech);
  }
}

function repeated({ found, details, left, right, base }: Speech): string {
  const what = `every row of ${details.leftName ?? left.ref} is here ${often(found.times!)}`;
  return right.rows === undefined
    ? `${what}: the same files`
    : `${difference(left, right, base)}: ${what}${header(details)}`;
}

function deduplicated({ found, details, left, right, base }: Speech): string {
  const what = `every row that ${details.leftName ?? left.ref} has ${often(found.times!)} is here once`;
  return right.rows === undefined
    ? `${what}: the same files`
    : `${difference(left, right, base)}: ${what}${header(details)}`;
}

function unknown({ details, left, right, base }: Speech): string {
  if (left.rows !== undefined && left.rows === right.rows && details.reason) {
    return `${counted(right.rows)}, as many as on ${base}; they could not be compared: ${details.reason}`;
  }
  return `could not be counted and so not be compared with ${base}: ${details.reason}`;
}

function changed({ found, details, left, right, base }: Speech): string {
  const head =
    left.rows === right.rows
      ? `${counted(right.rows!)}, as many as on ${base}`
      : difference(left, right, base);
  const rows = rowsInWords(details, left, right);
  const columns = columnsInWords(found.schemaChanges);
  const parts = [...(rows ? [rows] : []), ...(columns ? [columns] : [])];
  const reason = details.reason ? [`the rows could not be compared: ${details.reason}`] : [];
  return [head, ...join(parts), ...reason].join('; ').replace('; ', parts.length > 0 ? ': ' : '; ');
}

/** Two findings are one clause. */
const join = (parts: string[]) => (parts.length > 0 ? [parts.join(', but ')] : []);

function rowsInWords(details: Details, left: SpokenSide, right: SpokenSide): string | undefined {
  const { sameRows, headerAsData, compared, onlyAdded, onlyRemoved, addedAgain } = details;
  if (sameRows) {
    const { times, larger } = sameRows;
    const of = details.leftName ?? left.ref;
    const what =
      times === 1
        ? `every row of ${of} is here`
        : larger === 'right'
          ? `every row of ${of} is here ${often(times)}`
          : `every row that ${of} has ${often(times)} is here once`;
    return headerAsData ? `${what}${header(details)}` : what;
  }
  if (onlyAdded !== undefined) {
    const here = onlyAdded === 1 ? 'is here twice' : 'are here twice';
    return addedAgain
      ? `${files(onlyAdded)} of ${left.ref} ${here}`
      : `${files(onlyAdded)} ${were(onlyAdded)} added, the others are the same`;
  }
  if (onlyRemoved !== undefined) {
    const half = left.rows === 2 * (right.rows ?? 0) ? 'half of the rows are gone, ' : '';
    return `${half}${files(onlyRemoved)} ${were(onlyRemoved)} removed, the others are the same`;
  }
  if (left.rows !== undefined && left.rows > 0 && left.rows === 2 * (right.rows ?? 0)) {
    return 'half as many';
  }
  return compared && left.rows === right.rows ? 'they are not the same rows' : undefined;
}

function columnsInWords(changes: SchemaChange[]): string | undefined {
  if (changes.length === 0) {
    return undefined;
  }
  if (changes.length > 3) {
    return `${group(changes.length)} columns differ`;
  }
  return changes
    .map(({ column, change, left_type, right_type }) => {
      switch (change) {
        case 'added':
          return `column ${column} is new`;
        case 'removed':
          return `column ${column} is gone`;
        case 'retyped':
          return `column ${column} is ${right_type} instead of ${left_type}`;
      }
    })
    .join(', ');
}

function header({ headerAsData, leftName }: Details): string {
  if (!headerAsData) {
    return '';
  }
  return headerAsData === 'left' && leftName !== undefined
    ? `, and its header line was read as data`
    : ', and a header line was read as data';
}

function onlyHere(rows: number | undefined, where: string, { reason }: Details): string {
  return rows === undefined ? `${where}; it could not be counted: ${reason}` : `${counted(rows)}, ${where}`;
}

/** "972,000 rows, 486,000 more than main" */
function difference(left: SpokenSide, right: SpokenSide, base: string): string {
  const by = right.rows! - left.rows!;
  return `${counted(right.rows!)}, ${group(Math.abs(by))} ${by > 0 ? 'more' : 'fewer'} than ${base}`;
}

const NUMBERS = ['three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function often(times: number): string {
  return times === 2 ? 'twice' : `${NUMBERS[times - 3] ?? group(times)} times`;
}

const counted = (rows: number) => `${group(rows)} ${rows === 1 ? 'row' : 'rows'}`;
const files = (count: number) => `${group(count)} ${count === 1 ? 'file' : 'files'}`;
const were = (count: number) => (count === 1 ? 'was' : 'were');
const group = (number: number) => number.toLocaleString('en-US');
