import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { readParquet } from 'parquet-wasm/node';

import { CatalogError, invalid } from '../catalog/errors.js';
import { integer } from './cells.js';
import { EngineError, type EngineQueries } from './engine.js';
import {
  NotCompared,
  readable,
  type CountedDataFile,
  type EngineFile,
  type EngineFiles
} from './engine-files.js';
import type { Job } from './job.js';
import type { Shapes } from './shape.js';
import { identifier, literal } from './sql.js';
import type { DataFile, Place, Statistics } from './statistics.js';
import { refuseUnknown } from './table-files.js';
import { tableOf, type TableForm } from './table.js';

export interface PreviewQuery {
  from: 'first' | 'last' | 'random';
  /** Rows, at most 1,000. */
  amount: number;
  /** Which columns, in this order; empty: all. */
  columns: string[];
}

/** What a preview may read of one file, in bytes. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
const MIB = 1024 * 1024;

/** A few rows of one file. */
export class Previews {
  private files = 0;

  constructor(
    private readonly statistics: Statistics,
    private readonly shapes: Shapes,
    private readonly engineFiles: EngineFiles,
    /** For temporary files. */
    private readonly folder: string
  ) {}

  /**
   * Rows of a file as an Arrow stream, in the file's order. Cost: of Parquet files the row groups that they are in,
   * and of these the columns asked for; of text the lines up to the last of them.
   * @throws invalid-input for an unknown column, and where more than 64 MiB would have to be read; not-comparable
   */
  async of(place: Place, file: DataFile, query: PreviewQuery, job: Job): Promise<Uint8Array> {
    const [found] = await this.statistics.of(place, [file], job);
    if (!found || 'unreadable' in found) {
      throw new CatalogError('not-comparable', `${file.path} ${found?.unreadable ?? 'holds no rows'}.`);
    }
    const [shape] = await this.shapes.get(place.uid, [found.shape]);
    const names = shape!.columns.map(({ name }) => name);
    refuseUnknown(query.columns, names);
    const columns = query.columns.length > 0 ? query.columns : names;
    const counted: CountedDataFile = { ...file, statistics: found };
    await mkdir(this.folder, { recursive: true });
    const target = resolve(join(this.folder, `${this.files++}.parquet`));
    try {
      await this.engineFiles.use(
        place,
        [counted],
        async ([readied], queries) => {
          const sql = await previewSql(counted, readied!, names, { ...query, columns }, queries);
          await queries.export(sql, target);
        },
        job,
        [target]
      );
      return readParquet(await readFile(target)).intoIPCStream();
    } catch (error) {
      if (error instanceof NotCompared || error instanceof EngineError) {
        throw new CatalogError('not-comparable', `${file.path} could not be read: ${error.message}.`);
      }
      throw error;
    } finally {
      await rm(target, { force: true });
    }
  }
}

async function previewSql(
  file: CountedDataFile,
  readied: EngineFile,
  names: string[],
  query: PreviewQuery,
  queries: EngineQueries
): Promise<string> {
  const { format } = readied.source;
  return format === 'parquet' || format === 'arrow'
    ? parquetSql(readied, query, queries)
    : textSql(file, readied, names, query, queries);
}

/** Rows `start <= i < end` of a Parquet file, where they are. */
async function parquetSql(readied: EngineFile, query: PreviewQuery, queries: EngineQueries): Promise<string> {
  const { file } = await readable(readied, queries);
  const { start, end, bytes } = placeOf(await rowGroups(file, query.columns, queries), query);
  if (bytes > READ_BYTES_MAX) {
    throw invalid(
      `These columns are ${Math.ceil(bytes / MIB)} MiB in the row groups that hold the rows, more than ` +
        `${READ_BYTES_MAX / MIB}: choose fewer columns.`
    );
  }
  const columns = query.columns.map(identifier).join(', ');
  const rows =
    `SELECT file_row_number AS n, ${columns} FROM read_parquet(${literal(file)}, hive_partitioning = false, ` +
    `file_row_number = true) WHERE file_row_number >= ${start} AND file_row_number < ${end}`;
  const some = query.from === 'random' ? `SELECT * FROM (${rows}) USING SAMPLE ${query.amount} ROWS` : rows;
  return `SELECT ${columns} FROM (${some}) ORDER BY n`;
}

interface RowGroup {
  rows: number;
  /** Of the columns asked for, compressed. */
  bytes: number;
}

async function rowGroups(file: string, columns: string[], { query }: EngineQueries): Promise<RowGroup[]> {
  const wanted = columns.map(literal).join(', ');
  const groups = await query(
    `SELECT any_value(row_group_num_rows) AS rows, coalesce(sum(total_compressed_size) FILTER (
       split_part(path_in_schema, ', ', 1) IN (${wanted || `''`})), 0) AS bytes
     FROM parquet_metadata(${literal(file)}) GROUP BY row_group_id ORDER BY row_group_id`
  );
  return groups.map(group => ({ rows: integer(group, 'rows'), bytes: integer(group, 'bytes') }));
}

/** Which rows to read: the first or last ones, or for random ones those of one row group. */
function placeOf(
  groups: RowGroup[],
  { from, amount }: PreviewQuery
): { start: number; end: number; bytes: number } {
  const total = groups.reduce((sum, { rows }) => sum + rows, 0);
  const any = Math.floor(Math.random() * total);
  const [from_, to] =
    from === 'first' ? [0, amount] : from === 'last' ? [total - amount, total] : [any, any + 1];
  let at = 0;
  let bytes = 0;
  let [start, end] = [Math.max(0, from_), Math.min(total, to)];
  for (const group of groups) {
    if (at < to && at + group.rows > from_) {
      bytes += group.bytes;
      if (from === 'random') {
        [start, end] = [at, at + group.rows];
      }
    }
    at += group.rows;
  }
  return { start, end, bytes };
}

/** Lines or records: what is not at the beginning is found by reading all that is before it. */
async function textSql(
  file: CountedDataFile,
  readied: EngineFile,
  names: string[],
  { from, amount, columns }: PreviewQuery,
  queries: EngineQueries
): Promise<string> {
  if (from !== 'first' && file.entry.size > READ_BYTES_MAX) {
    throw invalid(
      `${file.path} is text of more than ${READ_BYTES_MAX / MIB} MiB: only its first rows can be shown.`
    );
  }
  const fields = file.statistics.layout?.fields ?? 0;
  const form: TableForm =
    readied.source.format === 'json'
      ? { kind: 'json', names }
      : {
          kind: 'text',
          columns: names.map(name => ({ name, type: 'string' })),
          extras: Math.max(0, fields - names.length)
        };
  const table = await tableOf([{ ...file, partition: '', left: 0, right: 1 }], [readied], form, queries);
  const shown = columns.map(name => {
    const { value } = table.columns.find(column => column.name === name)!;
    return `${value} AS ${identifier(name)}`;
  });
  const rows = `SELECT ${shown.join(', ')} FROM ${table.from}`;
  switch (from) {
    case 'first':
      return `${rows} LIMIT ${amount}`;
    case 'last':
      return `${rows} LIMIT ${amount} OFFSET ${Math.max(0, file.statistics.rows - amount)}`;
    case 'random':
      return `SELECT * FROM (${rows}) USING SAMPLE ${amount} ROWS`;
  }
}
