import type { BoundaryRule } from './boundary.js';
import { encodeInner, hashOf } from './encode.js';
import type { ChildItem } from './encode.js';
import { Level } from './level.js';
import type { ChildSink } from './level.js';
import type { LevelNodes } from './level-nodes.js';
import { decodeNode } from './node.js';
import type { InnerNode } from './node.js';
import type { TreeReader } from './reader.js';
import type { BatchWriter } from './writer.js';

/** A level of nodes above the entries. */
export class InnerLevel extends Level<ChildItem> {
  constructor(
    readonly reader: TreeReader,
    readonly writer: BatchWriter,
    level: number,
    rule: BoundaryRule,
    old: LevelNodes | undefined,
    isOldBelowRoot: boolean,
    sink: ChildSink
  ) {
    super(level, rule, old, isOldBelowRoot, sink);
  }

  protected override place(item: ChildItem): ChildItem {
    return item;
  }

  protected override replace(_old: ChildItem, item: ChildItem): ChildItem {
    return item;
  }

  protected override itemOf(node: InnerNode, index: number): ChildItem {
    return node.item(index);
  }

  protected override build(items: ChildItem[]): { child: ChildItem; bytes: Buffer } {
    const bytes = encodeInner(this.level, items);
    const child: ChildItem = { key: items.at(-1)!.key, hash: hashOf(bytes), count: 0, bytes: 0 };
    for (const item of items) {
      child.count += item.count;
      child.bytes += item.bytes;
    }
    return { child, bytes };
  }

  /** Kept in the cache too: the next read or edit begins at these. */
  protected override store(child: ChildItem, bytes: Buffer): void {
    this.writer.put(child.hash, bytes);
    this.reader.cache.add(child.hash, decodeNode(bytes));
  }
}
