import type { RangeReader } from './range-reader.js';
import type { RowStatistics } from './reader.js';
import { beginningOf } from './csv-dialect.js';
import { CsvScanner } from './csv-scanner.js';
import { textOf } from './text-stream.js';
import { UnreadableFile } from './unreadable.js';

/** How much of the beginning decides delimiter and header. */
const SAMPLE_BYTES = 64 * 1024;

/**
 * Counts the rows of a CSV file, plain or compressed, in one pass and constant memory. Every column is `text`.
 * @param preferred the delimiter that the file's name suggests
 * @throws UnreadableFile for a quote that is never closed, for binary files and damaged compression
 */
export async function readCsv(
  file: RangeReader,
  preferred: string,
  signal?: AbortSignal
): Promise<RowStatistics> {
  const text = textOf(file, signal);
  const { pieces, sample } = await takeSample(text);
  const beginning = beginningOf(sample, preferred);
  const scanner = new CsvScanner(beginning);
  pieces.forEach(piece => scanner.feed(piece));
  for await (const piece of text) {
    scanner.feed(piece);
  }
  if (scanner.openQuoteLine > 0) {
    throw new UnreadableFile(`has a quote on line ${scanner.openQuoteLine} that is never closed`);
  }
  scanner.finish();
  const { delimiter, escape, header, names } = beginning;
  return {
    rows: scanner.records - (header ? 1 : 0),
    columns: names.map(name => ({ name, type: 'text' })),
    layout: { delimiter, escape, header, fields: scanner.fields }
  };
}

/** The first pieces of a text, and as much of them as text as decides; lines at its end may be cut off. */
async function takeSample(text: AsyncIterator<Buffer>): Promise<{ pieces: Buffer[]; sample: string }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes < SAMPLE_BYTES) {
    const next = await text.next();
    if (next.done) {
      break;
    }
    pieces.push(next.value);
    bytes += next.value.length;
  }
  const head = Buffer.concat(pieces).subarray(0, SAMPLE_BYTES);
  if (head.includes(0)) {
    throw new UnreadableFile('has zero bytes in it: it is no text');
  }
  const cut = bytes > SAMPLE_BYTES ? head.lastIndexOf(0x0a) : -1;
  return { pieces, sample: decode(cut > 0 ? head.subarray(0, cut + 1) : head) };
}

/** UTF-8, or Latin-1 for what cannot be UTF-8; only names and counts depend on it here. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
