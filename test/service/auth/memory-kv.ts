import type { Kv, KvReader, KvRecord } from '../../../src/service/kv/kv.js';

/** As much of a store as keys need: unconditional writes, gets and prefix scans, in memory. */
export class MemoryKv implements Kv {
  readonly records = new Map<string, Buffer>();

  snapshot<T>(fn: (reader: KvReader) => Promise<T>): Promise<T> {
    return fn({
      get: async key => this.record(Buffer.from(key).toString()),
      scan: async ({ prefix }) =>
        [...this.records.keys()]
          .filter(key => key.startsWith(Buffer.from(prefix ?? []).toString()))
          .sort()
          .map(key => this.record(key)!)
    });
  }

  async write(write: Parameters<Kv['write']>[0]): Promise<boolean> {
    write.put?.forEach(({ key, value }) => this.records.set(Buffer.from(key).toString(), Buffer.from(value)));
    write.delete?.forEach(key => this.records.delete(Buffer.from(key).toString()));
    return true;
  }

  async close(): Promise<void> {}

  private record(key: string): KvRecord | undefined {
    const value = this.records.get(key);
    return value && { key: Buffer.from(key), value, version: 1 };
  }
}
