import { randomBytes } from 'node:crypto';

import type { CommitId, RepositoryUid, StagingToken } from '../ids.js';
import type { Kv, KvReader, KvRecord, KvWrite } from '../kv/kv.js';
import { familyOf, operationKey, REPOSITORIES } from './keys.js';
import type { Page, PageQuery } from './model.js';
import { amountOf, pageOf } from './paging.js';
import { decodeRecord, encodeRecord, type BranchRecord, type RepositoryRecord } from './records.js';
import { dropLayer } from './layers.js';
import { scanWhole } from './scan.js';
import type { Store } from './store.js';

export type OperationVerb =
  | 'create-branch'
  | 'delete-branch'
  | 'commit'
  | 'import'
  | 'merge'
  | 'revert'
  | 'cherry-pick'
  | 'reset'
  | 'hard-reset'
  | 'undo';

/** One line of a repository's operation log. */
export interface Operation {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  actor: string;
  verb: OperationVerb;
  branch: string;
  /** The commits that the branch stood on before and after; absent where there was no branch. */
  from?: CommitId;
  to?: CommitId;
  undone: boolean;
  /** The operation that an `undo` took back. */
  undoes?: string;
}

export interface OperationRecord {
  at: number;
  actor: string;
  verb: OperationVerb;
  branch: string;
  before?: BranchRecord;
  after?: BranchRecord;
  /** Layers that were taken off the branch; kept until the operation expires, so that it can be undone. */
  kept: StagingToken[];
  undone?: boolean;
  undoes?: string;
}

/** How long operations are kept, and with them what an undo needs. */
export const UNDO_DAYS_DEFAULT = 7;
export const DAY_MS = 24 * 60 * 60 * 1000;
/** Operations looked at per write when old ones are dropped. */
const EXPIRED_PER_WRITE = 500;
const ID_DIGITS_OF_TIME = 12;

/** The operations among these records that are not older than `days`. */
export function youngerThan(days: number, now: number, records: KvRecord[]): KvRecord[] {
  return records.filter(({ value }) => decodeRecord<OperationRecord>(value).at >= now - days * DAY_MS);
}

/** The operation log: who did what, when, and from which commit to which. */
export class Operations {
  static async open(store: Store): Promise<Operations> {
    return new Operations(store, await newest(store.kv));
  }

  private constructor(
    private readonly store: Store,
    /** The time of the last one, in milliseconds since the epoch. */
    private last: number
  ) {}

  /** The record of an operation, to be put by the write that carries it out. */
  note(uid: RepositoryUid, operation: Omit<OperationRecord, 'at'>): { key: Buffer; value: Buffer } {
    // Ids are in the order of the verbs even when the clock stands still or goes backwards, and none looks older
    // than it is, so that its undo stays possible for as long as promised.
    this.last = Math.max(this.last + 1, this.store.now());
    const time = this.last.toString(16).padStart(ID_DIGITS_OF_TIME, '0');
    const id = time + randomBytes(4).toString('hex');
    return { key: operationKey(uid, id), value: encodeRecord({ at: this.last, ...operation }) };
  }

  /** Newest first; `after` is an operation's id. */
  async list(
    repository: string,
    query: Pick<PageQuery, 'after' | 'amount'> & { branch?: string }
  ): Promise<Page<Operation>> {
    const amount = amountOf(query);
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const found: Operation[] = [];
      for await (const operation of this.newestFirst(reader, uid, query.after)) {
        if (query.branch === undefined || operation.branch === query.branch) {
          found.push(operation);
        }
        if (found.length > amount) {
          break;
        }
      }
      return pageOf(found, amount, operation => operation.id);
    });
  }

  /** Operations of a branch that came after `id`, newest first. */
  async since(reader: KvReader, uid: RepositoryUid, id: string, branch: string): Promise<Operation[]> {
    const found: Operation[] = [];
    for await (const operation of this.newestFirst(reader, uid)) {
      if (operation.id === id) {
        break;
      }
      if (operation.branch === branch) {
        found.push(operation);
      }
    }
    return found;
  }

  /** Drops operations older than `days`, and with each the layers that it kept, in one write. */
  async expire(days: number): Promise<void> {
    const horizon = this.store.now() - days * DAY_MS;
    const end = Math.max(0, horizon).toString(16).padStart(ID_DIGITS_OF_TIME, '0');
    const repositories = await this.store.kv.snapshot(reader => scanWhole(reader, REPOSITORIES));
    for (const repository of repositories) {
      const { uid } = decodeRecord<RepositoryRecord>(repository.value);
      while (await this.expireSome(uid, end));
    }
    this.store.sweeper.wake();
  }

  /** Answers whether there may be more. */
  private async expireSome(uid: RepositoryUid, end: string): Promise<boolean> {
    return this.store.apply(async reader => {
      const prefix = familyOf('o', uid);
      const old = await reader.scan({ prefix, end: operationKey(uid, end), limit: EXPIRED_PER_WRITE });
      if (old.length === 0) {
        return { result: false };
      }
      // An undo meanwhile gives an operation's layers back to a branch: then this write must not drop them.
      const write: KvWrite = {
        expect: old.map(({ key, version }) => ({ key, version })),
        delete: old.map(({ key }) => key),
        put: old.flatMap(({ value }) => decodeRecord<OperationRecord>(value).kept.map(dropLayer))
      };
      return { write, result: old.length === EXPIRED_PER_WRITE };
    });
  }

  private async *newestFirst(
    reader: KvReader,
    uid: RepositoryUid,
    after?: string
  ): AsyncGenerator<Operation> {
    const prefix = familyOf('o', uid);
    for (let end: Buffer | undefined = after === undefined ? undefined : operationKey(uid, after); ;) {
      const records = await reader.scan({ prefix, end, reverse: true, limit: EXPIRED_PER_WRITE });
      for (const { key, value } of records) {
        yield operationOf(key.subarray(prefix.length).toString('utf8'), decodeRecord(value));
      }
      if (records.length < EXPIRED_PER_WRITE) {
        return;
      }
      end = records.at(-1)!.key;
    }
  }
}

/** The time of the newest operation in the store; 0 where there is none. */
async function newest(kv: Kv): Promise<number> {
  return kv.snapshot(async reader => {
    let last = 0;
    for (const { value } of await scanWhole(reader, REPOSITORIES)) {
      const prefix = familyOf('o', decodeRecord<RepositoryRecord>(value).uid);
      const [found] = await reader.scan({ prefix, reverse: true, limit: 1 });
      last = Math.max(last, found ? decodeRecord<OperationRecord>(found.value).at : 0);
    }
    return last;
  });
}

export function operationOf(id: string, record: OperationRecord): Operation {
  const { at, actor, verb, branch, before, after, undone = false, undoes } = record;
  return { id, at, actor, verb, branch, from: before?.commitId, to: after?.commitId, undone, undoes };
}
