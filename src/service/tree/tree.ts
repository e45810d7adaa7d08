import type { NodeHash } from '../ids.js';
import { BoundaryRule, ENTRIES_AVERAGE, ENTRIES_MAX } from './boundary.js';
import { NodeCache } from './cache.js';
import { Cursor } from './cursor.js';
import type { TreeEntry } from './cursor.js';
import { diffTrees } from './diff.js';
import type { Difference } from './diff.js';
import { editTree } from './edit.js';
import type { Edit } from './edit.js';
import { EMPTY_ROOT } from './empty.js';
import { mergeTrees } from './merge.js';
import type { MergeStep } from './merge.js';
import { LeafNode } from './node.js';
import { TreeReader } from './reader.js';
import type { NodeStore, ValueRules } from './store.js';
import { OutsideValue } from './value.js';
import type { KeyRange } from './walker.js';

export type { Cursor, Difference, Edit, MergeStep, TreeEntry };

export interface TreeOptions {
  /** Entries of a node on average, and at most. Other numbers than the default give other hashes: for tests. */
  entriesAverage?: number;
  entriesMax?: number;
  /** For decoded nodes; one cache may serve many trees, as a hash names the same node in all of them. */
  cache?: NodeCache;
}

/** A child of an inner node: its subtree's last key, number of entries and sum of weights. */
export interface TreeChild {
  lastKey: Buffer;
  hash: NodeHash;
  count: number;
  bytes: number;
}

/** A node, for those who keep something by node. */
export type TreeNode =
  | {
      level: 0;
      entries: TreeEntry[];
      /** Records of values that lie outside of the node. */
      outside: NodeHash[];
    }
  | { level: number; children: TreeChild[] };

/** Memory for the decoded nodes of a tree that has a cache of its own. */
const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Search trees over a store of nodes, each tree named by the hash of its root. Trees are immutable, and the same
 * entries give the same root, however they came about (a prolly tree; docs/format.md has the layout).
 * Keys are ordered by bytes.
 */
export class Tree {
  readonly #reader: TreeReader;
  readonly #rule: BoundaryRule;

  constructor(store: NodeStore, rules: ValueRules, options: TreeOptions = {}) {
    const { entriesAverage = ENTRIES_AVERAGE, entriesMax = ENTRIES_MAX, cache } = options;
    this.#reader = new TreeReader(store, rules, cache ?? new NodeCache(CACHE_BYTES));
    this.#rule = new BoundaryRule(entriesAverage, entriesMax);
  }

  /** The tree without entries; its node is written, as a commit may refer to it. */
  async emptyRoot(): Promise<NodeHash> {
    await this.#reader.store.write([{ ...EMPTY_ROOT }]);
    return EMPTY_ROOT.hash;
  }

  /** The value of `key`, or undefined. O(log n) nodes, mostly cached. */
  async get(root: NodeHash, key: Buffer): Promise<Buffer | undefined> {
    const { cache } = this.#reader;
    let node = cache.get(root) ?? (await this.#reader.node(root));
    while (!(node instanceof LeafNode)) {
      const index = node.lowerBound(key);
      if (index === node.length) return undefined;
      const hash = node.hash(index);
      node = cache.get(hash) ?? (await this.#reader.node(hash));
    }
    const index = node.lowerBound(key);
    return node.hasKeyAt(index, key) ? this.#reader.value(node.value(index)) : undefined;
  }

  /** Walks the entries in key order; `seek` first. */
  cursor(root: NodeHash): Cursor {
    return new Cursor(this.#reader, root);
  }

  /**
   * The tree with `edits` applied; `root` itself when they change nothing. An edit whose value is the same entry
   * as the present one (ValueRules) keeps the present value. k edits cost O(k · log n) nodes read and written;
   * all are durable when it resolves.
   * @param edits strictly ascending by key; may be a stream, it is never held whole
   */
  edit(root: NodeHash, edits: Iterable<Edit> | AsyncIterable<Edit>): Promise<NodeHash> {
    return editTree(this.#reader, this.#rule, root, edits);
  }

  /**
   * Entries in which two trees differ, ascending by key: those that begin with `prefix`, from `start` (inclusive)
   * on. O(differences · log n) nodes; none when the roots are equal.
   */
  diff(left: NodeHash, right: NodeHash, options: KeyRange = {}): AsyncGenerator<Difference> {
    return diffTrees(this.#reader, left, right, options);
  }

  /** What `ours` must change to take in what `theirs` changed since `base`, and where both changed differently. */
  merge(base: NodeHash, ours: NodeHash, theirs: NodeHash): AsyncGenerator<MergeStep> {
    return mergeTrees(this.#reader, base, ours, theirs);
  }

  /** Number of entries and sum of their weights. One node. */
  async summary(root: NodeHash): Promise<{ count: number; bytes: number }> {
    const node = await this.#reader.node(root);
    const summary = { count: 0, bytes: 0 };
    for (let i = 0; i < node.length; i++) {
      if (node instanceof LeafNode) {
        summary.count++;
        summary.bytes += this.#reader.weight(node.value(i));
      } else {
        const child = node.summary(i);
        summary.count += child.count;
        summary.bytes += child.bytes;
      }
    }
    return summary;
  }

  /** One node with all that it holds. */
  async node(hash: NodeHash): Promise<TreeNode> {
    const node = await this.#reader.node(hash);
    const indexes = Array.from({ length: node.length }, (_, i) => i);
    if (!(node instanceof LeafNode)) {
      const children = indexes
        .map(i => node.item(i))
        .map(({ key, ...child }) => ({ lastKey: key, ...child }));
      return { level: node.level, children };
    }
    const values = indexes.map(i => node.value(i));
    const outside = values.filter(value => value instanceof OutsideValue).map(value => value.hash);
    const entries: TreeEntry[] = [];
    for (const i of indexes) entries.push({ key: node.key(i), value: await this.#reader.value(values[i]!) });
    return { level: 0, entries, outside };
  }
}
