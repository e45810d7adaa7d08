import type { ContentId } from '../ids.js';
import type { ValueRules } from '../tree/store.js';
import type { Entry } from './model.js';

/*
 * An encoded entry (docs/format.md, "Entries"):
 *   0      version (1)
 *   1..7   mtime, ms, 48 bits   – the only part that is not the entry's identity
 *   7..13  size, bytes, 48 bits – at a fixed place, so that a tree can sum it without decoding
 *   13..45 content id
 *   then   checksum, content type, and metadata (keys ascending): each text with its length as a varint
 * Everything behind the mtime is the identity: two entries are the same when those bytes are.
 */
const VERSION = 1;
const MTIME = 1;
const IDENTITY = 7;
const CONTENT = 13;
const TEXTS = 45;

/** Encodes an entry; the same identity always gives the same bytes behind the mtime. */
export function encodeEntry(entry: Entry): Buffer {
  const texts = [entry.checksum, entry.contentType];
  for (const key of Object.keys(entry.metadata).sort()) {
    texts.push(key, entry.metadata[key]!);
  }
  const lengths = texts.map(text => Buffer.byteLength(text));
  const size = TEXTS + lengths.reduce((sum, length) => sum + varintBytes(length) + length, 0);
  const buffer = Buffer.allocUnsafe(size);
  buffer[0] = VERSION;
  buffer.writeUIntBE(entry.mtime, MTIME, 6);
  buffer.writeUIntBE(entry.size, IDENTITY, 6);
  buffer.write(entry.contentId, CONTENT, 32, 'hex');
  let at = TEXTS;
  texts.forEach((text, i) => {
    at = writeVarint(buffer, lengths[i]!, at);
    at += buffer.write(text, at, 'utf8');
  });
  return buffer;
}

/** @throws if the bytes are not an entry of a version that this program knows. */
export function decodeEntry(buffer: Buffer): Entry {
  if (buffer[0] !== VERSION) {
    throw new Error(`Entry of unknown version ${buffer[0]}: the store was written by a newer Databranch.`);
  }
  const texts: string[] = [];
  for (let at = TEXTS; at < buffer.length;) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        break;
      }
    }
    texts.push(buffer.toString('utf8', at, at + length));
    at += length;
  }
  const metadata: [string, string][] = [];
  for (let i = 2; i < texts.length; i += 2) {
    metadata.push([texts[i]!, texts[i + 1]!]);
  }
  return {
    mtime: buffer.readUIntBE(MTIME, 6),
    size: buffer.readUIntBE(IDENTITY, 6),
    contentId: buffer.toString('hex', CONTENT, TEXTS) as ContentId,
    checksum: texts[0]!,
    contentType: texts[1]!,
    metadata: Object.fromEntries(metadata)
  };
}

/** The content id (32 bytes) in an encoded entry, without decoding the rest. */
export function contentIdIn(entry: Buffer): Buffer {
  return entry.subarray(CONTENT, TEXTS);
}

/** What the tree must know of entries. */
export const entryRules: ValueRules = {
  same: (a, b) => a.length === b.length && a.compare(b, IDENTITY, b.length, IDENTITY, a.length) === 0,
  weight: value => value.readUIntBE(IDENTITY, 6)
};

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

function writeVarint(buffer: Buffer, value: number, at: number): number {
  for (; value >= 0x80; value >>>= 7) {
    buffer[at++] = (value & 0x7f) | 0x80;
  }
  buffer[at++] = value;
  return at;
}
