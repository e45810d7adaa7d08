import { canonical } from '../engine/canonical.js';
import type { EngineQueries } from '../engine/engine.js';
import { NotCompared, readable, type CountedDataFile, type EngineFile } from '../engine/engine-files.js';
import {
  deletedRowsIn,
  pointerTo,
  recordsOf,
  refuseRowNumber,
  ROW_NUMBER,
  rowOf,
  WHOLE_RECORD,
  type Source
} from '../engine/form.js';
import { identifier, literal } from '../engine/sql.js';
import type { TextForm } from './text-form.js';

/** One content of a table, or what is left of its rows, and how often it is there. */
export interface TableFile extends CountedDataFile {
  /** The partition's folders below the data set; ends with '/' or is ''. */
  partition: string;
  /** How many files of the left side, and of the right, have this content in this partition. */
  left: number;
  right: number;
}

/** The rows of files as one table in SQL, whatever their formats. */
export interface Table {
  /** A table expression with the columns `c0`, `c1`, …, `x0`, `x1`, …, `l` and `r`: how often a row is on each side. */
  from: string;
  columns: TableColumn[];
  /** Expressions over the table that are equal exactly where two rows are. */
  identity: string[];
}

export interface TableColumn {
  name: string;
  /** As DuckDB names it. */
  type: string;
  /** The value, for people and files. */
  value: string;
  /** An expression that is equal exactly where two values mean the same. */
  identity: string;
}

/** Text files of one table: each is read by an expression of its own. */
const TEXT_FILES_MAX = 500;

/** How the rows of files of some formats are to be read together: as typed, as JSON records, or as text. */
export type TableForm = { kind: 'typed'; names: string[] } | { kind: 'json'; names: string[] } | TextForm;

/**
 * Puts the files of a session together as one table.
 * @param files those that `readied` are, in their order
 * @throws NotCompared, EngineError
 */
