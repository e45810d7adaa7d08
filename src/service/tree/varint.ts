/**
 * Whole numbers from 0 to 2^53 - 1 in as few bytes as they need: seven bits a byte, the low ones first,
 * the high bit set on all bytes but the last (LEB128).
 */

/** Bytes that `value` takes. */
export function varintLength(value: number): number {
  let length = 1;
  while (value >= 0x80) {
    value = Math.floor(value / 0x80);
    length++;
  }
  return length;
}

/** Writes `value` at `at` and gives the place after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    bytes[at++] = (value % 0x80) | 0x80;
    value = Math.floor(value / 0x80);
  }
  bytes[at++] = value;
  return at;
}

/** Reads what {@link writeVarint} wrote; `at` is where the next read begins. */
export class VarintReader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number
  ) {}

  next(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('A number ends behind the end of its record.');
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  }
}
