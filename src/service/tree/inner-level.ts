import type { BoundaryRule } from './boundary.js';
import { isRun } from './chunk.js';
import type { Chunk } from './chunk.js';
import { childPayload } from './items.js';
import type { ChildItem } from './items.js';
import { Level } from './level.js';
import type { ChildSink } from './level.js';
import type { LevelNodes } from './level-nodes.js';
import { decodeNode } from './node.js';
import type { InnerNode } from './node.js';
import type { TreeReader } from './reader.js';
import { hashOf } from './record.js';
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

  protected override build(chunk: Chunk<ChildItem>): { child: ChildItem; bytes: Buffer } {
    const bytes = chunk.encode(this.level, childPayload);
    const child: ChildItem = { key: chunk.lastKey, hash: hashOf(bytes), count: 0, bytes: 0 };
    for (const part of chunk.parts) {
      if (!isRun(part)) addTo(child, part);
      else for (let i = part.start; i < part.end; i++) addTo(child, (part.node as InnerNode).summary(i));
    }
    return { child, bytes };
  }

  /** Kept in the cache too: the next read or edit begins at these. */
  protected override store(child: ChildItem, bytes: Buffer): void {
    this.writer.put(child.hash, bytes);
    this.reader.cache.add(child.hash, decodeNode(bytes));
  }

  /** The one child of a level that needs no node ({@link isSingle}), if it has any. */
  get onlyChild(): ChildItem | undefined {
    return this.chunk.parts[0] as ChildItem | undefined;
  }
}

function addTo(sum: ChildItem, { count, bytes }: { count: number; bytes: number }): void {
  sum.count += count;
  sum.bytes += bytes;
}
