/** Our additions to the lakeFS API that are about single rows, and about merges. Field names are those on the wire. */
import type {
  Basis,
  Column,
  DataFormat,
  Pagination,
  SchemaChange,
  UnreadableFile,
  Verdict
} from './databranch.js';

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
  /** The sentence a person reads. */
  message: string;
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

export type GuardRule =
  | 'guards'
  | 'counted'
  | 'no_added_duplicates'
  | 'max_row_loss'
  | 'max_row_growth'
  | 'schema'
  | 'required_columns'
  | 'not_null';

/** Something that a guard has against a merge. */
export interface GuardFinding {
  /** The data set's; of rule `guards`, the guards' file. */
  path: string;
  rule: GuardRule;
  /** `warn`: it is said, and refuses nothing. */
  level: 'refuse' | 'warn';
  /** What it rests on: same contents, and numbers of rows that files say; or every row. */
  basis: 'files' | 'exact';
  /** The sentence a person reads, with the figures. */
  message: string;
}

/** One data set as it would be after a merge. */
export interface MergedDataSet {
  path: string;
  format: DataFormat;
  /** null where it could not be counted, or is not there. */
  rows_before: number | null;
  rows_after: number | null;
  bytes_before: number;
  bytes_after: number;
  files_before: number;
  files_after: number;
  /** As they would be. */
  columns: Column[];
  schema_changes: SchemaChange[];
  verdict: Verdict;
  basis: Basis;
  message: string;
}

/** `GET …/repositories/{repository}/refs/{source}/merge/{destination}/preview[?strategy=]` */
export interface MergePreview {
  source: string;
  destination: string;
  source_commit_id: string;
  destination_commit_id: string;
  base_commit_id: string | null;
  /** Paths that both sides changed, at most 1,000; nothing else is told then. */
  conflicts: string[];
  /** As the destination would be. */
  rows: number;
  bytes: number;
  files: number;
  /** Objects that the merge would add, change and remove. */
  objects_added: number;
  objects_changed: number;
  objects_removed: number;
  guard: {
    /** `file`: the destination's own; `default`: it has none. */
    origin: 'file' | 'default';
    /** Whether the merge would be refused. */
    refuses: boolean;
    findings: GuardFinding[];
  };
  datasets: MergedDataSet[];
  pagination: Pagination;
}

/**
 * `GET …/repositories/{repository}/refs/{ref}/preview?path=P[&from=first|last|random][&amount=N][&columns=C…]` answers
 * with an Arrow stream whose schema has these metadata.
 */
export interface PreviewMetadata {
  /** Rows of the file. */
  'databranch.rows': string;
  /** Which of them these are: a JSON array of numbers, counted from 0. */
  'databranch.row_numbers': string;
  /** All columns of the file, with their types as counting found them: a JSON array of `Column`. */
  'databranch.columns': string;
}

/** Where it would have to read too much (400): columns that could be shown; none where no choice would help. */
export interface PreviewTooLarge {
  message: string;
  columns: string[];
}
