/**
 * Our additions to the lakeFS API, all below `/api/v1/databranch/`. Field names are those on the wire.
 */

export type * from './guards.js';
export type * from './row-questions.js';
export type * from './rows.js';

export interface Pagination {
  has_more: boolean;
  next_offset: string;
  results: number;
  max_per_page: number;
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
  /** Only of a kernel's key: what its maker calls it. */
  kernel?: string;
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
    | 'import'
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

/**
 * `POST …/repositories/{repository}/refs/{source}/merge/{destination}`: the lakeFS API's merge, with a side chosen for
 * each path that both sides changed. Answers as that does, 409 with the paths for which nothing decides.
 */
export interface MergeWithSides {
  message?: string;
  metadata?: Record<string, string>;
  /** Decides where `sides` does not. */
  strategy?: 'source-wins' | 'dest-wins';
  /** Paths that are no conflict are ignored. */
  sides: { path: string; side: 'source' | 'destination' }[];
  /** Where both refs stood when the sides were chosen: elsewhere, 409 and nothing is merged. */
  source_commit_id: string;
  destination_commit_id: string;
  /** Merges in spite of what guards have against it. */
  force?: boolean;
}

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

/** `POST …/databranch/archive?repository=NAME`: what was imported. */
export interface ArchiveFigures {
  repository: string;
  branches: number;
  tags: number;
  commits: number;
  contents: number;
  /** Of the contents. */
  bytes: number;
}
