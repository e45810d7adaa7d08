/**
 * Our additions to the lakeFS API, all below `/api/v1/databranch/`. Field names are those on the wire.
 */

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

export interface Pagination {
  has_more: boolean;
  next_offset: string;
  results: number;
  max_per_page: number;
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

/** `GET …/repositories/{repository}/branches/{branch}/state`: one cheap request per refresh. */
export interface BranchState {
  branch: string;
  commit_id: string;
  /** Another value whenever the commit or the uncommitted changes are others. */
  change_token: string;
  /** Uncommitted changes, counted up to 1,000. */
  uncommitted: number;
  uncommitted_more: boolean;
}

/** One access key without its secret. Times are seconds since the epoch. */
export interface AccessKeyInfo {
  access_key_id: string;
  /** The user it belongs to. */
  user: string;
  creation_date: number;
  /** null: it does not expire. */
  expires_at: number | null;
}

/** `GET …/databranch/keys` */
export interface AccessKeyList {
  results: AccessKeyInfo[];
}

/** `POST …/databranch/keys` */
export interface AccessKeyCreation {
  user: string;
  expires_at: number | null;
}

/** Its answer: the only time that the secret is shown. */
export interface AccessKeyCreated extends AccessKeyInfo {
  secret_access_key: string;
}

/** `GET /_health`, open to all on the machine. */
export interface Health {
  status: 'ok';
  version: string;
}

/** The discovery file `databranch.json` in the data folder (mode 0600, written by rename). */
export interface Discovery {
  url: string;
  pid: number;
  /** Counts the starts of a service on this folder. */
  start: number;
  format: number;
  version: string;
  access_key_id: string;
  secret_access_key: string;
}

/** One line of a repository's operation log: `GET …/repositories/{repository}/operations?branch=B`, newest first. */
export interface Operation {
  id: string;
  /** Seconds since the epoch. */
  time: number;
  /** The user who did it. */
  actor: string;
  verb:
    | 'create-branch'
    | 'delete-branch'
    | 'commit'
    | 'merge'
    | 'revert'
    | 'cherry-pick'
    | 'reset'
    | 'hard-reset'
    | 'undo';
  branch: string;
  /** The commits that the branch stood on before and after; null where there was no branch. */
  from_commit_id: string | null;
  to_commit_id: string | null;
  undone: boolean;
  /** The operation that an `undo` took back. */
  undoes: string | null;
}

export interface OperationList {
  pagination: Pagination;
  results: Operation[];
}

/** `POST …/repositories/{repository}/operations/{operation}/undo` answers the new `undo` operation. */

/** One event `finding` of `GET …/databranch/fsck`. */
export interface FsckFinding {
  /** `collectable` is no damage: nothing needs it, the next garbage collection removes it. */
  severity: 'damage' | 'collectable';
  /** "repository lake, branch main". */
  where: string;
  what: string;
}

/** What `fsck` says in the end. */
export interface FsckReport {
  sound: boolean;
  checked: {
    repositories: number;
    branches: number;
    tags: number;
    operations: number;
    uploads: number;
    commits: number;
    nodes: number;
    entries: number;
    blocks: number;
    files: number;
    /** Of objects whose hash was computed. */
    bytes: number;
  };
  damage: number;
  collectable: number;
  /** Contents that retention rules let go. */
  expired: number;
}

/** The answer as JSON: with the first 1,000 findings. */
export interface FsckResult {
  report: FsckReport;
  findings: FsckFinding[];
}

/** What a garbage collection removed from a repository, or would remove: `GET …/gc/estimate`, events `repository`. */
export interface GcFigures {
  repository: string;
  commits: number;
  nodes: number;
  blocks: number;
  files: number;
  /** On disk. */
  bytes: number;
  /** Of the blocks, those that retention rules let go. */
  expired: number;
  /** Why nothing was removed here. */
  refused?: string;
}

export interface GcRequest {
  dry_run?: boolean;
}

/** `POST …/databranch/gc`. */
export interface GcResult {
  dry_run: boolean;
  repositories: GcFigures[];
  /** What crashes left behind. */
  leftovers: { layers: number; uploads: number; repositories: number; files: number; bytes: number };
}

export type * from './row-questions.js';
