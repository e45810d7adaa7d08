import { createHash } from 'node:crypto';

import { CrcCombination } from './hashing/crc-combine.js';
import {
  CRC32_POLYNOMIAL,
  CRC32C_POLYNOMIAL,
  CRC64NVME_POLYNOMIAL,
  crc32,
  crc32c,
  crc64nvme
} from './hashing/crc.js';

/** A digest of bytes that come one piece after the other. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** The last call. */
  digest(): Buffer;
}

interface Algorithm {
  bytes: number;
  create: () => RunningDigest;
  /** Where the digest of a whole follows from those of its parts. */
  combination?: CrcCombination;
}

/**
 * The checksums by which S3's clients check an object from end to end, beside the hashes that name contents and
 * entries. In the order in which a block record has them (docs/format.md).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export const CHECKSUMS = {
  crc32: { bytes: 4, create: crc32, combination: new CrcCombination(CRC32_POLYNOMIAL, 4) },
  crc32c: { bytes: 4, create: crc32c, combination: new CrcCombination(CRC32C_POLYNOMIAL, 4) },
  crc64nvme: { bytes: 8, create: crc64nvme, combination: new CrcCombination(CRC64NVME_POLYNOMIAL, 8) },
  sha1: { bytes: 20, create: () => createHash('sha1') },
  sha256: { bytes: 32, create: () => createHash('sha256') },
  md5: { bytes: 16, create: () => createHash('md5') },
  sha512: { bytes: 64, create: () => createHash('sha512') }
} satisfies Record<string, Algorithm>;

export type ChecksumAlgorithm = keyof typeof CHECKSUMS;
export const CHECKSUM_ALGORITHMS = Object.keys(CHECKSUMS) as ChecksumAlgorithm[];

/** Those that there are, in order. */
export const algorithmsOf = (digests: ChecksumDigests) =>
  CHECKSUM_ALGORITHMS.filter(algorithm => digests[algorithm] !== undefined);

/** Digests of the same bytes, in base64, as S3 writes them. */
export type ChecksumDigests = Partial<Record<ChecksumAlgorithm, string>>;

/** Whether digests are of the bytes themselves, or of the digests of the parts in which the bytes were sent. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** What was verified of a content and is kept with it, so that whoever reads it can verify it, too. */
export interface Checksums {
  type: ChecksumType;
  digests: ChecksumDigests;
}

/** Whether a text is the base64 of a digest of that algorithm. */
export function isDigest(algorithm: ChecksumAlgorithm, base64: string): boolean {
  const digest = Buffer.from(base64, 'base64');
  return digest.length === CHECKSUMS[algorithm].bytes && digest.toString('base64') === base64;
}

/** What is kept, once `found` was verified as well: `kept` itself where that says nothing new. */
export function withChecksums(
  kept: Checksums | undefined,
  found: Checksums | undefined
): Checksums | undefined {
  if (!found || !kept || found.type !== kept.type) {
    return found ?? kept;
  }
  const isNew = CHECKSUM_ALGORITHMS.some(
    algorithm => (found.digests[algorithm] ?? kept.digests[algorithm]) !== kept.digests[algorithm]
  );
  return isNew ? { type: kept.type, digests: { ...kept.digests, ...found.digests } } : kept;
}

/** Passes bytes on, and puts their checksum into `digests` when they have all come. */
export async function* followed(
  bytes: AsyncIterable<Buffer>,
  algorithm: ChecksumAlgorithm,
  digests: ChecksumDigests
): AsyncGenerator<Buffer> {
  const running: RunningDigest = CHECKSUMS[algorithm].create();
  for await (const piece of bytes) {
    running.update(piece);
    yield piece;
  }
  digests[algorithm] = running.digest().toString('base64');
}

/** The checksum of bytes that are not needed otherwise. */
export async function checksumsOf(
  bytes: AsyncIterable<Buffer>,
  algorithm: ChecksumAlgorithm
): Promise<Checksums> {
  const digests: ChecksumDigests = {};
  for await (const _ of followed(bytes, algorithm, digests));
  return { type: 'FULL_OBJECT', digests };
}

/** Holds bytes against the digests that are kept of them. */
export class DigestComparison {
  private readonly running: [ChecksumAlgorithm, RunningDigest][];

  constructor(private readonly digests: ChecksumDigests = {}) {
    this.running = algorithmsOf(digests).map(algorithm => [algorithm, CHECKSUMS[algorithm].create()]);
  }

  update(bytes: Uint8Array): void {
    this.running.forEach(([, running]) => void running.update(bytes));
  }

