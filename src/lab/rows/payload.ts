import type { RowsComparison, RowsResult } from '../../protocol/databranch.js';

/** The MIME type in which the magics give row counts and comparisons, beside plain HTML and text. */
export const ROWS_MIME_TYPE = 'application/vnd.databranch.rows+json';

/** Rows of one ref, or of two side by side. */
export type RowsPayload =
  | { kind: 'comparison'; repository?: string; result: RowsComparison }
  | { kind: 'count'; repository?: string; result: RowsResult };

/** Whether a MIME bundle's value is one that this version can draw. */
export function isRowsPayload(value: unknown): value is RowsPayload {
  const { kind, result } = (value ?? {}) as Partial<RowsPayload>;
  return (kind === 'comparison' || kind === 'count') && Array.isArray(result?.datasets);
}
