import type { CommitId, RepositoryUid } from '../ids.js';
import type { Entry } from './model.js';

/** What those above the catalog may want to follow. */
export type CatalogEvent = BranchMoved | ObjectsStaged | RepositoryDeleted;

/** A branch stands on another commit, by whatever verb. */
export interface BranchMoved {
  kind: 'branch-moved';
  uid: RepositoryUid;
  branch: string;
  from: CommitId;
  to: CommitId;
}

/** Objects were written to a branch or removed from it, in whatever way, and are not committed yet. */
export interface ObjectsStaged {
  kind: 'objects-staged';
  uid: RepositoryUid;
  branch: string;
  /** The commit on which they lie. */
  commitId: CommitId;
  /** Without `entry` the path is removed. */
  changes: { path: string; entry: Entry | undefined }[];
}

export interface RepositoryDeleted {
  kind: 'repository-deleted';
  uid: RepositoryUid;
}

/** Tells what happened once it is durable, while the verb that did it has not answered yet. */
export class Events {
  private readonly listeners: ((event: CatalogEvent) => void)[] = [];

  /** @param listener must neither throw nor take long: the verb waits for it */
  listen(listener: (event: CatalogEvent) => void): void {
    this.listeners.push(listener);
  }

  tell(event: CatalogEvent): void {
    this.listeners.forEach(listener => listener(event));
  }
}

/** The event of a branch that went from one commit to another; undefined where it is the same. */
export function branchMoved(
  uid: RepositoryUid,
  branch: string,
  from: CommitId,
  to: CommitId
): BranchMoved | undefined {
  return from === to ? undefined : { kind: 'branch-moved', uid, branch, from, to };
}
