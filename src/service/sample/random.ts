/**
 * Random numbers that are the same on every machine, in every year: the sample data must not depend on
 * `Math.random`, whose generator is the engine's own affair. This is mulberry32: 32 bits of state, good
 * enough for made-up data, useless for secrets.
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** The next integer, 0 to 2^32 - 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * bound);
  }

  /** An integer from 0 to `bound` - 1, small ones far more often: a few customers and products have most reviews. */
  skewedBelow(bound: number): number {
    const fraction = this.next() / 0x1_0000_0000;
    return Math.floor(fraction * fraction * fraction * bound);
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** A one-to-one map of the 32-bit integers that leaves no order: distinct inputs give distinct outputs. */
export function scramble(n: number): number {
  let mixed = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
