/** A whole number from 0 on below `below`. */
export type Random = (below: number) => number;

/** A pseudorandom number generator (mulberry32): the same seed gives the same numbers. */
export function randomness(seed: number): Random {
  return below => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The seed of a run: that of the environment variable DATABRANCH_TEST_SEED, so that a run can be had again, or any. */
export function seedOfRun(): number {
  const given = Number(process.env['DATABRANCH_TEST_SEED']);
  return Number.isInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 1_000_000);
}
