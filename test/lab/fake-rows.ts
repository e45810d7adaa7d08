import type {
  ColumnComparison,
  ColumnsResult,
  DuplicateDataSet,
  DuplicatesResult,
  RowDiffLine,
  RowDiffResult,
  RowLogEntry,
  RowLogResult
} from '../../src/protocol/databranch';
import type { RequestInitial } from '../../src/lab/requests';

type Query = NonNullable<RequestInitial['query']>;

/** What a fake service answers about single rows. */
export class FakeRows {
  /** What a ref's commits did to the rows at a path, newest first. */
  log: RowLogEntry[] = [];
  /** The rows that differ, given in pages of as many as are asked for. */
  diff: RowDiffLine[] = [];
  /** Data sets with what is there more than once. */
  duplicates: DuplicateDataSet[] = [];
  /** Names of the columns of `reviews/`. */
  dataSetColumns: string[] = [];
  /** Statistics of columns. */
  columns: ColumnComparison[] = [];
  /** Whether their different values are counted. */
  columnsAreExact = false;

  /** @returns undefined where the request is not about single rows */
  answer(ref: string, [question, other = '']: readonly string[], query: Query): unknown {
    switch (question) {
      case 'rowlog':
        return this._log(ref, query);
      case 'rowdiff':
        return this._diff(ref, other, query);
      case 'duplicates':
        return this._duplicates(ref, query);
      case 'columns':
        return this._columns(ref, other, query);
    }
    return undefined;
  }

  private _log(ref: string, query: Query): RowLogResult {
    return { path: String(query.path), ref, results: this.log, pagination: pagination(this.log.length) };
  }

  private _duplicates(ref: string, query: Query): DuplicatesResult {
    return {
      ...{ path: String(query.path), ref, commit_id: 'c0' },
      ...{ base: String(query.base), base_commit_id: 'c0', keys: [] },
      datasets: this.duplicates,
      pagination: pagination(this.duplicates.length)
    };
  }

  private _columns(left: string, right: string, query: Query): ColumnsResult {
    return {
      ...sides(left, right, query),
      files: query.files as ColumnsResult['files'],
      ...{ left_rows: 486_000, right_rows: 972_000 },
      distinct_is_exact: this.columnsAreExact,
      columns: this.columns,
      message: 'what is said of the columns'
    };
  }

  private _diff(left: string, right: string, query: Query): RowDiffResult {
    const first = Number(query.after || 0);
    const end = first + Number(query.amount);
    const results = this.diff.slice(first, end);
    const of = (change: RowDiffLine['change']): number =>
      this.diff.filter(line => line.change === change).length;
    return {
      ...sides(left, right, query),
      keys: query.keys as string[],
      columns: ['id', 'name'],
      schema_changes: [],
      ...{ left_files: 1, right_files: 1, unreadable: [] },
      ...{ changed_rows: of('changed'), added_rows: of('added'), removed_rows: of('removed') },
      basis: 'exact',
      message: `${this.diff.length} rows differ`,
      results,
      pagination: {
        ...pagination(results.length),
        has_more: end < this.diff.length,
        next_offset: String(end)
      }
    };
  }
}

function sides(left: string, right: string, query: Query) {
  const path = String(query.path);
  return { left, right, left_commit_id: 'c0', right_commit_id: 'c0', left_path: path, right_path: path };
}

function pagination(results: number) {
  return { has_more: false, next_offset: '', results, max_per_page: 1000 };
}

/** What is there more than once in `reviews/`: all of main, as far as nothing else is said. */
export function duplicates(changed: Partial<DuplicateDataSet> = {}): DuplicateDataSet {
  return {
    ...{ path: 'reviews/', base_path: 'reviews/', format: 'parquet' },
    rows: 972_000,
    duplicate_rows: 486_000,
    repeated_rows: 485_900,
    base_duplicate_rows: 100,
    added_duplicate_rows: 485_900,
    basis: 'exact',
    columns: ['id', 'name'],
    examples: [],
    identical_files: [],
    message: '486,000 of 972,000 rows are copies of others',
    ...changed
  };
}

/** What a commit did to the rows of `reviews/`; an uncommitted change unless it is said whose. */
export function rowLogEntry(rows: number, changed: Partial<RowLogEntry> = {}): RowLogEntry {
  return {
    commit_id: null,
    date: null,
    committer: null,
    commit_message: null,
    rows_before: 0,
    rows,
    files_before: 0,
    files: 8,
    added_files: [],
    removed_files: [],
    added_files_total: 8,
    removed_files_total: 0,
    message: `8 files were added: ${rows} rows.`,
    ...changed
  };
}

/** A row that is new. */
export function rowDiffLine(id: string): RowDiffLine {
  return { change: 'added', copies: 1, left: null, right: [id, 'x'] };
}
