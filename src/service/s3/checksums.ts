import {
  algorithmsOf,
  canCombine,
  CHECKSUM_ALGORITHMS,
  CHECKSUMS,
  isDigest,
  type ChecksumAlgorithm,
  type ChecksumDigests,
  type ChecksumPlan,
  type Checksums,
  type ChecksumType,
  type RunningDigest
} from '../catalog/checksums.js';
import type { ContentFacts } from '../catalog/contents.js';
import type { ClaimedWhole } from '../catalog/parts.js';
import { invalidRequest, notImplemented, S3Error } from './errors.js';
import { element, type Xml } from './xml.js';
import type { XmlElement } from './xml-reader.js';

const PREFIX = 'x-amz-checksum-';
/** Headers that begin like a checksum and are none. */
const NO_CHECKSUM = new Set(['algorithm', 'mode', 'type']);

/** What the client says the body's bytes amount to, in base64. */
export interface ClaimedChecksum {
  algorithm: ChecksumAlgorithm;
  /** Missing while it is still to come in the trailer. */
  digest?: string;
}

/** Digests of whole content that the receiver of the bytes computes, in hex. */
export interface ContentDigests {
  md5: string;
  sha256: string;
}

/**
 * The checksum that headers give or, by `x-amz-trailer`, announce.
 * @throws S3Error for more than one, an unknown algorithm, or a digest of the wrong length
 */
export function readClaimedChecksum(headers: Map<string, string>): ClaimedChecksum | undefined {
  const claimed: ClaimedChecksum[] = [];
  for (const [name, value] of headers) {
    if (name === 'x-amz-trailer') {
      claimed.push({ algorithm: algorithmOf(value.trim().toLowerCase()) });
    } else if (isChecksum(name)) {
      const algorithm = algorithmOf(name);
      claimed.push({ algorithm, digest: readDigest(algorithm, value) });
    }
  }
  if (claimed.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header, or one x-amz-trailer with one name.');
  }
  return claimed[0];
}

function algorithmOf(header: string): ChecksumAlgorithm {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length) : '';
  const algorithm = CHECKSUM_ALGORITHMS.find(known => known === name);
  if (algorithm) {
    return algorithm;
  }
  throw notImplemented(
    `The checksum "${header}" is not offered; offered are ${CHECKSUM_ALGORITHMS.map(known => PREFIX + known).join(', ')}.`
  );
}

const isChecksum = (header: string) =>
  header.startsWith(PREFIX) && !NO_CHECKSUM.has(header.slice(PREFIX.length));

/** @throws S3Error InvalidRequest when the text is not the base64 of a digest of that algorithm */
export function readDigest(algorithm: ChecksumAlgorithm, text: string): string {
  const digest = text.trim();
  if (!isDigest(algorithm, digest)) {
    throw invalidRequest(`Value for ${PREFIX}${algorithm} header is invalid.`);
  }
  return digest;
}

/**
 * Follows a body and says in the end whether it is what the client claimed, or, without a claim, what it amounts to.
 */
export class BodyChecksum {
  private readonly running: RunningDigest | undefined;
  private found: string | undefined;

  private constructor(
    readonly algorithm: ChecksumAlgorithm,
    private claimed: string | undefined,
    private readonly isClaimed: boolean
  ) {
    // Whoever takes in the bytes computes those two anyway.
    this.running = algorithm === 'sha256' || algorithm === 'md5' ? undefined : CHECKSUMS[algorithm].create();
  }

  /** Verifies what the client claims. */
  static claimed({ algorithm, digest }: ClaimedChecksum): BodyChecksum {
    return new BodyChecksum(algorithm, digest, true);
  }

  /** Computes a checksum that nobody claims. */
  static computed(algorithm: ChecksumAlgorithm): BodyChecksum {
    return new BodyChecksum(algorithm, undefined, false);
  }

  update(bytes: Uint8Array): void {
    this.running?.update(bytes);
  }

  /** Takes the digest from the trailer, unless a header gave it. */
  claim(digest: string): void {
    this.claimed ??= digest;
  }

