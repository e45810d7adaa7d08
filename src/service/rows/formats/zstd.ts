import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';

import { Decompress, decompress } from 'fzstd';

import { UnreadableFile } from './unreadable.js';

/** Node has zstd since 22.15; it is native and works in threads. */
const native = zlib as {
  createZstdDecompress?: () => Duplex;
  zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
};

/** Given to the portable decoder at a time. Few bytes may become many: at most 128 KiB of every four. */
const SLICE_BYTES = 1024;

/** Node's own stream, where it has one. */
export const createZstdDecompress = native.createZstdDecompress;

/**
 * What zstd frames hold, at the beginning of memory of its own, so that numbers in it are aligned.
 * @throws Error for what is damaged, or is no zstd
 */
export function decompressZstd(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(native.zstdDecompressSync?.(bytes) ?? decompress(bytes));
}

/**
 * What zstd frames hold, in pieces, where Node has no zstd. At most 32 MiB of it are in memory, and as much for what
 * frames refer back to.
 * @throws UnreadableFile
 */
export async function* portableZstd(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = [];
  const decoder = new Decompress(piece => void pieces.push(piece));
  const decoded = (bytes: Uint8Array, isLast = false): Buffer[] => {
    pieces = [];
    try {
      decoder.push(bytes, isLast);
    } catch (error) {
      throw new UnreadableFile(`has zstd compression that is damaged: ${(error as Error).message}`);
    }
    return pieces.map(({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length));
  };
  for await (const bytes of compressed) {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      yield* decoded(bytes.subarray(at, at + SLICE_BYTES));
    }
  }
  yield* decoded(new Uint8Array(), true);
}
