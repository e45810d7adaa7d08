import * as zlib from 'node:zlib';

import { CompressionType, compressionRegistry, tableFromIPC, tableToIPC } from 'apache-arrow';

import { decodeLz4Frame } from './lz4-frame.js';

/** Node has zstd since 22.15. */
const zstdDecompressSync = (zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array })
  .zstdDecompressSync;

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
compressionRegistry.set(CompressionType.ZSTD, {
  decode: bytes => {
    if (!zstdDecompressSync) {
      throw new Error('it is compressed with zstd, which this version of Node cannot read');
    }
    return zstdDecompressSync(bytes);
  }
});

/** An Arrow stream without compression of its batches. @throws Error where it cannot be read */
export function decompressedStream(stream: Uint8Array): Uint8Array {
  return tableToIPC(tableFromIPC(stream), 'stream');
}
