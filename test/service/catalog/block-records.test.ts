import fc from 'fast-check';

import { CHECKSUM_ALGORITHMS, CHECKSUMS, withChecksums } from '../../../src/service/catalog/checksums.js';
import type { ChecksumAlgorithm, Checksums } from '../../../src/service/catalog/checksums.js';
import {
  decodeBlock,
  encodeBlock,
  type BlockRecord,
  type Place
} from '../../../src/service/catalog/records.js';
import type { ContentId } from '../../../src/service/ids.js';

const id = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map(bytes => Buffer.from(bytes).toString('hex') as ContentId);
const number = fc.nat(2 ** 40);
const digest = (algorithm: ChecksumAlgorithm) => {
  const { bytes } = CHECKSUMS[algorithm];
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(digest => Buffer.from(digest).toString('base64'));
};
const checksums: fc.Arbitrary<Checksums> = fc.record({
  type: fc.constantFrom('FULL_OBJECT', 'COMPOSITE'),
  digests: fc.record(
    Object.fromEntries(CHECKSUM_ALGORITHMS.map(algorithm => [algorithm, digest(algorithm)])),
    { requiredKeys: [] }
  )
});
const source = fc.record({
  path: fc.string({ minLength: 1 }),
  mtime: fc.double({ noNaN: true }),
  inode: number
});
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.uint8Array({ maxLength: 50 }).map(bytes => ({ kind: 'inline' as const, bytes: Buffer.from(bytes) })),
  fc.string({ minLength: 1 }).map(block => ({ kind: 'file' as const, block })),
  fc.constant({ kind: 'expired' as const }),
  source.map(source => ({ kind: 'external' as const, ...source })),
  fc.record({ kind: fc.constant('copied' as const), contentId: id, source }),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 5 })
    .map(numbers => numbers.sort((a, b) => a - b))
    .chain(numbers =>
      fc.tuple(
        ...numbers.map(number =>
          fc.record({ number: fc.constant(number), contentId: id, size: fc.nat(2 ** 33) })
        )
      )
    )
    .map(parts => ({ kind: 'segments' as const, parts }))
);

test('a block record is read as it was written, with checksums and without', () => {
  const record = fc.record({
    size: number,
    epoch: number,
    place,
    checksums: fc.option(checksums, { nil: undefined })
  });
  fc.assert(
    fc.property(record, (record: BlockRecord) => {
      expect(decodeBlock(encodeBlock(record))).toEqual(record);
    })
  );
});

test('block records from before there were checksums are read as before', () => {
  const head = '000000000007' + '000000000003';
  const part = 'ab'.repeat(32);
  expect(decodeBlock(Buffer.from(`00${head}616263`, 'hex'))).toEqual({
    epoch: 7,
    size: 3,
    place: { kind: 'inline', bytes: Buffer.from('abc') }
  });
  expect(decodeBlock(Buffer.from(`02${head}${part}000000000001${part}000000000002`, 'hex'))).toEqual({
    epoch: 7,
    size: 3,
    place: {
      kind: 'segments',
      parts: [
        { number: 1, contentId: part, size: 1 },
        { number: 2, contentId: part, size: 2 }
      ]
    }
  });
});

test('the bytes of a record with checksums are those that docs/format.md describes', () => {
  const digests = { crc32c: 'AQIDBA==', crc32: 'BQYHCA==' };
  const place: Place = { kind: 'inline', bytes: Buffer.from('abc') };
  const record = encodeBlock({ size: 3, epoch: 7, place, checksums: { type: 'COMPOSITE', digests } });
  expect(record.toString('hex')).toBe(
    '80000000000007000000000003' + '83' + '05060708' + '01020304' + '616263'
  );
});

test('checksums of one type gather, those of another take their place', () => {
  const kept: Checksums = { type: 'FULL_OBJECT', digests: { crc32: 'a' } };
  expect(withChecksums(kept, undefined)).toBe(kept);
  expect(withChecksums(undefined, kept)).toBe(kept);
  expect(withChecksums(kept, { type: 'FULL_OBJECT', digests: { crc32: 'a' } })).toBe(kept);
  expect(withChecksums(kept, { type: 'FULL_OBJECT', digests: { sha1: 'b' } })).toEqual({
    type: 'FULL_OBJECT',
    digests: { crc32: 'a', sha1: 'b' }
  });
  const composite: Checksums = { type: 'COMPOSITE', digests: { sha1: 'c' } };
  expect(withChecksums(kept, composite)).toBe(composite);
});
