import { Compression, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm/node';

import { decompressedStream } from './arrow-compression.js';

/** An Arrow stream again as a Parquet file, for what reads no Arrow. Cost: several times its size in memory. */
export function parquetOf(stream: Uint8Array): Uint8Array {
  const properties = new WriterPropertiesBuilder().setCompression(Compression.UNCOMPRESSED).build();
  return writeParquet(tableOf(stream), properties);
}

/** parquet-wasm reads no compressed batches, as Feather files have unless told otherwise. */
function tableOf(stream: Uint8Array): Table {
  try {
    return Table.fromIPCStream(stream);
  } catch (error) {
    if (/IPC decompression/.test(String(error))) {
      return Table.fromIPCStream(decompressedStream(stream));
    }
    throw error;
  }
}
