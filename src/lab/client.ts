import type {
  BranchState,
  ColumnsResult,
  DuplicatesResult,
  GcFigures,
  MergePreview,
  MergeWithSides,
  Operation,
  OperationList,
  RowDiffResult,
  RowLogEntry,
  RowsComparison,
  RowsResult
} from '../protocol/databranch.js';
import type {
  BranchProtectionRule,
  CherryPickCreation,
  Commit,
  Diff,
  FindMergeBaseResult,
  MergeResult,
  ObjectErrorList,
  ObjectStats,
  Paginated,
  Ref,
  Repository,
  RevertCreation
} from '../protocol/lakefs.js';
import type { PageAsked } from './model/listing.js';
import type { IRequests, RequestInitial } from './requests.js';

/** What a reset takes back: everything, what lies below a prefix, or one object. */
export type Discard = { type: 'reset' } | { type: 'common_prefix' | 'object'; path: string };

/** How long contents are kept that no branch has any longer. */
export interface RetentionRules {
  default_retention_days: number;
  branches: { branch_id: string; retention_days: number }[];
}

/** One data set on two refs; `left` is the base. */
export interface DataSetSides {
  repository: string;
  left: string;
  right: string;
  path: string;
  /** Where it is on either side, if not at one path. */
  left_path?: string;
  right_path?: string;
}

type Page = Partial<PageAsked>;

/** The service's API as this extension uses it: one method per operation, named after what it does. */
export class Client {
  constructor(readonly requests: IRequests) {}

  repositories({ signal, ...page }: Page & { search?: string }): Promise<Paginated<Repository>> {
    return this.requests.send(['repositories'], { query: page, signal });
  }

  repository(repository: string, signal?: AbortSignal): Promise<Repository> {
    return this.requests.send(['repositories', repository], { signal });
  }

  createRepository(name: string, storageNamespace: string, defaultBranch: string): Promise<Repository> {
    const json = { name, storage_namespace: storageNamespace, default_branch: defaultBranch };
    return this.requests.send(['repositories'], { method: 'POST', json });
  }

  branches(repository: string, { signal, ...page }: Page & { prefix?: string }): Promise<Paginated<Ref>> {
    return this.requests.send(['repositories', repository, 'branches'], { query: page, signal });
  }

  /** @throws RequestError - 404 when there is no branch of that name, e.g. because it is a tag or a commit */
  branch(repository: string, branch: string, signal?: AbortSignal): Promise<Ref> {
    return this.requests.send(branchPath(repository, branch), { signal });
  }

  createBranch(repository: string, name: string, source: string): Promise<void> {
    return this.requests.send(['repositories', repository, 'branches'], {
      method: 'POST',
      json: { name, source }
    });
  }

  deleteBranch(repository: string, branch: string): Promise<void> {
    return this.requests.send(branchPath(repository, branch), { method: 'DELETE' });
  }

  tags(repository: string, { signal, ...page }: Page & { prefix?: string }): Promise<Paginated<Ref>> {
    return this.requests.send(['repositories', repository, 'tags'], { query: page, signal });
  }

  createTag(repository: string, id: string, ref: string): Promise<Ref> {
    return this.requests.send(['repositories', repository, 'tags'], { method: 'POST', json: { id, ref } });
  }

  deleteTag(repository: string, tag: string): Promise<void> {
    return this.requests.send(['repositories', repository, 'tags', tag], { method: 'DELETE' });
  }

  /** The one cheap request of a refresh: its `change_token` tells whether anything else need be read. */
  branchState(repository: string, branch: string, signal?: AbortSignal): Promise<BranchState> {
    // Asked again and again while the panel is shown: that must not keep an idle server of JupyterHub alive.
    const query = { no_track_activity: 1 };
    return this.requests.send(['databranch', ...branchPath(repository, branch), 'state'], { query, signal });
  }

  uncommitted(
    repository: string,
    branch: string,
    { signal, ...page }: Page & { prefix?: string }
  ): Promise<Paginated<Diff>> {
    return this.requests.send([...branchPath(repository, branch), 'diff'], { query: page, signal });
  }

  discard(repository: string, branch: string, what: Discard): Promise<void> {
    return this.requests.send(branchPath(repository, branch), { method: 'PUT', json: what });
  }

  commit(
    repository: string,
    branch: string,
    message: string,
    metadata: Record<string, string>
  ): Promise<Commit> {
    return this.requests.send([...branchPath(repository, branch), 'commits'], {
      method: 'POST',
      json: { message, metadata }
    });
  }

  commitById(repository: string, id: string): Promise<Commit> {
    return this.requests.send(['repositories', repository, 'commits', id]);
  }

