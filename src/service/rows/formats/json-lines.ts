import type { Column } from '../../../protocol/databranch.js';
import { JsonScanner } from './json-scanner.js';
import type { RangeReader } from './range-reader.js';
import type { RowStatistics } from './reader.js';
import { textOf } from './text-stream.js';
import { UnreadableFile } from './unreadable.js';

/** Records whose keys and types become the columns. */
const SAMPLE_RECORDS = 1_000;
/** No more than this is kept of the beginning for them. */
const SAMPLE_BYTES = 1024 * 1024;

/**
 * Counts the records of a JSON file: values one after another (JSON Lines, also over several lines each), or the
 * elements of one array. Streams; the columns are those of the first records.
 * @throws UnreadableFile
 */
export async function readJson(file: RangeReader, signal?: AbortSignal): Promise<RowStatistics> {
  const scanner = new JsonScanner();
  const sample = new Sample();
  for await (const piece of textOf(file, signal)) {
    const before = scanner.records;
    scanner.feed(piece, before < SAMPLE_RECORDS ? (start, end) => sample.mark(start, end) : undefined);
    sample.keep(piece);
  }
  scanner.finish();
  return { rows: scanner.records, columns: columnsOf(sample.records()) };
}

/** The first records' texts: the file's beginning and where in it they lie. */
class Sample {
  private readonly pieces: Buffer[] = [];
  private readonly marks: [start: number, end: number][] = [];
  private bytes = 0;

  /** Bytes of the file, from its beginning, where a record lies. */
  mark(start: number, end: number): void {
    if (this.marks.length < SAMPLE_RECORDS) {
      this.marks.push([start, end]);
    }
  }

  keep(piece: Buffer): void {
    if (this.bytes < SAMPLE_BYTES) {
      this.pieces.push(Buffer.from(piece));
      this.bytes += piece.length;
    }
  }

  /** @throws UnreadableFile for a record that is no JSON */
  records(): unknown[] {
    const bytes = Buffer.concat(this.pieces);
    return this.marks
      .filter(([, end]) => end <= bytes.length)
      .map(([start, end], i) => {
        try {
          return JSON.parse(bytes.toString('utf8', start, end));
        } catch {
          throw new UnreadableFile(`has a record that is no JSON: record ${i + 1}`);
        }
      });
  }
}

/** Keys in the order in which they first appear; a record that is no object is a column `value`. */
function columnsOf(records: unknown[]): Column[] {
  const types = new Map<string, string>();
  for (const record of records) {
    const fields = isObject(record) ? Object.entries(record) : [['value', record] as const];
    for (const [name, value] of fields) {
      types.set(name, common(types.get(name), typeOf(value)));
    }
  }
  return [...types].map(([name, type]) => ({ name, type }));
}

function typeOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'double';
    default:
      return value === null ? 'null' : Array.isArray(value) ? 'list' : 'struct';
  }
}

/** The type that holds both; `json` where no other does. */
function common(a: string | undefined, b: string): string {
  if (a === undefined || a === 'null' || a === b) {
    return b;
  }
  if (b === 'null') {
    return a;
  }
  const numbers = [a, b].every(type => type === 'int64' || type === 'double');
  return numbers ? 'double' : 'json';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
