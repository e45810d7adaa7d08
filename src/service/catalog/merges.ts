import { EMPTY_ROOT } from '../tree/empty.js';
import type { CommitId, NodeHash, RepositoryUid } from '../ids.js';
import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import type { Commit, MergeRequest } from './model.js';
import type { BranchRecord, CommitRecord } from './records.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import type { Staging } from './staging.js';
import type { Store, Versioned } from './store.js';
import { mergeTrees } from './three-way.js';
import { Turns } from './turns.js';
import type { View } from './views.js';

const STRATEGIES = ['source-wins', 'dest-wins'];
/** A merge that was checked is built again so often when a side moved meanwhile. */
const REBUILDS_MAX = 2;

/** What a merge would make of a branch: built, but not published. */
export interface MergeCandidate {
  /** As given. */
  source: string;
  destination: string;
  from: Commit;
  into: Commit;
  base: Commit | undefined;
  /** Root of the tree that the destination would have. */
  root: NodeHash;
  /** The destination and what it would be, as counting looks at them. */
  before: View;
  after: View;
}

/**
 * Looks at a merge before it is published, and refuses it by throwing. It answers what is to be added to the merge
 * commit's metadata.
 */
export type MergeCheck = (candidate: MergeCandidate) => Promise<Record<string, string>>;

interface Built {
  candidate: MergeCandidate;
  /** The branch as it was sealed. */
  sealed: Versioned<BranchRecord>;
}

/** What was built, and what its check adds to the commit. */
interface Checked {
  built: Built;
  metadata: Record<string, string>;
}