  /** Call once, after the last byte: the checksums that are of other bytes. */
  wrong(): ChecksumAlgorithm[] {
    return this.running
      .filter(([algorithm, running]) => running.digest().toString('base64') !== this.digests[algorithm])
      .map(([algorithm]) => algorithm);
  }
}

/** The checksums of a whole that do not follow from those of its parts; where parts have none, nobody can say. */
export function wrongOfParts({ type, digests }: Checksums, parts: ChecksummedPart[]): ChecksumAlgorithm[] {
  return algorithmsOf(digests).filter(algorithm => {
    const computed = checksumsOfParts({ algorithm, type }, parts)?.digests[algorithm];
    return computed !== undefined && computed !== digests[algorithm];
  });
}

/** A part of an object, as far as the checksum of the whole needs it. */
export interface ChecksummedPart {
  size: number;
  digests?: ChecksumDigests;
}

/** How the checksum of a multipart object comes from those of its parts: said when its upload begins. */
export interface ChecksumPlan {
  algorithm: ChecksumAlgorithm;
  type: ChecksumType;
}

/** The checksum of all parts together; undefined where a part has none of the plan's algorithm. */
export function checksumsOfParts(
  { algorithm, type }: ChecksumPlan,
  parts: ChecksummedPart[]
): Checksums | undefined {
  const digests: Buffer[] = [];
  for (const part of parts) {
    const digest = part.digests?.[algorithm];
    if (digest === undefined) {
      return undefined;
    }
    digests.push(Buffer.from(digest, 'base64'));
  }
  const digest = type === 'COMPOSITE' ? composite(algorithm, digests) : combined(algorithm, digests, parts);
  return digest && { type, digests: { [algorithm]: digest.toString('base64') } };
}

/** Where none was said: by a CRC that every part has, `wanted` if possible. */
export function planFor(parts: ChecksummedPart[], wanted?: ChecksumAlgorithm): ChecksumPlan | undefined {
  const possible = CHECKSUM_ALGORITHMS.filter(
    name => canCombine(name) && parts.every(part => part.digests?.[name] !== undefined)
  );
  const algorithm = possible.find(name => name === wanted) ?? possible[0];
  return algorithm && { algorithm, type: 'FULL_OBJECT' };
}

export function canCombine(algorithm: ChecksumAlgorithm): boolean {
  return combinationOf(algorithm) !== undefined;
}

const combinationOf = (algorithm: ChecksumAlgorithm) => (CHECKSUMS[algorithm] as Algorithm).combination;

function composite(algorithm: ChecksumAlgorithm, digests: Buffer[]): Buffer {
  const running: RunningDigest = CHECKSUMS[algorithm].create();
  digests.forEach(digest => running.update(digest));
  return running.digest();
}

function combined(
  algorithm: ChecksumAlgorithm,
  digests: Buffer[],
  parts: ChecksummedPart[]
): Buffer | undefined {
  const combination = combinationOf(algorithm);
  return (
    combination && digests.reduce((whole, digest, i) => combination.combine(whole, digest, parts[i]!.size))
  );
}

/** The seven bits below it are all taken: another algorithm needs another form. */
const COMPOSITE_BIT = 0x80;

/** Encodes: one byte that says which digests follow (and, in its highest bit, whether they are composite), then those. */
export function encodeChecksums({ type, digests }: Checksums): Buffer {
  const pieces = [Buffer.of(type === 'COMPOSITE' ? COMPOSITE_BIT : 0)];
  CHECKSUM_ALGORITHMS.forEach((algorithm, i) => {
    const digest = digests[algorithm];
    if (digest !== undefined) {
      pieces[0]![0]! |= 1 << i;
      pieces.push(Buffer.from(digest, 'base64'));
    }
  });
  return Buffer.concat(pieces);
}

/** Reverses {@link encodeChecksums}; `end` is where what follows begins. */
export function decodeChecksums(value: Buffer, start: number): { checksums: Checksums; end: number } {
  const head = value[start]!;
  const digests: ChecksumDigests = {};
  let end = start + 1;
  CHECKSUM_ALGORITHMS.forEach((algorithm, i) => {
    if (head & (1 << i)) {
      const { bytes } = CHECKSUMS[algorithm];
      digests[algorithm] = value.toString('base64', end, end + bytes);
      end += bytes;
    }
  });
  return { checksums: { type: head & COMPOSITE_BIT ? 'COMPOSITE' : 'FULL_OBJECT', digests }, end };
}