  /** Takes back what a commit changed. @throws RequestError - 409 where that was changed since */
  revert(repository: string, branch: string, json: RevertCreation): Promise<void> {
    return this.requests.send([...branchPath(repository, branch), 'revert'], { method: 'POST', json });
  }

  /** Does a commit's changes once more on a branch. @throws RequestError - 409 where they collide */
  cherryPick(repository: string, branch: string, json: CherryPickCreation): Promise<Commit> {
    return this.requests.send([...branchPath(repository, branch), 'cherry-pick'], { method: 'POST', json });
  }

  /** Commits reachable from `ref`, newest first. */
  log(
    repository: string,
    ref: string,
    { signal, ...query }: Page & { first_parent?: boolean; stop_at?: string }
  ): Promise<Paginated<Commit>> {
    return this.requests.send([...refPath(repository, ref), 'commits'], { query, signal });
  }

  mergeBase(
    repository: string,
    source: string,
    destination: string,
    signal?: AbortSignal
  ): Promise<FindMergeBaseResult> {
    return this.requests.send([...refPath(repository, source), 'merge', destination], { signal });
  }

  /** @throws RequestError - 409 when both sides changed the same paths */
  merge(
    repository: string,
    source: string,
    destination: string,
    options: { message?: string; force?: boolean }
  ): Promise<MergeResult> {
    return this.requests.send([...refPath(repository, source), 'merge', destination], {
      method: 'POST',
      json: options
    });
  }

  /** What a merge would make of its destination: conflicts, rows, and what guards have against it. */
  previewMerge(
    repository: string,
    source: string,
    destination: string,
    signal?: AbortSignal
  ): Promise<MergePreview> {
    const path = ['databranch', ...refPath(repository, source), 'merge', destination, 'preview'];
    return this.requests.send(path, { signal });
  }

  /** A merge with a side chosen per conflict. @throws RequestError - 409 with the paths that nothing decides */
  mergeWithSides(
    repository: string,
    source: string,
    destination: string,
    json: MergeWithSides
  ): Promise<MergeResult> {
    const path = ['databranch', ...refPath(repository, source), 'merge', destination];
    return this.requests.send(path, { method: 'POST', json });
  }

  /** What a merge of `right` into `left` would bring: changes of `right` since both parted. */
  diff(repository: string, left: string, right: string, { signal, ...page }: Page): Promise<Paginated<Diff>> {
    return this.requests.send([...refPath(repository, left), 'diff', right], {
      query: { ...page, type: 'three_dot' },
      signal
    });
  }

  /** What was done in a repository, newest first. */
  operations(repository: string, { signal, ...query }: Page & { branch?: string }): Promise<OperationList> {
    return this.requests.send(['databranch', 'repositories', repository, 'operations'], { query, signal });
  }

  /** Takes an operation back. @throws RequestError - 409 when the branch has moved since */
  undo(repository: string, operation: string): Promise<Operation> {
    return this.requests.send(['databranch', 'repositories', repository, 'operations', operation, 'undo'], {
      method: 'POST'
    });
  }

  protection(repository: string, signal?: AbortSignal): Promise<BranchProtectionRule[]> {
    return this.requests.send(['repositories', repository, 'branch_protection'], { signal });
  }

  addProtection(repository: string, pattern: string): Promise<void> {
    const json: BranchProtectionRule = { pattern };
    return this.requests.send(['repositories', repository, 'branch_protection'], { method: 'POST', json });
  }

  removeProtection(repository: string, pattern: string): Promise<void> {
    const json: BranchProtectionRule = { pattern };
    return this.requests.send(['repositories', repository, 'branch_protection'], { method: 'DELETE', json });
  }

  /** @throws RequestError - 404 when there are none */
  retention(repository: string, signal?: AbortSignal): Promise<RetentionRules> {
    return this.requests.send(retentionPath(repository), { signal });
  }

  /** Replaces the rules; null removes them. */
  setRetention(repository: string, rules: RetentionRules | null): Promise<void> {
    return this.requests.send(
      retentionPath(repository),
      rules ? { method: 'PUT', json: rules } : { method: 'DELETE' }
    );
  }

  /** What a garbage collection would free. Costs the service as much as looking for it does. */
  garbage(repository: string, signal?: AbortSignal): Promise<GcFigures> {
    return this.requests.send(['databranch', 'repositories', repository, 'gc', 'estimate'], { signal });
  }

  objects(
    repository: string,
    ref: string,
    { signal, ...page }: Page & { prefix?: string; delimiter?: string }
  ): Promise<Paginated<ObjectStats>> {
    return this.requests.send([...refPath(repository, ref), 'objects', 'ls'], { query: page, signal });
  }

