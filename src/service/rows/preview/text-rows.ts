import { Field, makeData, RecordBatch, Schema, Struct, Table, Utf8, vectorFromArray } from 'apache-arrow';

import type { RangeReader } from '../formats/range-reader.js';
import { textOf } from '../formats/text-stream.js';
import { answerOf } from './answer.js';
import { chosenRows } from './chosen-rows.js';
import { CsvRecords, csvValues } from './csv-records.js';
import { JsonRecords, jsonValues } from './json-records.js';
import { PREVIEW_BYTES_MAX, TooLarge } from './limit.js';
import type { PreviewQuestion } from './question.js';

/** Rows of a text file, every column as text. Read is what comes before the last of them. */
export async function textRows(file: RangeReader, question: PreviewQuestion): Promise<Uint8Array> {
  const { schema, layout } = question;
  const names = schema.map(({ name }) => name);
  const { numbers } = chosenRows([question.rows], question, Infinity);
  const csv = layout && { records: new CsvRecords(layout), values: csvValues.bind(undefined, layout) };
  const { records, values } = csv ?? { records: new JsonRecords(), values: jsonValues };
  // The header is a record like the others.
  const texts = await pick(records, file, numbers, layout?.header ? 1 : 0);
  const rows = texts.map(text => values(names, text));
  return answerOf(textTable(names, rows), question, numbers);
}

/** The records with these numbers, which ascend. */
async function pick(
  records: CsvRecords | JsonRecords,
  file: RangeReader,
  numbers: number[],
  before: number
): Promise<string[]> {
  const texts: string[] = [];
  let number = -before;
  let bytes = 0;
  const take = (some: Buffer[]): void => {
    for (const record of some) {
      if (number++ === numbers[texts.length]) {
        bytes += record.length;
        if (bytes > PREVIEW_BYTES_MAX) {
          throw new TooLarge([]);
        }
        texts.push(decode(record));
      }
    }
  };
  if (numbers.length === 0) {
    return texts;
  }
  for await (const piece of textOf(file)) {
    take(records.feed(piece));
    if (texts.length === numbers.length) {
      return texts;
    }
  }
  take(records.finish());
  return texts;
}

/** UTF-8, or Latin-1 for what cannot be UTF-8. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function textTable(names: string[], rows: (string | null)[][]): Table {
  const schema = new Schema(names.map(name => new Field(name, new Utf8(), true)));
  const children = names.map(
    (_, i) =>
      vectorFromArray(
        rows.map(row => row[i]!),
        new Utf8()
      ).data[0]!
  );
  const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  return new Table(schema, new RecordBatch(schema, data));
}
