import type { NodeHash } from '../ids.js';

/** Values longer than this lie in a record of their own, so that nodes stay small. Bytes; part of the on-disk format. */
export const INLINE_VALUE_BYTES_MAX = 1_024;

/** Stands in a leaf for a value that lies in a record of its own. */
export class OutsideValue {
  constructor(
    /** Of the value's record. */
    readonly hash: NodeHash,
    /** Of the value (see ValueRules), so that summing up needs no read. */
    readonly weight: number
  ) {}
}

/** A value as a leaf holds it. */
export type StoredValue = Buffer | OutsideValue;