  upload(
    repository: string,
    branch: string,
    path: string,
    body: Blob,
    { onSent, signal }: Pick<RequestInitial, 'onSent' | 'signal'> = {}
  ): Promise<ObjectStats> {
    return this.requests.send([...branchPath(repository, branch), 'objects'], {
      method: 'POST',
      query: { path },
      body,
      onSent,
      signal
    });
  }

  /** Facts of an object. @throws RequestError - 404 when there is none at that path */
  stat(repository: string, ref: string, path: string, signal?: AbortSignal): Promise<ObjectStats> {
    return this.requests.send([...refPath(repository, ref), 'objects', 'stat'], {
      query: { path, user_metadata: true },
      signal
    });
  }

  /** The first bytes of an object, at most `bytesMax`. */
  read(
    repository: string,
    ref: string,
    path: string,
    bytesMax: number,
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    return this.requests.read([...refPath(repository, ref), 'objects'], { path }, bytesMax, signal);
  }

  /** Makes the object at `from` appear at `to` as well; its bytes are not copied. */
  copyObject(repository: string, branch: string, from: string, to: string): Promise<ObjectStats> {
    return this.requests.send([...branchPath(repository, branch), 'objects', 'copy'], {
      method: 'POST',
      query: { dest_path: to },
      json: { src_path: from, src_ref: branch }
    });
  }

  deleteObjects(repository: string, branch: string, paths: readonly string[]): Promise<ObjectErrorList> {
    return this.requests.send([...branchPath(repository, branch), 'objects', 'delete'], {
      method: 'POST',
      json: { paths }
    });
  }

  /** Where the browser fetches an object's bytes. */
  downloadAddress(repository: string, ref: string, path: string): string {
    return this.requests.address([...refPath(repository, ref), 'objects'], { path });
  }

  /** Rows per data set below `path`, uncommitted changes included when `ref` is a branch. */
  rows(
    repository: string,
    ref: string,
    query: { path: string; after?: string; amount?: number },
    signal?: AbortSignal
  ): Promise<RowsResult> {
    return this.requests.send(['databranch', ...refPath(repository, ref), 'rows'], { query, signal });
  }

  /** Rows per data set on both refs; `left` is the base. */
  compareRows(
    repository: string,
    left: string,
    right: string,
    query: { path: string; after?: string; amount?: number },
    signal?: AbortSignal
  ): Promise<RowsComparison> {
    return this.requests.send(['databranch', ...refPath(repository, left), 'rows', right], { query, signal });
  }

  /** What the commits of a ref did to the rows at a path, newest first, uncommitted changes before them. */
  rowLog(
    repository: string,
    ref: string,
    { signal, ...query }: Page & { path: string }
  ): Promise<Paginated<RowLogEntry>> {
    return this.requests.send(['databranch', ...refPath(repository, ref), 'rowlog'], { query, signal });
  }

  /** The rows of a data set that differ. @throws RequestError - 400 where a key column is not there */
  rowDiff(
    { repository, left, right, ...paths }: DataSetSides,
    { signal, ...page }: Page & { keys: readonly string[] }
  ): Promise<RowDiffResult> {
    const query = { ...paths, ...page };
    return this.requests.send(rowDiffPath(repository, left, right), { query, signal });
  }

  /** Statistics of a data set's columns on both sides: of the files that differ, or of all. */
  columns(
    { repository, left, right, ...paths }: DataSetSides,
    files: ColumnsResult['files'],
    signal?: AbortSignal
  ): Promise<ColumnsResult> {
    const path = ['databranch', ...refPath(repository, left), 'columns', right];
    return this.requests.send(path, { query: { ...paths, files }, signal });
  }

  /** The rows that are there more than once at a path, and which of them are not so on `base`. */
  duplicates(
    repository: string,
    ref: string,
    query: { path: string; base: string; examples: number; amount: number },
    signal?: AbortSignal
  ): Promise<DuplicatesResult> {
    return this.requests.send(['databranch', ...refPath(repository, ref), 'duplicates'], { query, signal });
  }

  /** Where the browser fetches all of {@link rowDiff} as a Parquet file. */
  rowDiffAddress({ repository, left, right, ...paths }: DataSetSides, keys: readonly string[]): string {
    return this.requests.address([...rowDiffPath(repository, left, right), 'parquet'], { ...paths, keys });
  }
}

function rowDiffPath(repository: string, left: string, right: string): string[] {
  return ['databranch', ...refPath(repository, left), 'rowdiff', right];
}

function retentionPath(repository: string): string[] {
  return ['repositories', repository, 'settings', 'gc_rules'];
}

function branchPath(repository: string, branch: string): string[] {
  return ['repositories', repository, 'branches', branch];
}

function refPath(repository: string, ref: string): string[] {
  return ['repositories', repository, 'refs', ref];
}
