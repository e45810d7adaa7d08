import { RecordBatchReader, type Table, tableFromIPC } from 'apache-arrow';
import { ParquetFile, type RecordBatch as WasmBatch, type RowGroupMetaData } from 'parquet-wasm/node';

import type { RangeReader } from '../formats/range-reader.js';
import { answerOf, PickedRows } from './answer.js';
import { chosenRows, type ChosenRows } from './chosen-rows.js';
import type { ReadLimit } from './limit.js';
import { parquetBytes } from './parquet-bytes.js';
import type { PreviewQuestion } from './question.js';

/** Rows decoded at a time. */
const BATCH_ROWS = 4096;

/**
 * Rows of a Parquet file. Only the columns asked for are read; of these the pages that hold the rows where the file has
 * an offset index, else the column chunks of the row groups that hold them.
 * @param limit is told which columns' chunks could be read
 */
export async function parquetRows(
  file: RangeReader,
  question: PreviewQuestion,
  limit: ReadLimit
): Promise<Uint8Array> {
  const parquet = await openParquet(file);
  const groups = parquet.metadata().rowGroups();
  const chosen = chosenRows(
    groups.map(group => group.numRows()),
    question
  );
  limit.offer(columnSizes(groups, chosen, question.columns));
  return answerOf(await pickedRows(parquet, chosen, question.columns), question, chosen.numbers);
}

export async function openParquet(file: RangeReader): Promise<ParquetFile> {
  return ParquetFile.fromFile(await parquetBytes(file));
}

/** The chosen rows of a file; no row at all where none is chosen. */
export async function pickedRows(
  parquet: ParquetFile,
  chosen: ChosenRows,
  columns: string[]
): Promise<Table> {
  const picked = new PickedRows(chosen);
  const { start, end } = chosen;
  // Row groups before the first one wanted are left out, so that nothing of them is looked at.
  const wanted = groupsOf(parquet.metadata().rowGroups(), start, end);
  const batches = await parquet.stream({
    columns,
    rowGroups: wanted.map(({ index }) => index),
    offset: start - (wanted[0]?.start ?? start),
    limit: end - start,
    batchSize: BATCH_ROWS
  });
  for await (const batch of batches as unknown as AsyncIterable<WasmBatch>) {
    if (picked.wants(batch.numRows)) {
      picked.add(tableFromIPC(batch.intoIPCStream()).batches);
    } else {
      picked.skip(batch.numRows);
      batch.free();
    }
  }
  return picked.table(RecordBatchReader.from(parquet.schema().intoIPCStream()).open().schema);
}

/** The row groups that hold the rows `start <= i < end`, with the number of their first row. */
function groupsOf(
  groups: RowGroupMetaData[],
  start: number,
  end: number
): { index: number; start: number }[] {
  const found: { index: number; start: number }[] = [];
  let at = 0;
  for (const [index, group] of groups.entries()) {
    const rows = group.numRows();
    if (at < end && at + rows > start) {
      found.push({ index, start: at });
    }
    at += rows;
  }
  return found;
}

/** Bytes of the columns' chunks in the row groups that hold the rows. */
function columnSizes(
  groups: RowGroupMetaData[],
  { start, end }: ChosenRows,
  columns: string[]
): { column: string; bytes: number }[] {
  const sizes = new Map(columns.map(column => [column, 0]));
  for (const { index } of groupsOf(groups, start, end)) {
    for (const chunk of groups[index]!.columns()) {
      const column = chunk.columnPath()[0]!;
      const bytes = sizes.get(column);
      if (bytes !== undefined) {
        sizes.set(column, bytes + chunk.compressedSize());
      }
    }
  }
  return [...sizes].map(([column, bytes]) => ({ column, bytes }));
}
