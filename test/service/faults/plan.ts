/** How many paths a client writes to. */
const PATHS = 6;

/** What a client of a start does with its write number `i`: the path, and the content's name, or '-' for none. */
export function plannedWrite(start: number, client: number, i: number): { path: string; name: string } {
  const path = `client-${client}/${i % PATHS}`;
  if (i % 11 === 9) {
    return { path, name: '-' };
  }
  // What all clients write, so that what one gives up another sends again.
  return { path, name: i % 10 === 4 ? `shared-${i % 3}-${i % 20}` : `${start}-${client}-${i}` };
}

/** The content of a name; every third is large enough for a file. */
export function contentOf(name: string): string {
  return Number(name.split('-')[2]) % 3 === 0 ? `${name} `.repeat(2_000) : name;
}
