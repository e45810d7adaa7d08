/**
 * A fingerprint of rows in no order: how many, and two sums modulo 2^128 of two hashes of each. Sums of files add
 * up to the sums of their data set, and k copies of rows have k times their sums.
 */
export interface Sums {
  rows: number;
  a: bigint;
  b: bigint;
}

const BITS = 128;

export const NO_ROWS: Sums = { rows: 0, a: 0n, b: 0n };

export function added(x: Sums, y: Sums): Sums {
  return { rows: x.rows + y.rows, a: BigInt.asUintN(BITS, x.a + y.a), b: BigInt.asUintN(BITS, x.b + y.b) };
}

export function times(k: number, { rows, a, b }: Sums): Sums {
  return {
    rows: k * rows,
    a: BigInt.asUintN(BITS, BigInt(k) * a),
    b: BigInt.asUintN(BITS, BigInt(k) * b)
  };
}

export function without(x: Sums, y: Sums): Sums {
  return added(x, times(-1, y));
}

export function areEqual(x: Sums, y: Sums): boolean {
  return x.rows === y.rows && x.a === y.a && x.b === y.b;
}

/** Sums per partition: the same rows in another partition are other rows. */
export class PartitionedSums {
  private readonly sums = new Map<string, Sums>();

  add(partition: string, sums: Sums): void {
    this.sums.set(partition, added(this.sums.get(partition) ?? NO_ROWS, sums));
  }

  /** Whether both are partitioned by the same columns; one partition of each stands for all. */
  areAlike(other: PartitionedSums): boolean {
    const [here, there] = [this, other].map(({ sums }) => [...sums.keys()][0]?.replace(/=[^/]*/g, ''));
    return here === undefined || there === undefined || here === there;
  }

  /** Whether these are the rows of `other`, each `k` times. */
  isMultiple(k: number, other: PartitionedSums): boolean {
    return [...new Set([...this.sums.keys(), ...other.sums.keys()])].every(partition =>
      areEqual(this.at(partition), times(k, other.at(partition)))
    );
  }

  private at(partition: string): Sums {
    return this.sums.get(partition) ?? NO_ROWS;
  }
}
