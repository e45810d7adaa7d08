import { RecordBatchReader } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm/node';

import { fetchFooter } from '../formats/parquet.js';
import { TRAILER_BYTES } from '../formats/parquet-footer.js';
import type { RangeReader } from '../formats/range-reader.js';
import { withInstants } from './parquet-instants.js';

/** A Parquet file in the shape that parquet-wasm asks for: of a `Blob` it uses size, slices and their bytes. */
export async function parquetBytes(file: RangeReader): Promise<Blob> {
  const { metadata } = await fetchFooter(file);
  const footerStart = file.byteLength - TRAILER_BYTES - metadata.length;
  const withFooter = (footer: Buffer): Blob => {
    const trailer = Buffer.from('xxxxPAR1');
    trailer.writeUInt32LE(footer.length);
    return new Bytes(file, Buffer.concat([footer, trailer]), footerStart) as unknown as Blob;
  };
  const schemaOf = async () => {
    const parquet = await ParquetFile.fromFile(withFooter(metadata));
    try {
      return RecordBatchReader.from(parquet.schema().intoIPCStream()).open().schema;
    } finally {
      parquet.free();
    }
  };
  return withFooter(await withInstants(metadata, schemaOf));
}

/** A file whose end is at hand. */
class Bytes {
  constructor(
    private readonly file: RangeReader,
    private readonly tail: Buffer,
    private readonly tailStart: number,
    /** Which bytes of the file this slice is, start <= i < end. */
    private readonly start = 0,
    private readonly end = tailStart + tail.length
  ) {}

  get size(): number {
    return this.end - this.start;
  }

  slice(start = 0, end = this.size): Bytes {
    const { file, tail, tailStart } = this;
    return new Bytes(file, tail, tailStart, this.start + start, this.start + Math.min(end, this.size));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { start, end, tailStart } = this;
    const bytes =
      start >= tailStart
        ? this.tail.subarray(start - tailStart, end - tailStart)
        : await this.file.slice(start, end);
    return new Uint8Array(bytes).buffer;
  }
}
