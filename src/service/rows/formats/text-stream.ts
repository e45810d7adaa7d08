import { Readable, type Duplex } from 'node:stream';
import { createGunzip } from 'node:zlib';

import type { RangeReader } from './range-reader.js';
import { UnreadableFile } from './unreadable.js';
import { createZstdDecompress, portableZstd } from './zstd.js';

/** Text is worked on in pieces of at most this size, with a turn of the event loop between two: about 1 ms each. */
const PIECE_BYTES = 256 * 1024;

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
export const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export type TextCompression = 'gzip' | 'zstd' | 'none';

/** How a text file is compressed as a whole; its first bytes say. */
export async function compressionOf(file: RangeReader): Promise<TextCompression> {
  return compressionBy(Buffer.from(await file.slice(0, Math.min(ZSTD.length, file.byteLength))));
}

/** Whether a text file that is not compressed begins with a byte order mark. */
export async function hasMark(file: RangeReader): Promise<boolean> {
  const head = await file.slice(0, Math.min(UTF8_MARK.length, file.byteLength));
  return UTF8_MARK.equals(head);
}

function compressionBy(head: Buffer): TextCompression {
  if (head.subarray(0, GZIP.length).equals(GZIP)) {
    return 'gzip';
  }
  return head.subarray(0, ZSTD.length).equals(ZSTD) ? 'zstd' : 'none';
}

/**
 * A text file's bytes in pieces, decompressed and without a byte order mark, in one pass over the file. Between two
 * pieces the event loop turns, so that a long file holds up nobody.
 * @throws UnreadableFile for damaged compression and for UTF-16
 */
export async function* textOf(file: RangeReader, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let first = true;
  for await (let bytes of decompressed(file.stream())) {
    if (first) {
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

async function* decompressed(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const bytes = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  try {
    // Long enough for every mark that a file may begin with.
    while (head.length < ZSTD.length) {
      const next = await bytes.next();
      if (next.done) {
        break;
      }
      head = Buffer.concat([head, next.value]);
    }
    const compression = compressionBy(head);
    const all = chained(head, bytes);
    yield* decompressedBy(compression, all);
  } finally {
    await bytes.return?.();
  }
}

async function* chained(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (head.length > 0) {
    yield head;
  }
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    yield Buffer.isBuffer(next.value) ? next.value : Buffer.from(next.value);
  }
}

function decompressedBy(compression: TextCompression, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return through(createGunzip(), bytes, compression);
    case 'zstd':
      return createZstdDecompress ? through(createZstdDecompress(), bytes, compression) : portableZstd(bytes);
  }
}

async function* through(
  stream: Duplex,
  compressed: AsyncIterable<Buffer>,
  compression: TextCompression
): AsyncGenerator<Buffer> {
  const source = Readable.from(compressed, { objectMode: false });
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
