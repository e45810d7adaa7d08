import type { Column } from '../../../protocol/databranch.js';
import type { CountedDataSet } from '../datasets/datasets.js';
import { NotCompared } from '../engine/engine-files.js';
import { isTyped, type Form } from '../engine/form.js';
import { schemaChanges } from '../datasets/schema.js';
import type { KnownMember } from '../datasets/sides.js';

/** Rows compared as text, by position or by name. */
export type TextForm = Extract<Form, { kind: 'text' }>;

/**
 * Whether two data sets can only be compared as text: where one is CSV or JSON and the other is not, and for CSV
 * whose names differ because one has a header line and the other has none.
 */
export function isText(left: CountedDataSet, right: CountedDataSet): boolean {
  if (isTyped(left.format) && isTyped(right.format)) {
    return false;
  }
  if (left.format !== right.format) {
    return true;
  }
  return left.format === 'csv' && schemaChanges(left.columns, right.columns).length > 0;
}

/**
 * The text form in which two data sets are compared: the columns of the side that knows most of them.
 * @throws NotCompared where one side has names only and the other positions only
 */
export function textForm(left: CountedDataSet, right: CountedDataSet, members: KnownMember[]): TextForm {
  if ([left, right].some(({ format }) => format === 'json') && [left, right].some(hasNoNames)) {
    throw new NotCompared('the CSV has no column names, and JSON nothing else');
  }
  const columns = columnsOf(left, right);
  const fields = members.map(({ statistics }) => ('rows' in statistics && statistics.layout?.fields) || 0);
  // One for the keys of JSON records that are no column.
  const least = left.format === 'json' || right.format === 'json' ? 1 : 0;
  return {
    kind: 'text',
    columns,
    extras: Math.max(least, ...fields.map(count => count - columns.length))
  };
}

const hasNoNames = ({ format, header }: CountedDataSet) => format === 'csv' && !header;

function columnsOf(left: CountedDataSet, right: CountedDataSet): Column[] {
  const typed = [left, right].find(({ format }) => isTyped(format));
  if (typed) {
    return typed.columns;
  }
  const csv = [left, right].filter(({ format }) => format === 'csv');
  const widest = csv.reduce((a, b) => (b.columns.length > a.columns.length ? b : a));
  return widest.columns.map(({ name }) => ({ name, type: 'string' }));
}
