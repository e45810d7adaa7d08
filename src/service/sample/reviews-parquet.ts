import {
  DateDay,
  Field,
  Int32,
  RecordBatch,
  Schema,
  Struct,
  Table,
  makeData,
  tableToIPC,
  type Data,
  type DataType
} from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm/node';
import { IntegerColumn, TextColumn, type ColumnBuilder } from './columns.js';
import type { Part } from './parts.js';
import { reviewAt, type Review } from './reviews.js';

/** Rows in a row group: small enough that a reader of a few rows need not read the whole file. */
const ROW_GROUP_ROWS = 65_536;

/**
 * One part of the reviews as a Parquet file (zstd). The same bytes for the same part, as long as parquet-wasm
 * stays the same version. It computes for about 0.1 s per 10,000 rows without a pause: call it off the main thread.
 */
export function reviewsParquet(part: Part): Uint8Array {
  const table = WasmTable.fromIPCStream(tableToIPC(reviewsTable(part), 'stream'));
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupSize(ROW_GROUP_ROWS)
    .setCreatedBy('databranch sample')
    .build();
  return writeParquet(table, properties);
}

function reviewsTable(part: Part): Table {
  const rows = part.end - part.start;
  const columns = reviewColumns(rows);
  for (let row = part.start; row < part.end; row++) {
    const review = reviewAt(row);
    for (const column of columns) {
      column.take(review);
    }
  }
  const schema = new Schema(columns.map(({ name, type }) => new Field(name, type, false)));
  const children = columns.map(column => column.finish());
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
  return new Table(schema, [new RecordBatch(schema, data)]);
}

interface ReviewColumn {
  name: keyof Review;
  type: DataType;
  take(review: Review): void;
  finish(): Data;
}

/** In the order of the file's columns. */
function reviewColumns(rows: number): ReviewColumn[] {
  const text = (name: FieldsOf<string>) => taking(name, new TextColumn(rows));
  const integer = (name: FieldsOf<number>) => taking(name, new IntegerColumn(new Int32(), rows));
  return [
    text('marketplace'),
    text('customer_id'),
    text('review_id'),
    text('product_id'),
    text('product_parent'),
    text('product_title'),
    text('product_category'),
    integer('star_rating'),
    integer('helpful_votes'),
    integer('total_votes'),
    text('vine'),
    text('verified_purchase'),
    text('review_headline'),
    text('review_body'),
    taking('review_date', new IntegerColumn(new DateDay(), rows))
  ];
}

/** The names of a review's fields that hold a `Value`. */
type FieldsOf<Value> = { [Name in keyof Review]: Review[Name] extends Value ? Name : never }[keyof Review];

function taking<Name extends keyof Review>(
  name: Name,
  column: ColumnBuilder<Review[Name], DataType>
): ReviewColumn {
  return {
    name,
    type: column.type,
    take: review => column.push(review[name]),
    finish: () => column.finish()
  };
}
