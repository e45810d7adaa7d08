import fc from 'fast-check';

import { CrcCombination } from '../../../src/service/catalog/hashing/crc-combine.js';
import { crc32, crc32c, crc64nvme, tableCrc32, type Crc } from '../../../src/service/catalog/hashing/crc.js';

/** Bit by bit, straight from the definition. */
function naive(bytes: Uint8Array, width: bigint, polynomial: bigint): string {
  const ones = (1n << width) - 1n;
  let crc = ones;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    }
  }
  return (crc ^ ones).toString(16).padStart(Number(width / 4n), '0');
}

const CRCS: [name: string, create: () => Crc, width: bigint, polynomial: bigint, check: string][] = [
  ['CRC-32', crc32, 32n, 0xedb88320n, 'cbf43926'],
  ['CRC-32 by table', tableCrc32, 32n, 0xedb88320n, 'cbf43926'],
  ['CRC-32C', crc32c, 32n, 0x82f63b78n, 'e3069283'],
  ['CRC-64/NVME', crc64nvme, 64n, 0x9a6c9329ac4bc9b5n, 'ae8b14860a799888']
];

describe.each(CRCS)('%s', (_, create, width, polynomial, check) => {
  const digestOf = (pieces: Uint8Array[]): Buffer => {
    const crc = create();
    pieces.forEach(piece => crc.update(piece));
    return crc.digest();
  };
  const digest = (pieces: Uint8Array[]) => digestOf(pieces).toString('hex');

  test('has the check value of the catalogue of CRCs', () => {
    expect(digest([Buffer.from('123456789')])).toBe(check);
  });

  test('is that of the definition, however the bytes are cut and wherever they lie in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(8), (bytes, at, offset) => {
        const memory = new Uint8Array(offset + bytes.length);
        memory.set(bytes, offset);
        const moved = memory.subarray(offset);
        const place = Math.min(at, moved.length);
        expect(digest([moved.subarray(0, place), moved.subarray(place)])).toBe(
          naive(bytes, width, polynomial)
        );
      })
    );
  });

  const combination = new CrcCombination(polynomial, width === 32n ? 4 : 8);
  const combined = (parts: Uint8Array[]) =>
    parts.reduce<Buffer>(
      (whole, part) => combination.combine(whole, digestOf([part]), part.length),
      digestOf([])
    );

  test('of parts, combined, is that of the whole by the definition', () => {
    const part = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), parts => {
        expect(combined(parts).toString('hex')).toBe(naive(Buffer.concat(parts), width, polynomial));
      })
    );
  });

  test('of long parts, combined, is that of the whole', () => {
    const bytes = Buffer.alloc(5_000_000, 'some bytes, again and again; ');
    const parts = [bytes.subarray(0, 3_000_001), bytes.subarray(0, 1_048_576), bytes.subarray(7, 4_194_311)];
    expect(combined(parts).toString('hex')).toBe(digest(parts));
  });

  test('of zeros as many as a file can have, combined twice by half, is the same as at once', () => {
    const zeros = Buffer.alloc(1024);
    let power = digestOf([zeros]);
    let bytes = zeros.length;
    for (; bytes < 2 ** 45; bytes *= 2) {
      power = combination.combine(power, power, bytes);
    }
    // One half and, byte by byte of its length in binary, the other.
    let other = digestOf([]);
    let piece = digestOf([zeros]);
    for (let length = zeros.length; length < bytes; length *= 2) {
      other = combination.combine(other, piece, length);
      piece = combination.combine(piece, piece, length);
    }
    other = combination.combine(other, digestOf([zeros]), zeros.length);
    expect(other).toEqual(power);
  });
});
