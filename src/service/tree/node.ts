import type { NodeHash } from '../ids.js';
import { OUTSIDE_TAG } from './items.js';
import type { ChildItem, LeafItem } from './items.js';
import { HASH_BYTES, NODE_FORMAT, checkFormat, hashAt } from './record.js';
import { OutsideValue } from './value.js';
import type { StoredValue } from './value.js';
import { VarintReader, varintLength, writeVarint } from './varint.js';

/** Bytes that a decoded node takes beside its record and its offsets, roughly. */
const NODE_OBJECT_BYTES = 256;

/**
 * A node as it is read: its record, and where in it each item begins. Keys and values are taken out when asked
 * for; what is handed out shares the record's memory and must not be changed.
 */
abstract class StoredNode {
  readonly length: number;
  /** Where the key of item i begins (2i) and ends (2i + 1) without the prefix; its payload follows. */
  protected readonly offsets: Uint32Array;
  readonly #prefix: Buffer;

  constructor(
    protected readonly bytes: Buffer,
    readonly level: number
  ) {
    const reader = new VarintReader(bytes, 2);
    this.length = reader.next();
    const prefixLength = reader.next();
    this.#prefix = bytes.subarray(reader.at, reader.at + prefixLength);
    reader.at += prefixLength;
    this.offsets = new Uint32Array(2 * this.length);
    for (let i = 0; i < this.length; i++) {
      const suffixLength = reader.next();
      this.offsets[2 * i] = reader.at;
      reader.at += suffixLength;
      this.offsets[2 * i + 1] = reader.at;
      this.skipPayload(reader);
    }
    if (reader.at !== bytes.length) throw new RangeError('A tree node does not end where its items do.');
  }

  protected abstract skipPayload(reader: VarintReader): void;

  /** Bytes of memory that the node takes. */
  get memory(): number {
    return this.bytes.length + this.offsets.byteLength + NODE_OBJECT_BYTES;
  }

  key(i: number): Buffer {
    const start = this.offsets[2 * i]!;
    const end = this.offsets[2 * i + 1]!;
    const prefix = this.#prefix;
    if (prefix.length === 0) return this.bytes.subarray(start, end);
    const key = Buffer.allocUnsafe(prefix.length + end - start);
    key.set(prefix);
    for (let from = start, to = prefix.length; from < end; from++, to++) key[to] = this.bytes[from]!;
    return key;
  }

  get lastKey(): Buffer {
    return this.key(this.length - 1);
  }

  /** Index of the first item whose key is not below `key`; `length` if there is none. */
  lowerBound(key: Buffer): number {
    const prefix = this.#prefix;
    const order = prefix.compare(key, 0, Math.min(prefix.length, key.length));
    if (order !== 0) return order > 0 ? 0 : this.length;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareSuffix(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether item i exists and has this key. */
  hasKeyAt(i: number, key: Buffer): boolean {
    if (i >= this.length) return false;
    const prefix = this.#prefix;
    const keyLength = prefix.length + this.offsets[2 * i + 1]! - this.offsets[2 * i]!;
    return (
      key.length === keyLength &&
      prefix.compare(key, 0, prefix.length) === 0 &&
      this.#compareSuffix(i, key) === 0
    );
  }

  /** Compares key i with `key`, which begins with the prefix. */
  #compareSuffix(i: number, key: Buffer): number {
    return this.bytes.compare(
      key,
      this.#prefix.length,
      key.length,
      this.offsets[2 * i]!,
      this.offsets[2 * i + 1]!
    );
  }

  /** Bytes that the items `start <= i < end` take in a record whose prefix has this length. */
  itemsLength(start: number, end: number, prefixLength: number): number {
    const change = this.#prefix.length - prefixLength;
    let length = this.#itemStart(end) - this.#itemStart(start);
    if (change === 0) return length;
    for (let i = start; i < end; i++) {
      const suffixLength = this.offsets[2 * i + 1]! - this.offsets[2 * i]!;
      length += varintLength(suffixLength + change) + change - varintLength(suffixLength);
    }
    return length;
  }

  /** Copies these items into such a record, at `at`, and gives the place behind. */
  copyItems(start: number, end: number, prefixLength: number, target: Buffer, at: number): number {
    if (prefixLength === this.#prefix.length) {
      return at + this.bytes.copy(target, at, this.#itemStart(start), this.#itemStart(end));
    }
    for (let i = start; i < end; i++) {
      const suffix = this.key(i).subarray(prefixLength);
      at = writeVarint(target, at, suffix.length);
      target.set(suffix, at);
      at += suffix.length;
      at += this.bytes.copy(target, at, this.offsets[2 * i + 1]!, this.#itemStart(i + 1));
    }
    return at;
  }

  /** Where item i begins in the record, with the length of its key; for i = length where the record ends. */
  #itemStart(i: number): number {
    if (i === this.length) return this.bytes.length;
    const start = this.offsets[2 * i]!;
    return start - varintLength(this.offsets[2 * i + 1]! - start);
  }
}

/** Entries. */
export class LeafNode extends StoredNode {
  protected override skipPayload(reader: VarintReader): void {
    const tag = reader.next();
    if (tag === OUTSIDE_TAG) {
      reader.at += HASH_BYTES;
      reader.next();
    } else {
      reader.at += tag / 2;
    }
  }

  value(i: number): StoredValue {
    const reader = new VarintReader(this.bytes, this.offsets[2 * i + 1]!);
    const tag = reader.next();
    if (tag !== OUTSIDE_TAG) return this.bytes.subarray(reader.at, reader.at + tag / 2);
    const hash = hashAt(this.bytes, reader.at);
    reader.at += HASH_BYTES;
    return new OutsideValue(hash, reader.next());
  }

  item(i: number): LeafItem {
    return { key: this.key(i), value: this.value(i) };
  }
}

/** Children, each with the last key, the number of entries and the sum of weights of its subtree. */
export class InnerNode extends StoredNode {
  protected override skipPayload(reader: VarintReader): void {
    reader.at += HASH_BYTES;
    reader.next();
    reader.next();
  }

  hash(i: number): NodeHash {
    return hashAt(this.bytes, this.offsets[2 * i + 1]!);
  }

  /** Whether child i is child j of another node. */
  hasSameChild(i: number, other: InnerNode, j: number): boolean {
    const start = this.offsets[2 * i + 1]!;
    const otherStart = other.offsets[2 * j + 1]!;
    return (
      this.bytes.compare(other.bytes, otherStart, otherStart + HASH_BYTES, start, start + HASH_BYTES) === 0
    );
  }

  /** Number of entries and sum of weights of a child's subtree. */
  summary(i: number): { count: number; bytes: number } {
    const reader = new VarintReader(this.bytes, this.offsets[2 * i + 1]! + HASH_BYTES);
    return { count: reader.next(), bytes: reader.next() };
  }

  item(i: number): ChildItem {
    return { key: this.key(i), hash: this.hash(i), ...this.summary(i) };
  }
}

export type Node = LeafNode | InnerNode;

/** @throws if `bytes` is no node of a format that this version knows. */
export function decodeNode(bytes: Buffer): Node {
  checkFormat(bytes, NODE_FORMAT);
  const level = bytes[1]!;
  return level === 0 ? new LeafNode(bytes, 0) : new InnerNode(bytes, level);
}