  /** Call once, after the last byte. @throws S3Error BadDigest, or MalformedTrailerError when no digest came */
  verify(digests: ContentDigests): void {
    const { algorithm, claimed } = this;
    if (this.isClaimed && claimed === undefined) {
      throw new S3Error(
        'MalformedTrailerError',
        400,
        `The trailer ${PREFIX}${algorithm} was announced and did not come.`
      );
    }
    const received = digests[algorithm as keyof ContentDigests];
    const found = (this.running?.digest() ?? Buffer.from(received, 'hex')).toString('base64');
    if (this.isClaimed && found !== claimed) {
      throw new S3Error(
        'BadDigest',
        400,
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`
      );
    }
    this.found = found;
  }

  /** What to keep and to answer with, once verified. */
  get checksums(): Checksums | undefined {
    return this.found === undefined
      ? undefined
      : { type: 'FULL_OBJECT', digests: { [this.algorithm]: this.found } };
  }
}

/** A digest as S3 writes it: that of an object in parts, by the digests of those, with their number. */
const written = (type: ChecksumType, digest: string, parts = 0) =>
  type === 'COMPOSITE' && parts > 0 ? `${digest}-${parts}` : digest;

/** Headers that tell what is known of an object or a part. */
export function checksumHeaders({ checksums, parts }: ContentFacts): Record<string, string> {
  if (!checksums) {
    return {};
  }
  const { type, digests } = checksums;
  const headers: Record<string, string> = { 'x-amz-checksum-type': type };
  for (const algorithm of algorithmsOf(digests)) {
    headers[PREFIX + algorithm] = written(type, digests[algorithm]!, parts?.length);
  }
  return headers;
}

/** The same as elements. */
export function checksumElements({ checksums, parts }: ContentFacts): Xml[] {
  if (!checksums) {
    return [];
  }
  const { type, digests } = checksums;
  return [
    ...algorithmsOf(digests).map(algorithm =>
      element(elementOf(algorithm), written(type, digests[algorithm]!, parts?.length))
    ),
    element('ChecksumType', type)
  ];
}

/** Digests without more, such as those of a part. */
export function digestElements(digests: ChecksumDigests = {}): Xml[] {
  return algorithmsOf(digests).map(algorithm => element(elementOf(algorithm), digests[algorithm]!));
}

/** `ChecksumCRC64NVME` and so on. */
const elementOf = (algorithm: ChecksumAlgorithm) => `Checksum${algorithm.toUpperCase()}`;

/** The digests that a document tells of a part. @throws S3Error InvalidRequest */
export function readDigests(part: XmlElement): ChecksumDigests {
  const digests: ChecksumDigests = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const text = part.text(elementOf(algorithm));
    if (text !== undefined) {
      digests[algorithm] = readDigest(algorithm, text);
    }
  }
  return digests;
}

/** What headers of CompleteMultipartUpload say of the object. @throws S3Error InvalidRequest */
export function readClaimedWhole(headers: Map<string, string>): ClaimedWhole {
  const size = headers.get('x-amz-mp-object-size');
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size)) {
    throw invalidRequest('Value for x-amz-mp-object-size header is invalid.');
  }
  const [given, another] = [...headers].filter(([name]) => isChecksum(name));
  if (another) {
    throw invalidRequest('Expecting a single x-amz-checksum- header.');
  }
  return {
    size: size === undefined ? undefined : Number(size),
    type: readType(headers),
    checksum: given && readWholeDigest(algorithmOf(given[0]), given[1])
  };
}

/** The number of parts is compared with the rest. */
function readWholeDigest(algorithm: ChecksumAlgorithm, text: string): ClaimedWhole['checksum'] {
  const [, digest = text, count = ''] = /^(.*?)(-[0-9]{1,5})$/.exec(text.trim()) ?? [];
  return { algorithm, digest: readDigest(algorithm, digest) + count };
}

function readType(headers: Map<string, string>): ChecksumType | undefined {
  const type = headers.get('x-amz-checksum-type')?.toUpperCase();
  if (type === undefined || type === 'FULL_OBJECT' || type === 'COMPOSITE') {
    return type;
  }
  throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
}

/** `x-amz-checksum-algorithm`: which checksum an object is to have. @throws S3Error InvalidRequest */
export function readAlgorithm(headers: Map<string, string>): ChecksumAlgorithm | undefined {
  const name = headers.get('x-amz-checksum-algorithm');
  const algorithm = CHECKSUM_ALGORITHMS.find(known => known === name?.toLowerCase());
  if (name !== undefined && algorithm === undefined) {
    const offered = CHECKSUM_ALGORITHMS.map(known => known.toUpperCase()).join(', ');
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${offered}]`
    );
  }
  return algorithm;
}

/**
 * How the checksum of a multipart object comes about: without a type, by those of the parts wherever that is possible.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
 * @throws S3Error InvalidRequest for an algorithm that has no checksum of that type
 */
export function readPlan(headers: Map<string, string>): ChecksumPlan | undefined {
  const algorithm = readAlgorithm(headers);
  const asked = readType(headers);
  if (algorithm === undefined) {
    if (asked !== undefined) {
      throw invalidRequest(
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.'
      );
    }
    return undefined;
  }
  const type = asked ?? (algorithm === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (type === 'FULL_OBJECT' ? !canCombine(algorithm) : algorithm === 'crc64nvme') {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`
    );
  }
  return { algorithm, type };
}

/** The plan as S3 names it. */
export function planElements(plan: ChecksumPlan | undefined): Xml[] {
  return plan
    ? [element('ChecksumAlgorithm', plan.algorithm.toUpperCase()), element('ChecksumType', plan.type)]
    : [];
}

/**
 * `Content-MD5`: 16 bytes in base64.
 * @throws S3Error InvalidDigest
 */
export function readContentMd5(base64: string | undefined): string | undefined {
  if (base64 === undefined) {
    return undefined;
  }
  const digest = Buffer.from(base64, 'base64');
  if (digest.length !== 16) {
    throw new S3Error('InvalidDigest', 400, 'The Content-MD5 you specified is not valid.');
  }
  return digest.toString('hex');
}
