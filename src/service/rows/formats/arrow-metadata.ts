import { Message, type Schema } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import type { RecordBatch } from 'apache-arrow/ipc/metadata/message';

import { FlatTable } from './flatbuffer.js';
import { UnreadableFile } from './unreadable.js';

/** Begins and ends a file of the IPC format. */
export const ARROW_MAGIC = 'ARROW1';
/** Footer length (4 bytes) and magic end it. */
export const TRAILER_BYTES = 4 + ARROW_MAGIC.length;
/** Marks the start of a message since Arrow 0.15. */
export const CONTINUATION = 0xffffffff;

/** Field numbers of the tables in Arrow's format/{Message,File,Schema}.fbs. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3 };
const RECORD_BATCH = { length: 0, nodes: 1, buffers: 2, variadicBufferCounts: 4 };
const DICTIONARY_BATCH = { id: 0 };
/** struct FieldNode and struct Buffer: two int64 each. */
const NODE_BYTES = 16;
const FOOTER = { schema: 1, dictionaries: 2, recordBatches: 3 };
const SCHEMA = { fields: 1, metadata: 2 };
const FIELD = { children: 5, metadata: 6 };
/** struct Block: offset (int64), metadata length (int32, padded to 8 bytes), body length (int64). */
const BLOCK_BYTES = 24;
/** By MessageHeader, the union of a message's contents. */
const HEADERS: Record<number, ArrowMessage['kind']> = { 1: 'schema', 2: 'dictionary', 3: 'batch' };
/** No table that people make is nested deeper. */
const DEPTH_MAX = 64;

/** Where a message lies: bytes from the file's beginning. */
export interface Block {
  offset: number;
  metadataBytes: number;
  bodyBytes: number;
}

export interface ArrowFooter {
  schema: Schema;
  dictionaries: Block[];
  batches: Block[];
}

export interface ArrowMessage {
  kind: 'schema' | 'dictionary' | 'batch' | 'other';
  bodyBytes: number;
  /** Of a record batch; 0 for everything else. */
  rows: number;
  /** Of a dictionary: the number by which fields name it. */
  dictionary?: number;
  /** Of a schema message only. */
  schema?: Schema;
}

/** @throws UnreadableFile */
export function decodeFooter(bytes: Uint8Array): ArrowFooter {
  return decoding('footer', () => {
    const footer = FlatTable.root(bytes);
    checkSchema(footer.table(FOOTER.schema), bytes.length);
    return {
      schema: Footer.decode(bytes).schema,
      dictionaries: footer.structs(FOOTER.dictionaries, BLOCK_BYTES).map(blockOf),
      batches: footer.structs(FOOTER.recordBatches, BLOCK_BYTES).map(blockOf)
    };
  });
}

function blockOf(block: DataView): Block {
  return {
    offset: Number(block.getBigInt64(0, true)),
    metadataBytes: block.getInt32(8, true),
    bodyBytes: Number(block.getBigInt64(16, true))
  };
}

/** @throws UnreadableFile */
export function decodeMessage(bytes: Uint8Array): ArrowMessage {
  return decoding('message', () => {
    const message = FlatTable.root(bytes);
    const kind = HEADERS[message.uint8(MESSAGE.headerType)] ?? 'other';
    const header = message.table(MESSAGE.header);
    const bodyBytes = message.int64(MESSAGE.bodyLength);
    const rows = kind === 'batch' ? header!.int64(RECORD_BATCH.length) : 0;
    if (!(bodyBytes >= 0 && rows >= 0)) {
      throw new RangeError('a length is negative');
    }
    if (kind === 'dictionary') {
      return { kind, bodyBytes, rows, dictionary: header!.int64(DICTIONARY_BATCH.id) };
    }
    if (kind !== 'schema') {
      return { kind, bodyBytes, rows };
    }
    checkSchema(header, bytes.length);
    return { kind, bodyBytes, rows, schema: Message.decode(bytes).header() as Schema };
  });
}

/** What the message of a record batch says of its columns. @throws UnreadableFile */
export function decodeBatch(bytes: Uint8Array): RecordBatch {
  return decoding('record batch', () => {
    const header = FlatTable.root(bytes).table(MESSAGE.header)!;
    // apache-arrow follows their lengths wherever they lead.
    header.structs(RECORD_BATCH.nodes, NODE_BYTES);
    header.structs(RECORD_BATCH.buffers, NODE_BYTES);
    header.structs(RECORD_BATCH.variadicBufferCounts, 8);
    return Message.decode(bytes).header() as RecordBatch;
  });
}

/**
 * Bounds what decoding a schema costs. apache-arrow follows every length that it reads: one changed byte in a file
 * of 1 KB was seen to keep it busy for minutes.
 */
function checkSchema(schema: FlatTable | undefined, bytes: number): void {
  // A field takes more than eight bytes, so that more fields than this lie over one another.
  let left = bytes / 8;
  const visit = (fields: FlatTable[], depth: number): void => {
    left -= fields.length;
    if (left < 0 || depth > DEPTH_MAX) {
      throw new RangeError('a schema has more fields than room');
    }
    for (const field of fields) {
      left -= field.tables(FIELD.metadata).length;
      visit(field.tables(FIELD.children), depth + 1);
    }
  };
  if (!schema) {
    throw new RangeError('there is no schema');
  }
  left -= schema.tables(SCHEMA.metadata).length;
  visit(schema.tables(SCHEMA.fields), 0);
}

/** Bytes that are no metadata fail in many ways, which all mean the same. */
function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new UnreadableFile(`has a ${what} that cannot be decoded: it is no Arrow file, or is damaged`);
  }
}
