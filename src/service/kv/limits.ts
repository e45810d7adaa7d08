import { KEY_BYTES_MAX, KvLimitError, SCAN_RECORDS_MAX, WRITE_BYTES_MAX, WRITE_KEYS_MAX } from './kv.js';
import type { KvRange, KvWrite } from './kv.js';

/** @throws KvLimitError unless a record can have this key. */
export function checkKey(key: Uint8Array): void {
  if (key.length === 0) throw new KvLimitError('A key must have at least one byte.');
  if (key.length > KEY_BYTES_MAX) {
    throw new KvLimitError(`A key of ${key.length} bytes is over the limit of ${KEY_BYTES_MAX} bytes.`);
  }
}

/** @throws KvLimitError if `write` is more than the interface takes. The same for every store. */
export function checkWrite({ expect = [], expectEmpty = [], put = [], delete: remove = [] }: KvWrite): void {
  const keys = put.length + remove.length;
  if (keys > WRITE_KEYS_MAX) {
    throw new KvLimitError(`A write of ${keys} keys is over the limit of ${WRITE_KEYS_MAX} keys.`);
  }
  let bytes = 0;
  for (const { key, value } of put) {
    checkKey(key);
    bytes += key.length + value.length;
  }
  for (const key of remove) {
    checkKey(key);
    bytes += key.length;
  }
  if (bytes > WRITE_BYTES_MAX) {
    throw new KvLimitError(`A write of ${bytes} bytes is over the limit of ${WRITE_BYTES_MAX} bytes.`);
  }
  for (const { key } of expect) checkKey(key);
  for (const prefix of expectEmpty) checkKey(prefix);
  checkAbsentArePut(expect, put);
}

/**
 * A store with row locks (PostgreSQL) can lock a missing key only by inserting it: therefore `absent` is
 * allowed only for keys that the same write puts.
 */
function checkAbsentArePut(expect: NonNullable<KvWrite['expect']>, put: NonNullable<KvWrite['put']>): void {
  const absent = expect.filter(({ version }) => version === 'absent');
  if (absent.length === 0) return;
  const keysPut = new Set(put.map(({ key }) => bytesAsString(key)));
  for (const { key } of absent) {
    if (!keysPut.has(bytesAsString(key))) {
      throw new KvLimitError('A key may be expected to be absent only by a write that puts it.');
    }
  }
}

/** One character per byte: a string that is equal exactly when the bytes are. */
function bytesAsString(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}

/** How many records a scan of `range` may give. @throws KvLimitError for a limit out of bounds. */
export function scanLimit(range: KvRange): number {
  const limit = range.limit ?? SCAN_RECORDS_MAX;
  if (!Number.isInteger(limit) || limit < 0 || limit > SCAN_RECORDS_MAX) {
    throw new KvLimitError(`A scan takes a limit from 0 to ${SCAN_RECORDS_MAX}, not ${limit}.`);
  }
  return limit;
}
