import { createHash } from 'node:crypto';
import type { NodeHash } from '../ids.js';
import { OutsideValue } from './value.js';
import type { StoredValue } from './value.js';
import { varintLength, writeVarint } from './varint.js';

/** First byte of a node, which says how the rest is laid out (docs/format.md, "Tree nodes"). */
export const NODE_FORMAT = 1;
/** First byte of a value's own record. */
export const VALUE_FORMAT = 2;
/** In the place of an inline value's doubled length: the value lies in a record of its own. */
export const OUTSIDE_TAG = 1;
export const HASH_BYTES = 32;

/** An entry of a leaf. */
export interface LeafItem {
  key: Buffer;
  value: StoredValue;
}

/** A child of an inner node. */
export interface ChildItem {
  /** The last key of the child's subtree. */
  key: Buffer;
  hash: NodeHash;
  /** Entries in the subtree. */
  count: number;
  /** Sum of their weights. */
  bytes: number;
}

/** SHA-256, in hex. */
export function hashOf(bytes: Uint8Array): NodeHash {
  return createHash('sha256').update(bytes).digest('hex') as NodeHash;
}

/** The record of a leaf; `items` ascend by key. */
export function encodeLeaf(items: LeafItem[]): Buffer {
  return encode(0, items, leafPayloadLength, writeLeafPayload);
}

/** The record of an inner node; `items` ascend by key. */
export function encodeInner(level: number, items: ChildItem[]): Buffer {
  return encode(level, items, childPayloadLength, writeChildPayload);
}

/** The record of a value that is too long for its leaf. */
export function encodeValue(value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(VALUE_FORMAT), value]);
}

function encode<Item extends { key: Buffer }>(
  level: number,
  items: Item[],
  payloadLength: (item: Item) => number,
  writePayload: (item: Item, bytes: Buffer, at: number) => number
): Buffer {
  const prefix = sharedPrefixLength(items);
  let length = 2 + varintLength(items.length) + varintLength(prefix) + prefix;
  for (const item of items) {
    const suffix = item.key.length - prefix;
    length += varintLength(suffix) + suffix + payloadLength(item);
  }
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = NODE_FORMAT;
  bytes[1] = level;
  let at = writeVarint(bytes, 2, items.length);
  at = writeVarint(bytes, at, prefix);
  if (prefix > 0) at += items[0]!.key.copy(bytes, at, 0, prefix);
  for (const item of items) {
    at = writeVarint(bytes, at, item.key.length - prefix);
    at += item.key.copy(bytes, at, prefix);
    at = writePayload(item, bytes, at);
  }
  return bytes;
}

/** Keys ascend: what the first and the last share, all share. */
function sharedPrefixLength(items: { key: Buffer }[]): number {
  if (items.length === 0) return 0;
  const first = items[0]!.key;
  const last = items[items.length - 1]!.key;
  const most = Math.min(first.length, last.length);
  let length = 0;
  while (length < most && first[length] === last[length]) length++;
  return length;
}

function leafPayloadLength({ value }: LeafItem): number {
  if (value instanceof OutsideValue) return 1 + HASH_BYTES + varintLength(value.weight);
  return varintLength(2 * value.length) + value.length;
}

function writeLeafPayload({ value }: LeafItem, bytes: Buffer, at: number): number {
  if (value instanceof OutsideValue) {
    bytes[at++] = OUTSIDE_TAG;
    at += bytes.write(value.hash, at, 'hex');
    return writeVarint(bytes, at, value.weight);
  }
  at = writeVarint(bytes, at, 2 * value.length);
  return at + value.copy(bytes, at);
}

function childPayloadLength({ count, bytes }: ChildItem): number {
  return HASH_BYTES + varintLength(count) + varintLength(bytes);
}

function writeChildPayload(item: ChildItem, bytes: Buffer, at: number): number {
  at += bytes.write(item.hash, at, 'hex');
  at = writeVarint(bytes, at, item.count);
  return writeVarint(bytes, at, item.bytes);
}
