import type { CommitId, NodeHash, RepositoryUid } from '../ids.js';
import type { Edit } from '../tree/tree.js';
import { CatalogError, CONFLICT_PATHS_MAX, invalid } from './errors.js';
import type { History } from './history.js';
import type { Commit, MergeRequest } from './model.js';
import type { BranchRecord } from './records.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import type { Staging } from './staging.js';
import type { Store } from './store.js';
import { uncommittedChanges } from './uncommitted.js';

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
    const into = await this.history.get(uid, before.commitId);
    await this.refuseUncommitted(uid, destination, before, into.root);
    const from = await this.history.get(uid, source.commitId);
    const base = await this.history.mergeBase(uid, from.id, into.id);
    const contained = base?.id === from.id;
    const root = contained
      ? into.root
      : await this.mergeTrees(uid, base?.root, into.root, from.root, request);
    if (contained && !request.allowEmpty && !request.force) {
      throw new CatalogError(
        'nothing-to-merge',
        `"${source.name}" has nothing that "${destination}" has not: there is nothing to merge.`,
        { source: source.name, destination }
      );
    }
    const { commit, put } = this.history.make(uid, {
      root,
      parents: request.squash ? [into.id] : [into.id, from.id],
      generation: Math.max(into.generation, request.squash ? 0 : from.generation) + 1,
      message: request.message || `Merge '${source.name}' into '${destination}'`,
      committer: request.committer,
      date: Math.floor(this.store.now() / 1000),
      metadata: request.metadata ?? {}
    });
    await this.staging.publish(uid, destination, before, now => ({ ...now, commitId: commit.id }), [put]);
    return commit;
  }

  /** @throws uncommitted-changes if a layer of the destination differs from its commit */
  private async refuseUncommitted(
    uid: RepositoryUid,
    destination: string,
    before: BranchRecord,
    root: NodeHash
  ): Promise<void> {
    const cursor = this.staging.walk(before.sealed);
    for await (const _ of uncommittedChanges(cursor, this.store.tree(uid), root)) {
      throw new CatalogError(
        'uncommitted-changes',
        `Branch "${destination}" has uncommitted changes: commit or reset them first.`,
        { branch: destination }
      );
    }
  }

  /** The merged tree's root. @throws merge-conflict where both sides changed a path and no strategy decides */
  private async mergeTrees(
    uid: RepositoryUid,
    base: NodeHash | undefined,
    into: NodeHash,
    from: NodeHash,
    { strategy }: MergeRequest
  ): Promise<NodeHash> {
    const tree = this.store.tree(uid);
    const steps = tree.merge(base ?? (await tree.emptyRoot()), into, from);
    const paths: string[] = [];
    let conflicts = 0;
    async function* edits(): AsyncGenerator<Edit> {
      for await (const step of steps) {
        if (!('conflict' in step)) {
          yield step;
        } else if (strategy === 'source-wins') {
          yield { key: step.key, value: step.conflict.theirs };
        } else if (strategy === undefined && ++conflicts <= CONFLICT_PATHS_MAX) {
          paths.push(step.key.toString('utf8'));
        }
      }
    }
    const root = await tree.edit(into, edits());
    if (conflicts > 0) {
      throw conflict(paths, conflicts);
    }
    return root;
  }
}

function conflict(paths: string[], count: number): CatalogError {
  const shown = paths.slice(0, 3).join(', ') + (count > 3 ? ` and ${count - 3} more` : '');
  const what = count === 1 ? '1 object was' : `${count} objects were`;
  return new CatalogError(
    'merge-conflict',
    `${what} changed on both sides: ${shown}. Choose a side (strategy source-wins or dest-wins), or change one of them first.`,
    { paths, count }
  );
}
