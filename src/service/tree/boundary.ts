/** Entries between two boundaries, on average. Part of the on-disk format: other numbers give other trees. */
export const ENTRIES_AVERAGE = 60;
/** Entries after which a boundary is forced; reached by about 2 % of the nodes. Part of the on-disk format. */
export const ENTRIES_MAX = 240;
/** Children that an inner node has at least (but for the last of its level), so that every level is half of the one below at most. */
const CHILDREN_MIN = 2;

/**
 * Where a level of the tree is cut into nodes. The rule looks only at the keys since the last boundary: so two
 * sequences that have a boundary at one place, and the same keys after it, are cut alike from there on.
 */
export class BoundaryRule {
  readonly #threshold: number;

  constructor(
    average: number,
    readonly maximum: number
  ) {
    if (average < 1 || maximum < CHILDREN_MIN)
      throw new RangeError('A node must have room for two children.');
    this.#threshold = 2 ** 32 / average;
  }

  /** Whether a node ends behind `key`, the last of `count` keys in it. */
  endsNode(level: number, key: Buffer, count: number): boolean {
    if (count >= this.maximum) return true;
    if (level > 0 && count < CHILDREN_MIN) return false;
    return hash32(key, level) < this.#threshold;
  }
}

/** MurmurHash3 (x86, 32 bits) of `key`, seeded with the level: fast, evenly spread, the same on every machine. */
export function hash32(key: Uint8Array, seed: number): number {
  const length = key.length;
  const blocksEnd = length & ~3;
  let hash = seed;
  for (let i = 0; i < blocksEnd; i += 4) {
    hash ^= scramble(key[i]! | (key[i + 1]! << 8) | (key[i + 2]! << 16) | (key[i + 3]! << 24));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= blocksEnd; i--) tail = (tail << 8) | key[i]!;
  if (length > blocksEnd) hash ^= scramble(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  block = Math.imul(block, 0xcc9e2d51);
  return Math.imul((block << 15) | (block >>> 17), 0x1b873593);
}
