import type { SchemaChange } from '../../../protocol/databranch.js';
import type { Details, Finding } from './finding.js';

/** One side of a comparison, as the sentence speaks of it. */
export interface SpokenSide {
  ref: string;
  /** undefined where they could not be counted, or where there is no such side. */
  rows: number | undefined;
}

/** Column changes that are told one by one; more are only counted. */
const TOLD_COLUMNS_MAX = 3;

/** The sentence that a person reads, e.g. "972,000 rows, 486,000 more than main: every row of main is here twice". */
export function sentence(found: Finding, sides: { left: SpokenSide; right: SpokenSide }): string {
  const { empty } = found.details;
  // Where there is no row at all, that is said.
  const also = empty && sides.right.rows !== 0 ? `; ${emptyInWords(empty)}` : '';
  return `${verdictInWords(found, sides)}${also}`;
}

function verdictInWords(found: Finding, { left, right }: { left: SpokenSide; right: SpokenSide }): string {
  const { reason, otherFiles, leftName } = found.details;
  switch (found.verdict) {
    case 'equal':
      return right.rows === undefined
        ? `the same files as ${onBase(found, left)}`
        : `${rowsOf(right.rows)}, the same as ${onBase(found, left)}${otherFiles && leftName === undefined ? ', in other files' : ''}`;
    case 'added':
      return alone(right.rows, `not on ${left.ref}`, reason);
    case 'removed':
      return alone(left.rows, `on ${left.ref} but not on ${right.ref}`, reason);
    case 'repeated':
    case 'deduplicated':
      return repetition(found, left, right);
    case 'changed':
      return change(found, left, right);
    case 'unknown':
      return left.rows !== undefined && left.rows === right.rows
        ? `${asMany(found, left)}; they could not be compared: ${reason}`
        : `could not be counted, and so not be compared with ${base(found, left)}: ${reason}`;
  }
}

function repetition(found: Finding, left: SpokenSide, right: SpokenSide): string {
  const larger = found.verdict === 'repeated' ? 'right' : 'left';
  const copies = `${copied(found, left, { times: found.times!, larger })}${headerLine(found.details)}`;
  return right.rows === undefined ? copies : `${difference(found, left, right.rows)}: ${copies}`;
}

function change(found: Finding, left: SpokenSide, right: SpokenSide): string {
  const head = left.rows === right.rows ? asMany(found, left) : difference(found, left, right.rows!);
  const rows = rowsInWords(found, left, right.rows!);
  const columns = columnsInWords(found.schemaChanges);
  const { sameRows, reason } = found.details;
  const clauses = [rows, columns].filter(clause => clause !== undefined).join(sameRows ? ', but ' : ', and ');
  return `${head}${clauses && `: ${clauses}`}${reason ? `; the rows could not be compared: ${reason}` : ''}`;
}

function rowsInWords(found: Finding, left: SpokenSide, right: number): string | undefined {
  const { sameRows, compared, onlyAdded, onlyRemoved, addedAgain } = found.details;
  const isHalf = right > 0 && left.rows === 2 * right;
  if (sameRows) {
    return `${copied(found, left, sameRows)}${headerLine(found.details)}`;
  }
  if (onlyAdded !== undefined) {
    return addedAgain
      ? `${filesOf(onlyAdded)} of ${left.ref} ${onlyAdded === 1 ? 'is' : 'are'} here twice`
      : `${filesOf(onlyAdded)} ${were(onlyAdded)} added, the others are the same`;
  }
  if (onlyRemoved !== undefined) {
    return `${isHalf ? 'half of the rows are gone, ' : ''}${filesOf(onlyRemoved)} ${were(onlyRemoved)} removed, the others are the same`;
  }
  if (isHalf) {
    return 'half as many';
  }
  // With other columns they cannot be the same; what rows of them are, is not known.
  const isKnown = compared && found.schemaChanges.length === 0;
  return isKnown && left.rows === right ? 'they are not the same rows' : undefined;
}

function copied(
  found: Finding,
  left: SpokenSide,
  { times, larger }: NonNullable<Details['sameRows']>
): string {
  const name = found.details.leftName ?? left.ref;
  if (times === 1) {
    return `every row of ${name} is here`;
  }
  return larger === 'right'
    ? `every row of ${name} is here ${often(times)}`
    : `every row that ${name} has ${often(times)} is here once`;
}

function headerLine({ headerAsData }: Details): string {
  switch (headerAsData) {
    case 'left':
      return ', and its header line was read as data';
    case 'right':
      return ', if the header line here is read as data';
    case undefined:
      return '';
  }
}

export function columnsInWords(changes: SchemaChange[]): string | undefined {
  if (changes.length > TOLD_COLUMNS_MAX) {
    return `${group(changes.length)} columns differ`;
  }
  const words = changes.map(columnInWords);
  return words.length > 0 ? words.join(', ') : undefined;
}

function alone(rows: number | undefined, where: string, reason: string | undefined): string {
  return rows === undefined ? `${where}, and could not be counted: ${reason}` : `${rowsOf(rows)}, ${where}`;
}

/** "972,000 rows, 486,000 more than main" */
function difference(found: Finding, left: SpokenSide, right: number): string {
  const by = right - left.rows!;
  return `${rowsOf(right)}, ${group(Math.abs(by))} ${by > 0 ? 'more' : 'fewer'} than ${base(found, left)}`;
}

/** "486,000 rows, as many as on main" */
function asMany(found: Finding, left: SpokenSide): string {
  const { leftName } = found.details;
  return `${rowsOf(left.rows!)}, as many as ${leftName === undefined ? 'on' : 'in'} ${base(found, left)}`;
}

function base({ details: { leftName } }: Finding, { ref }: SpokenSide): string {
  return leftName === undefined ? ref : `${leftName} on ${ref}`;
}

function onBase(found: Finding, left: SpokenSide): string {
  return found.details.leftName === undefined ? `on ${left.ref}` : base(found, left);
}

const NUMBERS = ['twice', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function often(times: number): string {
  return times === 2 ? NUMBERS[0]! : `${NUMBERS[times - 2] ?? group(times)} times`;
}

/** "twice as many", "half as many"; undefined where the ratio is no such number. */
export function timesAsMany(before: number, after: number): string | undefined {
  if (before === 2 * after && after > 0) {
    return 'half as many';
  }
  return before > 0 && after > before && after % before === 0
    ? `${often(after / before)} as many`
    : undefined;
}

export const rowsOf = (rows: number) => `${group(rows)} ${rows === 1 ? 'row' : 'rows'}`;
export const filesOf = (files: number) => `${group(files)} ${files === 1 ? 'file' : 'files'}`;
const were = (count: number) => (count === 1 ? 'was' : 'were');
export const group = (number: number) => number.toLocaleString('en-US');

/** A new file without rows is most likely a mistake: "part-1.parquet has no rows, and so have 2 more". */
export function emptyInWords({ path, files }: { path: string; files: number }): string {
  return `${path} has no rows${files > 1 ? `, and so have ${group(files - 1)} more` : ''}`;
}

/** What became of one column: "column price is gone". */
export function columnInWords({ column, change, left_type, right_type }: SchemaChange): string {
  switch (change) {
    case 'added':
      return `column ${column} is new`;
    case 'removed':
      return `column ${column} is gone`;
    case 'retyped':
      return `column ${column} is ${right_type} instead of ${left_type}`;
  }
}
