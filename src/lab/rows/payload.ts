import type {
  ColumnsResult,
  DuplicatesResult,
  MergePreview,
  RowDiffResult,
  RowLogResult,
  RowsComparison,
  RowsResult
} from '../../protocol/databranch.js';
import type { Uncommitted } from './uncommitted.js';

/** The MIME type in which the magics give what they tell of rows, beside plain HTML and text. */
export const ROWS_MIME_TYPE = 'application/vnd.databranch.rows+json';

/** What the magics tell of rows, by kind: the service's answers, of which as much as is shown. */
export interface RowsResults {
  count: RowsResult;
  comparison: RowsComparison;
  duplicates: DuplicatesResult;
  rowdiff: RowDiffResult;
  columns: ColumnsResult;
  rowlog: RowLogResult;
  merge: MergePreview;
}

export type RowsKind = keyof RowsResults;

/** One of them, as it lies in a notebook. */
export type RowsPayload = {
  [Kind in RowsKind]: {
    kind: Kind;
    repository?: string;
    result: RowsResults[Kind];
    /** By the name of a list of the result: how many more there are than it holds. */
    left_out?: Record<string, number>;
    /** What lies uncommitted on branches that others write to, and is counted. */
    uncommitted?: readonly Uncommitted[];
  };
}[RowsKind];

/** Rows of one ref, or of two side by side. */
export type CountedRows = Extract<RowsPayload, { kind: 'count' | 'comparison' }>;

/** The list that every result of a kind has. */
const LISTS: Record<RowsKind, string> = {
  count: 'datasets',
  comparison: 'datasets',
  duplicates: 'datasets',
  rowdiff: 'results',
  columns: 'columns',
  rowlog: 'results',
  merge: 'datasets'
};

/** Whether a MIME bundle's value is one that this version can draw. */
export function isRowsPayload(value: unknown): value is RowsPayload {
  const { kind, result } = (value ?? {}) as { kind?: unknown; result?: Record<string, unknown> };
  return (
    typeof kind === 'string' && Object.hasOwn(LISTS, kind) && Array.isArray(result?.[LISTS[kind as RowsKind]])
  );
}
