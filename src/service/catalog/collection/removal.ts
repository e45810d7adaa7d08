import type { Kv, KvWrite, Version } from '../../kv/kv.js';

/** A record that is to go, as it was when that was decided. */
export interface Condemned {
  key: Buffer;
  version: Version;
  /** Takes its place; without, it is removed. */
  replacement?: Buffer;
}

/** Removes the records, unless one of them was written since: then none. Answers whether they are gone. */
export async function removeTogether(kv: Kv, records: Condemned[]): Promise<boolean> {
  return records.length === 0 || kv.write(removal(records));
}

/**
 * Removes those records that nobody has written since: all in one write, or, when that fails, each by itself.
 * @returns which of them are gone
 */
export async function removeUnchanged<T extends Condemned>(kv: Kv, records: T[]): Promise<T[]> {
  if (await removeTogether(kv, records)) {
    return records;
  }
  const gone: T[] = [];
  for (const record of records) {
    if (await removeTogether(kv, [record])) {
      gone.push(record);
    }
  }
  return gone;
}

function removal(records: Condemned[]): KvWrite {
  return {
    expect: records.map(({ key, version }) => ({ key, version })),
    delete: records.filter(({ replacement }) => !replacement).map(({ key }) => key),
    put: records.flatMap(({ key, replacement }) => (replacement ? [{ key, value: replacement }] : []))
  };
}
