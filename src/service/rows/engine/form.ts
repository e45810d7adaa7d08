import { createHash } from 'node:crypto';

import type { Column, DataFormat } from '../../../protocol/databranch.js';
import { asText, canonical, textAs } from './canonical.js';
import type { EngineQueries } from './engine.js';
import type { FileKind } from '../formats/format.js';
import { READERS, type CsvLayout } from '../formats/reader.js';
import { identifier, literal } from './sql.js';
import type { TextCompression } from '../formats/text-stream.js';

/** Raise it when any expression here or in canonical.ts changes. */
const ALGORITHM = 1;
/** The engine's hash is another one in other versions. */
export const ENGINE_VERSION = 'v1.5.6';

/** Longest line of a CSV file and longest JSON record that are compared: DuckDB reserves several times as much. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** How rows are made comparable before they are hashed. Fingerprints of one form can be compared, others not. */
export type Form =
  /** By name, each value as its type means it; CSV columns are text. */
  | { kind: 'typed'; names: string[]; extras: number }
  /** Whole JSON records, keys in order, without those that are null. */
  | { kind: 'json' }
  /** As text: by position in CSV files, by name in the others. `type` is the one on the typed side. */
  | { kind: 'text'; columns: Column[]; extras: number };

/** A file as the engine is to read it. */
export interface Source {
  /** Absolute; a Parquet file where the format is Arrow. */
  file: string;
  format: DataFormat;
  compression: TextCompression;
  /** Names of the file's own columns, in their order. */
  names: string[];
  layout?: CsvLayout;
  /** CSV only: leaves out the line that was taken for the names. */
  skipsHeader?: boolean;
  /** Parquet only: a file with the numbers of rows that are left out, one a line. Absolute. */
  deletedRows?: string;
}

/** Names what a file's rows are hashed by, and the versions of all that takes part, for keys: 16 hex digits. */
export function formId(form: Form, kind: FileKind): string {
  return createHash('sha256')
    .update(JSON.stringify([ALGORITHM, ENGINE_VERSION, kind, READERS[kind].version, form]))
    .digest('hex')
    .slice(0, 16);
}

/** The table of a file, and the expressions over it that make up a row in `form`. */
export async function rowOf(form: Form, source: Source, queries: EngineQueries): Promise<RowSql> {
  const [row] = await rowsOf(form, [source], queries);
  return row!;
}

/** As {@link rowOf}, of several files, in their order. */
export async function rowsOf(form: Form, sources: Source[], queries: EngineQueries): Promise<RowSql[]> {
  const typed = sources.filter(({ format }) => isTyped(format));
  const types = new Map<Source, ColumnTypes>();
  (await typesOf(typed, queries)).forEach((found, i) => types.set(typed[i]!, found));
  return sources.map(source => {
    switch (source.format) {
      case 'csv':
        return csvRow(form, source);
      case 'json':
        return jsonRow(form, source);
      default:
        return typedRow(form, source, types.get(source)!);
    }
  });
}

/** Files that say the types of their values; the engine reads them as Parquet. */
export const isTyped = (format: DataFormat) => format === 'parquet' || format === 'arrow';

export interface RowSql {
  from: string;
  values: string[];
}

function typedRow(form: Form, source: Source, types: ColumnTypes): RowSql {
  const names =
    form.kind === 'typed' ? form.names : form.kind === 'text' ? form.columns.map(c => c.name) : [];
  const unknown = [...types.keys()].find(name => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`column "${unknown}" cannot be told from the others by its name`);
  }
  const values = names.map(name => {
    const type = types.get(name);
    if (type === undefined) {
      return form.kind === 'typed' ? 'NULL' : `''`;
    }
    return form.kind === 'typed' ? canonical(identifier(name), type) : asText(identifier(name), type);
  });
  return { from: rowsKept(source, [...types.keys()]), values: [...values, ...blanks(form)] };
}

/** DuckDB's name for a row's number in its file; it does not tell the case of letters apart. */
export const ROW_NUMBER = 'file_row_number';

/** The rows of a file with types that are not deleted. @param names of its columns */
function rowsKept({ file, deletedRows }: Source, names: string[]): string {
  if (deletedRows === undefined) {
    return typedFile(file);
  }
  refuseRowNumber(names);
  const deleted = deletedRowsIn([deletedRows]);
  return `(SELECT t.* FROM ${typedFile(file)} t ANTI JOIN ${deleted} d ON d.row = t.${ROW_NUMBER})`;
}

/** A table of the numbers in files of deleted rows, in the columns `row` and `deleted`: the file. */
export function deletedRowsIn(files: string[]): string {
  return (
    `read_csv([${files.map(literal).join(', ')}], auto_detect = false, header = false, ` +
    `columns = {'row': 'BIGINT'}, filename = 'deleted', hive_partitioning = false)`
  );
}

