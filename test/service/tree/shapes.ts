import fc from 'fast-check';
import type { NodeHash } from '../../../src/service/ids';
import { NodeCache } from '../../../src/service/tree/cache';
import type { Edit, Tree, TreeEntry, TreeOptions } from '../../../src/service/tree/tree';
import { rules } from './memory';

/**
 * Keys of few pieces, so that edits meet: shared prefixes, 0x00 and 0xff, keys that begin other keys, beyond the
 * BMP, the empty key, and some so long that their length takes two bytes.
 */
const pieces = ['a', 'b', '/', 'folder/', '\0', '\ufffd', '\u{1f600}', 'l'.repeat(130)].map(piece =>
  Buffer.from(piece)
);
export const key: fc.Arbitrary<Buffer> = fc
  .array(fc.constantFrom(...pieces, Buffer.of(0xff)), { maxLength: 5 })
  .map(chosen => Buffer.concat(chosen));

/** `identity;mtime`; long ones lie outside of their node. */
export const value: fc.Arbitrary<Buffer> = fc
  .tuple(fc.nat(3), fc.nat(2), fc.constantFrom(0, 0, 0, 1_100))
  .map(([identity, mtime, padding]) => Buffer.from(`${identity}${'x'.repeat(padding)};${mtime}`));

/** Edits in any order, some of one key more than once. */
export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({ key, value: fc.option(value, { freq: 3 }) }),
  { maxLength: 80 }
);

/** Small nodes, in which forced boundaries are as frequent as others, or the only ones; and a cache that forgets. */
export const options: fc.Arbitrary<TreeOptions> = fc.record({
  entriesAverage: fc.constantFrom(1, 2, 3, 5, 8, 1_000_000),
  entriesMax: fc.integer({ min: 2, max: 6 }),
  cache: fc.constantFrom(0, 4_000, 1_000_000).map(bytesMax => new NodeCache(bytesMax))
});

/** The naive tree: entries by key in hex. */
export type Model = Map<string, TreeEntry>;

/** The last edit of each key, ascending. */
export function ascending(batch: Edit[]): Edit[] {
  const last = new Map(batch.map(edit => [edit.key.toString('hex'), edit]));
  return [...last.values()].sort((a, b) => Buffer.compare(a.key, b.key));
}

/** What edits make of the entries: the same entry keeps its present value. */
export function edited(model: Model, batch: Edit[]): Model {
  const next = new Map(model);
  for (const edit of ascending(batch)) {
    const name = edit.key.toString('hex');
    const present = next.get(name);
    if (edit.value === null) next.delete(name);
    else if (!present || !rules.same(present.value, edit.value))
      next.set(name, { key: edit.key, value: edit.value });
  }
  return next;
}

export function sorted(model: Model): TreeEntry[] {
  return [...model.values()].sort((a, b) => Buffer.compare(a.key, b.key));
}

/** A tree of these entries, built at one go. */
export async function build(tree: Tree, model: Model): Promise<NodeHash> {
  return tree.edit(await tree.emptyRoot(), sorted(model));
}
