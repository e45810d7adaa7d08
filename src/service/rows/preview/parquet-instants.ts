import type { Field } from 'apache-arrow';
import { DataType, List, Map_, Schema, Struct, Timestamp, TimeUnit } from 'apache-arrow';

import { streamFrom } from '../formats/arrow-stream.js';
import { SPARK_VERSION } from '../formats/parquet.js';
import { THRIFT, ThriftReader } from '../formats/thrift.js';

/** By parquet.thrift: the physical type of instants that Spark and Impala write, and the key of an Arrow schema. */
const INT96 = 3;
const ARROW_SCHEMA = 'ARROW:schema';

/**
 * A footer that says how INT96 is to be read. The Rust library takes it for nanoseconds unless an Arrow schema is in
 * the file, and years before 1677 and after 2262 come out as others: 9999-12-31, which stands for "for ever" in many
 * tables, as a day in 1816. With microseconds nothing is lost that anybody writes. What Spark writes are instants.
 *
 * @param metadata a FileMetaData
 * @param schemaOf its columns as the library takes them
 * @returns the same bytes where nothing needs to be said
 * @throws RangeError where the bytes do not hold
 */
export function withInstants(metadata: Buffer, schemaOf: () => Promise<Schema>): Promise<Buffer> | Buffer {
  const footer = footerOf(metadata);
  if (!footer.leaves.includes(INT96) || footer.keys.includes(ARROW_SCHEMA)) {
    return metadata;
  }
  const instant = new Timestamp(TimeUnit.MICROSECOND, footer.keys.includes(SPARK_VERSION) ? 'UTC' : null);
  return schemaOf().then(schema => {
    const leaves = footer.leaves[Symbol.iterator]();
    const fields = schema.fields.map(field => retyped(field, leaves, instant));
    const value = Buffer.from(streamFrom(new Schema(fields), [])).toString('base64');
    return withKeyValue(metadata, footer, ARROW_SCHEMA, value);
  });
}

interface FooterParts {
  /** Physical types of the schema's leaves, in their order. */
  leaves: number[];
  keys: string[];
  /** Where the list of keys and values is with its head, or would be, start <= i < end. */
  start: number;
  end: number;
  /** Of that list: how many items, and their bytes. */
  items: number;
  itemBytes: Buffer;
  /** The number of the field before it. */
  fieldBefore: number;
}

const FIELD = { schema: 2, keyValues: 5 };

function footerOf(metadata: Buffer): FooterParts {
  const thrift = new ThriftReader(metadata);
  const parts: FooterParts = {
    leaves: [],
    keys: [],
    start: 0,
    end: 0,
    items: 0,
    itemBytes: Buffer.alloc(0),
    fieldBefore: 0
  };
  thrift.struct((id, type) => {
    if (id === FIELD.schema && type === THRIFT.list) {
      const { length } = thrift.list();
      for (let i = 0; i < length; i++) {
        schemaElement(thrift, parts.leaves);
      }
    } else if (id === FIELD.keyValues && type === THRIFT.list) {
      const { length } = thrift.list();
      const itemsStart = thrift.at;
      for (let i = 0; i < length; i++) {
        parts.keys.push(keyOf(thrift));
      }
      parts.items = length;
      parts.itemBytes = metadata.subarray(itemsStart, thrift.at);
      parts.end = thrift.at;
      return true;
    } else {
      thrift.skip(type);
    }
    if (id < FIELD.keyValues) {
      parts.fieldBefore = id;
      parts.start = parts.end = thrift.at;
    }
    return true;
  });
  return parts;
}

/** Notes the type of a leaf: what has children has no type. */
function schemaElement(thrift: ThriftReader, leaves: number[]): void {
  let physical = -1;
  let children = 0;
  thrift.struct((id, type) => {
    if (id === 1 && type === THRIFT.i32) {
      physical = thrift.integer();
    } else if (id === 5 && type === THRIFT.i32) {
      children = thrift.integer();
    } else {
      return false;
    }
    return true;
  });
  if (children === 0) {
    leaves.push(physical);
  }
}

function keyOf(thrift: ThriftReader): string {
  let key = '';
  thrift.struct((id, type) => {
    if (id !== 1 || type !== THRIFT.binary) {
      return false;
    }
    key = Buffer.from(thrift.binary()).toString();
    return true;
  });
  return key;
}

/** The same field with instants where the file has INT96; leaves come in the same order in both. */
function retyped(field: Field, leaves: Iterator<number>, instant: Timestamp): Field {
  const { type } = field;
  const inner = (child: Field) => retyped(child, leaves, instant);
  if (DataType.isStruct(type)) {
    return field.clone({ type: new Struct(type.children.map(inner)) });
  }
  if (DataType.isList(type)) {
    return field.clone({ type: new List(inner(type.children[0]!)) });
  }
  if (DataType.isMap(type)) {
    const entries = inner(type.children[0]!) as ConstructorParameters<typeof Map_>[0];
    return field.clone({ type: new Map_(entries, type.keysSorted) });
  }
  return leaves.next().value === INT96 ? field.clone({ type: instant }) : field;
}

/** A FileMetaData with one more key and value. */
function withKeyValue(metadata: Buffer, footer: FooterParts, key: string, value: string): Buffer {
  const { start, end, items, itemBytes, fieldBefore } = footer;
  const item = Buffer.concat([TEXT, sized(key), TEXT, sized(value), Buffer.from([THRIFT.stop])]);
  const list = Buffer.from([((FIELD.keyValues - fieldBefore) << 4) | THRIFT.list]);
  const count = items + 1;
  const head =
    count < 15
      ? Buffer.from([(count << 4) | THRIFT.struct])
      : Buffer.from([0xf0 | THRIFT.struct, ...varint(count)]);
  const rest = Buffer.from(metadata.subarray(end));
  const step = rest[0]! >> 4;
  if (start === end && step > 0) {
    // The number of the next field counts from the one before it.
    rest[0] = rest[0]! - ((FIELD.keyValues - fieldBefore) << 4);
  }
  return Buffer.concat([metadata.subarray(0, start), list, head, itemBytes, item, rest]);
}

/** The head of a text field that follows the one numbered one less. */
const TEXT = Buffer.from([0x10 | THRIFT.binary]);

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(varint(bytes.length)), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      return [...bytes, left];
    }
    bytes.push((left % 128) | 0x80);
  }
}
