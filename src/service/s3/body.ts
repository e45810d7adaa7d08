import { createHash } from 'node:crypto';
import { ChunkChain } from './chunk-chain.js';
import { ChunkedDecoder, incomplete } from './chunked.js';
import type { ChecksumAlgorithm, Checksums } from '../catalog/checksums.js';
import {
  BodyChecksum,
  readClaimedChecksum,
  readContentMd5,
  readDigest,
  type ClaimedChecksum,
  type ContentDigests
} from './checksums.js';
import { invalidRequest, notImplemented, S3Error } from './errors.js';
import type { RawBody } from './raw-body.js';
import { UNSIGNED_PAYLOAD, type Identity } from './signature.js';

/** Most bytes in one PutObject or UploadPart, as S3 has it; larger objects are sent in parts. */
const PUT_BYTES_MAX = 5 * 1024 ** 3;

interface Discardable {
  discard(): Promise<void>;
}

/**
 * The content of a request's body, in whatever form S3 clients send it. Nothing is read, and a client that waits
 * for "100 Continue" is not told to go on, before {@link receive} or {@link read}.
 */
export class RequestBody {
  /** Bytes of content, where the client says so. */
  readonly length: number | undefined;

  private readonly decoder: ChunkedDecoder | undefined;
  private readonly contentSha256: string | undefined;
  private readonly contentMd5: string | undefined;
  private checksum: BodyChecksum | undefined;

  /** @throws S3Error for a body form, length or digest that cannot be taken */
  constructor(
    private readonly raw: RawBody,
    private readonly headers: Map<string, string>,
    identity: Identity
  ) {
    const { payload } = identity;
    if (payload.startsWith('STREAMING-')) {
      this.decoder = createDecoder(identity);
      this.length = readDecodedLength(headers.get('x-amz-decoded-content-length'));
    } else {
      this.contentSha256 = readContentSha256(payload);
      this.length = raw.ended ? 0 : raw.length;
    }
    if ((this.length ?? 0) > PUT_BYTES_MAX) {
      throw tooLarge(PUT_BYTES_MAX);
    }
    this.contentMd5 = readContentMd5(headers.get('content-md5'));
  }

  /** Whether the client waits to hear that its body is wanted: the time to refuse what can be refused without it. */
  get awaited(): boolean {
    return this.raw.awaitsContinue;
  }

  /** The checksum that the client gives or announces. @throws S3Error for what cannot be taken as one */
  claimed(): ClaimedChecksum | undefined {
    return readClaimedChecksum(this.headers);
  }

  /** The checksum that was verified, or computed, with the body. */
  get checksums(): Checksums | undefined {
    return this.checksum?.checksums;
  }

  /**
   * Hands the content to `receiver` with back-pressure and compares what came with everything the client said of
   * it. When anything differs, what was received is discarded.
   * @param computed the checksum to compute where the client gives none
   * @throws S3Error BadDigest, XAmzContentSHA256Mismatch, IncompleteBody, SignatureDoesNotMatch, EntityTooLarge
   */
  async receive<T extends ContentDigests & Discardable>(
    receiver: (content: AsyncIterable<Buffer>) => Promise<T>,
    computed?: ChecksumAlgorithm
  ): Promise<T & { checksums?: Checksums }> {
    const claimed = this.claimed();
    this.checksum = claimed ? BodyChecksum.claimed(claimed) : computed && BodyChecksum.computed(computed);
    const received = await receiver(this.content(PUT_BYTES_MAX));
    try {
      this.verify(received);
    } catch (error) {
      await received.discard();
      throw error;
    }
    return { ...received, checksums: this.checksums };
  }

  /**
   * The whole content, for the small documents that some operations take.
   * @param checksumIsOf what an `x-amz-checksum-` header speaks of: completing an upload, it is the object
   * @throws S3Error as {@link receive}
   */
  async read(bytesMax: number, checksumIsOf: 'body' | 'object' = 'body'): Promise<Buffer> {
    const claimed = checksumIsOf === 'body' ? this.claimed() : undefined;
    this.checksum = claimed && BodyChecksum.claimed(claimed);
    const pieces: Buffer[] = [];
    for await (const piece of this.content(bytesMax)) {
      pieces.push(piece);
    }
    const whole = Buffer.concat(pieces);
    this.verify({
      md5: createHash('md5').update(whole).digest('hex'),
      sha256: createHash('sha256').update(whole).digest('hex')
    });
    return whole;
  }

  private async *content(bytesMax: number): AsyncGenerator<Buffer> {
    let taken = 0;
    const take = (piece: Buffer): Buffer => {
      taken += piece.length;
      if (taken > bytesMax) {
        throw tooLarge(bytesMax);
      }
      if (this.length !== undefined && taken > this.length) {
        throw incomplete('The body is longer than announced.');
      }
      this.checksum?.update(piece);
      return piece;
    };
    for await (const piece of this.raw.pieces()) {
      if (this.decoder === undefined) {
        yield take(piece);
      } else {
        for (const data of this.decoder.push(piece)) {
          yield take(data);
        }
      }
    }
    this.takeTrailer(this.decoder?.end());
    if (this.length !== undefined && taken < this.length) {
      throw incomplete('You did not provide the number of bytes that the request announced.');
    }
  }

  private takeTrailer(fields: Map<string, string> | undefined): void {
    const { checksum } = this;
    if (checksum === undefined) {
      return;
    }
    const digest = fields?.get(`x-amz-checksum-${checksum.algorithm}`);
    if (digest !== undefined) {
      checksum.claim(readDigest(checksum.algorithm, digest));
    }
  }

  private verify(digests: ContentDigests): void {
    if (this.contentSha256 !== undefined && this.contentSha256 !== digests.sha256) {
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: this.contentSha256, S3ComputedContentSHA256: digests.sha256 }
      );
    }
    if (this.contentMd5 !== undefined && this.contentMd5 !== digests.md5) {
      throw new S3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
    }
    this.checksum?.verify(digests);
  }
}

function createDecoder({ payload, chain }: Identity): ChunkedDecoder {
  if (payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') {
    return new ChunkedDecoder({ trailer: true });
  }
  const trailer = payload === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
  if (chain === undefined || !(trailer || payload === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD')) {
    throw notImplemented(`The body form ${payload} is not offered.`);
  }
  return new ChunkedDecoder({ chain: new ChunkChain(chain), trailer });
}

function readContentSha256(payload: string): string | undefined {
  if (payload === UNSIGNED_PAYLOAD) {
    return undefined;
  }
  if (/^[0-9a-f]{64}$/.test(payload)) {
    return payload;
  }
  throw invalidRequest(
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, the name of a STREAMING- form, or 64 lower-case hex digits.'
  );
}

function readDecodedLength(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw invalidRequest('x-amz-decoded-content-length must be a number of bytes.');
  }
  return Number(text);
}

function tooLarge(bytesMax: number): S3Error {
  return new S3Error('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size.', {
    MaxSizeAllowed: String(bytesMax)
  });
}
