import { keyOf } from '../datasets/bag.js';
import type { KnownMember } from '../datasets/sides.js';

/** Files that are there again. */
export interface RepeatedFiles {
  /** One of them, and a file that has the same contents. */
  file: string;
  like: string;
  files: number;
  /** Rows in all of them together. */
  rows: number;
}

/**
 * Files that are on the right side oftener than on the left, and at least twice, in one partition: their rows are
 * certainly there again. undefined where there is none. Nothing is read.
 */
export function repeatedFiles(left: KnownMember[], right: KnownMember[]): RepeatedFiles | undefined {
  const before = byContent(left);
  let found: RepeatedFiles | undefined;
  for (const [key, members] of byContent(right)) {
    const known = before.get(key) ?? [];
    const [first] = members;
    const rows = 'rows' in first!.statistics ? first!.statistics.rows : 0;
    // The first of them is no duplicate, wherever it is.
    const again = members.length - Math.max(known.length, 1);
    if (rows > 0 && again > 0) {
      const paths = new Set(known.map(({ path }) => path));
      const file = members.find(({ path }) => !paths.has(path)) ?? members[1]!;
      const like = members.find(({ path }) => path !== file.path)!;
      found = {
        file: found?.file ?? file.path,
        like: found?.like ?? like.path,
        files: (found?.files ?? 0) + again,
        rows: (found?.rows ?? 0) + rows * again
      };
    }
  }
  return found;
}

function byContent(members: KnownMember[]): Map<string, KnownMember[]> {
  const map = new Map<string, KnownMember[]>();
  for (const member of members) {
    const key = keyOf(member);
    map.set(key, [...(map.get(key) ?? []), member]);
  }
  return map;
}
