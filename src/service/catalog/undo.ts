import type { RepositoryUid, StagingToken } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { CatalogError } from './errors.js';
import { branchMoved } from './events.js';
import type { History } from './history.js';
import { branchKey, operationKey, stagedLayer, tagKey } from './keys.js';
import { operationOf, type Operation, type OperationRecord, type Operations } from './operations.js';
import { decodeRecord, encodeRecord, type BranchRecord } from './records.js';
import { dropLayer, layersOf, recordOf } from './layers.js';
import { StagedCursor } from './staged-cursor.js';
import type { Staging } from './staging.js';
import { expecting, leavingAbsent, type Store, type Versioned } from './store.js';
import { uncommittedChanges } from './uncommitted.js';

/** Taking back one operation of the log: a branch move, merge, reset, creation or deletion. */
export class Undo {
  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly staging: Staging,
    private readonly operations: Operations
  ) {}

  /**
   * Takes an operation back, uncommitted changes included: what a commit held is uncommitted again, what a reset
   * or a deletion took is there again, under what was written since. It is itself logged.
   * @throws operation-not-found; branch-moved if the branch is not where the operation left it (`data.operations`
   *         names the later ones); invalid-input for an undo or what is undone already; uncommitted-changes
   */
  async apply(repository: string, id: string, actor: string): Promise<Operation> {
    const { uid, record } = await this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      return { uid, record: await this.find(reader, uid, id) };
    });
    return this.staging.exclusively(uid, record.branch, async () => {
      const restaged = record.verb === 'commit' ? await this.restage(uid, record) : record.kept;
      if (record.verb === 'create-branch') {
        await this.sealIfThere(uid, record.branch);
      }
      const undo = await this.store.apply(reader => this.takeBack(reader, uid, id, actor, restaged));
      this.store.sweeper.wake();
      return undo;
    });
  }

  /** Leaves the newest layer of a branch empty, for a write that expects it to be. */
  private async sealIfThere(uid: RepositoryUid, branch: string): Promise<void> {
    try {
      await this.staging.seal(uid, branch);
    } catch (error) {
      // Then it is not where the operation left it, which is for the undo itself to say.
      if (!(error instanceof CatalogError && error.code === 'branch-not-found')) {
        throw error;
      }
    }
  }

  /** What a commit changed, as a layer of uncommitted changes again. */
  private async restage(uid: RepositoryUid, { before, after }: OperationRecord): Promise<StagingToken[]> {
    const [from, to] = [before!.commitId, after!.commitId];
    const left = await this.history.root(uid, from);
    const right = await this.history.root(uid, to);
    async function* changes(store: Store) {
      for await (const { key, right: value } of store.tree(uid).diff(left, right)) {
        yield { path: key, value };
      }
    }
    return this.staging.layer(changes(this.store));
  }

  private async takeBack(
    reader: KvReader,
    uid: RepositoryUid,
    id: string,
    actor: string,
    layers: StagingToken[]
  ) {
    const record = await this.find(reader, uid, id);
    if (record.verb === 'undo' || record.undone) {
      const what = record.undone ? 'was undone already' : 'is itself an undo';
      throw new CatalogError('invalid-input', `Operation ${id} ${what}.`, { id });
    }
    const { branch } = record;
    const now = await this.store.findBranch(reader, uid, branch);
    if (!(await this.stands(reader, uid, record, now))) {
      throw moved(branch, await this.operations.since(reader, uid, id, branch));
    }
    const restored = await this.restored(reader, uid, record, now, layers);
    const commit = restored && (await this.history.renew(reader, uid, restored.commitId));
    const key = branchKey(uid, branch);
    const undone: OperationRecord = { ...record, kept: [], undone: true };
    const note = this.operations.note(uid, {
      actor,
      verb: 'undo',
      branch,
      before: now && recordOf(now),
      after: restored,
      kept: [],
      undoes: id
    });
    const logged = operationKey(uid, id);
    const left = now && !restored ? layersOf(now).map(dropLayer) : [];
    const unused =
      restored && !now ? leavingAbsent(tagKey(uid, branch)) : { expect: [], put: [], delete: [] };
    // Nobody may write to a branch between the look at its changes and its end.
    const expectEmpty = now && !restored ? [stagedLayer(now.token)] : [];
    const put = [{ key: logged, value: encodeRecord(withoutVersion(undone)) }, note, ...left];
    return {
      write: {
        expect: [
          { key: logged, version: record.version },
          ...(now || restored ? [expecting(key, now)] : []),
          ...unused.expect,
          ...(commit?.expect ?? [])
        ],
        expectEmpty,
        put: restored ? [...put, { key, value: encodeRecord(restored) }, ...commit!.put, ...unused.put] : put,
        delete: restored ? unused.delete : [key]
      },
      event: now && restored && branchMoved(uid, branch, now.commitId, restored.commitId),
      result: operationOf(note.key.toString('utf8').split('/')[2]!, decodeRecord(note.value))
    };
  }

  /** Whether the branch is where the operation left it. */
  private async stands(
    reader: KvReader,
    uid: RepositoryUid,
    { verb, branch, after }: OperationRecord,
    now: BranchRecord | undefined
  ): Promise<boolean> {
    if (verb === 'delete-branch') {
      return !now && !(await reader.get(tagKey(uid, branch)));
    }
    return now?.incarnation === after?.incarnation && now?.commitId === after?.commitId;
  }

  /** The branch as it will be; undefined where the branch goes. */
  private async restored(
    reader: KvReader,
    uid: RepositoryUid,
    record: OperationRecord,
    now: Versioned<BranchRecord> | undefined,
    layers: StagingToken[]
  ): Promise<BranchRecord | undefined> {
    if (record.verb === 'delete-branch') {
      return record.before;
    }
    if (record.verb === 'create-branch') {
      if (await this.isChanged(reader, uid, now!)) {
        throw new CatalogError(
          'uncommitted-changes',
          `Branch "${record.branch}" has uncommitted changes: reset them, or delete the branch.`,
          { branch: record.branch }
        );
      }
      return undefined;
    }
    const { commitId } = record.before!;
    return { ...recordOf(now!), commitId, sealed: [...now!.sealed, ...layers] };
  }

  /** Whether a branch has uncommitted changes, or somebody writes to it just now. */
  private async isChanged(reader: KvReader, uid: RepositoryUid, branch: BranchRecord): Promise<boolean> {
    const written = await reader.scan({ prefix: stagedLayer(branch.token), limit: 1 });
    if (written.length > 0) {
      return true;
    }
    const { root } = await this.history.get(uid, branch.commitId, reader);
    const changes = uncommittedChanges(new StagedCursor(reader, branch.sealed), this.store.tree(uid), root);
    return !(await changes.next()).done;
  }

  private async find(reader: KvReader, uid: RepositoryUid, id: string): Promise<Versioned<OperationRecord>> {
    const found = await reader.get(operationKey(uid, id));
    if (!found) {
      throw new CatalogError(
        'operation-not-found',
        `There is no operation ${id}: it may be older than what is kept.`,
        { id }
      );
    }
    return { ...decodeRecord<OperationRecord>(found.value), version: found.version };
  }
}

function withoutVersion(record: OperationRecord & { version?: number }): OperationRecord {
  const { version: _, ...rest } = record;
  return rest;
}

function moved(branch: string, later: Operation[]): CatalogError {
  const named = later.map(({ verb, actor }) => `${verb} by ${actor || 'someone'}`).join(', ');
  return new CatalogError(
    'branch-moved',
    `Branch "${branch}" is not where this operation left it${named && `; since then: ${named}`}. Undo those first.`,
    { branch, operations: later.map(({ id, verb, actor }) => ({ id, verb, actor })) }
  );
}
