import { Schema } from 'apache-arrow';

import { parquetOf } from '../formats/arrow-as-parquet.js';
import { decodeBatch, decodeMessage, type Block } from '../formats/arrow-metadata.js';
import { arrowLayout, fetchMetadata, type ArrowLayout } from '../formats/arrow.js';
import { messageOf, streamFrom } from '../formats/arrow-stream.js';
import type { RangeReader } from '../formats/range-reader.js';
import { answerOf } from './answer.js';
import { dictionariesOf, selectColumns, type SelectedColumns } from './arrow-columns.js';
import { chosenRows, type ChosenRows } from './chosen-rows.js';
import type { ReadLimit } from './limit.js';
import { openParquet, pickedRows } from './parquet-rows.js';
import type { PreviewQuestion } from './question.js';

/** Columns that lie no further apart than this are read at once, with what is between them. */
const GAP_BYTES = 16 * 1024;

/**
 * Rows of an Arrow file or stream. Read are the columns asked for, of the record batches that hold the rows, and the
 * dictionaries of these columns.
 * @param limit is told which columns could be read
 */
export async function arrowRows(
  file: RangeReader,
  question: PreviewQuestion,
  limit: ReadLimit
): Promise<Uint8Array> {
  const layout = await arrowLayout(file);
  const chosen = chosenRows(
    layout.batches.map(batch => batch.rows),
    question
  );
  const { wanted, firstRow } = batchesOf(layout, chosen);
  const stream = await streamOf(file, layout, wanted, new Set(question.columns), limit);
  // By way of Parquet, because views and compression are not what every reader of Arrow knows.
  const parquet = await openParquet(inMemory(parquetOf(stream)));
  const here = {
    start: chosen.start - firstRow,
    end: chosen.end - firstRow,
    numbers: chosen.numbers.map(number => number - firstRow)
  };
  return answerOf(await pickedRows(parquet, here, question.columns), question, chosen.numbers);
}

/** The batches that hold the rows, and the number of the first row in them. */
function batchesOf(
  { batches }: ArrowLayout,
  { start, end }: ChosenRows
): { wanted: Block[]; firstRow: number } {
  let at = 0;
  let firstRow = start;
  const wanted = batches.filter(({ rows }) => {
    const isWanted = at < end && at + rows > start;
    if (isWanted && at < firstRow) {
      firstRow = at;
    }
    at += rows;
    return isWanted;
  });
  return { wanted, firstRow };
}

/** Some columns of some batches as a stream of their own. */
async function streamOf(
  file: RangeReader,
  layout: ArrowLayout,
  wanted: Block[],
  columns: Set<string>,
  limit: ReadLimit
): Promise<Uint8Array> {
  const indices = [...layout.schema.fields.keys()].filter(i => columns.has(layout.schema.fields[i]!.name));
  const schema = new Schema(
    indices.map(i => layout.schema.fields[i]!),
    layout.schema.metadata
  );
  const batches: { block: Block; selected: SelectedColumns }[] = [];
  for (const block of wanted) {
    const batch = decodeBatch(await fetchMetadata(file, block));
    batches.push({ block, selected: selectColumns(batch, layout.schema, indices, block.bodyBytes) });
  }
  limit.offer(
    schema.fields.map(({ name }, i) => ({
      column: name,
      bytes: batches.reduce((sum, { selected }) => sum + lengthOf(selected.pieces[i]!), 0)
    }))
  );
  const messages: { offset: number; bytes: Uint8Array }[] = [];
  for (const block of await neededDictionaries(file, layout, schema, wanted)) {
    const { offset, metadataBytes, bodyBytes } = block;
    messages.push({ offset, bytes: await file.slice(offset, offset + metadataBytes + bodyBytes) });
  }
  for (const { block, selected } of batches) {
    messages.push({
      offset: block.offset,
      bytes: messageOf(selected.batch, await bodyOf(file, block, selected))
    });
  }
  if (layout.isStream) {
    // A later dictionary may replace one.
    messages.sort((a, b) => a.offset - b.offset);
  }
  return streamFrom(
    schema,
    messages.map(({ bytes }) => bytes)
  );
}

/** Those that the columns take values from, in a stream up to the last batch wanted. */
async function neededDictionaries(
  file: RangeReader,
  { dictionaries, isStream }: ArrowLayout,
  schema: Schema,
  wanted: Block[]
): Promise<Block[]> {
  const ids = dictionariesOf(schema);
  const last = wanted.at(-1)?.offset ?? 0;
  const needed: Block[] = [];
  for (const block of ids.size > 0 ? dictionaries : []) {
    const isBefore = !isStream || block.offset < last;
    if (isBefore && ids.has(decodeMessage(await fetchMetadata(file, block)).dictionary!)) {
      needed.push(block);
    }
  }
  return needed;
}

/** The bytes of the selected columns, put together. */
async function bodyOf(
  file: RangeReader,
  { offset, metadataBytes }: Block,
  { pieces, bodyBytes }: SelectedColumns
): Promise<Uint8Array> {
  const bodyStart = offset + metadataBytes;
  const read: { at: number; bytes: Uint8Array }[] = [];
  for (const run of runsOf(pieces)) {
    const start = run[0]!.start;
    const bytes = await file.slice(bodyStart + start, bodyStart + run.at(-1)!.end);
    for (const piece of run) {
      read.push({ at: piece.at, bytes: bytes.subarray(piece.start - start, piece.end - start) });
    }
  }
  // Not before: what is read is bounded, what a damaged file asks for is not.
  const body = new Uint8Array(bodyBytes);
  read.forEach(({ at, bytes }) => body.set(bytes, at));
  return body;
}

type Piece = SelectedColumns['pieces'][number];

/** Pieces that are read together, each run in the order of the file. */
function runsOf(pieces: Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of pieces.filter(each => lengthOf(each) > 0)) {
    const end = runs.at(-1)?.at(-1)!.end ?? Infinity;
    if (piece.start >= end && piece.start - end <= GAP_BYTES) {
      runs.at(-1)!.push(piece);
    } else {
      runs.push([piece]);
    }
  }
  return runs;
}

const lengthOf = ({ start, end }: Piece) => end - start;

function inMemory(bytes: Uint8Array): RangeReader {
  return {
    byteLength: bytes.length,
    slice: async (start, end) => bytes.subarray(start, end),
    async *stream() {
      yield bytes;
    }
  };
}
