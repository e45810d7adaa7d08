import { createHash } from 'node:crypto';
import type { NodeHash } from '../../../src/service/ids';
import type { NodeStore, ValueRules } from '../../../src/service/tree/store';
import type { Cursor, Tree, TreeEntry } from '../../../src/service/tree/tree';

/** Nodes in memory, counting what is read and written, and checking that hashes are true. */
export class MemoryNodes implements NodeStore {
  readonly records = new Map<NodeHash, Buffer>();
  reads = 0;
  writes = 0;
  batches = 0;
  largestBatchBytes = 0;

  constructor(readonly answersAtOnce = true) {}

  read(hash: NodeHash): Promise<Buffer> | Buffer {
    this.reads++;
    return this.answersAtOnce ? this.#find(hash) : Promise.resolve().then(() => this.#find(hash));
  }

  #find(hash: NodeHash): Buffer {
    const bytes = this.records.get(hash);
    if (!bytes) throw new Error(`no node ${hash}`);
    return bytes;
  }

  async write(nodes: { hash: NodeHash; bytes: Buffer }[]): Promise<void> {
    this.batches++;
    let batchBytes = 0;
    await Promise.resolve();
    for (const { hash, bytes } of nodes) {
      if (createHash('sha256').update(bytes).digest('hex') !== hash)
        throw new Error('a record under a false hash');
      this.records.set(hash, bytes);
      this.writes++;
      batchBytes += bytes.length;
    }
    this.largestBatchBytes = Math.max(this.largestBatchBytes, batchBytes);
  }

  /** Begins to count anew. */
  reset(): void {
    this.reads = 0;
    this.writes = 0;
    this.batches = 0;
  }
}

/** Values `identity;mtime`, padded at will: the same when the identity is; their weight is their length. */
export const rules: ValueRules = {
  same: (a, b) => identity(a) === identity(b),
  weight: value => value.length
};

function identity(value: Buffer): string {
  return value.toString('latin1').split(';')[0]!;
}

export async function entriesOf(tree: Tree, root: NodeHash, from = Buffer.alloc(0)): Promise<TreeEntry[]> {
  const cursor: Cursor = tree.cursor(root);
  const entries: TreeEntry[] = [];
  await cursor.seek(from);
  while (cursor.entry) {
    entries.push(cursor.entry);
    await cursor.next();
  }
  return entries;
}

/** Buffers as strings, all through: compared in a fraction of the time. */
export function readable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part)]));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
