import { parquetOf } from '../formats/arrow-as-parquet.js';
import { arrowLayout, type ArrowLayout } from '../formats/arrow.js';
import { streamFrom } from '../formats/arrow-stream.js';
import type { RangeReader } from '../formats/range-reader.js';
import { answerOf } from './answer.js';
import { chosenRows, type ChosenRows } from './chosen-rows.js';
import { openParquet, pickedRows } from './parquet-rows.js';
import type { PreviewQuestion } from './question.js';

/**
 * Rows of an Arrow file or stream. Read are the record batches that hold them, with all their columns, and the
 * dictionaries.
 */
export async function arrowRows(file: RangeReader, question: PreviewQuestion): Promise<Uint8Array> {
  const layout = await arrowLayout(file);
  const chosen = chosenRows(
    layout.batches.map(batch => batch.rows),
    question
  );
  const { stream, firstRow } = await streamAround(file, layout, chosen);
  // By way of Parquet, because views and compression are not what every reader of Arrow knows.
  const parquet = await openParquet(inMemory(parquetOf(stream)));
  const here = {
    start: chosen.start - firstRow,
    end: chosen.end - firstRow,
    numbers: chosen.numbers.map(number => number - firstRow)
  };
  return answerOf(await pickedRows(parquet, here, question.columns), question, chosen.numbers);
}

/** The batches that hold rows as a stream of their own, and the number of the first row in it. */
async function streamAround(
  file: RangeReader,
  { schema, dictionaries, batches, isStream }: ArrowLayout,
  { start, end }: ChosenRows
): Promise<{ stream: Uint8Array; firstRow: number }> {
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
  const last = wanted.at(-1)?.offset ?? 0;
  // In a stream a later dictionary may replace one.
  const needed = isStream
    ? [...dictionaries.filter(({ offset }) => offset < last), ...wanted].sort((a, b) => a.offset - b.offset)
    : [...dictionaries, ...wanted];
  const messages: Uint8Array[] = [];
  for (const { offset, metadataBytes, bodyBytes } of needed) {
    messages.push(await file.slice(offset, offset + metadataBytes + bodyBytes));
  }
  return { stream: streamFrom(schema, messages), firstRow };
}

function inMemory(bytes: Uint8Array): RangeReader {
  return {
    byteLength: bytes.length,
    slice: async (start, end) => bytes.subarray(start, end),
    async *stream() {
      yield bytes;
    }
  };
}
