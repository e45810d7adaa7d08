import { getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

import { readNow, type LocalFile } from '../../blocks/external.js';
import { footerReads, readFooter, type ParquetFooter } from './parquet-footer.js';

/** What a thread is asked: some Parquet files of this machine. Requests are answered in their order. */
export type FooterRequest = LocalFile[];

/** What it found, in the order of the files. */
export interface FooterAnswer {
  /** −1 for files that the complete reader has to look at. */
  rows: Float64Array;
  /** Which of `columns` each file has. */
  columnsOf: Uint32Array;
  /** As `ParquetFooter.columns`: thousands of files have a few. */
  columns: Uint8Array[];
}

/** The main thread, which everybody waits for, goes first where both want a core. */
const NICENESS = 10;

/** Reused for every file: the tails of a thousand of them are 8 MiB to be collected. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

function answer(files: FooterRequest): FooterAnswer {
  const rows = new Float64Array(files.length).fill(-1);
  const columnsOf = new Uint32Array(files.length);
  const columns = new Map<string, { index: number; bytes: Uint8Array }>();
  files.forEach((file, i) => {
    const footer = footerOf(file);
    if (footer) {
      const name = footer.columns.toString('latin1');
      const found = columns.get(name) ?? { index: columns.size, bytes: new Uint8Array(footer.columns) };
      columns.set(name, found);
      rows[i] = footer.rows;
      columnsOf[i] = found.index;
    }
  });
  return { rows, columnsOf, columns: [...columns.values()].map(({ bytes }) => bytes) };
}

/** undefined whatever is wrong: the complete reader meets it again, and says it. */
function footerOf(file: LocalFile): ParquetFooter | undefined {
  try {
    const reads = footerReads(file.size);
    let wanted = reads.next();
    while (!wanted.done) {
      const length = file.size - wanted.value;
      const bytes = length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafeSlow(length);
      readNow(file, wanted.value, bytes);
      wanted = reads.next(bytes);
    }
    return readFooter(wanted.value.metadata);
  } catch {
    return undefined;
  }
}

if (!parentPort) {
  throw new Error('footer-worker runs as a worker thread only');
}
const port = parentPort;
// On Linux a thread has a priority of its own; elsewhere it is the whole process's.
if (process.platform === 'linux') {
  setPriority(Math.max(getPriority(), NICENESS));
}
port.on('message', (files: FooterRequest) => port.postMessage(answer(files)));
