import type { RangeReader } from '../../../../src/service/rows/formats/range-reader.js';

/** Bytes in memory behind the readers' seam; notes which ranges were asked for. */
export class Bytes implements RangeReader {
  readonly ranges: [start: number, end: number][] = [];
  private readonly bytes: Buffer;

  constructor(
    bytes: Uint8Array | string,
    private readonly chunkBytes = 64 * 1024
  ) {
    this.bytes = Buffer.from(bytes as Uint8Array);
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  async slice(start: number, end: number): Promise<Uint8Array> {
    if (start < 0 || end > this.bytes.length || start > end) {
      throw new RangeError(`asked for ${start}..${end} of ${this.bytes.length} bytes`);
    }
    this.ranges.push([start, end]);
    return this.bytes.subarray(start, end);
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.bytes.length; at += this.chunkBytes) {
      yield this.bytes.subarray(at, at + this.chunkBytes);
    }
  }
}
