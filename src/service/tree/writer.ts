import type { NodeHash } from '../ids.js';
import { hashOf } from './record.js';
import type { NodeStore } from './store.js';

/** Bytes that are collected before they are written: few writes, little memory. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Hands records to the store in batches. The next batch is collected while the last one is written. */
export class BatchWriter {
  #batch: { hash: NodeHash; bytes: Buffer }[] = [];
  #batchBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(readonly store: NodeStore) {}

  /** Takes a record and gives its hash. */
  add(bytes: Buffer): NodeHash {
    const hash = hashOf(bytes);
    this.put(hash, bytes);
    return hash;
  }

  put(hash: NodeHash, bytes: Buffer): void {
    this.#batch.push({ hash, bytes });
    this.#batchBytes += bytes.length;
  }

  /** Whether the caller should wait for {@link flush} before it goes on. */
  get isFull(): boolean {
    return this.#batchBytes >= BATCH_BYTES;
  }

  /** Begins to write what was collected; waits only for the batch before it. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#batch.length === 0) return;
    this.#writing = this.store.write(this.#batch);
    // A failure is reported by the next wait; until then it must not count as unhandled.
    this.#writing.catch(() => undefined);
    this.#batch = [];
    this.#batchBytes = 0;
  }

  /** Resolves when everything is durable. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#writing;
  }
}
