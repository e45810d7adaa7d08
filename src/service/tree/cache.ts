import type { NodeHash } from '../ids.js';
import type { Node } from './node.js';

/**
 * Keeps the nodes that were used last, up to a number of bytes. Two generations instead of an exact order of
 * use, so that a hit in the young one costs a single look-up: when the young generation has half of the bytes it
 * becomes the old one, and what is not used again until the next change is dropped.
 */
export class NodeCache {
  #young = new Map<NodeHash, Node>();
  #old = new Map<NodeHash, Node>();
  #youngBytes = 0;

  constructor(readonly bytesMax: number) {}

  get(hash: NodeHash): Node | undefined {
    const node = this.#young.get(hash);
    if (node) return node;
    const old = this.#old.get(hash);
    if (old) this.add(hash, old);
    return old;
  }

  add(hash: NodeHash, node: Node): void {
    if (this.#young.has(hash)) return;
    this.#young.set(hash, node);
    this.#youngBytes += node.memory;
    if (this.#youngBytes <= this.bytesMax / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}
