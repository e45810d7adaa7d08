import { createHash } from 'node:crypto';
import type { NodeHash } from '../ids.js';

/** First byte of a node's record, which says how the rest is laid out (docs/format.md, "Tree nodes"). */
export const NODE_FORMAT = 1;
/** First byte of the record of a value that lies outside of its leaf. */
export const VALUE_FORMAT = 2;
export const HASH_BYTES = 32;

/** Names a record: SHA-256 of its bytes, in hex. */
export function hashOf(bytes: Uint8Array): NodeHash {
  return createHash('sha256').update(bytes).digest('hex') as NodeHash;
}

/** The hash that lies in a record at `at`. */
export function hashAt(bytes: Buffer, at: number): NodeHash {
  return bytes.toString('hex', at, at + HASH_BYTES) as NodeHash;
}

/** The record of a value that is too long for its leaf. */
export function encodeValue(value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(VALUE_FORMAT), value]);
}

/** The value in a record of its own. @throws if this version cannot read it. */
export function decodeValue(bytes: Buffer): Buffer {
  checkFormat(bytes, VALUE_FORMAT);
  return bytes.subarray(1);
}

/** @throws if `bytes` is no record of this format. */
export function checkFormat(bytes: Buffer, format: number): void {
  if (bytes[0] === format) return;
  throw new Error(
    `A record of a tree has format ${bytes[0]} where ${format} is expected: was it written by a newer version?`
  );
}
