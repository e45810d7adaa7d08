import { CompressionType, compressionRegistry, tableFromIPC, tableToIPC } from 'apache-arrow';

import { decodeLz4Frame } from './lz4-frame.js';
import { decompressZstd } from './zstd.js';

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
compressionRegistry.set(CompressionType.ZSTD, { decode: decompressZstd });

/** An Arrow stream without compression of its batches. @throws Error where it cannot be read */
export function decompressedStream(stream: Uint8Array): Uint8Array {
  return tableToIPC(tableFromIPC(stream), 'stream');
}
