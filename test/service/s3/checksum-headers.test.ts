import { createHash } from 'node:crypto';
import {
  BodyChecksum,
  readClaimedChecksum,
  readClaimedWhole,
  readContentMd5,
  readPlan
} from '../../../src/service/s3/checksums.js';
import { S3Error } from '../../../src/service/s3/errors.js';

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
  ['x-amz-checksum-sha256', 'FeKw09rOY5sXGR4aBrCEwPFfPLY0GYEAsqU60uiXFeU='],
  ['x-amz-checksum-md5', 'JfnnlDI7RTiF9RgfG2JNCw=='],
  [
    'x-amz-checksum-sha512',
    '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=='
  ]
])('%s is verified, whether it comes in a header or in the trailer', (header, value) => {
  const content = Buffer.from('123456789');
  for (const headers of [new Map([[header, value]]), new Map([['x-amz-trailer', header]])]) {
    for (const [bytes, expected] of [
      [content, 'accepted'],
      [Buffer.from('12345678 '), 'BadDigest']
    ] as const) {
      const verifier = BodyChecksum.claimed(readClaimedChecksum(headers)!);
      if (headers.has('x-amz-trailer')) {
        verifier.claim(value);
      }
      verifier.update(bytes);
      const digests = { ...digestsOf(bytes) };
      if (header.endsWith('sha256') && bytes === content) {
        digests.sha256 = Buffer.from(value, 'base64').toString('hex');
      }
      expect(codeOf(() => verifier.verify(digests))).toBe(expected);
      expect(Object.values(verifier.checksums?.digests ?? {})).toEqual(
        expected === 'accepted' ? [value] : []
      );
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
  const verifier = BodyChecksum.claimed({ algorithm: 'crc32' });
  expect(codeOf(() => verifier.verify(digestsOf(Buffer.alloc(0))))).toBe('MalformedTrailerError');
});

test('Content-MD5 is sixteen bytes of base64', () => {
  expect(readContentMd5('1B2M2Y8AsgTpgAmY7PhCfg==')).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(readContentMd5(undefined)).toBeUndefined();
  expect(codeOf(() => readContentMd5('AAAA'))).toBe('InvalidDigest');
});

const headersOf = (headers: Record<string, string>) =>
  new Map(Object.entries(headers).map(([name, value]) => [`x-amz-${name}`, value]));

test.each([
  [{}, undefined],
  [{ 'checksum-algorithm': 'CRC32' }, { algorithm: 'crc32', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'crc32c' }, { algorithm: 'crc32c', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'SHA1' }, { algorithm: 'sha1', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'SHA256' }, { algorithm: 'sha256', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'MD5' }, { algorithm: 'md5', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'SHA512' }, { algorithm: 'sha512', type: 'COMPOSITE' }],
  [{ 'checksum-algorithm': 'CRC64NVME' }, { algorithm: 'crc64nvme', type: 'FULL_OBJECT' }],
  [
    { 'checksum-algorithm': 'CRC32', 'checksum-type': 'FULL_OBJECT' },
    { algorithm: 'crc32', type: 'FULL_OBJECT' }
  ]
] as const)('an upload with %j has the plan %j', (headers, plan) => {
  expect(readPlan(headersOf(headers))).toEqual(plan);
});

test.each([
  { 'checksum-type': 'COMPOSITE' },
  { 'checksum-algorithm': 'CRC16' },
  { 'checksum-algorithm': 'CRC32', 'checksum-type': 'HALF' },
  { 'checksum-algorithm': 'SHA1', 'checksum-type': 'FULL_OBJECT' },
  { 'checksum-algorithm': 'SHA256', 'checksum-type': 'FULL_OBJECT' },
  { 'checksum-algorithm': 'CRC64NVME', 'checksum-type': 'COMPOSITE' }
] as Record<string, string>[])('no upload is created with %j', headers => {
  expect(codeOf(() => readPlan(headersOf(headers)))).toBe('InvalidRequest');
});

test('what completing an upload says of the object is read from headers, composite or not', () => {
  expect(readClaimedWhole(headersOf({ 'mp-object-size': '17', 'checksum-crc32': 'AAAAAA==-12' }))).toEqual({
    size: 17,
    checksum: { algorithm: 'crc32', digest: 'AAAAAA==-12' }
  });
  expect(
    readClaimedWhole(headersOf({ 'checksum-type': 'FULL_OBJECT', 'checksum-crc32': 'AAAAAA==' }))
  ).toEqual({ type: 'FULL_OBJECT', checksum: { algorithm: 'crc32', digest: 'AAAAAA==' } });
  for (const headers of [
    { 'mp-object-size': 'many' },
    { 'checksum-crc32': 'bad' },
    { 'checksum-crc32': 'AAAAAA==', 'checksum-sha1': 'x' }
  ] as Record<string, string>[]) {
    expect(codeOf(() => readClaimedWhole(headersOf(headers)))).toBe('InvalidRequest');
  }
});
