import { REVIEW_COUNT_MAX } from './reviews.js';

/** One file of the sample: rows `start <= row < end`. */
export interface Part {
  name: string;
  start: number;
  end: number;
}

/** What Spark leaves behind on eight cores, and what the sample has. */
const PARTS_MIN = 8;
/** A part is made in memory: about 350 bytes a row, several times over. */
const PART_ROWS_MAX = 250_000;

/** @throws RangeError for a number of rows that no sample can have. */
export function checkRows(rows: number): void {
  if (!Number.isInteger(rows) || rows < 1 || rows > REVIEW_COUNT_MAX) {
    throw new RangeError(`a sample has 1 to ${REVIEW_COUNT_MAX} rows, not ${rows}`);
  }
}

/** Divides `rows` rows among files of nearly equal size; every file has a row. */
export function partsOf(rows: number): Part[] {
  checkRows(rows);
  const count = Math.min(rows, Math.max(PARTS_MIN, Math.ceil(rows / PART_ROWS_MAX)));
  return Array.from({ length: count }, (_, index) => ({
    name: `part-${String(index).padStart(5, '0')}.parquet`,
    start: Math.floor((rows * index) / count),
    end: Math.floor((rows * (index + 1)) / count)
  }));
}
