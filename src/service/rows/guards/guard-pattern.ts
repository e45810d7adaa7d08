import { matchesPattern } from '../../catalog/pattern.js';

/**
 * Whether a data set's folder matches a guard's path pattern: `*` and `?` within a segment, `**` for any number of
 * segments. A '/' at either end of both does not matter; the root is `/`. Cost: linear in pattern times path, whatever
 * they are.
 */
export function matchesFolder(pattern: string, folder: string): boolean {
  const [wanted, segments] = [segmentsOf(pattern), segmentsOf(folder)];
  let w = 0;
  let s = 0;
  let star = -1;
  let resume = 0;
  while (s < segments.length) {
    if (wanted[w] === '**') {
      star = w++;
      resume = s;
    } else if (w < wanted.length && matchesPattern(wanted[w]!, segments[s]!)) {
      w++;
      s++;
    } else if (star >= 0) {
      w = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[w] === '**') {
    w++;
  }
  return w === wanted.length;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter(segment => segment !== '');
}
