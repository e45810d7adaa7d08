import type { NodeHash } from '../ids.js';

/** What the tree needs of a store: immutable bytes under their hash. */
export interface NodeStore {
  /** @throws if there is no such node. May answer at once (a cached node) or later. */
  read(hash: NodeHash): Promise<Buffer> | Buffer;
  /** Durable when it resolves; writing a node again is harmless. */
  write(nodes: { hash: NodeHash; bytes: Buffer }[]): Promise<void>;
}

/** What the tree needs to know of a value, given by its owner. */
export interface ValueRules {
  /** Whether two values are the same *entry* (identity, DESIGN: not the modification time). */
  same(a: Buffer, b: Buffer): boolean;
  /** Bytes of the object that the value describes, summed up in the tree's summaries. */
  weight(value: Buffer): number;
}
