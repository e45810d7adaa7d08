import { randomBytes } from 'node:crypto';

import type { RepositoryUid } from '../ids.js';
import { CatalogError } from './errors.js';
import { taskKey } from './keys.js';
import { decodeRecord, encodeRecord, type DumpRecord, type TaskRecord } from './records.js';
import type { Store } from './store.js';

/** A task under way. */
export interface Task<T> {
  id: string;
  /** Settles with the task, after its record. */
  outcome: Promise<T>;
}

export interface TaskStatus {
  id: string;
  done: boolean;
  /** Milliseconds since the epoch. */
  updatedAt: number;
  /** A sentence; absent unless the task failed. */
  error?: string;
  dump?: DumpRecord;
}

/** Long work that is begun by one request and asked after by others. What became of it is kept like operations. */
export class Tasks {
  private readonly closing = new AbortController();
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(private readonly store: Store) {}

  /**
   * Begins `work`, which garbage collection waits for. What it gives goes into the task's record.
   * @param work ends soon after its signal, with the signal's reason
   */
  async begin<T extends DumpRecord | void>(
    uid: RepositoryUid,
    kind: TaskRecord['kind'],
    work: (signal: AbortSignal) => Promise<T>
  ): Promise<Task<T>> {
    const id = randomBytes(16).toString('hex');
    const note = (state: Pick<TaskRecord, 'done' | 'error' | 'dump'>) => {
      const record: TaskRecord = { kind, at: this.store.now(), ...state };
      return this.store.write({ put: [{ key: taskKey(uid, id), value: encodeRecord(record) }] });
    };
    await note({ done: false });
    const outcome = this.store.epochs.verbs.during(async () => {
      try {
        const dump = await work(this.closing.signal);
        await note({ done: true, ...(dump ? { dump } : {}) });
        return dump;
      } catch (error) {
        await note({ done: true, error: sentenceOf(error) });
        throw error;
      }
    });
    // Whoever asks after the task reads its record; nobody may be waiting here.
    const settled = outcome.catch(() => undefined).finally(() => this.running.delete(id));
    this.running.set(id, settled);
    return { id, outcome };
  }

  /** @throws task-not-found */
  async status(repository: string, kind: TaskRecord['kind'], id: string): Promise<TaskStatus> {
    // Looked at first: a task that ends now has written its record by then.
    const runs = this.running.has(id);
    const record = await this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const found = await reader.get(taskKey(uid, id));
      return found && decodeRecord<TaskRecord>(found.value);
    });
    if (record?.kind !== kind) {
      throw new CatalogError('task-not-found', `There is no ${kind} ${id} of repository "${repository}".`);
    }
    const { at: updatedAt, done, error, dump } = record;
    return done || runs
      ? { id, done, updatedAt, error, dump }
      : { id, done: true, updatedAt, error: `The service stopped during this ${kind}: begin another.` };
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.closing.abort(new Error('The service stops.'));
    await Promise.all(this.running.values());
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof CatalogError
    ? error.message
    : `The service failed on this: ${(error as Error).message}`;
}
