import { createHash } from 'node:crypto';

import type { KvRecord } from '../kv/kv.js';
import {
  CHECKSUM_ALGORITHMS,
  checksumsOfParts,
  planFor,
  type ChecksumAlgorithm,
  type ChecksumDigests,
  type ChecksumPlan,
  type Checksums,
  type ChecksumType
} from './checksums.js';
import { invalid, type CatalogError } from './errors.js';
import { decodeRecord, hasGaps, type PartRecord } from './records.js';
import type { Versioned } from './store.js';

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const PARTS_MAX = 10_000;
export const PART_BYTES_MIN = 5 * 1024 * 1024;

export interface Part {
  partNumber: number;
  etag: string;
  size: number;
  mtime: number;
  digests?: ChecksumDigests;
}

/** A part as the client names it to complete the upload; its digests must be those that it arrived with. */
export interface NamedPart {
  partNumber: number;
  etag: string;
  digests?: ChecksumDigests;
}

/** What the client says of the whole object. */
export interface ClaimedWhole {
  size?: number;
  type?: ChecksumType;
  /** In base64; of a composite checksum with or without the number of parts behind a hyphen. */
  checksum?: { algorithm: ChecksumAlgorithm; digest: string };
}

/** The parts of an upload that arrived, by number. */
export type Parts = Map<number, Versioned<PartRecord>>;

export const numberOf = (record: KvRecord) => Number(record.key.subarray(-5).toString('utf8'));

export function partOf(record: KvRecord): Part {
  const { md5, size, mtime, digests } = decodeRecord<PartRecord>(record.value);
  return { partNumber: numberOf(record), etag: md5, size, mtime, digests };
}

export function checkPartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > PARTS_MAX) {
    throw invalid(`Part numbers go from 1 to ${PARTS_MAX}.`, { reason: 'part-number' });
  }
}

/** The parts that the client names, held against those that arrived. */
export function choose(named: NamedPart[], parts: Parts): Versioned<PartRecord>[] {
  if (named.length === 0) {
    throw invalid('A multipart upload needs at least one part.', { reason: 'no-parts' });
  }
  if (named.some(({ partNumber }, i) => i > 0 && partNumber <= named[i - 1]!.partNumber)) {
    throw invalid('The parts must be named in ascending order.', { reason: 'part-order' });
  }
  return named.map(({ partNumber, etag, digests = {} }, i) => {
    const part = parts.get(partNumber);
    if (!part || part.md5 !== etag || !agree(digests, part.digests)) {
      throw unknownPart({ partNumber, etag });
    }
    if (i < named.length - 1 && part.size < PART_BYTES_MIN) {
      throw invalid(`Part ${partNumber} is smaller than 5 MiB, which only the last may be.`, {
        reason: 'part-too-small'
      });
    }
    return part;
  });
}

export function unknownPart({ partNumber, etag, digests }: NamedPart): CatalogError {
  const told = [
    'ETag ' + etag,
    ...Object.entries(digests ?? {}).map(([name, digest]) => `${name} ${digest}`)
  ];
  return invalid(`Part ${partNumber} with ${told.join(' and ')} was not uploaded.`, {
    reason: 'unknown-part'
  });
}

function agree(named: ChecksumDigests, arrived: ChecksumDigests = {}): boolean {
  return CHECKSUM_ALGORITHMS.every(name => named[name] === undefined || named[name] === arrived[name]);
}

/**
 * The checksum of an object by those of its parts, as the upload's plan has it; without one, what can be had.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 * @param chosen the parts that `named` names
 * @throws invalid-input with `data.reason` (part-order, contradiction, bad-digest)
 */
export function checksumsOfWhole(
  plan: ChecksumPlan | undefined,
  named: NamedPart[],
  chosen: PartRecord[],
  claimed: ClaimedWhole = {}
): Checksums | undefined {
  checkSize(chosen, claimed.size);
  checkType(plan?.type ?? 'FULL_OBJECT', claimed.type);
  if (plan?.type === 'COMPOSITE') {
    checkComposite(plan, named);
  }
  const planned = plan ?? planFor(chosen, claimed.checksum?.algorithm);
  const checksums = planned && checksumsOfParts(planned, chosen);
  if (claimed.checksum) {
    checkDigest(claimed.checksum, checksums, chosen.length);
  }
  return checksums;
}

function checkSize(chosen: PartRecord[], claimed: number | undefined): void {
  const size = chosen.reduce((sum, part) => sum + part.size, 0);
  if (claimed !== undefined && claimed !== size) {
    throw contradiction(`The parts have ${size} bytes together, and the object was said to have ${claimed}.`);
  }
}

function checkType(type: ChecksumType, claimed: ChecksumType | undefined): void {
  if (claimed !== undefined && claimed !== type) {
    throw contradiction(
      `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`
    );
  }
}

/** A composite checksum is of parts that are numbered from 1, each told with its own. */
function checkComposite({ algorithm }: ChecksumPlan, named: NamedPart[]): void {
  if (hasGaps(named.map(({ partNumber }) => ({ number: partNumber })))) {
    throw invalid('With a composite checksum the parts must be numbered from 1, without gaps.', {
      reason: 'part-order'
    });
  }
  const without = named.find(({ digests }) => digests?.[algorithm] === undefined);
  if (without) {
    throw contradiction(
      `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each ` +
        `part. It was missing for part ${without.partNumber} in the request.`
    );
  }
}

function checkDigest(
  { algorithm, digest }: NonNullable<ClaimedWhole['checksum']>,
  checksums: Checksums | undefined,
  count: number
): void {
  const computed = checksums?.digests[algorithm];
  if (computed === undefined) {
    const [expected = 'null'] = Object.keys(checksums?.digests ?? {});
    throw contradiction(
      `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${algorithm}: ` +
        'the algorithm is chosen when the upload is created.'
    );
  }
  const composite = checksums?.type === 'COMPOSITE' ? `${computed}-${count}` : computed;
  if (digest !== computed && digest !== composite) {
    throw invalid(`The ${algorithm} you specified did not match the calculated checksum.`, {
      reason: 'bad-digest'
    });
  }
}

/** What the request says does not go with the upload. */
function contradiction(message: string): CatalogError {
  return invalid(message, { reason: 'contradiction' });
}

/** S3's ETag of a multipart object: the MD5 of the parts' MD5s, and how many there are. */
export function checksumOf(md5s: string[]): string {
  const digest = createHash('md5')
    .update(Buffer.from(md5s.join(''), 'hex'))
    .digest('hex');
  return `${digest}-${md5s.length}`;
}

export function checkSinglePart(partNumber: number): void {
  if (partNumber !== 1) {
    throw invalid('A staging address takes one part, number 1.', { reason: 'part-number' });
  }
}

/** A checksum without a form that we know of is refused like a wrong one: it may be of other bytes. */
export function checkTold(told: { size: number; checksum: string }, part: PartRecord): void {
  if (told.size !== part.size) {
    throw invalid(`The bytes at the address are ${part.size}, not ${told.size}.`);
  }
  const checksum = told.checksum
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
  const known = [part.md5, Buffer.from(part.md5, 'hex').toString('base64'), part.contentId];
  if (checksum !== '' && !known.includes(checksum) && !known.includes(checksum.toLowerCase())) {
    throw invalid(`The bytes at the address have the checksum ${part.md5}, not ${told.checksum}.`);
  }
}
