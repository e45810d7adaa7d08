import type { NodeHash } from '../ids.js';
import type { BoundaryRule } from './boundary.js';
import { Chunk } from './chunk.js';
import type { ChildItem } from './items.js';
import type { LevelNodes } from './level-nodes.js';
import type { Node } from './node.js';

/** What a level hands upwards: the child with this last key is new, other than before, or (null) gone. */
export type ChildSink = (key: Buffer, child: ChildItem | null) => void | Promise<void>;

/** An old node that is taken apart, until it is known what the level above must be told of it. */
interface Replaced {
  lastKey: Buffer;
  hash: NodeHash;
}

/**
 * One level of a tree while it is edited. It is cut anew from the first node that an edit touches: edits and old
 * items flow into the chunk at hand, which becomes a node at each boundary. Where a boundary falls on the end of
 * an old node the old cut is met again: as the rule looks only behind the last boundary, all nodes from there to
 * the next edit stay as they are, also when either boundary was a forced one. Until then nodes must be cut anew
 * even where no entry changed, for after a forced boundary moves the next ones move with it.
 */
export abstract class Level<Item extends { key: Buffer }> {
  /** The old node whose items are being taken over; undefined at an old boundary. */
  #open: Node | undefined;
  /** The first item of it that was not taken over. */
  #index = 0;
  protected chunk = new Chunk<Item>();
  readonly #replaced: Replaced[] = [];
  #built = 0;

  constructor(
    readonly level: number,
    readonly rule: BoundaryRule,
    /** The level's nodes before the edit; undefined when there are none, or none any more. */
    protected old: LevelNodes | undefined,
    /** Whether the level above knows the old nodes of this one (it does not know the old root). */
    readonly isOldBelowRoot: boolean,
    readonly sink: ChildSink
  ) {}

  /** What to keep of an item whose key is new. */
  protected abstract place(item: Item): Item;
  /** What to keep of an item whose key is present: `old` itself when nothing changes. */
  protected abstract replace(old: Item, item: Item): Item | Promise<Item>;
  protected abstract itemOf(node: Node, index: number): Item;
  /** Makes a node of the chunk and gives what the level above keeps of it. */
  protected abstract build(chunk: Chunk<Item>): { child: ChildItem; bytes: Buffer };
  protected abstract store(child: ChildItem, bytes: Buffer): void;

  /** Puts an item (or, with null, takes it out). Keys must ascend from call to call. */
  edit(key: Buffer, change: Item | null): void | Promise<void> {
    return this.old ? this.#editOld(key, change) : this.#append(change);
  }

  /** Behind the last old item there is nothing to compare with, and nothing to wait for. */
  #append(change: Item | null): void | Promise<void> {
    if (change) return this.#push(this.place(change));
  }

  async #editOld(key: Buffer, change: Item | null): Promise<void> {
    if (this.#open) await this.#takeOver(key);
    if (!this.old) return this.#append(change);
    const isClosed = !this.#open;
    if (isClosed && !(await this.old.seek(key))) {
      this.old = undefined;
      return this.#append(change);
    }
    const node = this.#open ?? (await this.old.node());
    const index = isClosed ? node.lowerBound(key) : this.#index;
    const present = node.hasKeyAt(index, key) ? this.itemOf(node, index) : undefined;
    const item = change && (present ? await this.replace(present, change) : this.place(change));
    if (isClosed) {
      if ((item ?? undefined) === present) return;
      this.#openNode(node);
      await this.#takeItems(index);
    }
    if (present) this.#index++;
    if (item) await this.#push(item);
  }

  /** Takes over the old items below `key`, and stops at the first old boundary that is met again. */
  async #takeOver(key: Buffer | undefined): Promise<void> {
    while (this.#open) {
      const node = this.#open;
      await this.#takeItems(key ? node.lowerBound(key) : node.length);
      if (this.#index < node.length) return;
      if (this.chunk.length === 0) {
        this.#open = undefined;
      } else if (await this.old!.next()) {
        this.#openNode(await this.old!.node());
      } else {
        this.#open = undefined;
        this.old = undefined;
      }
    }
  }

  #openNode(node: Node): void {
    this.#replaced.push({ lastKey: node.lastKey, hash: this.old!.take() });
    this.#open = node;
    this.#index = 0;
  }

  /**
   * Takes over the old items up to the index `end`. No hash of an item inside an old node makes a boundary, else
   * the node had ended there: beside the count, only the first item (it may have been too early for a boundary)
   * and the last one can end a chunk.
   */
  async #takeItems(end: number): Promise<void> {
    const node = this.#open!;
    while (this.#index < end) {
      const start = this.#index;
      const inside = start === 0 ? 1 : Math.max(start + 1, node.length - 1);
      this.#index = Math.min(end, inside, start + this.rule.maximum - this.chunk.length);
      this.chunk.addRun(node, start, this.#index);
      if (this.rule.endsNode(this.level, node.key(this.#index - 1), this.chunk.length))
        await this.#endChunk();
    }
  }

  #push(item: Item): void | Promise<void> {
    this.chunk.add(item);
    if (this.rule.endsNode(this.level, item.key, this.chunk.length)) return this.#endChunk();
  }

  #endChunk(): void | Promise<void> {
    const { child, bytes } = this.build(this.chunk);
    this.chunk = new Chunk();
    this.#built++;
    if (this.#replaced.length > 0) return this.#endReplacingChunk(child, bytes);
    this.store(child, bytes);
    return this.sink(child.key, child);
  }

  async #endReplacingChunk(child: ChildItem, bytes: Buffer): Promise<void> {
    await this.#dropReplaced(child.key);
    const counterpart = this.#replaced[0];
    if (counterpart?.lastKey.equals(child.key)) {
      this.#replaced.shift();
      if (counterpart.hash === child.hash && this.isOldBelowRoot) return;
    }
    this.store(child, bytes);
    await this.sink(child.key, child);
  }

  /** Reports the old nodes with a last key below `key` as gone. */
  async #dropReplaced(key: Buffer | undefined): Promise<void> {
    const replaced = this.#replaced;
    while (replaced.length > 0 && (!key || Buffer.compare(replaced[0]!.lastKey, key) < 0)) {
      await this.sink(replaced.shift()!.lastKey, null);
    }
  }

  /** Takes over what is left and ends the last node. */
  async finish(): Promise<void> {
    await this.#takeOver(undefined);
    if (this.chunk.length > 0) await this.#endChunk();
    await this.#dropReplaced(undefined);
  }

  /** Whether the level has so few items that it needs no node: none or one. */
  get isSingle(): boolean {
    return this.#built === 0 && this.chunk.length <= 1;
  }
}
