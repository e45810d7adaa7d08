import type {
  ColumnsResult,
  DuplicatesResult,
  RowDiffResult,
  RowLogEntry,
  RowsComparison,
  RowsResult
} from '../../protocol/databranch.js';
import type { Paginated } from '../../protocol/lakefs.js';
import type { IRequests, RequestInitial } from '../requests.js';
import { refPath, type Page } from './paths.js';

/** One data set on two refs; `left` is the base. */
export interface DataSetSides {
  repository: string;
  left: string;
  right: string;
  path: string;
  /** Where it is on either side, if not at one path. */
  left_path?: string;
  right_path?: string;
}

/** The service's limit for an answer. */
const PREVIEW_BYTES_MAX = 64 * 1024 * 1024;

type OnProgress = RequestInitial['onProgress'];

/** What happened to the rows, as this extension asks for it. With `onProgress` the service tells how far it is. */
export class RowsClient {
  constructor(private readonly requests: IRequests) {}

  /** Rows per data set below `path`, uncommitted changes included when `ref` is a branch. */
  count(
    repository: string,
    ref: string,
    query: { path: string; after?: string; amount?: number },
    signal?: AbortSignal,
    onProgress?: OnProgress
  ): Promise<RowsResult> {
    const path = ['databranch', ...refPath(repository, ref), 'rows'];
    return this.requests.send(path, { query, signal, onProgress });
  }

  /** Rows per data set on both refs; `left` is the base. */
  compare(
    repository: string,
    left: string,
    right: string,
    query: { path: string; after?: string; amount?: number },
    signal?: AbortSignal,
    onProgress?: OnProgress
  ): Promise<RowsComparison> {
    return this.requests.send(comparisonPath(repository, left, right), { query, signal, onProgress });
  }

  /** The parts of one data set that differ. */
  parts(
    { repository, left, right, ...paths }: DataSetSides,
    { signal, ...page }: Page & { by: NonNullable<RowsComparison['by']> },
    onProgress?: OnProgress
  ): Promise<RowsComparison> {
    const query = { ...paths, ...page };
    return this.requests.send(comparisonPath(repository, left, right), { query, signal, onProgress });
  }

  /** What the commits of a ref did to the rows at a path, newest first, uncommitted changes before them. */
  log(
    repository: string,
    ref: string,
    { signal, ...query }: Page & { path: string },
    onProgress?: OnProgress
  ): Promise<Paginated<RowLogEntry>> {
    const path = ['databranch', ...refPath(repository, ref), 'rowlog'];
    return this.requests.send(path, { query, signal, onProgress });
  }

  /** A few rows of one file as an Arrow stream. @throws RequestError - 400 with columns that would do */
  preview(
    repository: string,
    ref: string,
    query: {
      path: string;
      from: 'first' | 'last' | 'random';
      amount: number;
      /** Which columns; all where there are none. */
      columns: readonly string[];
    },
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    const path = ['databranch', ...refPath(repository, ref), 'preview'];
    return this.requests.read(path, query, PREVIEW_BYTES_MAX, signal);
  }

  /** The rows of a data set that differ. @throws RequestError - 400 where a key column is not there */
  diff(
    { repository, left, right, ...paths }: DataSetSides,
    { signal, ...page }: Page & { keys: readonly string[] },
    onProgress?: OnProgress
  ): Promise<RowDiffResult> {
    const query = { ...paths, ...page };
    return this.requests.send(rowDiffPath(repository, left, right), { query, signal, onProgress });
  }

  /** Statistics of a data set's columns on both sides: of the files that differ, or of all. */
  columns(
    { repository, left, right, ...paths }: DataSetSides,
    files: ColumnsResult['files'],
    signal?: AbortSignal,
    onProgress?: OnProgress
  ): Promise<ColumnsResult> {
    const path = ['databranch', ...refPath(repository, left), 'columns', right];
    return this.requests.send(path, { query: { ...paths, files }, signal, onProgress });
  }

  /** The rows that are there more than once at a path, and which of them are not so on `base`. */
  duplicates(
    repository: string,
    ref: string,
    query: { path: string; base: string; keys: readonly string[]; examples: number; amount: number },
    signal?: AbortSignal,
    onProgress?: OnProgress
  ): Promise<DuplicatesResult> {
    const path = ['databranch', ...refPath(repository, ref), 'duplicates'];
    return this.requests.send(path, { query, signal, onProgress });
  }

  /** Where the browser fetches all of {@link diff} as a Parquet file. */
  diffAddress({ repository, left, right, ...paths }: DataSetSides, keys: readonly string[]): string {
    return this.requests.address([...rowDiffPath(repository, left, right), 'parquet'], { ...paths, keys });
  }
}

function comparisonPath(repository: string, left: string, right: string): string[] {
  return ['databranch', ...refPath(repository, left), 'rows', right];
}

function rowDiffPath(repository: string, left: string, right: string): string[] {
  return ['databranch', ...refPath(repository, left), 'rowdiff', right];
}