/** Rows are told apart by their numbers, and a column of that name would be taken for them. @throws Error */
export function refuseRowNumber(names: string[]): void {
  if (names.some(name => name.toLowerCase() === ROW_NUMBER)) {
    throw new Error(`it has deleted rows, and a column "${ROW_NUMBER}"`);
  }
}

const typedFile = (file: string) => `read_parquet(${literal(file)}, hive_partitioning = false)`;

/** The engine's types by the names of columns. */
type ColumnTypes = Map<string, string>;

/** Of files with types, in their order, by one query. */
async function typesOf(sources: Source[], { query }: EngineQueries): Promise<ColumnTypes[]> {
  const types = sources.map((): ColumnTypes => new Map());
  const described = sources.map(
    ({ file }, i) =>
      `SELECT ${i} AS n, column_name, column_type FROM (DESCRIBE SELECT * FROM ${typedFile(file)})`
  );
  for (const row of described.length > 0 ? await query(described.join(' UNION ALL ')) : []) {
    types[Number(row['n'])]!.set(String(row['column_name']), String(row['column_type']));
  }
  return types;
}

/** Lines as text; what a line lacks is empty, and what it has too much is hashed behind the columns. */
function csvRow(form: Form, { file, layout, names, compression, skipsHeader = false }: Source): RowSql {
  const { delimiter, escape, fields } = layout!;
  const columns = Array.from({ length: Math.max(fields, 1) }, (_, i) => `'_c${i}': 'VARCHAR'`);
  const from =
    `read_csv(${literal(file)}, auto_detect = false, header = ${skipsHeader}, delim = ${literal(delimiter)}, quote = '"', ` +
    `escape = ${literal(escape)}, columns = {${columns.join(', ')}}, null_padding = true, nullstr = '', ` +
    `max_line_size = ${LINE_BYTES_MAX}, buffer_size = ${2 * LINE_BYTES_MAX}, compression = '${compression}', ` +
    `hive_partitioning = false, parallel = false)`;
  const field = (i: number) => (i >= 0 && i < fields ? `"_c${i}"` : 'NULL::VARCHAR');
  const text = (i: number) => `coalesce(${field(i)}, '')`;
  switch (form.kind) {
    case 'typed':
      return {
        from,
        values: [
          ...form.names.map(name => text(names.indexOf(name))),
          ...blanks(form).map((_, i) => text(names.length + i))
        ]
      };
    case 'text':
      return {
        from,
        values: [
          ...form.columns.map(({ type }, i) => textAs(field(i), type)),
          ...blanks(form).map((_, i) => text(form.columns.length + i))
        ]
      };
    case 'json':
      throw new Error('a CSV file has no JSON records');
  }
}

/** A table of a JSON file's records, in the column `json`. */
export function recordsOf({ file, compression }: Source): string {
  return (
    `read_json_objects(${literal(file)}, format = 'auto', ` +
    `compression = '${compression === 'none' ? 'uncompressed' : compression}', ` +
    `maximum_object_size = ${LINE_BYTES_MAX}, hive_partitioning = false)`
  );
}

function jsonRow(form: Form, source: Source): RowSql {
  const from = recordsOf(source);
  if (form.kind !== 'text') {
    return { from, values: [WHOLE_RECORD] };
  }
  const values = form.columns.map(({ name, type }) =>
    textAs(`json_extract_string(json, ${literal(pointerTo(name))})`, type)
  );
  const known = form.columns.map(({ name }) => literal(name)).join(', ');
  // Keys with a value that no column has: the other side has none of them.
  const others = `array_to_string(list_filter(json_keys(json), k -> k NOT IN (${known || `''`}) AND ${HAS_VALUE}), ',')`;
  return { from, values: [...values, `coalesce(${others}, '')`, ...blanks(form).slice(1)] };
}

/** A JSON pointer (RFC 6901) to a key. */
export const pointerTo = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const POINTER = `'/' || replace(replace(k, '~', '~0'), '/', '~1')`;
const HAS_VALUE = `json_type(json, ${POINTER}) != 'NULL'`;
/** A JSON record (column `json`), its keys in order, without those that are null. */
export const WHOLE_RECORD = `CASE WHEN json_type(json) = 'OBJECT' THEN '{' || array_to_string(list_transform(list_sort(
  list_filter(json_keys(json), k -> ${HAS_VALUE})),
  k -> to_json(k)::VARCHAR || ':' || json_extract(json, ${POINTER})::VARCHAR), ',') ELSE json::VARCHAR END`;

/** Room for fields that only some CSV lines have, and (at least one, as text) for keys that only some records have. */
function blanks(form: Form): string[] {
  return form.kind === 'json' ? [] : Array<string>(form.extras).fill(`''`);
}
