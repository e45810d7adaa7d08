import type { NodeHash } from '../ids.js';
import { LeafNode } from './node.js';
import type { InnerNode, Node } from './node.js';
import type { TreeReader } from './reader.js';
import { OutsideValue } from './value.js';

/** A key with its value. Both may share memory with the tree: do not change them. */
export interface TreeEntry {
  key: Buffer;
  value: Buffer;
}

/** An inner node on the way to the present leaf, and which child was taken. */
interface Step {
  node: InnerNode;
  index: number;
}

/** Goes through the entries of one tree in key order. A new cursor stands nowhere: `seek` first. */
export class Cursor {
  readonly #steps: Step[] = [];
  #leaf: LeafNode | undefined;
  #index = 0;
  #entry: TreeEntry | undefined;

  constructor(
    readonly reader: TreeReader,
    readonly root: NodeHash
  ) {}

  /** The entry at which the cursor stands; undefined at the end. */
  get entry(): TreeEntry | undefined {
    return this.#entry;
  }

  /** Moves to the first entry whose key is not below `key`, forwards or backwards. O(log n) nodes, fewer nearby. */
  async seek(key: Buffer): Promise<void> {
    if (!this.#leafCovers(key)) await this.#descend(await this.#lowestCovering(key), key);
    await this.#show(this.#leaf?.lowerBound(key) ?? 0);
  }

  /** Moves to the next entry: at once inside a leaf, else when the next leaf is read. */
  next(): void | Promise<void> {
    if (!this.#leaf) return;
    if (this.#index + 1 < this.#leaf.length) return this.#show(this.#index + 1);
    return this.#nextLeaf();
  }

  #leafCovers(key: Buffer): boolean {
    const leaf = this.#leaf;
    return leaf !== undefined && leaf.length > 0 && inside(leaf, key);
  }

  /** The lowest node on the present path in whose key range `key` surely lies, else the root. */
  async #lowestCovering(key: Buffer): Promise<Node> {
    const steps = this.#steps;
    for (let step = steps.pop(); step; step = steps.pop()) {
      if (inside(step.node, key)) return step.node;
    }
    return this.reader.node(this.root);
  }

  async #descend(node: Node, key: Buffer): Promise<void> {
    while (!(node instanceof LeafNode)) {
      const index = node.lowerBound(key);
      if (index === node.length) {
        this.#leaf = undefined; // behind the last key
        return;
      }
      this.#steps.push({ node, index });
      node = await this.reader.node(node.hash(index));
    }
    this.#leaf = node;
  }

  async #nextLeaf(): Promise<void> {
    const steps = this.#steps;
    while (steps.length > 0 && steps.at(-1)!.index + 1 >= steps.at(-1)!.node.length) steps.pop();
    const step = steps.at(-1);
    if (!step) {
      this.#leaf = undefined;
      this.#entry = undefined;
      return;
    }
    step.index++;
    let node = await this.reader.node(step.node.hash(step.index));
    while (!(node instanceof LeafNode)) {
      steps.push({ node, index: 0 });
      node = await this.reader.node(node.hash(0));
    }
    this.#leaf = node;
    await this.#show(0);
  }

  #show(index: number): void | Promise<void> {
    const leaf = this.#leaf;
    this.#index = index;
    this.#entry = undefined;
    if (!leaf || index >= leaf.length) return;
    const stored = leaf.value(index);
    if (stored instanceof OutsideValue) return this.#load(leaf.key(index), stored);
    this.#entry = { key: leaf.key(index), value: stored };
  }

  async #load(key: Buffer, stored: OutsideValue): Promise<void> {
    this.#entry = { key, value: await this.reader.value(stored) };
  }
}

/** Whether `key` lies between the first and the last key of a node (of an inner node: the last keys of its children). */
function inside(node: Node, key: Buffer): boolean {
  const index = node.lowerBound(key);
  return index < node.length && (index > 0 || node.hasKeyAt(0, key));
}
