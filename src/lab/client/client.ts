import type {
  BranchState,
  MergePreview,
  MergeWithSides,
  Operation,
  OperationList
} from '../../protocol/databranch.js';
import type {
  CherryPickCreation,
  Commit,
  Diff,
  FindMergeBaseResult,
  MergeResult,
  Paginated,
  Ref,
  Repository,
  RevertCreation
} from '../../protocol/lakefs.js';
import type { IRequests } from '../requests.js';
import { ObjectsClient } from './objects.js';
import { branchPath, refPath, type Page } from './paths.js';
import { RowsClient } from './rows.js';
import { SettingsClient } from './settings.js';

/** What a reset takes back: everything, what lies below a prefix, or one object. */
export type Discard = { type: 'reset' } | { type: 'common_prefix' | 'object'; path: string };

/** The service's API as this extension uses it: one method per operation, named after what it does. */
export class Client {
  readonly objects: ObjectsClient;
  readonly rows: RowsClient;
  readonly settings: SettingsClient;

  constructor(readonly requests: IRequests) {
    this.objects = new ObjectsClient(requests);
    this.rows = new RowsClient(requests);
    this.settings = new SettingsClient(requests);
  }

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

  /** Takes back the changes of single objects, at most 1,000, in one go. */
  discardObjects(repository: string, branch: string, paths: readonly string[]): Promise<void> {
    const path = ['databranch', ...branchPath(repository, branch), 'discard'];
    return this.requests.send(path, { method: 'POST', json: { paths } });
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

  /** What a merge of `right` into `left` would bring: changes of `right` since both parted, with what lies there. */
  diff(repository: string, left: string, right: string, { signal, ...page }: Page): Promise<Paginated<Diff>> {
    return this.requests.send([...refPath(repository, left), 'diff', right], {
      query: { ...page, type: 'three_dot', include_right_stats: true },
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
}
