import type { NodeHash } from '../ids.js';
import { LeafNode } from './node.js';
import type { InnerNode, Node } from './node.js';
import type { TreeReader } from './reader.js';
import type { StoredValue } from './value.js';

/** The level that a walker reports when it stands at an entry. */
export const ENTRY = -1;

const NONE = Buffer.alloc(0);

interface Step {
  node: Node;
  index: number;
}

/** Part of a tree's keys: those that begin with `prefix`, and are not below `start`. */
export interface KeyRange {
  prefix?: Buffer;
  start?: Buffer;
}

/**
 * Stands before a part of a tree: a whole subtree, which can be passed over or entered, or an entry. Parts that
 * end before the range are never shown, and nothing is shown behind it.
 */
export class Walker {
  readonly #steps: Step[] = [];
  readonly #prefix: Buffer;
  /** The first key that may be shown. */
  readonly #start: Buffer;

  constructor(
    readonly reader: TreeReader,
    root: Node,
    { prefix = NONE, start = NONE }: KeyRange
  ) {
    this.#prefix = prefix;
    this.#start = Buffer.compare(start, prefix) < 0 ? prefix : start;
    this.#push(root);
  }

  get isDone(): boolean {
    return this.#steps.length === 0;
  }

  /** Of the subtree before which it stands, or ENTRY. */
  get level(): number {
    return this.#top.node.level - 1;
  }

  /** Of the subtree. */
  get hash(): NodeHash {
    const { node, index } = this.#top;
    return (node as InnerNode).hash(index);
  }

  /** Whether both stand before subtrees of one level that are the same. */
  standsBeforeTheSameAs(other: Walker): boolean {
    const { node, index } = this.#top;
    const { node: otherNode, index: otherIndex } = other.#top;
    return (
      node.level === otherNode.level &&
      !(node instanceof LeafNode || otherNode instanceof LeafNode) &&
      node.hasSameChild(index, otherNode, otherIndex)
    );
  }

  /** Of the entry. */
  get key(): Buffer {
    const { node, index } = this.#top;
    return node.key(index);
  }

  /** Of the entry. */
  get value(): StoredValue {
    const { node, index } = this.#top;
    return (node as LeafNode).value(index);
  }

  /** Goes into the subtree, to its first part. */
  async enter(): Promise<void> {
    this.#push(await this.reader.node(this.hash));
  }

  /** Goes behind the subtree or the entry. */
  pass(): void {
    // What follows lies behind the last key of this part.
    if (this.#isBehindRange()) this.#steps.length = 0;
    else this.#moveOn();
  }

  #moveOn(): void {
    let step = this.#steps.at(-1);
    while (step && ++step.index >= step.node.length) {
      this.#steps.pop();
      step = this.#steps.at(-1);
    }
    this.#stopAtEnd();
  }

  #push(node: Node): void {
    const index = node.lowerBound(this.#start);
    if (index < node.length) this.#steps.push({ node, index });
    this.#stopAtEnd();
  }

  #stopAtEnd(): void {
    if (this.#steps.at(-1)?.node instanceof LeafNode && this.#isBehindRange()) this.#steps.length = 0;
  }

  #isBehindRange(): boolean {
    // A walk through a whole tree takes no key apart.
    if (this.#prefix.length === 0) return false;
    const { key } = this;
    return this.#prefix.compare(key, 0, Math.min(this.#prefix.length, key.length)) < 0;
  }

  get #top(): Step {
    return this.#steps.at(-1)!;
  }
}
