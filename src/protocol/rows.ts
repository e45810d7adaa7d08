import type { Pagination } from './databranch.js';

/** What our additions say of rows: data sets, comparisons, duplicates, differences, and where rows came from. */

/** Files that are read together as one table. `path` ends with '/', or is '' for the root of a ref. */
export interface DataSet {
  path: string;
  format: DataFormat;
  /** null while not countable (see `RowsResult.unreadable`). */
  rows: number | null;
  bytes: number;
  files: number;
  columns: Column[];
  /** CSV only: whether the first line was taken as the columns' names, and so is no row. */
  header?: boolean;
}

export type DataFormat = 'parquet' | 'arrow' | 'csv' | 'json';

export interface Column {
  name: string;
  /** Lower-case SQL-like name, e.g. `int64`, `string`, `timestamp[us, utc]`; `text` for CSV. */
  type: string;
}

export interface UnreadableFile {
  path: string;
  reason: string;
}

/** `GET …/repositories/{repository}/refs/{ref}/rows?path=P` */
export interface RowsResult {
  path: string;
  ref: string;
  commit_id: string;
  rows: number;
  bytes: number;
  files: number;
  unreadable: UnreadableFile[];
  datasets: DataSet[];
  pagination: Pagination;
}

export type Verdict = 'equal' | 'repeated' | 'deduplicated' | 'added' | 'removed' | 'changed' | 'unknown';

/** How sure a verdict is: same contents; row fingerprints; every row compared; only the counts. */
export type Basis = 'files' | 'fingerprint' | 'exact' | 'count';

export interface SchemaChange {
  column: string;
  change: 'added' | 'removed' | 'retyped';
  left_type: string | null;
  right_type: string | null;
}

export interface DataSetComparison {
  /** The right side's path, or the left's where there is no right. */
  path: string;
  left_path: string | null;
  right_path: string | null;
  left_format: DataFormat | null;
  right_format: DataFormat | null;
  left_rows: number | null;
  right_rows: number | null;
  verdict: Verdict;
  /** How often the rows of the smaller side are on the larger, for `repeated` and `deduplicated`. */
  times: number | null;
  basis: Basis;
  /** `text`: columns by position, as strings, because one side is CSV; null: as typed. */
  compared_as: 'text' | null;
  duplicate_rows: number | null;
  schema_changes: SchemaChange[];
  /** The sentence a person reads. */
  message: string;
}

/**
 * `GET …/repositories/{repository}/refs/{left}/rows/{right}?path=P[&left_path=&right_path=][&by=]`; left is the base.
 */
export interface RowsComparison {
  /** What `datasets` are, where they are not data sets: the parts of them that differ. */
  by?: 'partition' | 'file';
  left: string;
  right: string;
  left_commit_id: string;
  right_commit_id: string;
  datasets: DataSetComparison[];
  pagination: Pagination;
}

/** One `progress` event of either endpoint with `Accept: text/event-stream`; then one `result` or `error` event. */
export interface RowsProgress {
  files_done: number;
  files_total: number;
}
