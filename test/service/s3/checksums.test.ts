import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ChecksumVerifier, readClaimedChecksum, readContentMd5 } from '../../../src/service/s3/checksums.js';
import { crc32, crc32c, crc64nvme, tableCrc32, type Crc } from '../../../src/service/s3/crc.js';
import { S3Error } from '../../../src/service/s3/errors.js';

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
  const digest = (pieces: Uint8Array[]): string => {
    const crc = create();
    pieces.forEach(piece => crc.update(piece));
    return crc.digest().toString('hex');
  };

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
});

const digestsOf = (content: Buffer): { md5: string; sha256: string } => ({
  md5: createHash('md5').update(content).digest('hex'),
  sha256: createHash('sha256').update(content).digest('hex')
});

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof S3Error ? error.code : String(error);
  }
  return 'accepted';
};

test.each([
  ['x-amz-checksum-crc32', 'y/Q5Jg=='],
  ['x-amz-checksum-crc32c', '4waSgw=='],
  ['x-amz-checksum-crc64nvme', 'rosUhgp5mIg='],
  ['x-amz-checksum-sha1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
  ['x-amz-checksum-sha256', 'FeKw09rOY5sXGR4aBrCEwPFfPLY0GYEAsqU60uiXFeU=']
])('%s is verified, whether it comes in a header or in the trailer', (header, value) => {
  const content = Buffer.from('123456789');
  for (const headers of [new Map([[header, value]]), new Map([['x-amz-trailer', header]])]) {
    for (const [bytes, expected] of [
      [content, 'accepted'],
      [Buffer.from('12345678 '), 'BadDigest']
    ] as const) {
      const verifier = new ChecksumVerifier(readClaimedChecksum(headers)!);
      if (headers.has('x-amz-trailer')) {
        verifier.claim(Buffer.from(value, 'base64'));
      }
      verifier.update(bytes);
      const digests = { ...digestsOf(bytes) };
      if (header.endsWith('sha256') && bytes === content) {
        digests.sha256 = Buffer.from(value, 'base64').toString('hex');
      }
      expect(codeOf(() => verifier.verify(digests))).toBe(expected);
      expect(verifier.headers[header]).toBe(expected === 'accepted' ? value : verifier.headers[header]);
    }
  }
});

test.each([
  ['two checksums', { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-sha1': 'x' }, 'InvalidRequest'],
  ['a digest of the wrong length', { 'x-amz-checksum-crc32': 'AAAA' }, 'InvalidRequest'],
  ['a digest that is no base64', { 'x-amz-checksum-crc32': '!!!!!!==' }, 'InvalidRequest'],
  ['an algorithm that is not offered', { 'x-amz-checksum-xxhash3': 'AAAAAA==' }, 'NotImplemented'],
  ['a trailer that is no checksum', { 'x-amz-trailer': 'x-amz-meta-a' }, 'NotImplemented']
])('%s is refused', (_, headers, code) => {
  expect(codeOf(() => readClaimedChecksum(new Map(Object.entries(headers as Record<string, string>))))).toBe(
    code
  );
});

test('headers that only name an algorithm claim nothing', () => {
  const headers = new Map([
    ['x-amz-checksum-algorithm', 'CRC32'],
    ['x-amz-checksum-mode', 'ENABLED'],
    ['x-amz-checksum-type', 'FULL_OBJECT'],
    ['x-amz-sdk-checksum-algorithm', 'CRC32']
  ]);
  expect(readClaimedChecksum(headers)).toBeUndefined();
});

test('an announced trailer that did not come is refused', () => {
  const verifier = new ChecksumVerifier({ algorithm: 'crc32' });
  expect(codeOf(() => verifier.verify(digestsOf(Buffer.alloc(0))))).toBe('MalformedTrailerError');
});

test('Content-MD5 is sixteen bytes of base64', () => {
  expect(readContentMd5('1B2M2Y8AsgTpgAmY7PhCfg==')).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(readContentMd5(undefined)).toBeUndefined();
  expect(codeOf(() => readContentMd5('AAAA'))).toBe('InvalidDigest');
});
