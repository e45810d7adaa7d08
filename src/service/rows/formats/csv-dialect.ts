import type { CsvLayout } from './reader.js';

/** Delimiters that are looked for, the likeliest first. */
const DELIMITERS = [',', '\t', ';', '|'];
/** Lines that decide; those of the first 64 KiB. */
const RECORDS_MAX = 200;

/** What the beginning of a CSV file says of the rest. */
export interface CsvBeginning {
  delimiter: string;
  escape: CsvLayout['escape'];
  header: boolean;
  /** Column names: the header's, or `_c0`, `_c1`, … as Spark names them. */
  names: string[];
}

/**
 * Finds delimiter, escape and header from the first lines.
 * @param sample the beginning of the file; whole lines unless the file is shorter or a line is very long
 * @param preferred the delimiter that the file's name suggests
 */
export function beginningOf(sample: string, preferred: string): CsvBeginning {
  const escape = escapeOf(sample);
  const order = [preferred, ...DELIMITERS.filter(delimiter => delimiter !== preferred)];
  let delimiter = preferred;
  let records = parse(sample, preferred, escape);
  let best = regularity(records);
  for (const candidate of order.slice(1)) {
    const parsed = parse(sample, candidate, escape);
    const score = regularity(parsed);
    if (score > best) {
      [delimiter, records, best] = [candidate, parsed, score];
    }
  }
  const first = records[0] ?? [];
  const header = isHeader(first);
  return { delimiter, escape, header, names: header ? first : first.map((_, i) => `_c${i}`) };
}

/**
 * The records of a text, at most {@link RECORDS_MAX}. Lines with nothing on them are no records. The last record
 * may be cut off where the text is.
 */
export function parse(text: string, delimiter: string, escape: CsvLayout['escape']): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length && records.length < RECORDS_MAX) {
    let field = '';
    if (text[at] === '"') {
      [field, at] = quotedField(text, at + 1, escape);
    }
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') {
      end++;
    }
    record.push(field + text.slice(at, end));
    if (text[end] !== delimiter) {
      if (record.length > 1 || end > at || field !== '' || text[at - 1] === '"') {
        records.push(record);
      }
      record = [];
      end += text[end] === '\r' && text[end + 1] === '\n' ? 1 : 0;
    } else if (end + 1 === text.length) {
      records.push([...record, '']);
      record = [];
    }
    at = end + 1;
  }
  return records;
}

/** The field whose opening quote is before `at`, and where the text goes on after its closing quote. */
function quotedField(text: string, at: number, escape: CsvLayout['escape']): [field: string, next: number] {
  let field = '';
  for (let i = at; i < text.length; i++) {
    const isEscape = text[i] === escape && (escape === '\\' || text[i + 1] === '"');
    if (isEscape && i + 1 < text.length) {
      field += text[++i];
    } else if (text[i] === '"') {
      return [field, i + 1];
    } else {
      field += text[i];
    }
  }
  return [field, text.length];
}

/** Backslash where quotes are written `\"` (as Spark does) and never `""`. */
function escapeOf(sample: string): CsvLayout['escape'] {
  return /\\"(?!\s*$|[,;|\t\r\n])/.test(sample) && !/[^,;|\t\r\n]""[^,;|\t\r\n"]/.test(sample) ? '\\' : '"';
}

/** How table-like records are: the share of lines that have as many fields as most have; 0 if that is one. */
function regularity(records: string[][]): number {
  const lines = new Map<number, number>();
  for (const { length } of records) {
    lines.set(length, (lines.get(length) ?? 0) + 1);
  }
  let fields = 0;
  let most = 0;
  for (const [length, count] of lines) {
    if (count > most || (count === most && length > fields)) {
      [fields, most] = [length, count];
    }
  }
  return fields < 2 ? 0 : most / records.length;
}

/** What names no column: a number, a date or time, a truth value, a null. */
const VALUE =
  /^([-+]?(\d[\d_,.]*|\.\d+)(e[-+]?\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ t].*)?|\d{1,2}:\d{2}.*|true|false|null|nan|none|na|n\/a|\\n)$/i;

/**
 * Whether a first line names columns: no field is empty, twice there, or a value. The first field may be empty,
 * because pandas writes its index so.
 */
function isHeader(first: string[]): boolean {
  const names = first.map(name => name.trim());
  return (
    names.length > 0 &&
    new Set(names).size === names.length &&
    names.every((name, i) => (name === '' ? i === 0 && names.length > 1 : !VALUE.test(name)))
  );
}
