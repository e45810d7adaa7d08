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

/** `GET …/repositories/{repository}/refs/{left}/rows/{right}?path=P[&left_path=&right_path=]`; left is the base. */
export interface RowsComparison {
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

/** Rows that are the same, and how often they are there. */
export interface DuplicateExample {
  rows: number;
  /** How often they are on the base; null without one. */
  base_rows: number | null;
  /** By `DuplicateDataSet.columns`, as text; long ones are cut. */
  cells: (string | null)[];
}

/** Files of one data set with the same contents, in any of its partitions. */
export interface IdenticalFiles {
  /** At most 20 of them. */
  paths: string[];
  files: number;
  /** In each; null where they could not be counted. */
  rows: number | null;
  bytes: number;
}

export interface DuplicateDataSet {
  path: string;
  /** null without a base, or where it has no such data set. */
  base_path: string | null;
  format: DataFormat;
  rows: number | null;
  /** Rows beyond the first of each: what removing duplicates would remove. null where they were not counted. */
  duplicate_rows: number | null;
  /** Different rows that are there more than once. */
  repeated_rows: number | null;
  /** `duplicate_rows` of the base; null without one. */
  base_duplicate_rows: number | null;
  /** Of `duplicate_rows`, those that the base has not; null without one. */
  added_duplicate_rows: number | null;
  /** Every row was compared; null where it was not. */
  basis: 'exact' | null;
  columns: string[];
  examples: DuplicateExample[];
  identical_files: IdenticalFiles[];
  /** The sentence a person reads. */
  message: string;
}

/** `GET …/repositories/{repository}/refs/{ref}/duplicates?path=P[&base=B][&keys=K…][&examples=N]` */
export interface DuplicatesResult {
  path: string;
  ref: string;
  commit_id: string;
  base: string | null;
  base_commit_id: string | null;
  /** Columns by which rows are the same; empty: by all. */
  keys: string[];
  datasets: DuplicateDataSet[];
  pagination: Pagination;
}

/** One row that differs. Cells are by `RowDiffResult.columns`, as text; long ones are cut. */
export interface RowDiffLine {
  change: 'changed' | 'added' | 'removed';
  /** How many rows like it. */
  copies: number;
  /** The row on the base; null for `added`. */
  left: (string | null)[] | null;
  /** The row on the right; null for `removed`. */
  right: (string | null)[] | null;
}

/** `GET …/repositories/{repository}/refs/{left}/rowdiff/{right}?path=P[&left_path=&right_path=][&keys=K…]` */
export interface RowDiffResult {
  left: string;
  right: string;
  left_commit_id: string;
  right_commit_id: string;
  left_path: string | null;
  right_path: string | null;
  /** Columns by which a removed and an added row are one that changed; empty: none is. */
  keys: string[];
  columns: string[];
  schema_changes: SchemaChange[];
  /** Files that are on one side only; all others are the same, and were not read. */
  left_files: number;
  right_files: number;
  /** Of those, files that could not be read, and whose rows are left out. */
  unreadable: UnreadableFile[];
  changed_rows: number;
  added_rows: number;
  removed_rows: number;
  /** `files`: the same contents; `exact`: every row of the files that differ was compared. */
  basis: 'files' | 'exact';
  /** The sentence a person reads. */
  message: string;
  /** Changed rows first, then added, then removed ones; by key, then by the first columns. */
  results: RowDiffLine[];
  pagination: Pagination;
}

/** `min` and `max` as text; `mean` of numbers only. */
export interface ColumnFigures {
  nulls: number;
  min: string | null;
  max: string | null;
  distinct: number;
  mean: number | null;
}

export interface ColumnComparison {
  name: string;
  type: string;
  left: ColumnFigures;
  right: ColumnFigures;
}

/** `GET …/repositories/{repository}/refs/{left}/columns/{right}?path=P[&left_path=&right_path=][&files=all]` */
export interface ColumnsResult {
  left: string;
  right: string;
  left_commit_id: string;
  right_commit_id: string;
  left_path: string | null;
  right_path: string | null;
  /** Of which files: those that differ, or all. */
  files: 'changed' | 'all';
  left_rows: number;
  right_rows: number;
  /** false: `distinct` is estimated, within some percent. */
  distinct_is_exact: boolean;
  columns: ColumnComparison[];
}

export interface LoggedFile {
  path: string;
  /** null where they could not be counted. */
  rows: number | null;
}

/** What one commit did to the rows at a path, against its first parent. */
export interface RowLogEntry {
  /** null: uncommitted changes. */
  commit_id: string | null;
  /** Seconds since the epoch; null for uncommitted changes, as committer and message are. */
  date: number | null;
  committer: string | null;
  commit_message: string | null;
  rows_before: number;
  rows: number;
  files_before: number;
  files: number;
  /** At most 10 of each; a file that was replaced is in both. */
  added_files: LoggedFile[];
  removed_files: LoggedFile[];
  added_files_total: number;
  removed_files_total: number;
  /** The sentence a person reads. */
  message: string;
}

/** `GET …/repositories/{repository}/refs/{ref}/rowlog?path=P`: newest first, only commits that changed files there. */
export interface RowLogResult {
  path: string;
  ref: string;
  results: RowLogEntry[];
  pagination: Pagination;
}
