import type { NodeHash } from '../ids.js';
import { HASH_BYTES } from './record.js';
import { OutsideValue } from './value.js';
import type { StoredValue } from './value.js';
import { varintLength, writeVarint } from './varint.js';

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

/** How items of one kind are laid out in a node, behind their key. */
export interface PayloadFormat<Item> {
  length(item: Item): number;
  /** Writes at `at` and gives the place behind. */
  write(item: Item, bytes: Buffer, at: number): number;
}

/** In the place of an inline value's doubled length: the value lies in a record of its own. */
export const OUTSIDE_TAG = 1;

export const leafPayload: PayloadFormat<LeafItem> = {
  length: ({ value }) =>
    value instanceof OutsideValue
      ? 1 + HASH_BYTES + varintLength(value.weight)
      : varintLength(2 * value.length) + value.length,
  write({ value }, bytes, at) {
    if (value instanceof OutsideValue) {
      bytes[at++] = OUTSIDE_TAG;
      at += bytes.write(value.hash, at, 'hex');
      return writeVarint(bytes, at, value.weight);
    }
    at = writeVarint(bytes, at, 2 * value.length);
    bytes.set(value, at);
    return at + value.length;
  }
};

export const childPayload: PayloadFormat<ChildItem> = {
  length: ({ count, bytes }) => HASH_BYTES + varintLength(count) + varintLength(bytes),
  write(item, bytes, at) {
    at += bytes.write(item.hash, at, 'hex');
    at = writeVarint(bytes, at, item.count);
    return writeVarint(bytes, at, item.bytes);
  }
};
