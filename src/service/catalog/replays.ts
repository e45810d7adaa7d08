import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import type { Commit } from './model.js';
import type { OperationVerb } from './operations.js';
import { checkUnprotected } from './protection.js';
import type { CommitRecord } from './records.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import type { Staging } from './staging.js';
import type { Store } from './store.js';
import { mergeTrees } from './three-way.js';

export interface ReplayRequest {
  /** The commit to revert or to pick, as a ref expression. */
  ref: string;
  committer: string;
  /** Against which parent, from 1, a merge commit's changes are taken; 0 or absent for other commits. */
  parent?: number;
  message?: string;
  metadata?: Record<string, string>;
  allowEmpty?: boolean;
  force?: boolean;
}

/** Doing a commit's changes once more on a branch, or taking them back: one commit on top. */
export class Replays {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly staging: Staging,
    private readonly history: History
  ) {}

  /** Takes back what a commit changed. @throws merge-conflict, nothing-to-commit, uncommitted-changes */
  revert(repository: string, branch: string, request: ReplayRequest): Promise<Commit> {
    return this.replay(repository, branch, 'revert', request, (commit, parent) => ({
      base: commit,
      from: parent,
      message: `Revert ${commit.id}`,
      metadata: {}
    }));
  }

  /** Brings what a commit changed to a branch. @throws merge-conflict, nothing-to-commit, uncommitted-changes */
  cherryPick(repository: string, branch: string, request: ReplayRequest): Promise<Commit> {
    return this.replay(repository, branch, 'cherry-pick', request, (commit, parent) => ({
      base: parent,
      from: commit,
      message: commit.message,
      metadata: { ...commit.metadata, 'cherry-pick-origin': commit.id }
    }));
  }

  private async replay(
    repository: string,
    branch: string,
    verb: OperationVerb,
    request: ReplayRequest,
    plan: (commit: Commit, parent: Commit) => Plan
  ): Promise<Commit> {
    const repositoryRecord = await this.store.kv.snapshot(reader =>
      this.store.repository(reader, repository)
    );
    checkWritable(repository, repositoryRecord, request.force);
    checkUnprotected(repositoryRecord, branch, request.force);
    const { uid } = repositoryRecord;
    const { commitId } = await this.refs.resolve(repository, request.ref);
    const commit = await this.history.get(uid, commitId);
    const parent = await this.history.get(uid, parentOf(commit, request.parent ?? 0));
    const { base, from, message, metadata } = plan(commit, parent);
    return this.staging.exclusively(uid, branch, async () => {
      const before = await this.staging.seal(uid, branch);
      const into = await this.history.get(uid, before.commitId);
      await this.staging.refuseUncommitted(uid, branch, before, into.root);
      const roots = { base: base.root, into: into.root, from: from.root };
      const root = await mergeTrees(this.store.tree(uid), roots);
      if (root === into.root && !request.allowEmpty) {
        throw new CatalogError('nothing-to-commit', `That would change nothing on "${branch}".`, { branch });
      }
      const record: CommitRecord = {
        root,
        parents: [into.id],
        generation: into.generation + 1,
        message: request.message || message,
        committer: request.committer,
        date: Math.floor(this.store.now() / 1000),
        metadata: request.metadata ?? metadata
      };
      return this.staging.advance(uid, branch, before, verb, record, [commit.id, parent.id]);
    });
  }
}

interface Plan {
  base: Commit;
  from: Commit;
  message: string;
  metadata: Record<string, string>;
}

/** @throws invalid-input for a merge commit without a parent number, and for a number that is none of its */
function parentOf(commit: Commit, number: number): Commit['id'] {
  if (commit.parents.length > 1 && number === 0) {
    throw invalid(
      `${commit.id} is a merge commit: say against which of its ${commit.parents.length} parents (parent_number).`
    );
  }
  const parent = commit.parents[Math.max(number, 1) - 1];
  if (!parent) {
    throw invalid(`Commit ${commit.id} has no parent ${Math.max(number, 1)}.`);
  }
  return parent;
}
