import type { ChunkChain } from './chunk-chain.js';
import { S3Error } from './errors.js';

/** A chunk header is a hex length and a signature; 4 KiB leave room for extensions that nobody has defined. */
const LINE_BYTES_MAX = 4_096;
const TRAILER_BYTES_MAX = 8_192;
/** 12 hex digits: 256 TiB, and still an exact number. */
const CHUNK_HEADER = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/;

const LF = 10;

/**
 * Takes `aws-chunked` framing off a body, however the body is cut into pieces:
 * `HEX-LENGTH[;chunk-signature=…]\r\n DATA \r\n … 0[;chunk-signature=…]\r\n [NAME:VALUE\r\n …] \r\n`.
 * Data is handed on as slices of what came in; nothing is copied or held. With a chain every chunk's signature
 * is verified when its last byte has come, thus after its data was handed on: throw it away on an error.
 * Source: S3 API Reference, "Signature calculations for the Authorization header: transferring payload in
 * multiple chunks" and "… including trailing headers".
 */
export class ChunkedDecoder {
  private state: 'header' | 'data' | 'data-end' | 'trailer' = 'header';
  /** What came of a line that is not whole yet. */
  private line = '';
  private remaining = 0;
  private readonly trailerLines: string[] = [];
  private trailerBytes = 0;

  constructor(
    private readonly options: {
      /** Verifies signed chunks; absent for unsigned ones. */
      chain?: ChunkChain;
      /** Whether a trailer may follow the last chunk. */
      trailer: boolean;
    }
  ) {}

  /** The data bytes in `input`. @throws S3Error for broken framing or a wrong chunk signature */
  *push(input: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < input.length) {
      if (this.state === 'data') {
        const data = input.subarray(at, at + this.remaining);
        at += data.length;
        this.remaining -= data.length;
        this.options.chain?.update(data);
        if (this.remaining === 0) {
          this.state = 'data-end';
        }
        yield data;
        continue;
      }
      const end = input.indexOf(LF, at);
      this.extendLine(input.subarray(at, end < 0 ? input.length : end));
      if (end < 0) {
        return;
      }
      at = end + 1;
      const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
      this.line = '';
      this.endOfLine(line);
    }
  }

  /**
   * Call at the end of the body.
   * @returns the trailer's fields by lower-case name
   * @throws S3Error IncompleteBody when the last chunk is missing; for a wrong trailer signature
   */
  end(): Map<string, string> {
    if (this.state !== 'trailer') {
      throw incomplete('The body ended before its last chunk.');
    }
    if (this.line !== '') {
      this.endOfLine(this.line);
    }
    const fields = new Map<string, string>();
    for (const line of this.trailerLines) {
      const colon = line.indexOf(':');
      if (colon < 1) {
        throw malformedTrailer('A trailer line has the form NAME:VALUE.');
      }
      fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    if (!this.options.trailer) {
      if (fields.size > 0) {
        throw malformedTrailer('This body form has no trailer.');
      }
      return fields;
    }
    const signature = fields.get('x-amz-trailer-signature');
    fields.delete('x-amz-trailer-signature');
    this.options.chain?.verifyTrailer(fields, signature);
    return fields;
  }

  private extendLine(part: Buffer): void {
    const limit =
      this.state === 'trailer' ? TRAILER_BYTES_MAX : this.state === 'data-end' ? 1 : LINE_BYTES_MAX;
    if (this.line.length + part.length > limit) {
      throw malformedChunk('A line is too long.');
    }
    this.line += part.toString('latin1');
  }

  private endOfLine(line: string): void {
    switch (this.state) {
      case 'header':
        return this.beginChunk(line);
      case 'data-end':
        if (line !== '') {
          throw malformedChunk('A chunk is longer than its header says.');
        }
        this.options.chain?.verifyChunk();
        this.state = 'header';
        return;
      default:
        // Blank lines end the trailer, or stand between it and its signature (clients differ).
        if (line === '') {
          return;
        }
        this.trailerBytes += line.length;
        if (this.trailerBytes > TRAILER_BYTES_MAX) {
          throw malformedTrailer('The trailer is too long.');
        }
        this.trailerLines.push(line);
    }
  }

  private beginChunk(line: string): void {
    const found = CHUNK_HEADER.exec(line);
    if (found === null) {
      throw malformedChunk('A chunk begins with its length in hex.');
    }
    this.remaining = parseInt(found[1]!, 16);
    this.options.chain?.begin(found[2]);
    if (this.remaining > 0) {
      this.state = 'data';
      return;
    }
    this.options.chain?.verifyChunk();
    this.state = 'trailer';
  }
}

function malformedChunk(detail: string): S3Error {
  return new S3Error('InvalidRequest', 400, `The aws-chunked body is malformed. ${detail}`);
}

function malformedTrailer(detail: string): S3Error {
  return new S3Error('MalformedTrailerError', 400, `The trailer of the body is malformed. ${detail}`);
}

export function incomplete(message: string): S3Error {
  return new S3Error('IncompleteBody', 400, message);
}
