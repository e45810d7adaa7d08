import { parse } from '../formats/csv-dialect.js';
import { CsvScanner } from '../formats/csv-scanner.js';
import type { CsvLayout } from '../formats/reader.js';
import { OpenRecord, type Records } from './records.js';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** The records of a CSV text, with its header where it has one. */
export class CsvRecords implements Records {
  private readonly scanner: CsvScanner;
  private readonly open = new OpenRecord();

  constructor(layout: CsvLayout) {
    this.scanner = new CsvScanner(layout);
  }

  feed(piece: Buffer): Buffer[] {
    const records: Buffer[] = [];
    for (let start = 0; start < piece.length;) {
      const end = lineEnd(piece, start);
      const line = piece.subarray(start, end);
      const before = this.scanner.records;
      this.scanner.feed(line);
      this.open.add(line);
      if (this.scanner.records > before) {
        records.push(this.open.take());
      }
      start = end;
    }
    return records;
  }

  finish(): Buffer[] {
    const before = this.scanner.records;
    this.scanner.finish();
    return this.scanner.records > before ? [this.open.take()] : [];
  }
}

/** Behind the line break that comes next; the end of the piece where none does. */
function lineEnd(piece: Buffer, start: number): number {
  for (let i = start; i < piece.length; i++) {
    if (piece[i] === LINE_FEED || piece[i] === RETURN) {
      return i + 1;
    }
  }
  return piece.length;
}

/** The fields of a record as text; null for those that the line lacks. */
export function csvValues(
  { delimiter, escape }: CsvLayout,
  names: string[],
  record: string
): (string | null)[] {
  const [fields = []] = parse(record, delimiter, escape);
  return names.map((_, i) => fields[i] ?? null);
}
