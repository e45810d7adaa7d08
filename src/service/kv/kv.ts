/**
 * The key-value store under everything: ordered binary keys, consistent snapshots, conditional atomic writes.
 * The interface is asynchronous so that a server (PostgreSQL) fits behind it as well as a local file (LMDB).
 */

/** Longest key, in bytes: what LMDB with 4 KiB pages takes (1,978), rounded down. */
export const KEY_BYTES_MAX = 1_900;
/** Most records that one scan returns: keeps a snapshot short. */
export const SCAN_RECORDS_MAX = 10_000;
/** Most keys that one write puts and deletes. */
export const WRITE_KEYS_MAX = 10_000;
/** Most bytes (keys and values) that one write carries. */
export const WRITE_BYTES_MAX = 16 * 1024 * 1024;

/** Number of the write that last put a record; from one counter for the whole store, never reused. */
export type Version = number;

export interface KvRecord {
  key: Buffer;
  value: Buffer;
  version: Version;
}

/** Keys `start <= key < end` in byte order; `prefix` is short for the range of all keys that begin with it. */
export interface KvRange {
  prefix?: Uint8Array;
  start?: Uint8Array;
  end?: Uint8Array;
  /** Last key first. */
  reverse?: boolean;
  /** At most {@link SCAN_RECORDS_MAX}, which is also the default. */
  limit?: number;
}

/** Reads at one consistent point in time. */
export interface KvReader {
  get(key: Uint8Array): Promise<KvRecord | undefined>;
  /** Records of `range` in key order (with both `prefix` and `start`: those that satisfy both). */
  scan(range: KvRange): Promise<KvRecord[]>;
}

export interface KvExpectation {
  key: Uint8Array;
  /** The version last read, or `absent`, which is allowed only for a key that the same write puts. */
  version: Version | 'absent';
}

/** Of several puts of one key the last one holds; a key that is put and deleted is deleted. */
export interface KvWrite {
  expect?: KvExpectation[];
  /**
   * Prefixes under which no record may be. Only beside a version in `expect` that whoever writes under the prefix
   * expects too: a store with row locks locks that row first, and so lets none of them in.
   */
  expectEmpty?: Uint8Array[];
  put?: { key: Uint8Array; value: Uint8Array }[];
  delete?: Uint8Array[];
}

export interface Kv {
  /** Runs `fn` on one consistent point; `fn` must end within a second and not use the reader afterwards. */
  snapshot<T>(fn: (reader: KvReader) => Promise<T>): Promise<T>;
  /**
   * Applies all of `write` or nothing, durably: when the promise resolves to true, the write is on disk.
   * Resolves to false when an expectation does not hold.
   * @throws KvLimitError for a write over the limits above; nothing is written.
   * @throws KvFullError when there is no room for it; nothing is written, and the store goes on.
   */
  write(write: KvWrite): Promise<boolean>;
  /** Waits for writes in flight and releases the store. */
  close(): Promise<void>;
}

/** A caller's fault: a key, a scan or a write over the stated limits. */
export class KvLimitError extends Error {
  override name = 'KvLimitError';
}

/** What lies where the store should is none, is damaged, or is not ours to open. */
export class KvUnusableError extends Error {
  override name = 'KvUnusableError';
}

/** The disk (or the quota on it) is full. Reads go on; writes do as soon as there is room again. */
export class KvFullError extends Error {
  override name = 'KvFullError';
}
