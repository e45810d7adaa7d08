import { mkdir } from 'node:fs/promises';
import { open } from 'lmdb';
import type { Database, RootDatabase, RootDatabaseOptions, Transaction } from 'lmdb';
import { boundsOf } from './bounds.js';
import { provideDataFile } from './data-file.js';
import { fullError } from './full.js';
import type { Kv, KvExpectation, KvRange, KvReader, KvRecord, KvWrite } from './kv.js';
import { checkKey, checkWrite, scanLimit } from './limits.js';
import { VersionCounter } from './versions.js';

/** Records by key; lmdb stores each record's version (a double) in front of its value. */
type Records = Database<Buffer, Uint8Array>;

/** Every snapshot between two commits that is open at the same time takes one slot; 64 bytes each. */
const READERS_MAX = 2_048;

/** The same page size everywhere, so that a data folder can move between machines; see {@link KEY_BYTES_MAX}. */
const PAGE_BYTES = 4_096;

/**
 * Bytes as they are. lmdb hands them over in memory that it uses again; its own encoding 'binary' copies each key and
 * value into an allocation of its own, which took a third of a scan's time: here the small ones share pooled memory.
 */
const COPYING = {
  encoder: {
    encode: (value: Uint8Array) => value,
    decode: (bytes: Uint8Array) => copyOf(bytes, 0, bytes.length)
  },
  keyEncoder: {
    writeKey: (key: Uint8Array, target: Uint8Array, start: number) => {
      target.set(key, start);
      return start + key.length;
    },
    readKey: copyOf
  }
};

function copyOf(bytes: Uint8Array, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

/**
 * Opens (or makes) the store in `folder`, with files that only their owner can read. The file grows as needed.
 * One process at a time: who calls this holds the folder's lock.
 *
 * @throws KvUnusableError if what lies there is no store
 */
export async function openLmdb(folder: string): Promise<Kv> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await provideDataFile(folder, unfinished => openDatabases(unfinished).root.close());
  const { root, records, counters } = openDatabases(folder);
  return new Lmdb(folder, root, records, new VersionCounter(counters));
}

function openDatabases(folder: string) {
  const options: RootDatabaseOptions & { permissionsMode: number } = {
    noSubdir: false, // else a folder with a dot in its name is taken for a file
    permissionsMode: 0o600,
    pageSize: PAGE_BYTES,
    maxReaders: READERS_MAX,
    maxDbs: 2,
    // A commit resolves when it is on disk, and is visible only then.
    overlappingSync: false,
    // The file has the owner's data anyway: no need to clear the unused rest of its pages.
    noMemInit: true,
    // Otherwise a failed commit also rejects a promise of lmdb's own that nobody can handle, which ends the process.
    // Writes are grouped all the same: those that come while a commit is under way make the next one.
    eventTurnBatching: false,
    cache: false,
    encoding: 'binary',
    keyEncoding: 'binary'
  };
  const root = open<Buffer, Uint8Array>(folder, options);
  const records: Records = root.openDB<Buffer, Uint8Array>({
    name: 'records',
    useVersions: true,
    ...COPYING
  });
  const counters = root.openDB<Buffer, Uint8Array>({
    name: 'counters',
    encoding: 'binary',
    keyEncoding: 'binary'
  });
  return { root, records, counters };
}

class Lmdb implements Kv {
  /** Snapshots and writes begun and not ended. */
  #inFlight = 0;
  #closed = false;
  #idle: (() => void) | undefined;

  constructor(
    readonly folder: string,
    readonly root: RootDatabase<Buffer, Uint8Array>,
    readonly records: Records,
    readonly versions: VersionCounter
  ) {}

  async snapshot<T>(fn: (reader: KvReader) => Promise<T>): Promise<T> {
    this.#begin();
    try {
      const transaction = this.root.useReadTransaction();
      const reader = new LmdbReader(this.records, transaction);
      try {
        return await fn(reader);
      } finally {
        reader.end();
      }
    } finally {
      this.#end();
    }
  }

  async write(write: KvWrite): Promise<boolean> {
    checkWrite(write);
    this.#begin();
    try {
      // All callbacks queued meanwhile run in one LMDB transaction: one fsync for a group of writes.
      const version = await this.root.transaction(() => this.#apply(write));
      if (version === undefined) return false;
      this.versions.committed(version);
      return true;
    } catch (error) {
      throw await fullError(error, this.folder);
    } finally {
      this.#end();
    }
  }

  /**
   * Runs inside the write transaction, and must not wait for anything. It throws only where LMDB itself
   * fails, and then LMDB refuses to commit the whole transaction: a write is never half done.
   */
  #apply({ expect = [], expectEmpty = [], put = [], delete: remove = [] }: KvWrite): number | undefined {
    for (const expectation of expect) {
      if (!this.#holds(expectation)) return undefined;
    }
    for (const prefix of expectEmpty) {
      if (!this.#isEmpty(prefix)) return undefined;
    }
    const version = this.versions.next();
    for (const { key, value } of put) void this.records.put(key, value as Buffer, version);
    for (const key of remove) void this.records.remove(key);
    return version;
  }

  #holds({ key, version }: KvExpectation): boolean {
    return version === 'absent' ? !this.records.doesExist(key) : this.records.doesExist(key, version);
  }

  #isEmpty(prefix: Uint8Array): boolean {
    for (const _ of this.records.getKeys({ ...boundsOf({ prefix }), limit: 1 })) return false;
    return true;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#inFlight > 0) await new Promise<void>(resolve => (this.#idle = resolve));
    await this.root.close();
  }

  #begin(): void {
    if (this.#closed) throw new Error('The store is closed.');
    this.#inFlight++;
  }

  #end(): void {
    if (--this.#inFlight === 0) this.#idle?.();
  }
}

/** Reads of one LMDB read transaction. */
class LmdbReader implements KvReader {
  #ended = false;

  constructor(
    readonly records: Records,
    readonly transaction: Transaction
  ) {}

  async get(key: Uint8Array): Promise<KvRecord | undefined> {
    checkKey(key);
    this.#check();
    const entry = this.records.getEntry(key, { transaction: this.transaction });
    return entry && { key: Buffer.from(key), value: entry.value, version: entry.version! };
  }

  async scan(range: KvRange): Promise<KvRecord[]> {
    const limit = scanLimit(range);
    this.#check();
    const { start, end } = boundsOf(range);
    if (limit === 0 || (end && Buffer.compare(start, end) >= 0)) return [];
    const records = this.records.getRange({
      // Backwards lmdb begins at the upper bound; it is exclusive in our ranges, the lower one inclusive.
      ...(range.reverse
        ? { start: end, end: start, exclusiveStart: end !== undefined, inclusiveEnd: true, reverse: true }
        : { start, end }),
      limit,
      versions: true,
      transaction: this.transaction
    });
    return [...records] as KvRecord[];
  }

  #check(): void {
    if (this.#ended) throw new Error('This snapshot has ended.');
  }

  /** Lets LMDB reuse the pages that this transaction kept. */
  end(): void {
    this.#ended = true;
    this.transaction.done();
  }
}
