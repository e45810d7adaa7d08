import type { BoundaryRule } from './boundary.js';
import { encodeLeaf, encodeValue, hashOf } from './encode.js';
import type { ChildItem, LeafItem } from './encode.js';
import { Level } from './level.js';
import type { ChildSink } from './level.js';
import type { LevelNodes } from './level-nodes.js';
import type { LeafNode } from './node.js';
import type { TreeReader } from './reader.js';
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

  protected override build(items: LeafItem[]): { child: ChildItem; bytes: Buffer } {
    const bytes = encodeLeaf(items);
    let weight = 0;
    for (const { value } of items) weight += this.reader.weight(value);
    const child = { key: items.at(-1)!.key, hash: hashOf(bytes), count: items.length, bytes: weight };
    return { child, bytes };
  }

  protected override store(child: ChildItem, bytes: Buffer): void {
    this.writer.put(child.hash, bytes);
  }
}
