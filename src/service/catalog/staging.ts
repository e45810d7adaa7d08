import type { CommitId, NodeHash, RepositoryUid, StagingToken } from '../ids.js';
import type { KvWrite } from '../kv/kv.js';
import { WRITE_KEYS_MAX } from '../kv/kv.js';
import { CatalogError } from './errors.js';
import { branchMoved } from './events.js';
import type { History } from './history.js';
import { branchKey, stagedKey, stagedLayer } from './keys.js';
import type { Commit } from './model.js';
import type { OperationVerb, Operations } from './operations.js';
import { encodeRecord, type BranchRecord, type CommitRecord } from './records.js';
import { dropLayer, recordOf, TOMBSTONE, type StagedChange } from './layers.js';
import { StagedCursor } from './staged-cursor.js';
import { expecting, newToken, type Store, type Versioned } from './store.js';
import { Turns } from './turns.js';
import { uncommittedChanges } from './uncommitted.js';

/** More sealed layers than this are folded into one: every read looks through all of them. */
export const SEALED_LAYERS_MAX = 8;

/** The verbs on layers that several others share. */
export class Staging {
  /** One tree is built per branch at a time: the second waits, then finds less to do. */
  private readonly builds = new Turns();

  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly operations: Operations
  ) {}

  /** Runs `build` when no other build of this branch runs. Garbage collection leaves alone what it has begun. */
  exclusively<T>(uid: RepositoryUid, branch: string, build: () => Promise<T>): Promise<T> {
    return this.builds.take(`${uid}/${branch}`, () => this.store.epochs.verbs.during(build));
  }

  /**
   * Closes the writable layer if anything is in it, folds the sealed ones when they are too many, and gives the
   * branch as it stands then. Only inside {@link exclusively}.
   */
  async seal(uid: RepositoryUid, name: string): Promise<Versioned<BranchRecord>> {
    await this.store.apply(async reader => {
      const branch = await this.store.branch(reader, uid, name);
      const staged = await reader.scan({ prefix: stagedLayer(branch.token), limit: 1 });
      if (staged.length === 0) {
        return { result: undefined };
      }
      const sealed: BranchRecord = {
        ...recordOf(branch),
        token: newToken(),
        sealed: [branch.token, ...branch.sealed]
      };
      return { write: this.replace(uid, name, branch, sealed), result: undefined };
    });
    const sealed = await this.read(uid, name);
    if (sealed.sealed.length <= SEALED_LAYERS_MAX) {
      return sealed;
    }
    await this.fold(uid, name, sealed);
    return this.read(uid, name);
  }

  private read(uid: RepositoryUid, name: string): Promise<Versioned<BranchRecord>> {
    return this.store.kv.snapshot(reader => this.store.branch(reader, uid, name));
  }

  /** Replaces a branch's record if it is still the one that was read. */
  replace(uid: RepositoryUid, name: string, read: Versioned<BranchRecord>, record: BranchRecord): KvWrite {
    const key = branchKey(uid, name);
    return { expect: [expecting(key, read)], put: [{ key, value: encodeRecord(record) }] };
  }

  /** Walks sealed layers page by page; they do not change, so no long snapshot is needed. */
  walk(layers: StagingToken[]): StagedCursor {
    return new StagedCursor({ scan: range => this.store.kv.snapshot(reader => reader.scan(range)) }, layers);
  }

  /**
   * Refuses where a verb would pass over uncommitted changes; layers that change nothing do not count.
   * @throws uncommitted-changes
   */
  async refuseUncommitted(
    uid: RepositoryUid,
    name: string,
    before: BranchRecord,
    root: NodeHash
  ): Promise<void> {
    const cursor = this.walk(before.sealed);
    for await (const _ of uncommittedChanges(cursor, this.store.tree(uid), root)) {
      throw new CatalogError(
        'uncommitted-changes',
        `Branch "${name}" has uncommitted changes: commit or reset them first.`,
        { branch: name }
      );
    }
  }

  /** Writes changes (ascending by path) as a new layer, which is no branch's yet; none where there is no change. */
  async layer(changes: AsyncIterable<StagedChange>): Promise<StagingToken[]> {
    const token = newToken();
    let isEmpty = true;
    let batch: { key: Buffer; value: Buffer }[] = [];
    for await (const { path, value } of changes) {
      isEmpty = false;
      batch.push({ key: stagedKey(token, path), value: value ?? TOMBSTONE });
      if (batch.length === WRITE_KEYS_MAX) {
        await this.store.putAll(batch);
        batch = [];
      }
    }
    await this.store.putAll(batch);
    return isEmpty ? [] : [token];
  }

  /** Makes one layer of those that are sealed. */
  private async fold(uid: RepositoryUid, name: string, before: BranchRecord): Promise<void> {
    const folded = await this.layer(this.changes(before.sealed));
    await this.publish(uid, name, before, { change: now => ({ ...now, sealed: folded }) });
  }

  /**
   * Takes the changes for which `within` holds off a branch: they are copied into one layer, which an undo brings
   * back, the others into one that stands for all that were sealed before. Changes written meanwhile stay on top.
   * Cost: the staged changes.
   */
  async takeOff(
    uid: RepositoryUid,
    name: string,
    actor: string,
    within: (path: Buffer) => boolean
  ): Promise<void> {
    await this.exclusively(uid, name, async () => {
      const before = await this.seal(uid, name);
      const taken = await this.layer(this.changes(before.sealed, within));
      const rest = await this.layer(this.changes(before.sealed, path => !within(path)));
      await this.publish(uid, name, before, {
        change: now => ({ ...now, sealed: rest }),
        operation: { actor, verb: 'reset', kept: taken }
      });
    });
  }

  private async *changes(
    layers: StagingToken[],
    chosen: (path: Buffer) => boolean = () => true
  ): AsyncGenerator<StagedChange> {
    const cursor = this.walk(layers);
    for (await cursor.seek(Buffer.alloc(0)); cursor.current; await cursor.next()) {
      if (chosen(cursor.current.path)) {
        yield cursor.current;
      }
    }
  }

  /**
   * Makes a commit of what was built from `before.sealed` and moves the branch to it.
   * @param uses other commits than the branch's own from which objects came
   * @throws branch-moved; commit-not-found where one of `uses` has been collected
   */
  async advance(
    uid: RepositoryUid,
    name: string,
    before: BranchRecord,
    verb: OperationVerb,
    record: CommitRecord,
    uses: CommitId[] = []
  ): Promise<Commit> {
    const { commit, put } = this.history.make(uid, record);
    await this.publish(uid, name, before, {
      change: now => ({ ...now, commitId: commit.id }),
      operation: { actor: record.committer, verb },
      uses,
      also: [put]
    });
    return commit;
  }

  /**
   * Publishes what was built from `before.sealed`, provided that the commit is still the same and those layers
   * still end the list. They are taken off in the same write; layers sealed since then stay above the result.
   * @throws branch-moved
   */
  async publish(
    uid: RepositoryUid,
    name: string,
    before: BranchRecord,
    { change, operation, uses = [], also = [] }: Publication
  ): Promise<void> {
    await this.store.apply(async reader => {
      const now = await this.store.branch(reader, uid, name);
      const newer = now.sealed.length - before.sealed.length;
      const same =
        now.incarnation === before.incarnation &&
        now.commitId === before.commitId &&
        newer >= 0 &&
        before.sealed.every((token, i) => now.sealed[newer + i] === token);
      if (!same) {
        throw new CatalogError(
          'branch-moved',
          `Branch "${name}" was changed by someone else meanwhile: look at it and try again.`,
          { branch: name }
        );
      }
      const built = change({ ...recordOf(now), sealed: [] });
      const record = { ...built, sealed: [...now.sealed.slice(0, newer), ...built.sealed] };
      const write = this.replace(uid, name, now, record);
      for (const id of uses) {
        const commit = await this.history.renew(reader, uid, id);
        write.expect!.push(...commit.expect);
        write.put!.push(...commit.put);
      }
      write.put!.push(...also);
      if (operation) {
        const note = { kept: [], ...operation, branch: name, before: recordOf(now), after: record };
        write.put!.push(this.operations.note(uid, note));
      }
      write.put!.push(...before.sealed.map(dropLayer));
      const event = branchMoved(uid, name, now.commitId, record.commitId);
      return { write, event, result: undefined };
    });
    this.store.sweeper.wake();
  }
}

/** How a branch goes on from what was built of its sealed layers. */
export interface Publication {
  /** The branch's next record, from one without those layers. */
  change: (record: BranchRecord) => BranchRecord;
  /** Goes into the log, with layers that its undo needs. */
  operation?: { actor: string; verb: OperationVerb; kept?: StagingToken[] };
  /** Commits to which the branch comes to refer, itself or through objects. */
  uses?: CommitId[];
  /** Written with it: a commit's record. */
  also?: NonNullable<KvWrite['put']>;
}
