import { Readable, type Duplex } from 'node:stream';
import * as zlib from 'node:zlib';

import type { RangeReader } from './range-reader.js';
import { UnreadableFile } from './unreadable.js';

/** Text is worked on in pieces of at most this size, with a turn of the event loop between two: about 1 ms each. */
const PIECE_BYTES = 256 * 1024;

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Node has zstd since 22.15. */
const createZstdDecompress = (zlib as { createZstdDecompress?: () => Duplex }).createZstdDecompress;

export type TextCompression = 'gzip' | 'zstd' | 'none';

/** How a text file is compressed as a whole; its first bytes say. */
export async function compressionOf(file: RangeReader): Promise<TextCompression> {
  const head = Buffer.from(await file.slice(0, Math.min(4, file.byteLength)));
  return head.subarray(0, 2).equals(GZIP) ? 'gzip' : head.equals(ZSTD) ? 'zstd' : 'none';
}

/**
 * A text file's bytes in pieces, decompressed and without a byte order mark. Between two pieces the event loop
 * turns, so that a long file holds up nobody.
 * @throws UnreadableFile for damaged compression and for UTF-16
 */
export async function* textOf(file: RangeReader, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const compression = await compressionOf(file);
  let first = true;
  for await (const chunk of decompressed(file, compression)) {
    let bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    if (first && bytes.length > 0) {
      bytes = withoutMark(bytes);
      first = false;
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      signal?.throwIfAborted();
      yield bytes.subarray(at, at + PIECE_BYTES);
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}

async function* decompressed(file: RangeReader, compression: TextCompression): AsyncGenerator<Uint8Array> {
  if (compression === 'none') {
    yield* file.stream();
    return;
  }
  if (compression === 'zstd' && !createZstdDecompress) {
    throw new UnreadableFile('is compressed with zstd, which this version of Node cannot read');
  }
  const source = Readable.from(file.stream(), { objectMode: false });
  const stream = compression === 'gzip' ? zlib.createGunzip() : createZstdDecompress!();
  let sourceError: unknown;
  source.on('error', error => {
    sourceError = error;
    stream.destroy(error);
  });
  source.pipe(stream);
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw (
      sourceError ?? new UnreadableFile(`has ${compression} compression that is damaged: ${reason(error)}`)
    );
  } finally {
    source.destroy();
    stream.destroy();
  }
}

/** @throws UnreadableFile for text in UTF-16, which Spark and DuckDB would not read either without being told */
function withoutMark(bytes: Buffer): Buffer {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new UnreadableFile('is text in UTF-16: save it as UTF-8');
  }
  return bytes.subarray(0, 3).equals(UTF8_MARK) ? bytes.subarray(3) : bytes;
}

const reason = (error: unknown) => (error as Error).message;
