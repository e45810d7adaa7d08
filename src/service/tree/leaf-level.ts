import type { BoundaryRule } from './boundary.js';
import { isRun } from './chunk.js';
import type { Chunk } from './chunk.js';
import { leafPayload } from './items.js';
import type { ChildItem, LeafItem } from './items.js';
import { Level } from './level.js';
import type { ChildSink } from './level.js';
import type { LevelNodes } from './level-nodes.js';
import type { LeafNode } from './node.js';
import type { TreeReader } from './reader.js';
import { encodeValue, hashOf } from './record.js';
import { INLINE_VALUE_BYTES_MAX, OutsideValue } from './value.js';
import type { BatchWriter } from './writer.js';

/** The level of the entries. Changes bring their value as it is; a long one is put outside when it is kept. */
export class LeafLevel extends Level<LeafItem> {
  constructor(
    readonly reader: TreeReader,
    readonly writer: BatchWriter,
    rule: BoundaryRule,
    old: LevelNodes | undefined,
    isOldBelowRoot: boolean,
    sink: ChildSink
  ) {
    super(0, rule, old, isOldBelowRoot, sink);
  }

  protected override place({ key, value }: LeafItem): LeafItem {
    const plain = value as Buffer;
    if (plain.length <= INLINE_VALUE_BYTES_MAX) return { key, value };
    const hash = this.writer.add(encodeValue(plain));
    return { key, value: new OutsideValue(hash, this.reader.rules.weight(plain)) };
  }

  /** The present entry stays when the new one is the same in all that counts (ValueRules). */
  protected override replace(old: LeafItem, item: LeafItem): LeafItem | Promise<LeafItem> {
    const plain = item.value as Buffer;
    if (old.value instanceof OutsideValue) return this.#replaceOutside(old, old.value, item);
    return old.value.equals(plain) || this.reader.rules.same(old.value, plain) ? old : this.place(item);
  }

  async #replaceOutside(old: LeafItem, present: OutsideValue, item: LeafItem): Promise<LeafItem> {
    const plain = item.value as Buffer;
    if (plain.length > INLINE_VALUE_BYTES_MAX && hashOf(encodeValue(plain)) === present.hash) return old;
    return this.reader.rules.same(await this.reader.value(present), plain) ? old : this.place(item);
  }

  protected override itemOf(node: LeafNode, index: number): LeafItem {
    return node.item(index);
  }

  protected override build(chunk: Chunk<LeafItem>): { child: ChildItem; bytes: Buffer } {
    const bytes = chunk.encode(0, leafPayload);
    let weight = 0;
    for (const part of chunk.parts) {
      if (!isRun(part)) weight += this.reader.weight(part.value);
      else
        for (let i = part.start; i < part.end; i++)
          weight += this.reader.weight((part.node as LeafNode).value(i));
    }
    return { child: { key: chunk.lastKey, hash: hashOf(bytes), count: chunk.length, bytes: weight }, bytes };
  }

  protected override store(child: ChildItem, bytes: Buffer): void {
    this.writer.put(child.hash, bytes);
  }
}
