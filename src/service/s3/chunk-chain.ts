import { createHash, createHmac, timingSafeEqual, type Hash } from 'node:crypto';
import { S3Error } from './errors.js';
import type { SignatureChain } from './signature.js';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * The signatures inside a signed chunked body: each chunk's continues from the one before it, the first from
 * the request's own, the trailer's from the last chunk's.
 */
export class ChunkChain {
  private previous: string;
  private claimed = '';
  private hash: Hash = createHash('sha256');

  constructor(private readonly start: SignatureChain) {
    this.previous = start.seed;
  }

  /** A chunk begins; `signature` is what its header says, undefined when it says none. */
  begin(signature: string | undefined): void {
    if (signature === undefined) {
      throw mismatch('A chunk of a signed body has no chunk-signature.');
    }
    this.claimed = signature;
    this.hash = createHash('sha256');
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  /** @throws S3Error SignatureDoesNotMatch */
  verifyChunk(): void {
    const digest = this.hash.digest('hex');
    this.advance('AWS4-HMAC-SHA256-PAYLOAD', `${EMPTY_SHA256}\n${digest}`, this.claimed);
  }

  /** @throws S3Error SignatureDoesNotMatch */
  verifyTrailer(fields: Map<string, string>, signature: string | undefined): void {
    if (signature === undefined || !/^[0-9a-f]{64}$/.test(signature)) {
      throw mismatch('The trailer of a signed body has no valid x-amz-trailer-signature.');
    }
    const text = [...fields].map(([name, value]) => `${name}:${value}\n`).join('');
    const digest = createHash('sha256').update(text, 'latin1').digest('hex');
    this.advance('AWS4-HMAC-SHA256-TRAILER', digest, signature);
  }

  private advance(kind: string, rest: string, claimed: string): void {
    const { signingKey, timestamp, scope } = this.start;
    const text = `${kind}\n${timestamp}\n${scope}\n${this.previous}\n${rest}`;
    const expected = createHmac('sha256', signingKey).update(text).digest();
    if (!timingSafeEqual(expected, Buffer.from(claimed, 'hex'))) {
      throw mismatch('The signature of a chunk of the body does not match.');
    }
    this.previous = claimed;
  }
}

function mismatch(message: string): S3Error {
  return new S3Error('SignatureDoesNotMatch', 403, message);
}
