import { EMPTY_ROOT } from '../tree/empty.js';
import type { CommitId, RepositoryUid } from '../ids.js';
import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import type { Commit, MergeRequest } from './model.js';
import type { CommitRecord } from './records.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import type { Staging } from './staging.js';
import type { Store } from './store.js';
import { mergeTrees } from './three-way.js';

const STRATEGIES = ['source-wins', 'dest-wins'];

export class Merges {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly staging: Staging,
    private readonly history: History
  ) {}

  /**
   * Brings what `source` changed since the merge base to a branch, as one merge commit. Cost:
   * O(differences · log entries).
   * @throws merge-conflict (`data.paths`), nothing-to-merge, uncommitted-changes (on the destination), branch-moved
   */
  async merge(
    repository: string,
    source: string,
    destination: string,
    request: MergeRequest
  ): Promise<Commit> {
    if (request.strategy !== undefined && !STRATEGIES.includes(request.strategy)) {
      throw invalid(`"${request.strategy}" is no merge strategy: use ${STRATEGIES.join(' or ')}.`);
    }
    const record = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    checkWritable(repository, record, request.force);
    const { commitId } = await this.refs.resolve(repository, source);
    refuseMoved(source, commitId, request.seen?.source);
    return this.staging.exclusively(record.uid, destination, () =>
      this.build(record.uid, { name: source, commitId }, destination, request)
    );
  }

  /** The commit that a merge of the two would start from. */
  async base(
    repository: string,
    source: string,
    destination: string
  ): Promise<{ sourceCommitId: CommitId; destinationCommitId: CommitId; baseCommitId: CommitId }> {
    const { commitId: sourceCommitId } = await this.refs.resolve(repository, source);
    const { commitId: destinationCommitId } = await this.refs.resolve(repository, destination);
    const { uid } = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    const base = await this.history.mergeBase(uid, sourceCommitId, destinationCommitId);
    if (!base) {
      throw new CatalogError('commit-not-found', `"${source}" and "${destination}" share no history.`);
    }
    return { sourceCommitId, destinationCommitId, baseCommitId: base.id };
  }

  private async build(
    uid: RepositoryUid,
    source: { name: string; commitId: CommitId },
    destination: string,
    request: MergeRequest
  ): Promise<Commit> {
    const before = await this.staging.seal(uid, destination);
    refuseMoved(destination, before.commitId, request.seen?.destination);
    const into = await this.history.get(uid, before.commitId);
    await this.staging.refuseUncommitted(uid, destination, before, into.root);
    const from = await this.history.get(uid, source.commitId);
    const base = await this.history.mergeBase(uid, from.id, into.id);
    const tree = this.store.tree(uid);
    const roots = { base: base?.root ?? EMPTY_ROOT.hash, into: into.root, from: from.root };
    const contained = base?.id === from.id;
    const root = contained ? into.root : await mergeTrees(tree, roots, request);
    // A merge that changes no object is still worth its commit (conflicts decided for the destination stay
    // decided), except a squash, which would leave no trace of the source.
    const nothing = contained || (request.squash && root === into.root);
    if (nothing && !request.allowEmpty && !request.force) {
      throw new CatalogError(
        'nothing-to-merge',
        `"${source.name}" has nothing that "${destination}" has not: there is nothing to merge.`,
        { source: source.name, destination }
      );
    }
    const record: CommitRecord = {
      root,
      parents: request.squash ? [into.id] : [into.id, from.id],
      generation: Math.max(into.generation, request.squash ? 0 : from.generation) + 1,
      message: request.message || `Merge '${source.name}' into '${destination}'`,
      committer: request.committer,
      date: Math.floor(this.store.now() / 1000),
      metadata: request.metadata ?? {}
    };
    return this.staging.advance(uid, destination, before, 'merge', record, [from.id]);
  }
}

/** @throws branch-moved - a side was chosen between contents that are no longer those to be merged */
function refuseMoved(ref: string, commitId: CommitId, seen: CommitId | undefined): void {
  if (seen !== undefined && seen !== commitId) {
    throw new CatalogError(
      'branch-moved',
      `"${ref}" has moved since its conflicts were looked at: look again, then merge.`,
      { branch: ref }
    );
  }
}
