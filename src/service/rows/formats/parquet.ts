import { createHash } from 'node:crypto';

import { RecordBatchReader } from 'apache-arrow';
import { ParquetFile } from 'parquet-wasm/node';

import type { Column } from '../../../protocol/databranch.js';
import { columnsOf } from './arrow-types.js';
import {
  footerReads,
  readFooter,
  TRAILER_BYTES,
  type FooterBytes,
  type ParquetFooter
} from './parquet-footer.js';
import type { RangeReader } from './range-reader.js';
import type { RowStatistics } from './reader.js';
import { UnreadableFile } from './unreadable.js';

/**
 * Reads a Parquet file's footer, never its data.
 * @throws UnreadableFile
 */
export async function readParquet(file: RangeReader): Promise<RowStatistics> {
  const { bytes, metadata } = await fetchFooter(file);
  try {
    const footer = readFooter(metadata);
    return footer
      ? { rows: footer.rows, columns: await columnsIn(footer) }
      : await decode(new FooterBlob(bytes, file.byteLength));
  } catch (error) {
    throw new UnreadableFile(`has a footer that cannot be read: ${plain(error)}`);
  }
}

/** Reads a footer, in one read or two. @throws UnreadableFile */
export async function fetchFooter(file: RangeReader): Promise<FooterBytes> {
  const reads = footerReads(file.byteLength);
  let wanted = reads.next();
  while (!wanted.done) {
    const { buffer, byteOffset, byteLength } = await file.slice(wanted.value, file.byteLength);
    wanted = reads.next(Buffer.from(buffer, byteOffset, byteLength));
  }
  return wanted.value;
}

/** The columns that a footer tells. */
export function columnsIn(footer: ParquetFooter): Promise<Column[]> {
  return COLUMNS.of(footer.columns);
}

/** The columns of footers that were seen lately: thousands of files written alike have one and the same. */
class FooterColumns {
  private readonly cached = new Map<string, Promise<Column[]>>();

  /** @throws what {@link decode} throws */
  of(metadata: Buffer): Promise<Column[]> {
    const key = createHash('sha256').update(metadata).digest('base64');
    const known = this.cached.get(key);
    if (known) {
      return known;
    }
    const columns = decode(wholeFile(metadata)).then(statistics => statistics.columns);
    if (this.cached.size >= FOOTERS_MAX) {
      this.cached.delete(this.cached.keys().next().value!);
    }
    this.cached.set(key, columns);
    columns.catch(() => this.cached.delete(key));
    return columns;
  }
}

/** Footers in memory, by their hashes: far more than data sets that are counted at a time. */
const FOOTERS_MAX = 1_000;
const COLUMNS = new FooterColumns();

/** A file that has a footer and nothing else. */
function wholeFile(metadata: Buffer): FooterBlob {
  const trailer = Buffer.alloc(TRAILER_BYTES, 'xxxxPAR1');
  trailer.writeUInt32LE(metadata.length);
  const bytes = Buffer.concat([Buffer.from('PAR1'), metadata, trailer]);
  return new FooterBlob(bytes, bytes.length);
}

async function decode(footer: FooterBlob): Promise<RowStatistics> {
  const file = await ParquetFile.fromFile(footer as unknown as Blob);
  const metadata = file.metadata();
  const summary = metadata.fileMetadata();
  try {
    const schema = RecordBatchReader.from(file.schema().intoIPCStream()).open().schema;
    const columns = columnsOf(schema);
    const isSparks = summary.keyValueMetadata().has(SPARK_VERSION);
    return { rows: summary.numRows(), columns: isSparks ? columns.map(asSparkMeant) : columns };
  } finally {
    // Memory of the WebAssembly side is not collected by itself.
    summary.free();
    metadata.free();
    file.free();
  }
}

/** In the metadata of every file that Spark writes. */
export const SPARK_VERSION = 'org.apache.spark.version';

/**
 * Spark writes instants as INT96, which Arrow takes for nanoseconds without a zone; Spark itself never writes such
 * nanoseconds. So that an instant stays one when Spark has rewritten it, it is called one.
 */
function asSparkMeant({ name, type }: Column): Column {
  return { name, type: type.replaceAll('timestamp[ns]', 'timestamp[ns, utc]') };
}

/**
 * A file of which only the last bytes are at hand, in the shape that parquet-wasm asks for: of a `Blob` it uses
 * size, slices and their bytes, and it slices only where the footer is.
 */
class FooterBlob {
  constructor(
    /** The file's last bytes. */
    private readonly tail: Buffer,
    /** Which bytes of the file this slice is, start <= i < end. */
    private readonly end: number,
    private readonly start = 0,
    private readonly tailStart = end - tail.length
  ) {}

  get size(): number {
    return this.end - this.start;
  }

  slice(start = 0, end = this.size): FooterBlob {
    return new FooterBlob(this.tail, this.start + end, this.start + start, this.tailStart);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const from = this.start - this.tailStart;
    if (from < 0) {
      throw new Error('something in it points outside the footer');
    }
    return new Uint8Array(this.tail.subarray(from, from + this.size)).buffer;
  }
}

/** The library's sentence without its prefixes. */
function plain(error: unknown): string {
  return String((error as Error).message ?? error).replace(/^(Parquet error|External|EOF|Arrow): /, '');
}
