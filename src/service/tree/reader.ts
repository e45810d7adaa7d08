import type { NodeHash } from '../ids.js';
import type { NodeCache } from './cache.js';
import { decodeNode } from './node.js';
import type { Node } from './node.js';
import { decodeValue, hashOf } from './record.js';
import type { NodeStore, ValueRules } from './store.js';
import { OutsideValue } from './value.js';
import type { StoredValue } from './value.js';

/** Reads nodes and values; everything that only looks at a tree goes through here. */
export class TreeReader {
  /** Reads under way, so that many who miss one node read it once. */
  readonly #loading = new Map<NodeHash, Promise<Node>>();

  constructor(
    readonly store: NodeStore,
    readonly rules: ValueRules,
    readonly cache: NodeCache
  ) {}

  /** At once when the node is cached or the store has it at hand. @throws if it is missing or damaged. */
  node(hash: NodeHash): Node | Promise<Node> {
    const cached = this.cache.get(hash);
    if (cached) return cached;
    const loading = this.#loading.get(hash);
    if (loading) return loading;
    const bytes = this.store.read(hash);
    if (Buffer.isBuffer(bytes)) return this.#decode(hash, bytes);
    const promise = bytes.then(read => this.#decode(hash, read)).finally(() => this.#loading.delete(hash));
    this.#loading.set(hash, promise);
    return promise;
  }

  #decode(hash: NodeHash, bytes: Buffer): Node {
    const node = decodeNode(verified(hash, bytes));
    this.cache.add(hash, node);
    return node;
  }

  /** The value itself, at once when it lies in its leaf. */
  value(stored: StoredValue): Buffer | Promise<Buffer> {
    return stored instanceof OutsideValue ? this.#outside(stored) : stored;
  }

  async #outside({ hash }: OutsideValue): Promise<Buffer> {
    return decodeValue(verified(hash, await this.store.read(hash)));
  }

  weight(stored: StoredValue): number {
    return stored instanceof OutsideValue ? stored.weight : this.rules.weight(stored);
  }

  /** Whether two values are the same entry; reads values that lie outside only when their hashes differ. */
  same(a: StoredValue, b: StoredValue): boolean | Promise<boolean> {
    if (a instanceof OutsideValue || b instanceof OutsideValue) return this.#sameOutside(a, b);
    return a.equals(b) || this.rules.same(a, b);
  }

  async #sameOutside(a: StoredValue, b: StoredValue): Promise<boolean> {
    if (a instanceof OutsideValue && b instanceof OutsideValue && a.hash === b.hash) return true;
    const [left, right] = await Promise.all([this.value(a), this.value(b)]);
    return this.rules.same(left, right);
  }
}

function verified(hash: NodeHash, bytes: Buffer): Buffer {
  const found = hashOf(bytes);
  if (found !== hash) throw new Error(`Tree node ${hash} is damaged: its bytes have the hash ${found}.`);
  return bytes;
}
