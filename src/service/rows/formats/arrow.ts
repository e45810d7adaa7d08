import type { Schema } from 'apache-arrow';

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

/** Where in a file its messages lie. */
export interface ArrowLayout {
  schema: Schema;
  dictionaries: Block[];
  batches: (Block & { rows: number })[];
  /** Whether a batch needs the dictionaries before it and no others; else all of them are the whole file's. */
  isStream: boolean;
}

/**
 * Reads an Arrow IPC file (also Feather version 2) by its footer, or an IPC stream by its messages. Of each record
 * batch only the metadata are read, which say its rows.
 * @throws UnreadableFile
 */
export async function readArrow(file: RangeReader, signal?: AbortSignal): Promise<RowStatistics> {
  const { schema, batches } = await arrowLayout(file, signal);
  return { rows: batches.reduce((sum, { rows }) => sum + rows, 0), columns: columnsOf(schema) };
}

/** Finds the record batches of an Arrow file or stream, and the rows of each. @throws UnreadableFile */
export async function arrowLayout(file: RangeReader, signal?: AbortSignal): Promise<ArrowLayout> {
  if (file.byteLength === 0) {
    throw new UnreadableFile('is empty: an Arrow file has at least a schema');
  }
  const head = Buffer.from(await file.slice(0, Math.min(8, file.byteLength))).toString('latin1');
  if (head.startsWith('FEA1')) {
    throw new UnreadableFile('is Feather version 1, which is no longer read: write it again as version 2');
  }
  return head.startsWith(MAGIC) ? readFile(file, signal) : readStream(file, signal);
}

async function readFile(file: RangeReader, signal?: AbortSignal): Promise<ArrowLayout> {
  const { schema, dictionaries, batches } = await fetchFooter(file);
  const counted: ArrowLayout['batches'] = [];
  for (let i = 0; i < batches.length; i += BATCHES_AT_ONCE) {
    signal?.throwIfAborted();
    const some = batches.slice(i, i + BATCHES_AT_ONCE);
    counted.push(
      ...(await Promise.all(some.map(async batch => ({ ...batch, rows: await batchRows(file, batch) }))))
    );
  }
  return { schema, dictionaries, batches: counted, isStream: false };
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
  const end = offset + metadataBytes + bodyBytes;
  if (!(offset >= 0 && metadataBytes > 0 && bodyBytes >= 0 && end <= file.byteLength)) {
    throw new UnreadableFile('names a record batch outside the file');
  }
  const message = decodeMessage(await fetchMetadata(file, batch));
  if (message.kind !== 'batch') {
    throw new UnreadableFile('has something else where its footer names a record batch');
  }
  return message.rows;
}

/** A message's metadata, without what precedes them. */
export async function fetchMetadata(
  file: RangeReader,
  { offset, metadataBytes }: Block
): Promise<Uint8Array> {
  const bytes = Buffer.from(await file.slice(offset, offset + metadataBytes));
  return bytes.subarray(prefixOf(bytes).bytes);
}

async function readStream(file: RangeReader, signal?: AbortSignal): Promise<ArrowLayout> {
  let schema: Schema | undefined;
  const dictionaries: Block[] = [];
  const batches: ArrowLayout['batches'] = [];
  for (let at = 0; at < file.byteLength;) {
    signal?.throwIfAborted();
    const next = await fetchMessage(file, at);
    if (!next) {
      break;
    }
    const { message, bodyStart } = next;
    if (message.schema) {
      schema = message.schema;
    } else if (!schema) {
      throw new UnreadableFile('does not begin with a schema: it is no Arrow stream');
    }
    const block = { offset: at, metadataBytes: bodyStart - at, bodyBytes: message.bodyBytes };
    at = bodyStart + message.bodyBytes;
    if (at > file.byteLength) {
      const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
      throw new UnreadableFile(`ends in the middle of a record batch, after ${rows} rows`);
    }
    if (message.kind === 'batch') {
      batches.push({ ...block, rows: message.rows });
    } else if (message.kind === 'dictionary') {
      dictionaries.push(block);
    }
  }
  if (!schema) {
    throw new UnreadableFile('has no schema: it is no Arrow stream');
  }
  return { schema, dictionaries, batches, isStream: true };
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
