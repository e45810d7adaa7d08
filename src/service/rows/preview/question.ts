import type { Column, DataFormat } from '../../../protocol/databranch.js';
import type { CsvLayout } from '../formats/reader.js';

export interface PreviewQuery {
  from: 'first' | 'last' | 'random';
  /** Rows, at most 1,000. */
  amount: number;
  /** Which columns, in this order; empty: all. */
  columns: string[];
}

/** What the thread that reads is asked. */
export interface PreviewQuestion extends PreviewQuery {
  format: DataFormat;
  /** Of the file. */
  byteLength: number;
  /** Rows of the file. */
  rows: number;
  /** All columns of the file, in its order, as counting its rows found them. */
  schema: Column[];
  /** Of CSV files. */
  layout?: CsvLayout;
}

/** From the thread: bytes `start <= i < end` of the file are wanted, or the answer. */
export type FromThread =
  | { kind: 'slice'; id: number; start: number; end: number }
  | { kind: 'answer'; stream: Uint8Array }
  /** `sentence` is one's end. */
  | { kind: 'unreadable'; sentence: string }
  /** `columns` are some that could be read. */
  | { kind: 'too-large'; columns: string[] };

export type ToThread =
  { kind: 'question'; question: PreviewQuestion } | { kind: 'bytes'; id: number; bytes: Uint8Array };
