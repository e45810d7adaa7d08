import type { EngineRow } from './engine-protocol.js';

/** Characters of a cell that are shown; a note of a page in one cell would be the whole answer. */
const CELL_CHARACTERS_MAX = 500;

/** A value as text for a person, in SQL: cut where it is long. NULL stays NULL. */
export function cell(value: string): string {
  const text = `(${value})::VARCHAR`;
  return (
    `CASE WHEN length(${text}) > ${CELL_CHARACTERS_MAX} ` +
    `THEN left(${text}, ${CELL_CHARACTERS_MAX}) || '…' ELSE ${text} END`
  );
}

/** A whole number in an answer of the engine, which gives those of 64 bits and more as text. */
export function integer(row: EngineRow, name: string): number {
  return Number(row[name] ?? 0);
}
