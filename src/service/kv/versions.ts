import type { Database } from 'lmdb';
import type { Version } from './kv.js';

/** How many versions are taken ahead: so few reservations that they cost nothing, so many that none is missed (2^53 in all). */
const RESERVED_AHEAD = 1_000_000;
const RESERVED_KEY = Buffer.from('versions');

/**
 * Counts the store's writes. A version is never given twice, also not after a crash: versions are reserved
 * in ranges, on disk before the first of a range can be seen by anyone, and a new start begins after the range.
 */
export class VersionCounter {
  #last: Version;
  /** Versions below this are reserved, and that is known to be on disk. */
  #reserved: Version;

  constructor(readonly counters: Database<Buffer, Uint8Array>) {
    const stored = counters.get(RESERVED_KEY);
    this.#reserved = stored ? Number(stored.readBigUInt64BE()) : 1;
    this.#last = this.#reserved - 1;
  }

  /** Call inside a write transaction: what it must reserve becomes part of that transaction. */
  next(): Version {
    const version = ++this.#last;
    if (version >= this.#reserved) this.#reserve(version);
    return version;
  }

  /** Every write reserves until one of them is known to be on disk: the transaction of the first may fail. */
  #reserve(version: Version): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(version + RESERVED_AHEAD));
    void this.counters.put(RESERVED_KEY, bytes);
  }

  /** Call when the write of `version` is on disk: then so is what it reserved. */
  committed(version: Version): void {
    if (version >= this.#reserved) this.#reserved = version + RESERVED_AHEAD;
  }
}
