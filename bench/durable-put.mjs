import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';

/** One put to LMDB that is on disk when it resolves: what any durable verb costs at least. */
export class DurablePut {
  #folder = mkdtempSync(join(tmpdir(), 'bare-kv-'));
  #store = open({ path: this.#folder, encoding: 'binary', overlappingSync: false });
  #puts = 0;

  /** Milliseconds for each of several, one after the other. */
  async time(count = 1) {
    const began = performance.now();
    for (let i = 0; i < count; i++) {
      await this.#store.put(`key ${this.#puts++}`, Buffer.alloc(200));
    }
    return (performance.now() - began) / count;
  }

  async end() {
    await this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
