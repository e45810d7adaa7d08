import {
  ARROW_MAGIC as MAGIC,
  CONTINUATION,
  decodeFooter,
  decodeMessage,
  TRAILER_BYTES,
  type ArrowFooter,
  type Block
} from './arrow-metadata.js';
import { columnsOf } from './arrow-types.js';
import type { RangeReader } from './range-reader.js';
import type { RowStatistics } from './reader.js';
import { UnreadableFile } from './unreadable.js';

/** Fetched in the first read: most footers are shorter. */
const TAIL_BYTES = 16 * 1024;
/** Fetched at each message of a stream: most messages' metadata are shorter. */
const MESSAGE_BYTES = 4 * 1024;
/** Batches whose metadata are fetched at a time. */
const BATCHES_AT_ONCE = 8;

/**
 * Reads an Arrow IPC file (also Feather version 2) by its footer, or an IPC stream by its messages. Of each record
 * batch only the metadata are read, which say its rows.
 * @throws UnreadableFile
 */
export async function readArrow(file: RangeReader, signal?: AbortSignal): Promise<RowStatistics> {
  if (file.byteLength === 0) {
    throw new UnreadableFile('is empty: an Arrow file has at least a schema');
  }
  const head = Buffer.from(await file.slice(0, Math.min(8, file.byteLength))).toString('latin1');
  if (head.startsWith('FEA1')) {
    throw new UnreadableFile('is Feather version 1, which is no longer read: write it again as version 2');
  }
  return head.startsWith(MAGIC) ? readFile(file, signal) : readStream(file, signal);
}

async function readFile(file: RangeReader, signal?: AbortSignal): Promise<RowStatistics> {
  const { schema, batches } = await fetchFooter(file);
  let rows = 0;
  for (let i = 0; i < batches.length; i += BATCHES_AT_ONCE) {
    signal?.throwIfAborted();
    const some = batches.slice(i, i + BATCHES_AT_ONCE);
    const counted = await Promise.all(some.map(batch => batchRows(file, batch)));
    rows += counted.reduce((sum, n) => sum + n, 0);
  }
  return { rows, columns: columnsOf(schema) };
}

async function fetchFooter(file: RangeReader): Promise<ArrowFooter> {
  const { byteLength } = file;
  const tailStart = Math.max(0, byteLength - TAIL_BYTES);
  const tail = Buffer.from(await file.slice(tailStart, byteLength));
  if (tail.length < TRAILER_BYTES || tail.toString('latin1', tail.length - MAGIC.length) !== MAGIC) {
    throw new UnreadableFile('does not end as an Arrow file does: it was cut off while being written');
  }
  const footerBytes = tail.readInt32LE(tail.length - TRAILER_BYTES);
  const start = byteLength - TRAILER_BYTES - footerBytes;
  if (footerBytes <= 0 || start < MAGIC.length) {
    throw new UnreadableFile(
      `names a footer of ${footerBytes} bytes, which cannot be in a file of ${byteLength}`
    );
  }
  return decodeFooter(
    start >= tailStart
      ? tail.subarray(start - tailStart, tail.length - TRAILER_BYTES)
      : await file.slice(start, byteLength - TRAILER_BYTES)
  );
}

async function batchRows(file: RangeReader, batch: Block): Promise<number> {
  const { offset, metadataBytes, bodyBytes } = batch;
  const end = offset + metadataBytes;
  if (!(offset >= 0 && metadataBytes > 0 && bodyBytes >= 0 && end + bodyBytes <= file.byteLength)) {
    throw new UnreadableFile('names a record batch outside the file');
  }
  const bytes = Buffer.from(await file.slice(offset, end));
  const message = decodeMessage(bytes.subarray(prefixOf(bytes).bytes));
  if (message.kind !== 'batch') {
    throw new UnreadableFile('has something else where its footer names a record batch');
  }
  return message.rows;
}

async function readStream(file: RangeReader, signal?: AbortSignal): Promise<RowStatistics> {
  let columns: RowStatistics['columns'] | undefined;
  let rows = 0;
  for (let at = 0; at < file.byteLength;) {
    signal?.throwIfAborted();
    const next = await fetchMessage(file, at);
    if (!next) {
      break;
    }
    const { message, bodyStart } = next;
    if (message.schema) {
      columns = columnsOf(message.schema);
    } else if (!columns) {
      throw new UnreadableFile('does not begin with a schema: it is no Arrow stream');
    }
    at = bodyStart + message.bodyBytes;
    if (at > file.byteLength) {
      throw new UnreadableFile(`ends in the middle of a record batch, after ${rows} rows`);
    }
    rows += message.rows;
  }
  if (!columns) {
    throw new UnreadableFile('has no schema: it is no Arrow stream');
  }
  return { rows, columns };
}

/** The message at `at`, and where its body begins; undefined at the mark that ends a stream. */
async function fetchMessage(file: RangeReader, at: number) {
  const head = Buffer.from(await file.slice(at, Math.min(at + MESSAGE_BYTES, file.byteLength)));
  const prefix = prefixOf(head);
  if (prefix.length === 0) {
    return undefined;
  }
  const start = at + prefix.bytes;
  const bodyStart = start + prefix.length;
  if (prefix.length < 0 || bodyStart > file.byteLength) {
    throw new UnreadableFile('is no Arrow file or stream, or was cut off');
  }
  const bytes =
    prefix.bytes + prefix.length <= head.length
      ? head.subarray(prefix.bytes, prefix.bytes + prefix.length)
      : await file.slice(start, bodyStart);
  return { message: decodeMessage(bytes), bodyStart };
}

/** How many bytes precede a message's metadata, and the metadata's length. */
function prefixOf(bytes: Buffer): { bytes: number; length: number } {
  const marked = bytes.length >= 4 && bytes.readUInt32LE(0) === CONTINUATION;
  const prefix = marked ? 8 : 4;
  if (bytes.length < prefix) {
    throw new UnreadableFile('ends in the middle of a message');
  }
  return { bytes: prefix, length: bytes.readInt32LE(prefix - 4) };
}
