import type { Kv, KvRange, KvReader, KvRecord, KvWrite } from '../../../src/service/kv/kv.js';

/** A store that counts what is asked of it, by the first letter of the keys (docs/format.md names the families). */
export class CountingKv implements Kv {
  /** Records looked up or scanned. */
  reads = new Map<string, number>();
  /** Records put. */
  puts = new Map<string, number>();
  /** Atomic writes that put something: each waits for the disk. */
  writes = 0;

  constructor(private readonly kv: Kv) {}

  reset(): void {
    this.reads.clear();
    this.puts.clear();
    this.writes = 0;
  }

  /** All records read, but for tree nodes. */
  get otherReads(): number {
    const all = [...this.reads.values()].reduce((sum, count) => sum + count, 0);
    return all - (this.reads.get('n') ?? 0);
  }

  snapshot<T>(fn: (reader: KvReader) => Promise<T>): Promise<T> {
    return this.kv.snapshot(reader =>
      fn({
        get: async key => {
          count(this.reads, key);
          return reader.get(key);
        },
        scan: async range => this.scanned(await reader.scan(range), range)
      })
    );
  }

  async write(write: KvWrite): Promise<boolean> {
    for (const { key } of write.put ?? []) {
      count(this.puts, key);
    }
    this.writes += write.put?.length ? 1 : 0;
    return this.kv.write(write);
  }

  close(): Promise<void> {
    return this.kv.close();
  }

  /** A scan that finds nothing is a look-up all the same. */
  private scanned(records: KvRecord[], { prefix, start }: KvRange): KvRecord[] {
    if (records.length === 0) {
      count(this.reads, prefix ?? start ?? Buffer.of(0));
    }
    records.forEach(({ key }) => count(this.reads, key));
    return records;
  }
}

function count(counts: Map<string, number>, key: Uint8Array): void {
  const family = String.fromCharCode(key[0]!);
  counts.set(family, (counts.get(family) ?? 0) + 1);
}
