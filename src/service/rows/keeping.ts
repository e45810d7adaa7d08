import type { Kv } from '../kv/kv.js';

/** Records that go into one write: one durable write takes as long as reading dozens of files. */
const RECORDS_A_WRITE = 1_000;

/** A record to be kept. */
export interface KeptRecord {
  key: Buffer;
  value: Buffer;
}

/**
 * Gathers what a job has found, so that it is kept by a few writes beside the reading instead of one for each tree
 * node. They go in the order in which the records came, and none after one that failed: figures never outlive the
 * columns that they name.
 */
export class Keeping {
  private pending = new Map<string, KeptRecord>();
  private written: Promise<unknown> = Promise.resolve();

  constructor(private readonly kv: Kv) {}

  add(records: KeptRecord[]): void {
    records.forEach(record => this.pending.set(record.key.toString('latin1'), record));
    if (this.pending.size >= RECORDS_A_WRITE) {
      this.flush();
    }
  }

  /** Everything is durable. @throws what the first write that failed threw */
  async done(): Promise<void> {
    this.flush();
    await this.written;
  }

  private flush(): void {
    if (this.pending.size > 0) {
      const put = [...this.pending.values()];
      this.pending = new Map();
      this.written = this.written.then(() => this.kv.write({ put }));
      // Awaited last; it must not count as unhandled until then.
      this.written.catch(() => undefined);
    }
  }
}
