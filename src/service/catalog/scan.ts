import type { Kv, KvReader, KvRecord } from '../kv/kv.js';

/** All records that begin with `prefix`, at the reader's point in time. */
export async function scanWhole(reader: KvReader, prefix: Buffer): Promise<KvRecord[]> {
  const found: KvRecord[] = [];
  for (let start: Buffer | undefined = prefix; start;) {
    const page = await reader.scan({ prefix, start });
    for (const record of page) {
      found.push(record);
    }
    start = page.length > 0 ? after(page) : undefined;
  }
  return found;
}

/** The same in pages, each of a point in time of its own: for records that do not change, however many. */
export async function* scanPages(kv: Kv, prefix: Buffer, limit: number): AsyncGenerator<KvRecord[]> {
  for (let start = prefix; ;) {
    const page = await kv.snapshot(reader => reader.scan({ prefix, start, limit }));
    if (page.length > 0) {
      yield page;
    }
    if (page.length < limit) {
      return;
    }
    start = after(page);
  }
}

const after = (page: KvRecord[]) => Buffer.concat([page.at(-1)!.key, Buffer.of(0)]);
