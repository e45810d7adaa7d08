/**
 * The CRC of bytes in two pieces, from the CRCs of the pieces and the length of the second: what zlib calls
 * `crc32_combine`, for any of the CRCs here (`crc.ts`). A CRC is a polynomial over two values, and `n` bytes more
 * multiply it by x^8n modulo the CRC's own polynomial; that all of them begin with ones and end inverted cancels out.
 *
 * Reflected, the coefficient of x^0 is the highest bit. Polynomials are two halves of 32 bits, as BigInt would be a
 * hundred times slower; those of a CRC of 32 bits have a low half of zeros.
 */
interface Polynomial {
  high: number;
  low: number;
}

/** x^0. */
const ONE: Polynomial = { high: 1 << 31, low: 0 };
/** x^8, a byte. */
const BYTE: Polynomial = { high: 1 << 23, low: 0 };

export class CrcCombination {
  private readonly modulus: Polynomial;
  /** x^(8·2^k) by k, as far as lengths needed them. */
  private readonly powers: Polynomial[] = [BYTE];
  /** Parts mostly have one length, the last of which is remembered. */
  private last = { bytes: 0, factor: ONE };

  /** @param polynomial reflected, of as many bits as a digest has */
  constructor(
    polynomial: number | bigint,
    private readonly digestBytes: 4 | 8
  ) {
    const bits = BigInt(polynomial) << BigInt(64 - 8 * digestBytes);
    this.modulus = { high: Number(BigInt.asIntN(32, bits >> 32n)), low: Number(BigInt.asIntN(32, bits)) };
  }

  /**
   * The digest of `first` and `second` together. Cost: microseconds.
   * @param secondBytes how many bytes `second` is the digest of, up to 2^53
   */
  combine(first: Buffer, second: Buffer, secondBytes: number): Buffer {
    const moved = this.multiply(this.factorOf(secondBytes), this.decode(first));
    const rest = this.decode(second);
    const digest = Buffer.alloc(this.digestBytes);
    digest.writeInt32BE(moved.high ^ rest.high);
    if (this.digestBytes === 8) {
      digest.writeInt32BE(moved.low ^ rest.low, 4);
    }
    return digest;
  }

  private decode(digest: Buffer): Polynomial {
    return { high: digest.readInt32BE(0), low: this.digestBytes === 8 ? digest.readInt32BE(4) : 0 };
  }

  /** x^(8·bytes), by repeated squaring. */
  private factorOf(bytes: number): Polynomial {
    if (this.last.bytes !== bytes) {
      let factor = ONE;
      for (let rest = bytes, k = 0; rest > 0; rest = Math.floor(rest / 2), k++) {
        this.powers[k] ??= this.multiply(this.powers[k - 1]!, this.powers[k - 1]!);
        if (rest % 2 === 1) {
          factor = this.multiply(this.powers[k]!, factor);
        }
      }
      this.last = { bytes, factor };
    }
    return this.last.factor;
  }

  /** The product of two polynomials modulo that of the CRC. */
  private multiply(a: Polynomial, b: Polynomial): Polynomial {
    const { modulus } = this;
    const isLong = this.digestBytes === 8;
    let { high, low } = b;
    const product = { high: 0, low: 0 };
    for (let i = 0; i < 8 * this.digestBytes; i++) {
      const coefficient = i < 32 ? a.high >>> (31 - i) : a.low >>> (63 - i);
      if (coefficient & 1) {
        product.high ^= high;
        product.low ^= low;
      }
      // Times x; what leaves at the end comes back as the modulus.
      const carry = (isLong ? low : high) & 1;
      low = isLong ? (low >>> 1) | (high << 31) : 0;
      high >>>= 1;
      if (carry) {
        high ^= modulus.high;
        low ^= modulus.low;
      }
    }
    return product;
  }
}
