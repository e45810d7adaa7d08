import type { NodeHash } from '../ids.js';
import type { BoundaryRule } from './boundary.js';
import { EMPTY_ROOT } from './empty.js';
import { InnerLevel } from './inner-level.js';
import type { ChildItem } from './items.js';
import { LeafLevel } from './leaf-level.js';
import type { ChildSink } from './level.js';
import { LevelNodes } from './level-nodes.js';
import type { InnerNode, Node } from './node.js';
import type { TreeReader } from './reader.js';
import { BatchWriter } from './writer.js';

/** A change of one entry; null removes it. */
export interface Edit {
  key: Buffer;
  value: Buffer | null;
}

/**
 * Applies `edits` (strictly ascending by key) to the tree at `root` and gives the new root, with all its nodes
 * durable. Memory does not grow with the number of edits.
 */
export async function editTree(
  reader: TreeReader,
  rule: BoundaryRule,
  root: NodeHash,
  edits: Iterable<Edit> | AsyncIterable<Edit>
): Promise<NodeHash> {
  const edit = new TreeEdit(reader, rule, root, await reader.node(root));
  if (Symbol.asyncIterator in edits) {
    for await (const change of edits) {
      const applied = edit.apply(change);
      if (applied) await applied;
    }
  } else {
    for (const change of edits) {
      const applied = edit.apply(change);
      if (applied) await applied;
    }
  }
  return edit.finish();
}

class TreeEdit {
  readonly #writer: BatchWriter;
  readonly #leaves: LeafLevel;
  /** Levels 1 and up, as far as a change has reached them. */
  readonly #inner: InnerLevel[] = [];
  #lastKey: Buffer | undefined;

  constructor(
    readonly reader: TreeReader,
    readonly rule: BoundaryRule,
    readonly root: NodeHash,
    readonly rootNode: Node
  ) {
    this.#writer = new BatchWriter(reader.store);
    this.#leaves = new LeafLevel(
      reader,
      this.#writer,
      rule,
      this.#oldNodes(0),
      rootNode.level > 0,
      this.#sinkOf(0)
    );
  }

  /** Resolves (or returns at once) when the next edit may come. */
  apply({ key, value }: Edit): void | Promise<void> {
    if (this.#lastKey && Buffer.compare(this.#lastKey, key) >= 0) {
      throw new Error(`Edits must ascend by key: ${key.toString()} came after ${this.#lastKey.toString()}.`);
    }
    this.#lastKey = key;
    const applied = this.#leaves.edit(key, value && { key, value });
    if (this.#writer.isFull) return this.#flushAfter(applied);
    return applied;
  }

  async #flushAfter(applied: void | Promise<void>): Promise<void> {
    await applied;
    await this.#writer.flush();
  }

  async finish(): Promise<NodeHash> {
    await this.#leaves.finish();
    const top = await this.#finishInner();
    if (top && !top.onlyChild) this.#writer.put(EMPTY_ROOT.hash, EMPTY_ROOT.bytes);
    await this.#writer.finish();
    if (!top) return this.root;
    return top.onlyChild ? this.#collapsed(top.onlyChild.hash, top.level - 1) : EMPTY_ROOT.hash;
  }

  /**
   * Finishes level after level (each may begin the next), and gives the one that needs no node as it has the new
   * root as its only child; undefined when nothing changed. Levels up to that of the old root may have kept nodes
   * that they never looked at, so it is one above.
   */
  async #finishInner(): Promise<InnerLevel | undefined> {
    for (const level of this.#inner) {
      if (level.level > this.rootNode.level && level.isSingle) return level;
      await level.finish();
    }
    return undefined;
  }

  /** After many removals upper levels may have a single node each: the tree ends below them. */
  async #collapsed(root: NodeHash, level: number): Promise<NodeHash> {
    for (; level > 0; level--) {
      const node = await this.reader.node(root);
      if (node.length > 1) break;
      root = (node as InnerNode).hash(0);
    }
    return root;
  }

  #oldNodes(level: number): LevelNodes | undefined {
    const { root, rootNode } = this;
    if (level > rootNode.level || rootNode.length === 0) return undefined;
    return new LevelNodes(this.reader, { hash: root, node: rootNode }, level);
  }

  /** Hands what became of the nodes of `level` to the level above. */
  #sinkOf(level: number): ChildSink {
    return (key: Buffer, child: ChildItem | null) => this.#innerLevel(level + 1).edit(key, child);
  }

  #innerLevel(level: number): InnerLevel {
    return (this.#inner[level - 1] ??= new InnerLevel(
      this.reader,
      this.#writer,
      level,
      this.rule,
      this.#oldNodes(level),
      this.rootNode.level > level,
      this.#sinkOf(level)
    ));
  }
}
