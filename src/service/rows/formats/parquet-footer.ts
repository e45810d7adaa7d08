import { THRIFT, ThriftReader } from './thrift.js';
import { UnreadableFile } from './unreadable.js';

/**
 * Fetched in the first read: holds the whole footer of a file of a dozen columns and a few row groups, so that it costs
 * one read. Four times as much cost a fifth more for such files, in memory to be collected.
 */
const TAIL_BYTES = 8 * 1024;
/** Footer length (4 bytes) and magic (4 bytes) end every file (parquet-format, "File format"). */
export const TRAILER_BYTES = 8;
/** A footer of 15 columns and 10,000 row groups is about 20 MB; what is longer is no footer. */
const FOOTER_BYTES_MAX = 128 * 1024 * 1024;

/** The last bytes of a Parquet file, of which the first are its FileMetaData (parquet.thrift). */
export interface FooterBytes {
  bytes: Buffer;
  metadata: Buffer;
}

/**
 * Plans the reads of a footer: yields from where on the file's bytes are wanted, is given all from there to the end,
 * and wants more only where they do not hold all of the footer.
 * @throws UnreadableFile
 */
export function* footerReads(byteLength: number): Generator<number, FooterBytes, Buffer> {
  if (byteLength === 0) {
    throw new UnreadableFile('is empty: a Parquet file has at least a footer');
  }
  const tailStart = Math.max(0, byteLength - TAIL_BYTES);
  const tail = yield tailStart;
  const magic = tail.toString('latin1', tail.length - 4);
  if (magic === 'PARE') {
    throw new UnreadableFile('is encrypted, and its keys are not known here');
  }
  if (magic !== 'PAR1' || tail.length < TRAILER_BYTES + 4) {
    throw new UnreadableFile('does not end as a Parquet file does: it was cut off, or is something else');
  }
  const footerBytes = tail.readUInt32LE(tail.length - TRAILER_BYTES);
  const start = byteLength - TRAILER_BYTES - footerBytes;
  if (start < 4 || footerBytes > FOOTER_BYTES_MAX) {
    throw new UnreadableFile(
      `names a footer of ${footerBytes} bytes, which cannot be in a file of ${byteLength}`
    );
  }
  const bytes = start < tailStart ? yield start : tail;
  const end = bytes.length - TRAILER_BYTES;
  return { bytes, metadata: bytes.subarray(end - footerBytes, end) };
}

/** What a footer says, as far as rows and columns are concerned. */
export interface ParquetFooter {
  rows: number;
  /**
   * A footer of the same columns and of no rows: what the columns are follows from these bytes alone, and files that
   * were written alike have the same.
   */
  columns: Buffer;
}

/** Keys of the file's metadata that say more about columns than the schema does. */
const OF_COLUMNS = ['ARROW:schema', 'org.apache.spark.version'];
/** FileMetaData has fields 1 to 9; the last two are for encrypted files (parquet.thrift). */
const LAST_PLAIN_FIELD = 7;

/**
 * Reads the bytes of a FileMetaData (parquet.thrift) without taking apart what describes pages and chunks.
 *
 * @returns undefined for whatever is out of the ordinary, so that a complete reader has to look at it and say what
 * it is: bytes that do not hold, row groups that do not fit schema or row count, encryption
 */
export function readFooter(bytes: Buffer): ParquetFooter | undefined {
  try {
    return new Footer(bytes).read();
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

class Footer {
  private readonly thrift: ThriftReader;
  private rows: number | undefined;
  private schema: Buffer | undefined;
  /** Elements of the schema without children: as many columns each row group must have. */
  private leaves = 0;
  private groups: { rows: number; columns: number }[] | undefined;
  private readonly metadata: Buffer[] = [];
  private plain = true;

  constructor(private readonly bytes: Buffer) {
    this.thrift = new ThriftReader(bytes);
  }

  read(): ParquetFooter | undefined {
    this.thrift.struct((id, type) => this.field(id, type));
    const { rows, schema, groups, leaves } = this;
    if (rows === undefined || schema === undefined || groups === undefined || !this.plain) {
      return undefined;
    }
    const fits =
      groups.every(group => group.columns === leaves) &&
      groups.reduce((sum, group) => sum + group.rows, 0) === rows;
    return fits ? { rows, columns: this.withoutRows(schema) } : undefined;
  }

  private field(id: number, type: number): boolean {
    if (id === 2 && type === THRIFT.list) {
      const start = this.thrift.at;
      this.items(() => this.schemaElement());
      this.schema = this.bytes.subarray(start, this.thrift.at);
    } else if (id === 3 && type === THRIFT.i64) {
      this.rows = this.thrift.integer();
    } else if (id === 4 && type === THRIFT.list) {
      this.groups = this.items(() => this.rowGroup());
    } else if (id === 5 && type === THRIFT.list) {
      this.items(() => this.keyValue());
    } else {
      this.plain &&= id <= LAST_PLAIN_FIELD;
      return false;
    }
    return true;
  }

  private items<T>(item: () => T): T[] {
    const { length, type } = this.thrift.list();
    if (type !== THRIFT.struct && length > 0) {
      throw new RangeError('a list of other things than structures');
    }
    const items: T[] = [];
    for (let i = 0; i < length; i++) {
      items.push(item());
    }
    return items;
  }

  private schemaElement(): void {
    let children = 0;
    this.thrift.struct((id, type) => {
      if (id !== 5 || type !== THRIFT.i32) {
        return false;
      }
      children = this.thrift.integer();
      return true;
    });
    this.leaves += children === 0 ? 1 : 0;
  }

  private rowGroup(): { rows: number; columns: number } {
    const group = { rows: -1, columns: -1 };
    this.thrift.struct((id, type) => {
      if (id === 1 && type === THRIFT.list) {
        const { thrift } = this;
        group.columns = this.items(() => thrift.skip(THRIFT.struct)).length;
      } else if (id === 3 && type === THRIFT.i64) {
        group.rows = this.thrift.integer();
      } else {
        return false;
      }
      return true;
    });
    return group;
  }

  private keyValue(): void {
    const start = this.thrift.at;
    let key = '';
    this.thrift.struct((id, type) => {
      if (id !== 1 || type !== THRIFT.binary) {
        return false;
      }
      key = Buffer.from(this.thrift.binary()).toString();
      return true;
    });
    if (OF_COLUMNS.includes(key)) {
      this.metadata.push(this.bytes.subarray(start, this.thrift.at));
    }
  }

  /** FileMetaData again: version 2, the schema, 0 rows in no groups, and the metadata that is about columns. */
  private withoutRows(schema: Buffer): Buffer {
    const { metadata } = this;
    const head = Buffer.from([0x15, 0x04, 0x19]);
    const groups = Buffer.from([0x16, 0x00, 0x19, 0x0c]);
    const list = Buffer.from([0x19, (metadata.length << 4) | THRIFT.struct]);
    const stop = Buffer.from([0]);
    return Buffer.concat([head, schema, groups, ...(metadata.length > 0 ? [list, ...metadata] : []), stop]);
  }
}
