import { Message, type Schema } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow/ipc/metadata/message';

import { ARROW_MAGIC, CONTINUATION, decodeFooter, TRAILER_BYTES } from './arrow-metadata.js';

/** Messages begin at multiples of this. */
const ALIGNMENT = 8;

/**
 * The messages of an Arrow file as a stream; a stream stays as it is. Not every writer puts the schema before the
 * batches of a file, so it is taken from the footer, and the messages from where the footer says.
 */
export function streamOf(bytes: Buffer): Uint8Array {
  if (bytes.toString('latin1', 0, ARROW_MAGIC.length) !== ARROW_MAGIC) {
    return bytes;
  }
  const end = bytes.length - TRAILER_BYTES;
  const footer = decodeFooter(bytes.subarray(end - bytes.readInt32LE(end), end));
  const messages = [...footer.dictionaries, ...footer.batches].map(({ offset, metadataBytes, bodyBytes }) =>
    bytes.subarray(offset, offset + metadataBytes + bodyBytes)
  );
  return streamFrom(footer.schema, messages);
}

/** A stream of a schema and the messages behind it, each as it lies in a file. */
export function streamFrom(schema: Schema, messages: Uint8Array[]): Uint8Array {
  return Buffer.concat([framed(Message.encode(Message.from(schema))), ...messages, framed(new Uint8Array())]);
}

/** A record batch and its body, whose length is a multiple of eight, as a message. */
export function messageOf(batch: RecordBatch, body: Uint8Array): Uint8Array {
  return Buffer.concat([framed(Message.encode(Message.from(batch, body.length))), body]);
}

/** What precedes a message's body; an empty one ends a stream. */
function framed(metadata: Uint8Array): Buffer {
  const length = Math.ceil(metadata.length / ALIGNMENT) * ALIGNMENT;
  const message = Buffer.alloc(8 + length);
  message.writeUInt32LE(CONTINUATION, 0);
  message.writeUInt32LE(length, 4);
  message.set(metadata, 8);
  return message;
}
