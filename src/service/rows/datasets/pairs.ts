import { areCompatible } from './schema.js';
import type { CountedDataSet } from './datasets.js';

/** Two data sets that are compared, or one that has nothing to be compared with. */
export type Pair =
  | { left: CountedDataSet; right: CountedDataSet }
  | { left: CountedDataSet; right?: undefined }
  | { left?: undefined; right: CountedDataSet };

/**
 * Pairs the data sets of two refs: by path, format and columns; then those by path that are left over alone; then,
 * if exactly one is left over on each side, those two (a CSV on `main`, Parquet elsewhere on the branch).
 * @param where the path that counts for pairing, relative to what was asked for on its side
 * @returns by the right side's path, or the left's where there is no right, in byte order
 */
export function pairsOf(
  left: CountedDataSet[],
  right: CountedDataSet[],
  where: { left: (path: string) => string; right: (path: string) => string }
): Pair[] {
  const pairs: Pair[] = [];
  const lefts = new Set(left);
  const rights = new Set(right);
  const match = (l: CountedDataSet, r: CountedDataSet) => {
    pairs.push({ left: l, right: r });
    lefts.delete(l);
    rights.delete(r);
  };
  const samePath = (l: CountedDataSet, r: CountedDataSet) => where.left(l.path) === where.right(r.path);

  for (const l of left) {
    const same = [...rights].find(
      r => samePath(l, r) && l.format === r.format && areCompatible(l.format, l, r)
    );
    if (same) {
      match(l, same);
    }
  }
  for (const l of [...lefts]) {
    const candidates = [...rights].filter(r => samePath(l, r));
    const rivals = [...lefts].filter(other => where.left(other.path) === where.left(l.path));
    const sameFormat = candidates.filter(r => r.format === l.format);
    if (sameFormat.length === 1 && rivals.filter(rival => rival.format === l.format).length === 1) {
      match(l, sameFormat[0]!);
    } else if (candidates.length === 1 && rivals.length === 1) {
      match(l, candidates[0]!);
    }
  }
  if (lefts.size === 1 && rights.size === 1) {
    match([...lefts][0]!, [...rights][0]!);
  }
  lefts.forEach(l => pairs.push({ left: l }));
  rights.forEach(r => pairs.push({ right: r }));
  return pairs.sort((a, b) => Buffer.compare(Buffer.from(pathOf(a)), Buffer.from(pathOf(b))));
}

/** The right side's path, or the left's where there is no right. */
export function pathOf({ left, right }: Pair): string {
  return (right ?? left)!.path;
}
