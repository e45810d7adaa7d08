import { Schema, Table, tableToIPC, type RecordBatch } from 'apache-arrow';

import type { PreviewMetadata } from '../../../protocol/databranch.js';
import type { ChosenRows } from './chosen-rows.js';
import { PREVIEW_BYTES_MAX, TooLarge } from './limit.js';
import type { PreviewQuestion } from './question.js';

/**
 * The answer as an Arrow stream. Its schema's metadata say how many rows and which columns the file has, and
 * which rows these are.
 * @throws TooLarge
 */
export function answerOf(
  table: Table,
  { rows, columns, schema }: PreviewQuestion,
  numbers: number[]
): Uint8Array {
  const chosen = table.select(columns);
  const metadata: PreviewMetadata = {
    'databranch.rows': String(rows),
    'databranch.row_numbers': JSON.stringify(numbers),
    'databranch.columns': JSON.stringify(schema)
  };
  const described = new Schema(chosen.schema.fields, new Map(Object.entries(metadata)));
  const stream = tableToIPC(new Table(described, chosen.batches), 'stream');
  if (stream.length > PREVIEW_BYTES_MAX) {
    throw new TooLarge([]);
  }
  return stream;
}

/** Picks the wanted ones from rows that come in batches. */
export class PickedRows {
  private readonly batches: RecordBatch[] = [];
  private readonly numbers: number[];
  /** The number of the next row that comes. */
  private at: number;
  /** Which of the numbers is the next one wanted. */
  private next = 0;

  constructor({ start, numbers }: ChosenRows) {
    this.at = start;
    this.numbers = numbers;
  }

  /** Whether one of the next `rows` rows is wanted. */
  wants(rows: number): boolean {
    const number = this.numbers[this.next];
    return number !== undefined && number < this.at + rows;
  }

  skip(rows: number): void {
    this.at += rows;
  }

  add(batches: RecordBatch[]): void {
    for (const batch of batches) {
      while (this.wants(batch.numRows)) {
        const first = this.next;
        const number = this.numbers[first]!;
        // Rows that lie side by side are one slice.
        do {
          this.next++;
        } while (this.wants(batch.numRows) && this.numbers[this.next] === number + this.next - first);
        const start = number - this.at;
        this.batches.push(batch.slice(start, start + this.next - first));
      }
      this.at += batch.numRows;
    }
  }

  /** @param schema where no row came */
  table(schema: Schema): Table {
    return this.batches.length > 0 ? new Table(this.batches) : new Table(schema);
  }
}
