import type { KvRange } from './kv.js';

/** The keys `start <= key < end`; without `end` all from `start` on. */
export interface Bounds {
  start: Buffer;
  end: Buffer | undefined;
}

/** What `prefix`, `start` and `end` of a range mean together. */
export function boundsOf({ prefix, start, end }: KvRange): Bounds {
  const bounds: Bounds = { start: bufferOf(start ?? new Uint8Array()), end: end && bufferOf(end) };
  if (prefix && prefix.length > 0) {
    const first = bufferOf(prefix);
    if (Buffer.compare(first, bounds.start) > 0) bounds.start = first;
    const after = endOfPrefix(first);
    if (after && (!bounds.end || Buffer.compare(after, bounds.end) < 0)) bounds.end = after;
  }
  return bounds;
}

/** The first key after all that begin with `prefix`; undefined when there is none (only bytes 0xff). */
function endOfPrefix(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1]!++;
  return end;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
