import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { cell, integer } from '../engine/cells.js';
import { CHANGE, diffSql, layoutOf, type DiffLayout } from './diff-sql.js';
import { check } from './duplicates.js';
import type { Engine, EngineQueries } from '../engine/engine.js';
import { rowsIdOf, type EngineFile, type EngineFiles } from '../engine/engine-files.js';
import { kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import { SharedWork } from '../counting/shared-work.js';
import { identifier, literal } from '../engine/sql.js';
import type { Place } from '../counting/statistics.js';
import { tableOf, type TableFile, type TableForm } from './table.js';

/** A diff that lies in a Parquet file. */
export interface StoredDiff {
  file: string;
  bytes: number;
  layout: DiffLayout;
  /** Different rows, however often they are there. */
  changed: number;
  added: number;
  removed: number;
  /** Rows, those that are there several times included. */
  addedRows: number;
  removedRows: number;
}

export interface DiffQuestion {
  /** The files that differ. */
  files: TableFile[];
  form: TableForm;
  /** Columns that tell which rows are one; may be empty. */
  keys: string[];
}

export interface DiffLine {
  change: 'changed' | 'added' | 'removed';
  copies: number;
  /** By the layout's columns; null where there is no such row. */
  left: (string | null)[] | null;
  right: (string | null)[] | null;
}

/** Diffs that are kept for the pages to come: so many, and together so many bytes. */
const KEPT_MAX = 32;
const KEPT_BYTES_MAX = 2 * 1024 ** 3;

/**
 * Row diffs. Each is found out once, by comparing every row of the files that differ, and kept as a Parquet file,
 * from which its pages are read and which can be downloaded.
 */
export class RowDiffs {
  /** The last used last. */
  private readonly kept = new Map<string, StoredDiff>();
  private readonly work = new SharedWork<StoredDiff>();
  private files = 0;

  constructor(
    private readonly engine: Engine,
    private readonly engineFiles: EngineFiles,
    /** For the diffs' files; this class's own. */
    private readonly folder: string
  ) {}

  /** Cost: every row of the files that differ, unless it was asked just before. @throws NotCompared */
  async of(place: Place, question: DiffQuestion, job: Job): Promise<StoredDiff> {
    const id = idOf(place, question);
    const present = this.kept.get(id);
    const diff = present ?? (await this.work.run(id, job.signal, () => this.make(place, question, job)));
    this.keep(id, diff);
    return diff;
  }

  /** The lines `start <= i < start + count` of a diff. @throws EngineError */
  async lines(diff: StoredDiff, start: number, count: number, job: Job): Promise<DiffLine[]> {
    // A changed row takes two rows of the file, and those are the first ones.
    const rowOf = (line: number) => (line < diff.changed ? 2 * line : diff.changed + line);
    const { change, copies, columns } = diff.layout;
    const cells = columns.map((name, i) => `${cell(identifier(name))} AS v${i}`);
    const rows = await this.engine.use(
      [diff.file],
      ({ query }) =>
        query(
          `SELECT ${[`${identifier(change)} AS change`, `${identifier(copies)} AS copies`, ...cells].join(', ')} ` +
            `FROM read_parquet(${literal(diff.file)}, file_row_number = true) ` +
            `WHERE file_row_number >= ${rowOf(start)} AND file_row_number < ${rowOf(start + count)} ` +
            `ORDER BY file_row_number`
        ),
      job.signal
    );
    const lines: DiffLine[] = [];
    for (const row of rows) {
      const values = columns.map((_, i) => row[`v${i}`] as string | null);
      const one = { copies: integer(row, 'copies'), left: null, right: null };
      switch (row['change']) {
        case CHANGE.before:
          lines.push({ ...one, change: 'changed', left: values });
          break;
        case CHANGE.after:
          lines.at(-1)!.right = values;
          break;
        case CHANGE.added:
          lines.push({ ...one, change: 'added', right: values });
          break;
        default:
          lines.push({ ...one, change: 'removed', left: values });
      }
    }
    return lines;
  }

  private async make(place: Place, question: DiffQuestion, job: Job): Promise<StoredDiff> {
    await mkdir(this.folder, { recursive: true });
    const file = resolve(join(this.folder, `${this.files++}.parquet`));
    const { files, form, keys } = question;
    job.expect(files.length);
    const write = async (readied: EngineFile[], queries: EngineQueries): Promise<StoredDiff> => {
      const table = await tableOf(files, readied, form, queries);
      const [seen] = await queries.query(`SELECT sum(l) AS l, sum(r) AS r FROM ${table.from}`);
      check(files, { left: integer(seen!, 'l'), right: integer(seen!, 'r') });
      const layout = layoutOf(table);
      await queries.export(diffSql(table, keys, layout), file);
      return { file, layout, bytes: (await stat(file)).size, ...(await figuresOf(file, layout, queries)) };
    };
    try {
      const diff = await this.engineFiles.use(place, files, write, job, [file]);
      job.advance(files.length);
      return diff;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Keeps a diff as the last used, and removes those that nobody used for longest. */
  private keep(id: string, diff: StoredDiff): void {
    this.kept.delete(id);
    this.kept.set(id, diff);
    let bytes = [...this.kept.values()].reduce((sum, kept) => sum + kept.bytes, 0);
    for (const [oldest, { file, bytes: its }] of this.kept) {
      if (oldest === id || (this.kept.size <= KEPT_MAX && bytes <= KEPT_BYTES_MAX)) {
        return;
      }
      this.kept.delete(oldest);
      bytes -= its;
      // A download that is under way keeps its file open.
      void rm(file, { force: true });
    }
  }
}

async function figuresOf(file: string, { change, copies }: DiffLayout, { query }: EngineQueries) {
  const rows = await query(
    `SELECT ${identifier(change)} AS change, count(*) AS lines, sum(${identifier(copies)}) AS rows
     FROM read_parquet(${literal(file)}) GROUP BY 1`
  );
  const figure = (kind: string, name: 'lines' | 'rows') =>
    integer(rows.find(row => row['change'] === kind) ?? {}, name);
  return {
    changed: figure(CHANGE.after, 'lines'),
    added: figure(CHANGE.added, 'lines'),
    removed: figure(CHANGE.removed, 'lines'),
    addedRows: figure(CHANGE.added, 'rows'),
    removedRows: figure(CHANGE.removed, 'rows')
  };
}

function idOf({ uid }: Place, { files, form, keys }: DiffQuestion): string {
  const contents = files
    .map(file => [kindOf(file.path), rowsIdOf(file), file.partition, file.left, file.right].join('\t'))
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([uid, form, keys, contents]))
    .digest('hex');
}
