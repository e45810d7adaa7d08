import { createHash } from 'node:crypto';
import { crc32, crc32c, crc64nvme, type Crc } from './crc.js';
import { invalidRequest, notImplemented, S3Error } from './errors.js';

/** Checksums that a client may send along, by the name that its header or trailer ends with. */
const ALGORITHMS = {
  crc32: { bytes: 4, create: crc32 },
  crc32c: { bytes: 4, create: crc32c },
  crc64nvme: { bytes: 8, create: crc64nvme },
  sha1: { bytes: 20, create: sha1 },
  // No running digest: whoever takes in the bytes computes SHA-256 anyway.
  sha256: { bytes: 32, create: undefined }
};

export type ChecksumAlgorithm = keyof typeof ALGORITHMS;

const PREFIX = 'x-amz-checksum-';
/** Headers that begin like a checksum and are none. */
const NO_CHECKSUM = new Set(['algorithm', 'mode', 'type']);

/** What the client says the body's bytes amount to; the digest is missing while it is still to come in the trailer. */
export interface ClaimedChecksum {
  algorithm: ChecksumAlgorithm;
  digest?: Buffer;
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
    } else if (name.startsWith(PREFIX) && !NO_CHECKSUM.has(name.slice(PREFIX.length))) {
      const algorithm = algorithmOf(name);
      claimed.push({ algorithm, digest: decodeDigest(algorithm, value) });
    }
  }
  if (claimed.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header, or one x-amz-trailer with one name.');
  }
  return claimed[0];
}

function algorithmOf(header: string): ChecksumAlgorithm {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length) : '';
  if (Object.hasOwn(ALGORITHMS, name)) {
    return name as ChecksumAlgorithm;
  }
  throw notImplemented(
    `The checksum "${header}" is not offered; offered are ${Object.keys(ALGORITHMS)
      .map(known => PREFIX + known)
      .join(', ')}.`
  );
}

/** @throws S3Error InvalidRequest when the text is not the base64 of a digest of that algorithm */
export function decodeDigest(algorithm: ChecksumAlgorithm, base64: string): Buffer {
  const digest = Buffer.from(base64, 'base64');
  if (digest.length !== ALGORITHMS[algorithm].bytes || digest.toString('base64') !== base64.trim()) {
    throw invalidRequest(`Value for ${PREFIX}${algorithm} header is invalid.`);
  }
  return digest;
}

/** Follows a body and says in the end whether it is what the client claimed. */
export class ChecksumVerifier {
  private readonly running: Crc | undefined;
  private result: Buffer | undefined;

  constructor(private readonly claimed: ClaimedChecksum) {
    this.running = ALGORITHMS[claimed.algorithm].create?.();
  }

  get algorithm(): ChecksumAlgorithm {
    return this.claimed.algorithm;
  }

  update(bytes: Uint8Array): void {
    this.running?.update(bytes);
  }

  /** Takes the digest from the trailer, unless a header gave it. */
  claim(digest: Buffer): void {
    this.claimed.digest ??= digest;
  }

  /** Call once, after the last byte. @throws S3Error BadDigest, or MalformedTrailerError when no digest came */
  verify(digests: ContentDigests): void {
    const { algorithm, digest } = this.claimed;
    if (digest === undefined) {
      throw new S3Error(
        'MalformedTrailerError',
        400,
        `The trailer ${PREFIX}${algorithm} was announced and did not come.`
      );
    }
    this.result = this.running?.digest() ?? Buffer.from(digests.sha256, 'hex');
    if (!this.result.equals(digest)) {
      throw new S3Error(
        'BadDigest',
        400,
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`
      );
    }
  }

  /** What to answer with, once verified. */
  get headers(): Record<string, string> {
    if (this.result === undefined) {
      return {};
    }
    return {
      [`${PREFIX}${this.algorithm}`]: this.result.toString('base64'),
      'x-amz-checksum-type': 'FULL_OBJECT'
    };
  }
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

function sha1(): Crc {
  const hash = createHash('sha1');
  return { update: bytes => void hash.update(bytes), digest: () => hash.digest() };
}