export async function tableOf(
  files: TableFile[],
  readied: EngineFile[],
  form: TableForm,
  queries: EngineQueries
): Promise<Table> {
  const sources: Source[] = [];
  for (const [i, file] of readied.entries()) {
    try {
      sources.push({ ...(await readable(file, queries)), skipsHeader: file.source.layout?.header });
    } catch (error) {
      throw new NotCompared(`${files[i]!.path}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  if (form.kind === 'typed') {
    return typedTable(files, sources, form.names, queries);
  }
  if (files.length > TEXT_FILES_MAX) {
    throw new NotCompared(`there are more than ${TEXT_FILES_MAX} text files in it`);
  }
  return form.kind === 'json'
    ? jsonTable(files, sources, form.names)
    : textTable(files, sources, form, queries);
}

async function typedTable(
  files: TableFile[],
  sources: Source[],
  names: string[],
  { query }: EngineQueries
): Promise<Table> {
  // One content in several partitions is one file: it is read once, and joined with each of them.
  const paths = [...new Set(sources.map(({ file }) => literal(file)))].join(', ');
  const partitions = partitionColumns(files, names);
  const [{ left, right }] = files as [TableFile];
  // Where all files are alike, their rows need not be told apart by file.
  const deleted = [...new Set(sources.flatMap(({ deletedRows }) => deletedRows ?? []))];
  const areAlike =
    partitions.length === 0 &&
    deleted.length === 0 &&
    files.every(file => file.left === left && file.right === right);
  const fileName = unusedName('file', names);
  const rows =
    `read_parquet([${paths}], union_by_name = true, hive_partitioning = false` +
    `${areAlike ? '' : `, filename = ${literal(fileName)}`})`;
  const described = (await query(`DESCRIBE SELECT * FROM ${rows}`))
    .map(row => ({ name: String(row['column_name']), type: String(row['column_type']) }))
    .filter(({ name }) => areAlike || name !== fileName);
  const unknown = described.find(({ name }) => !names.includes(name));
  if (unknown) {
    throw new NotCompared(`column "${unknown.name}" cannot be told from the others by its name`);
  }
  const order = new Map(names.map((name, i) => [name, i]));
  described.sort((a, b) => order.get(a.name)! - order.get(b.name)!);
  const columns = [
    ...described.map(({ name, type }, i) => column(name, type, `c${i}`)),
    ...partitions.map(({ name }, i) => column(name, 'VARCHAR', `c${described.length + i}`))
  ];
  const identities = columns.map(({ identity }) => identity);
  const own = described.map(({ name }, i) => `t.${identifier(name)} AS c${i}`);
  if (areAlike) {
    const from = `(SELECT ${[...own, `${left} AS l`, `${right} AS r`].join(', ')} FROM ${rows} t)`;
    return { from, columns, identity: identities };
  }
  const parts = partitions.map((_, i) => `m.p${i} AS c${described.length + i}`);
  const of = files.map(({ left, right }, i) => {
    const { file, deletedRows } = sources[i]!;
    const without = deletedRows === undefined ? 'NULL' : literal(deletedRows);
    return `(${[literal(file), left, right, without, ...partitions.map(({ values }) => values[i]!)].join(', ')})`;
  });
  const fields = ['file', 'l', 'r', 'deleted', ...partitions.map((_, i) => `p${i}`)].join(', ');
  const from =
    `(SELECT ${[...own, ...parts, 'm.l', 'm.r'].join(', ')} FROM ${rows} t ` +
    `JOIN (VALUES ${of.join(', ')}) m(${fields}) ON m.file = t.${identifier(fileName)}` +
    `${deleted.length > 0 ? withoutRows(deleted, names) : ''})`;
  return { from, columns, identity: identities };
}

/** One content may be there with several sets of rows deleted, and with none. @throws NotCompared */
function withoutRows(deleted: string[], names: string[]): string {
  try {
    refuseRowNumber(names);
  } catch (error) {
    throw new NotCompared((error as Error).message);
  }
  return ` ANTI JOIN ${deletedRowsIn(deleted)} d ON d.deleted = m.deleted AND d.row = t.${ROW_NUMBER}`;
}

/** JSON records: whole ones are compared, and shown by their keys. */
function jsonTable(files: TableFile[], sources: Source[], names: string[]): Table {
  const partitions = partitionColumns(files, names);
  const columns = [...names, ...partitions.map(({ name }) => name)].map((name, i) => ({
    name,
    type: 'VARCHAR',
    value: `c${i}`,
    identity: i < names.length ? `x${i + 1}` : `c${i}`
  }));
  const selects = files.map(({ left, right }, f) => {
    const shown = names.map((name, i) => `json_extract_string(json, ${literal(pointerTo(name))}) AS c${i}`);
    const meant = names.map(
      (name, i) => `nullif(json_extract(json, ${literal(pointerTo(name))})::VARCHAR, 'null') AS x${i + 1}`
    );
    const parts = partitions.map(({ values }, i) => `${values[f]!} AS c${names.length + i}`);
    return (
      `SELECT ${[...shown, ...parts, `${WHOLE_RECORD} AS x0`, ...meant, `${left} AS l`, `${right} AS r`].join(', ')} ` +
      `FROM ${recordsOf(sources[f]!)}`
    );
  });
  const identity = ['x0', ...partitions.map((_, i) => `c${names.length + i}`)];
  return { from: `(${selects.join(' UNION ALL ')})`, columns, identity };
}

async function textTable(
  files: TableFile[],
  sources: Source[],
  form: TextForm,
  queries: EngineQueries
): Promise<Table> {
  const names = form.columns.map(({ name }) => name);
  const partitions = partitionColumns(files, names);
  const columns = [...names, ...partitions.map(({ name }) => name)].map((name, i) =>
    column(name, 'VARCHAR', `c${i}`)
  );
  const extras = Array.from({ length: form.extras }, (_, i) => `x${i}`);
  const selects: string[] = [];
  for (const [f, { left, right }] of files.entries()) {
    const { from, values } = await rowOf(form, sources[f]!, queries);
    const named = values.map((value, i) =>
      i < names.length ? `${value} AS c${i}` : `${value} AS ${extras[i - names.length]}`
    );
    const parts = partitions.map(({ values }, i) => `${values[f]!} AS c${names.length + i}`);
    // By name: text in the middle of a form with partitions would otherwise shift.
    selects.push(`SELECT ${[...named, ...parts, `${left} AS l`, `${right} AS r`].join(', ')} FROM ${from}`);
  }
  return {
    from: `(${selects.join(' UNION ALL BY NAME ')})`,
    columns,
    identity: [...columns.map(({ identity }) => identity), ...extras]
  };
}

function column(name: string, type: string, value: string): TableColumn {
  // In one table all values have one scale and one unit: these need not be brought to another.
  const isComparable = /^(DECIMAL|TIMESTAMP)/.test(type);
  return { name, type, value, identity: isComparable ? value : canonical(value, type) };
}

/** A partition's `key=value` segments as columns: each file's values, as SQL. */
function partitionColumns(files: TableFile[], names: string[]): { name: string; values: string[] }[] {
  const parsed = files.map(({ partition }) => new Map(segmentsOf(partition)));
  const keys = [...new Set(parsed.flatMap(segments => [...segments.keys()]))];
  return keys.map(key => ({
    name: unusedName(key, names),
    values: parsed.map(segments => {
      const value = segments.get(key);
      return value === undefined ? 'NULL::VARCHAR' : literal(value);
    })
  }));
}

export function partitionKeys(partition: string): string[] {
  return segmentsOf(partition).map(([key]) => key);
}

function segmentsOf(partition: string): [string, string][] {
  return partition
    .split('/')
    .filter(segment => segment !== '')
    .map(segment => {
      const at = segment.indexOf('=');
      return [segment.slice(0, at), segment.slice(at + 1)];
    });
}

/** A name that no column has; DuckDB does not tell the case of letters apart. */
export function unusedName(wanted: string, names: string[]): string {
  const used = new Set(names.map(name => name.toLowerCase()));
  let name = wanted;
  while (used.has(name.toLowerCase())) {
    name = `_${name}`;
  }
  return name;
}
