import type { NodeHash } from '../ids.js';
import type { InnerNode, Node } from './node.js';
import type { TreeReader } from './reader.js';

interface Step {
  node: InnerNode;
  index: number;
}

/**
 * The nodes of one level of a tree, from left to right, each given at most once. Nodes between those that are
 * asked for are passed over without being read.
 */
export class LevelNodes {
  /** From the root to the parent of the present node; empty where the level is the root's own. */
  readonly #steps: Step[] = [];
  #taken: NodeHash | undefined;

  constructor(
    readonly reader: TreeReader,
    readonly root: { hash: NodeHash; node: Node },
    readonly level: number
  ) {
    if (root.node.level > level) this.#steps.push({ node: root.node as InnerNode, index: -1 });
  }

  /**
   * Moves to the node whose key range takes in `key`: the first with a last key not below it, else the level's
   * last. Gives false if that node was taken before. Keys must not descend.
   */
  async seek(key: Buffer): Promise<boolean> {
    const steps = this.#steps;
    while (steps.length > 1 && isBehind(steps.at(-1)!.node, key)) steps.pop();
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      step.index = Math.min(step.node.lowerBound(key), step.node.length - 1);
      if (step.node.level === this.level + 1) break;
      await this.#enter(step, -1);
    }
    return this.#hash !== this.#taken;
  }

  /** Moves to the node to the right of the present one; false when there is none. */
  async next(): Promise<boolean> {
    const steps = this.#steps;
    let depth = steps.length;
    while (depth > 0 && steps[depth - 1]!.index + 1 >= steps[depth - 1]!.node.length) depth--;
    if (depth === 0) return false;
    steps.length = depth;
    steps[depth - 1]!.index++;
    for (let step = steps.at(-1)!; step.node.level > this.level + 1; step = steps.at(-1)!)
      await this.#enter(step, 0);
    return true;
  }

  async #enter({ node, index }: Step, childIndex: number): Promise<void> {
    const child = (await this.reader.node(node.hash(index))) as InnerNode;
    this.#steps.push({ node: child, index: childIndex });
  }

  get #hash(): NodeHash {
    const step = this.#steps.at(-1);
    return step ? step.node.hash(step.index) : this.root.hash;
  }

  /** The present node. */
  node(): Node | Promise<Node> {
    return this.#steps.length === 0 ? this.root.node : this.reader.node(this.#hash);
  }

  /** Marks the present node as given away and tells its hash. */
  take(): NodeHash {
    return (this.#taken = this.#hash);
  }
}

/** Whether all keys of `node` are below `key`. */
function isBehind(node: Node, key: Buffer): boolean {
  return node.lowerBound(key) === node.length;
}
