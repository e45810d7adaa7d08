import type { ObjectStats } from '../../protocol/lakefs.js';

/**
 * For each object that has the contents of another one in a list, the path of the first that has them; for that first
 * one, of the second. Costs nothing: a list brings the checksums along. Empty objects are no copies of each other.
 */
export function sameContents(
  objects: readonly Pick<ObjectStats, 'path' | 'checksum' | 'size_bytes'>[]
): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const same = new Map<string, string>();
  for (const { path, checksum, size_bytes: size } of objects) {
    if (!size || checksum === '') {
      continue;
    }
    const content = `${size} ${checksum}`;
    const other = first.get(content);
    if (other === undefined) {
      first.set(content, path);
    } else {
      same.set(path, other);
      if (!same.has(other)) {
        same.set(other, path);
      }
    }
  }
  return same;
}
