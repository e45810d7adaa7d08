import { createHash } from 'node:crypto';

import type { KvRecord } from '../kv/kv.js';
import { invalid, type CatalogError } from './errors.js';
import { decodeRecord, type PartRecord } from './records.js';
import type { Versioned } from './store.js';

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const PARTS_MAX = 10_000;
export const PART_BYTES_MIN = 5 * 1024 * 1024;

export interface Part {
  partNumber: number;
  etag: string;
  size: number;
  mtime: number;
}

/** The parts of an upload that arrived, by number. */
export type Parts = Map<number, Versioned<PartRecord>>;

export const numberOf = (record: KvRecord) => Number(record.key.subarray(-5).toString('utf8'));

export function partOf(record: KvRecord): Part {
  const { md5, size, mtime } = decodeRecord<PartRecord>(record.value);
  return { partNumber: numberOf(record), etag: md5, size, mtime };
}

export function checkPartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > PARTS_MAX) {
    throw invalid(`Part numbers go from 1 to ${PARTS_MAX}.`, { reason: 'part-number' });
  }
}

/** The parts that the client names, held against those that arrived. */
export function choose(named: { partNumber: number; etag: string }[], parts: Parts): Versioned<PartRecord>[] {
  if (named.length === 0) {
    throw invalid('A multipart upload needs at least one part.', { reason: 'no-parts' });
  }
  if (named.some(({ partNumber }, i) => i > 0 && partNumber <= named[i - 1]!.partNumber)) {
    throw invalid('The parts must be named in ascending order.', { reason: 'part-order' });
  }
  return named.map(({ partNumber, etag }, i) => {
    const part = parts.get(partNumber);
    if (!part || part.md5 !== etag) {
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

export function unknownPart({ partNumber, etag }: { partNumber: number; etag: string }): CatalogError {
  return invalid(`Part ${partNumber} with ETag ${etag} was not uploaded.`, { reason: 'unknown-part' });
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
