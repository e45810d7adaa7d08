import type { PayloadFormat } from './items.js';
import type { Node } from './node.js';
import { NODE_FORMAT } from './record.js';
import { varintLength, writeVarint } from './varint.js';

/** Neighbours in an old node: the items `start <= i < end`. */
export interface Run {
  node: Node;
  start: number;
  end: number;
}

/**
 * The items between two boundaries, which become a node. Those that come from old nodes are kept as runs and
 * copied as they lie there, so that a small edit does not take whole nodes apart.
 */
export class Chunk<Item extends { key: Buffer }> {
  #parts: (Run | Item)[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get parts(): readonly (Run | Item)[] {
    return this.#parts;
  }

  /** Of a chunk with items. */
  get lastKey(): Buffer {
    const last = this.#parts[this.#parts.length - 1]!;
    return isRun(last) ? last.node.key(last.end - 1) : last.key;
  }

  add(item: Item): void {
    this.#parts.push(item);
    this.#length++;
  }

  addRun(node: Node, start: number, end: number): void {
    const last = this.#parts.at(-1);
    if (last && isRun(last) && last.node === node && last.end === start) last.end = end;
    else this.#parts.push({ node, start, end });
    this.#length += end - start;
  }

  /** The record of a node with these items. */
  encode(level: number, payload: PayloadFormat<Item>): Buffer {
    const prefix = this.#sharedPrefix();
    let length = 2 + varintLength(this.#length) + varintLength(prefix.length) + prefix.length;
    for (const part of this.#parts) length += partLength(part, prefix.length, payload);
    const bytes = Buffer.allocUnsafe(length);
    bytes[0] = NODE_FORMAT;
    bytes[1] = level;
    let at = writeVarint(bytes, 2, this.#length);
    at = writeVarint(bytes, at, prefix.length);
    bytes.set(prefix, at);
    at += prefix.length;
    for (const part of this.#parts) at = writePart(part, prefix.length, payload, bytes, at);
    return bytes;
  }

  /** Keys ascend: what the first and the last share, all share. */
  #sharedPrefix(): Buffer {
    if (this.#length === 0) return Buffer.alloc(0);
    const first = this.#parts[0]!;
    const firstKey = isRun(first) ? first.node.key(first.start) : first.key;
    const lastKey = this.lastKey;
    const most = Math.min(firstKey.length, lastKey.length);
    let length = 0;
    while (length < most && firstKey[length] === lastKey[length]) length++;
    return firstKey.subarray(0, length);
  }
}

export function isRun(part: object): part is Run {
  return 'node' in part;
}

function partLength<Item extends { key: Buffer }>(
  part: Run | Item,
  prefix: number,
  payload: PayloadFormat<Item>
): number {
  if (isRun(part)) return part.node.itemsLength(part.start, part.end, prefix);
  const suffix = part.key.length - prefix;
  return varintLength(suffix) + suffix + payload.length(part);
}

function writePart<Item extends { key: Buffer }>(
  part: Run | Item,
  prefix: number,
  payload: PayloadFormat<Item>,
  bytes: Buffer,
  at: number
): number {
  if (isRun(part)) return part.node.copyItems(part.start, part.end, prefix, bytes, at);
  const { key } = part;
  at = writeVarint(bytes, at, key.length - prefix);
  // Most suffixes are short: a loop is faster than a call that must make a view first.
  for (let i = prefix; i < key.length; i++) bytes[at++] = key[i]!;
  return payload.write(part, bytes, at);
}
