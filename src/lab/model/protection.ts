/**
 * Whether a branch falls under one of these patterns, in which `*` stands for any characters and `?` for one.
 * The service decides; this is for showing it.
 */
export function isProtected(branch: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matches(pattern, branch));
}

/** Piece by piece between the stars, each at the first place where it fits: no pattern takes long. */
function matches(pattern: string, name: string): boolean {
  const [head = '', ...pieces] = pattern.split(/\*+/);
  const tail = pieces.pop();
  if (tail === undefined) {
    return head.length === name.length && fits(head, name, 0);
  }
  const end = name.length - tail.length;
  let at = head.length;
  if (end < at || !fits(head, name, 0) || !fits(tail, name, end)) {
    return false;
  }
  for (const piece of pieces) {
    while (at + piece.length <= end && !fits(piece, name, at)) {
      at++;
    }
    at += piece.length;
  }
  return at <= end;
}

function fits(piece: string, name: string, at: number): boolean {
  return [...piece].every((letter, index) => letter === '?' || letter === name[at + index]);
}