export class Merges {
  /** Of merges that are checked; a commit has no need of them. */
  private readonly publishing = new Turns();

  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly staging: Staging,
    private readonly history: History
  ) {}

  /**
   * Brings what `source` changed since the merge base to a branch, as one merge commit. Cost:
   * O(differences · log entries).
   * @param check sees exactly what will be published: where one of the sides moves meanwhile, the merge is built and
   *   checked again, at most twice
   * @throws merge-conflict (`data.paths`), nothing-to-merge, uncommitted-changes (on the destination), branch-moved
   */
  async merge(
    repository: string,
    source: string,
    destination: string,
    request: MergeRequest,
    check?: MergeCheck
  ): Promise<Commit> {
    refuseStrategy(request.strategy);
    const record = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    checkWritable(repository, record, request.force);
    const { strategy, sides } = request;
    const merging = { repository, uid: record.uid, source, destination, strategy, sides, request };
    if (!check) {
      return this.staging.exclusively(record.uid, destination, async () => {
        const { commitId } = await this.refs.resolve(repository, source);
        const built = await this.build(merging, commitId);
        return this.publish(merging, built);
      });
    }
    // What was built is nobody's until it is published: a collection waits for it.
    return this.store.epochs.verbs.during(() => this.mergeChecked(merging, check));
  }

  /**
   * Builds a merge as `merge` would, and lets somebody look at it; nothing is published. Uncommitted changes of the
   * destination are left out of account.
   * @throws as `merge`, except for nothing-to-merge
   */
  async consider<T>(
    repository: string,
    source: string,
    destination: string,
    strategy: MergeRequest['strategy'],
    look: (candidate: MergeCandidate) => Promise<T>
  ): Promise<T> {
    refuseStrategy(strategy);
    const { uid } = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    return this.store.epochs.verbs.during(async () => {
      const { commitId } = await this.refs.resolve(repository, source);
      const branch = await this.store.kv.snapshot(reader => this.store.branch(reader, uid, destination));
      const merging = { repository, uid, source, destination, strategy };
      const { candidate } = await this.candidate(merging, commitId, branch.commitId);
      return look(candidate);
    });
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

  /**
   * Checks beside other writers, so that a long check holds up nobody, and publishes only what was checked. Merges
   * are published one after the other, each with what it has to check anew: as many as come at once all get through. A
   * commit, or a source that moves, can still come between.
   */
  private async mergeChecked(merging: RequestedMerge, check: MergeCheck): Promise<Commit> {
    const { uid, destination } = merging;
    const first = await this.buildChecked(merging, check);
    return this.publishing.take(`${uid}/${destination}`, async () => {
      let checked = first;
      for (let rebuilds = 0; ; rebuilds++) {
        try {
          return await this.publishChecked(merging, checked);
        } catch (error) {
          const hasMoved = error instanceof CatalogError && error.code === 'branch-moved';
          if (!hasMoved || rebuilds === REBUILDS_MAX) {
            throw error;
          }
        }
        checked = await this.buildChecked(merging, check);
      }
    });
  }

  private async buildChecked(merging: RequestedMerge, check: MergeCheck): Promise<Checked> {
    const { repository, uid, source, destination } = merging;
    const { commitId } = await this.refs.resolve(repository, source);
    const built = await this.staging.exclusively(uid, destination, () => this.build(merging, commitId));
    return { built, metadata: await check(built.candidate) };
  }

  /** @throws branch-moved */
  private publishChecked(merging: RequestedMerge, { built, metadata }: Checked): Promise<Commit> {
    const { repository, uid, source, destination } = merging;
    return this.staging.exclusively(uid, destination, async () => {
      if ((await this.refs.resolve(repository, source)).commitId !== built.candidate.from.id) {
        throw moved(source);
      }
      return this.publish(merging, built, metadata);
    });
  }

  /** Only inside `exclusively`. */
  private async build(merging: RequestedMerge, source: CommitId): Promise<Built> {
    const { uid, destination, request } = merging;
    refuseMoved(merging.source, source, request.seen?.source);
    const sealed = await this.staging.seal(uid, destination);
    refuseMoved(destination, sealed.commitId, request.seen?.destination);
    const { root } = await this.history.get(uid, sealed.commitId);
    await this.staging.refuseUncommitted(uid, destination, sealed, root);
    const { candidate, contained } = await this.candidate(merging, source, sealed.commitId);
    // A merge that changes no object is still worth its commit (conflicts decided for the destination stay
    // decided), except a squash, which would leave no trace of the source.
    const nothing = contained || (request.squash && candidate.root === root);
    if (nothing && !request.allowEmpty && !request.force) {
      throw new CatalogError(
        'nothing-to-merge',
        `"${merging.source}" has nothing that "${destination}" has not: there is nothing to merge.`,
        { source: merging.source, destination }
      );
    }
    return { candidate, sealed };
  }

  /** `contained`: the destination has all of the source's commits. */
  private async candidate(
    { repository, uid, source, destination, strategy, sides }: Merging,
    sourceId: CommitId,
    destinationId: CommitId
  ): Promise<{ candidate: MergeCandidate; contained: boolean }> {
    const into = await this.history.get(uid, destinationId);
    const from = await this.history.get(uid, sourceId);
    const base = await this.history.mergeBase(uid, from.id, into.id);
    const roots = { base: base?.root ?? EMPTY_ROOT.hash, into: into.root, from: from.root };
    const contained = base?.id === from.id;
    const root = contained ? into.root : await mergeTrees(this.store.tree(uid), roots, { strategy, sides });
    const before: View = { repository, uid, commitId: into.id, root: into.root, changes: [] };
    const candidate = { source, destination, from, into, base, root, before, after: { ...before, root } };
    return { candidate, contained };
  }

  /** Only inside `exclusively`. @throws branch-moved */
  private publish(
    { uid, source, destination, request }: RequestedMerge,
    { candidate: { into, from, root }, sealed }: Built,
    metadata: Record<string, string> = {}
  ): Promise<Commit> {
    const record: CommitRecord = {
      root,
      parents: request.squash ? [into.id] : [into.id, from.id],
      generation: Math.max(into.generation, request.squash ? 0 : from.generation) + 1,
      message: request.message || `Merge '${source}' into '${destination}'`,
      committer: request.committer,
      date: Math.floor(this.store.now() / 1000),
      metadata: { ...request.metadata, ...metadata }
    };
    return this.staging.advance(uid, destination, sealed, 'merge', record, [from.id]);
  }
}

/** What is merged, and where to. */
interface Merging {
  repository: string;
  uid: RepositoryUid;
  source: string;
  destination: string;
  strategy: MergeRequest['strategy'];
  sides?: MergeRequest['sides'];
}

/** One merge that is asked for. */
interface RequestedMerge extends Merging {
  request: MergeRequest;
}

function refuseStrategy(strategy: string | undefined): void {
  if (strategy !== undefined && !STRATEGIES.includes(strategy)) {
    throw invalid(`"${strategy}" is no merge strategy: use ${STRATEGIES.join(' or ')}.`);
  }
}

function moved(ref: string): CatalogError {
  return new CatalogError(
    'branch-moved',
    `"${ref}" was changed by someone else meanwhile: look at it and try again.`,
    { branch: ref }
  );
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
