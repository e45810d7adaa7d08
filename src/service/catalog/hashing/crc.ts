import zlib from 'node:zlib';

/**
 * Cyclic redundancy checks by table, eight bytes a step ("slicing by 8", Kounavis and Berry 2005). Each of the
 * eight tables is an array of its own and words are read through an aligned view: measured three times as fast
 * as one long table and single bytes. All are reflected, start with all ones and end inverted.
 */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** Big-endian, as S3 encodes it before base64. */
  digest(): Buffer;
}

type Table = Int32Array;

/** Polynomials, reflected. */
export const CRC32C_POLYNOMIAL = 0x82f63b78;
export const CRC32_POLYNOMIAL = 0xedb88320;
export const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

/** CRC-32 (zlib's, which Node itself offers from 20.15 on, twice as fast). */
export function crc32(): Crc {
  return typeof zlib.crc32 === 'function' ? new NativeCrc32() : new TableCrc32(crc32Tables(CRC32_POLYNOMIAL));
}

/** CRC-32 by table, where Node has none. */
export function tableCrc32(): Crc {
  return new TableCrc32(crc32Tables(CRC32_POLYNOMIAL));
}

/** CRC-32C (Castagnoli). */
export function crc32c(): Crc {
  return new TableCrc32(crc32Tables(CRC32C_POLYNOMIAL));
}

/** CRC-64/NVME. */
export function crc64nvme(): Crc {
  return new TableCrc64(crc64Tables());
}

class NativeCrc32 implements Crc {
  private crc = 0;

  update(bytes: Uint8Array): void {
    this.crc = zlib.crc32(bytes, this.crc);
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(this.crc);
    return out;
  }
}

class TableCrc32 implements Crc {
  private crc = -1;

  constructor(private readonly tables: Table[]) {}

  update(bytes: Uint8Array): void {
    const [t0, t1, t2, t3, t4, t5, t6, t7] = this.tables as Eight<Table>;
    const { head, words, tail } = aligned(bytes);
    let crc = this.crc;
    for (const byte of head) {
      crc = (crc >>> 8) ^ t0[(crc ^ byte) & 255]!;
    }
    for (let i = 0; i < words.length; i += 2) {
      const a = crc ^ words[i]!;
      const b = words[i + 1]!;
      crc =
        t7[a & 255]! ^
        t6[(a >>> 8) & 255]! ^
        t5[(a >>> 16) & 255]! ^
        t4[a >>> 24]! ^
        t3[b & 255]! ^
        t2[(b >>> 8) & 255]! ^
        t1[(b >>> 16) & 255]! ^
        t0[b >>> 24]!;
    }
    for (const byte of tail) {
      crc = (crc >>> 8) ^ t0[(crc ^ byte) & 255]!;
    }
    this.crc = crc;
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeInt32BE(~this.crc);
    return out;
  }
}

/** 64 bits as two halves: BigInt would be a hundred times slower. */
class TableCrc64 implements Crc {
  private low = -1;
  private high = -1;

  constructor(private readonly tables: { low: Table[]; high: Table[] }) {}

  update(bytes: Uint8Array): void {
    const [l0, l1, l2, l3, l4, l5, l6, l7] = this.tables.low as Eight<Table>;
    const [h0, h1, h2, h3, h4, h5, h6, h7] = this.tables.high as Eight<Table>;
    const { head, words, tail } = aligned(bytes);
    this.bytewise(head);
    let { low, high } = this;
    for (let i = 0; i < words.length; i += 2) {
      const a = low ^ words[i]!;
      const b = high ^ words[i + 1]!;
      const i7 = a & 255;
      const i6 = (a >>> 8) & 255;
      const i5 = (a >>> 16) & 255;
      const i4 = a >>> 24;
      const i3 = b & 255;
      const i2 = (b >>> 8) & 255;
      const i1 = (b >>> 16) & 255;
      const i0 = b >>> 24;
      low = l7[i7]! ^ l6[i6]! ^ l5[i5]! ^ l4[i4]! ^ l3[i3]! ^ l2[i2]! ^ l1[i1]! ^ l0[i0]!;
      high = h7[i7]! ^ h6[i6]! ^ h5[i5]! ^ h4[i4]! ^ h3[i3]! ^ h2[i2]! ^ h1[i1]! ^ h0[i0]!;
    }
    this.low = low;
    this.high = high;
    this.bytewise(tail);
  }

  digest(): Buffer {
    const out = Buffer.alloc(8);
    out.writeInt32BE(~this.high);
    out.writeInt32BE(~this.low, 4);
    return out;
  }

  private bytewise(bytes: Uint8Array): void {
    const low0 = this.tables.low[0]!;
    const high0 = this.tables.high[0]!;
    for (const byte of bytes) {
      const index = (this.low ^ byte) & 255;
      this.low = ((this.low >>> 8) | (this.high << 24)) ^ low0[index]!;
      this.high = (this.high >>> 8) ^ high0[index]!;
    }
  }
}

const NO_WORDS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);

type Eight<T> = [T, T, T, T, T, T, T, T];

/** The bytes before a 4-byte boundary, an even number of little-endian words, and what is left. */
function aligned(bytes: Uint8Array): { head: Uint8Array; words: Int32Array; tail: Uint8Array } {
  const headLength = (4 - (bytes.byteOffset & 3)) & 3;
  const wordCount = Math.max((bytes.length - headLength) >> 3, 0) * 2;
  if (wordCount === 0) {
    return { head: bytes, words: NO_WORDS, tail: NO_BYTES };
  }
  return {
    head: bytes.subarray(0, headLength),
    words: new Int32Array(bytes.buffer, bytes.byteOffset + headLength, wordCount),
    tail: bytes.subarray(headLength + wordCount * 4)
  };
}

const built32 = new Map<number, Table[]>();

function crc32Tables(polynomial: number): Table[] {
  let tables = built32.get(polynomial);
  if (tables === undefined) {
    const first = Int32Array.from({ length: 256 }, (_, byte) => {
      let crc = byte;
      for (let bit = 0; bit < 8; bit++) {
        crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
      }
      return crc;
    });
    tables = [first];
    for (let k = 1; k < 8; k++) {
      tables.push(tables[k - 1]!.map(previous => (previous >>> 8) ^ first[previous & 255]!));
    }
    built32.set(polynomial, tables);
  }
  return tables;
}

let built64: { low: Table[]; high: Table[] } | undefined;

function crc64Tables(): { low: Table[]; high: Table[] } {
  if (built64 === undefined) {
    const first = Array.from({ length: 256 }, (_, byte) => {
      let crc = BigInt(byte);
      for (let bit = 0; bit < 8; bit++) {
        crc = crc & 1n ? (crc >> 1n) ^ CRC64NVME_POLYNOMIAL : crc >> 1n;
      }
      return crc;
    });
    const tables = [first];
    for (let k = 1; k < 8; k++) {
      tables.push(tables[k - 1]!.map(previous => (previous >> 8n) ^ first[Number(previous & 255n)]!));
    }
    built64 = {
      low: tables.map(table => Int32Array.from(table, value => Number(BigInt.asIntN(32, value)))),
      high: tables.map(table => Int32Array.from(table, value => Number(BigInt.asIntN(32, value >> 32n))))
    };
  }
  return built64;
}
