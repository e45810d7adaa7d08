import type { CommitId, ContentId, NodeHash } from '../ids.js';

/** What the catalog keeps of an object. Times are milliseconds since the epoch. */
export interface Entry {
  contentId: ContentId;
  /** ETag without quotes: MD5 in hex, or `<md5 of md5s>-<parts>` for a multipart upload. */
  checksum: string;
  /** Bytes. */
  size: number;
  mtime: number;
  /** Empty when the client named none: the wire decides what to show. */
  contentType: string;
  /** User metadata: keys in lower case over S3, as given over REST. */
  metadata: Record<string, string>;
}

export interface ObjectEntry extends Entry {
  path: string;
}

/** One line of a listing. */
export type ListItem = { kind: 'object'; path: string; entry: Entry } | { kind: 'prefix'; path: string };

/** One page of an ordered list. `nextOffset` is what to pass as `after` for the next page; '' when there is none. */
export interface Page<T> {
  results: T[];
  hasMore: boolean;
  nextOffset: string;
}

/** Which part of an ordered list: names that begin with `prefix` and come after `after`, at most `amount`. */
export interface PageQuery {
  prefix?: string;
  after?: string;
  /** Default 100, at most 1,000 (more is served as 1,000); below 0 likewise the default. */
  amount?: number;
}

export interface ListQuery extends PageQuery {
  /** Groups names that contain it after `prefix` into one common prefix. */
  delimiter?: string;
}

export interface Repository {
  name: string;
  storageNamespace: string;
  defaultBranch: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  readOnly: boolean;
}

export interface Commit {
  id: CommitId;
  /** Root of the commit's tree; shown as `meta_range_id`. */
  root: NodeHash;
  parents: CommitId[];
  /** 1 + the highest generation of the parents; 1 for the first. */
  generation: number;
  message: string;
  committer: string;
  /** Seconds since the epoch, as the API speaks of commits. */
  date: number;
  metadata: Record<string, string>;
}

export interface Branch {
  name: string;
  commitId: CommitId;
  hidden: boolean;
}

/** A throw-away branch. */
export interface Sandbox extends Branch {
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface Tag {
  name: string;
  commitId: CommitId;
}

/** What a ref expression stands for. */
export interface ResolvedRef {
  kind: 'branch' | 'tag' | 'commit';
  commitId: CommitId;
  /** The branch whose uncommitted changes count, for an expression that is just a branch name. */
  branch?: string;
}

export interface Difference {
  type: 'added' | 'removed' | 'changed' | 'conflict' | 'prefix_changed';
  kind: 'object' | 'prefix';
  path: string;
  /** The entry on the right; for `removed` the one that is gone. Absent for a common prefix. */
  entry?: Entry;
}

export type MergeSide = 'source' | 'destination';

export interface MergeRequest {
  committer: string;
  message?: string;
  metadata?: Record<string, string>;
  /** Whose change to take where both sides changed a path; without it a conflict refuses the merge. */
  strategy?: 'source-wins' | 'dest-wins';
  /** The same for single paths; it counts before the strategy. Paths that are no conflict are ignored. */
  sides?: ReadonlyMap<string, MergeSide>;
  /** Where source and destination stood when the sides were chosen: elsewhere, the merge is refused. */
  seen?: { source: CommitId; destination: CommitId };
  squash?: boolean;
  allowEmpty?: boolean;
  force?: boolean;
}

export interface CommitRequest {
  committer: string;
  message: string;
  metadata?: Record<string, string>;
  /** Seconds since the epoch; now when absent. */
  date?: number;
  /** The tree to commit in place of uncommitted changes, of which there must be none then. */
  root?: NodeHash;
  allowEmpty?: boolean;
  force?: boolean;
}

/** Conditions of an HTTP write or read, on the entry as it stands when the verb takes effect. */
export interface Conditions {
  /** ETags without quotes, or ['*']. */
  ifMatch?: string[];
  ifNoneMatch?: string[];
}
