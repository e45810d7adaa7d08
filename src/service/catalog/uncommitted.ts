import type { NodeHash } from '../ids.js';
import type { Difference, Tree } from '../tree/tree.js';
import { entryRules } from './entry.js';
import type { StagedCursor } from './staged-cursor.js';

/**
 * The staged changes at or behind `start` that differ from the commit whose tree has `root`: writing an entry
 * again as it is, or removing one that is not there, changes nothing.
 */
export async function* uncommittedChanges(
  cursor: StagedCursor,
  tree: Tree,
  root: NodeHash,
  start: Buffer = Buffer.alloc(0)
): AsyncGenerator<Difference> {
  for (await cursor.seek(start); cursor.current; await cursor.next()) {
    const { path, value } = cursor.current;
    const committed = (await tree.get(root, path)) ?? null;
    if (!sameValue(committed, value)) {
      yield { key: path, left: committed, right: value };
    }
  }
}

/** Whether two encoded entries, or their absence, are the same. */
export function sameValue(a: Buffer | null, b: Buffer | null): boolean {
  return a && b ? entryRules.same(a, b) : a === b;
}
