import type { NodeHash } from '../../ids.js';
import { EMPTY_ROOT } from '../../tree/empty.js';
import type { Edit, Tree } from '../../tree/tree.js';
import { startsWith } from '../paging.js';
import type { ImportSource } from './sources.js';

/** What an import replaces: all that lies below a prefix, or one object. */
interface Part {
  key: Buffer;
  isPrefix: boolean;
}

/**
 * The tree at `root` with what was imported: below each prefix exactly the files that were found, nothing that was
 * there before; everything else as it is. Cost: O(differences · log entries).
 */
export async function overlay(
  tree: Tree,
  root: NodeHash,
  imported: NodeHash,
  sources: ImportSource[]
): Promise<NodeHash> {
  if (root === EMPTY_ROOT.hash) {
    return imported;
  }
  async function* edits(): AsyncGenerator<Edit> {
    for (const { key, isPrefix } of partsOf(sources)) {
      if (!isPrefix) {
        yield { key, value: (await tree.get(imported, key)) ?? null };
        continue;
      }
      for await (const { key: path, right } of tree.diff(root, imported, { prefix: key })) {
        yield { key: path, value: right };
      }
    }
  }
  return tree.edit(root, edits());
}

/** In order, each path in one part only. */
function partsOf(sources: ImportSource[]): Part[] {
  const all = sources
    .map(({ type, destination }) => ({ key: Buffer.from(destination), isPrefix: type === 'common_prefix' }))
    .sort((a, b) => Buffer.compare(a.key, b.key) || Number(b.isPrefix) - Number(a.isPrefix));
  const parts: Part[] = [];
  for (const part of all) {
    const last = parts.at(-1);
    const isCovered = last && (last.isPrefix ? startsWith(part.key, last.key) : part.key.equals(last.key));
    if (!isCovered) {
      parts.push(part);
    }
  }
  return parts;
}
