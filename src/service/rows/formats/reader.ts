import type { Column } from '../../../protocol/databranch.js';
import { readArrow } from './arrow.js';
import { readCsv } from './csv.js';
import type { FileKind } from './format.js';
import { readJson } from './json-lines.js';
import { readParquet } from './parquet.js';
import type { RangeReader } from './range-reader.js';

/** What one file says of its rows. */
export interface RowStatistics {
  rows: number;
  columns: Column[];
  /** How the lines of a CSV file are to be read. */
  layout?: CsvLayout;
}

/** How the lines of a CSV file are to be read. */
export interface CsvLayout {
  delimiter: string;
  /** What takes the meaning from a quote inside quotes: another quote, or the backslash that Spark writes. */
  escape: '"' | '\\';
  /** Whether the first line was taken as column names, and so is no row. */
  header: boolean;
  /** Most fields on one line: at least the number of columns. */
  fields: number;
}

/** Reads the statistics of one file. @throws UnreadableFile where the file is at fault */
export type Reader = (file: RangeReader, signal?: AbortSignal) => Promise<RowStatistics>;

/**
 * The reader of each kind of file, with its version: raise it whenever a reader's answer changes for any file, so
 * that what the older one found is read again.
 */
export const READERS: Record<FileKind, { version: number; read: Reader }> = {
  parquet: { version: 2, read: readParquet },
  arrow: { version: 1, read: readArrow },
  csv: { version: 1, read: (file, signal) => readCsv(file, ',', signal) },
  tsv: { version: 1, read: (file, signal) => readCsv(file, '\t', signal) },
  json: { version: 1, read: readJson }
};
