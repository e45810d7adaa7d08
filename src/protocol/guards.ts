import type { Pagination } from './databranch.js';
import type { Basis, Column, DataFormat, SchemaChange, Verdict } from './rows.js';

/** What our additions say of a merge before it is made: the rows as they would be, and what guards have against it. */

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
