import type { NodeHash } from '../ids.js';
import { Cursor } from './cursor.js';
import { diffTrees } from './diff.js';
import type { TreeReader } from './reader.js';

/** What a merge makes of one entry; null stands for a missing one. */
export type MergeStep =
  /** An edit to apply to our side. */
  | { key: Buffer; value: Buffer | null; conflict?: undefined }
  /** Both sides changed the entry, and differently. */
  | { key: Buffer; conflict: { base: Buffer | null; ours: Buffer | null; theirs: Buffer | null } };

/**
 * Three-way merge: what must be done to our side to take in what their side changed since the base, ascending by
 * key. Entries that our side changed alone, or that both changed alike, need nothing.
 * It costs O(changes of their side · log n) reads.
 */
export async function* mergeTrees(
  reader: TreeReader,
  base: NodeHash,
  ours: NodeHash,
  theirs: NodeHash
): AsyncGenerator<MergeStep> {
  if (ours === theirs) return;
  const present = new Cursor(reader, ours);
  for await (const { key, left: before, right: after } of diffTrees(reader, base, theirs)) {
    if (ours === base) {
      yield { key, value: after };
      continue;
    }
    await present.seek(key);
    const own = present.entry?.key.equals(key) ? present.entry.value : null;
    if (same(reader, own, before)) yield { key, value: after };
    else if (!same(reader, own, after)) yield { key, conflict: { base: before, ours: own, theirs: after } };
  }
}

function same(reader: TreeReader, a: Buffer | null, b: Buffer | null): boolean {
  if (a === null || b === null) return a === b;
  return a.equals(b) || reader.rules.same(a, b);
}
