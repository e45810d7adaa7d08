import type { SchemaChange } from '../../../protocol/databranch.js';
import { columnsInWords, filesOf, group, rowsOf } from '../comparing/message.js';

/** The sentence that a person reads of a row diff, e.g. "1 row changed, 3 rows added since main". */
export function diffSentence(
  figures: { changed_rows: number; added_rows: number; removed_rows: number },
  told: { base: string; same: boolean; compared: number; unreadable: number; schemaChanges: SchemaChange[] }
): string {
  if (told.same) {
    return `the same files as on ${told.base}`;
  }
  const { changed_rows: changed, added_rows: added, removed_rows: removed } = figures;
  const parts = [
    changed > 0 ? `${rowsOf(changed)} changed` : undefined,
    added > 0 ? `${changed > 0 ? group(added) : rowsOf(added)} added` : undefined,
    removed > 0 ? `${changed + added > 0 ? group(removed) : rowsOf(removed)} removed` : undefined
  ].filter(part => part !== undefined);
  const columns = columnsInWords(told.schemaChanges);
  const rows =
    parts.length > 0
      ? `${parts.join(', ')} since ${told.base}`
      : told.compared === 0
        ? `no file with rows differs from ${told.base}`
        : `the same rows as on ${told.base}, in other files`;
  const broken = told.unreadable > 0 ? `without ${filesOf(told.unreadable)} that could not be read: ` : '';
  return `${broken}${rows}${columns === undefined ? '' : `; ${columns}`}`;
}
