import type {
  ColumnsResult,
  DuplicatesResult,
  MergePreview,
  RowDiffResult,
  RowLogResult,
  RowsComparison,
  RowsResult
} from '../../protocol/databranch.js';
import type { MergeCheck } from '../catalog/merges.js';
import type { MergeRequest } from '../catalog/model.js';
import type { CommitId } from '../ids.js';
import type { AheadFigures } from './counting-ahead.js';
import type { SidePaths } from './datasets/counted-refs.js';
import type { BranchGuards } from './guards/guards-file.js';
import type { Observer } from './counting/job.js';
import type { GuardedMerge } from './guards/merge-guard.js';
import type { Granularity } from './answers/breakdown.js';
import type { PageQuery } from './answers/paging.js';
import type { PreviewQuery } from './preview/question.js';

export interface RowsQuery extends PageQuery {
  /** A folder or one object; '' for everything. */
  path: string;
}

export interface RowsComparisonQuery extends SidePaths, PageQuery {
  /** One answer for each data set unless asked otherwise. */
  by?: Granularity;
}

export interface DuplicatesQuery extends RowsQuery {
  /** A ref to compare with. */
  base?: string;
  /** Columns by which rows are the same; empty: by all. */
  keys: string[];
  /** How many examples to give of each data set: 5 unless asked otherwise, at most 100. */
  examples?: number;
}

export interface RowDiffQuery extends SidePaths, PageQuery {
  /** Columns by which a removed and an added row are one that changed; empty: none is. */
  keys: string[];
}

export interface ColumnsQuery extends SidePaths {
  /** Of which files: those that differ, or all. */
  files: 'changed' | 'all';
}

export interface MergePreviewQuery extends PageQuery {
  /** As for the merge. */
  strategy?: MergeRequest['strategy'];
}

/** What is known of rows: how many there are, and how those of two refs differ. */
export interface Rows {
  /**
   * Counts the rows below a path of a ref, uncommitted changes of a branch included. Cost: the files that were
   * never counted before, and O(log n) tree nodes.
   * @throws repository-not-found, ref-not-found; object-not-found where there is nothing at the path
   */
  count(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowsResult>;
  /**
   * Compares the data sets of two refs, or only the partitions or files in which they differ; `left` is the base.
   * Cost: as counting both, their differences, and the rows of files whose number of rows does not tell.
   * @throws as `count`
   */
  compare(
    repository: string,
    left: string,
    right: string,
    query: RowsComparisonQuery,
    observer?: Observer
  ): Promise<RowsComparison>;
  /**
   * Counts the rows of a ref's data sets that occur more than once, and those that do so only since `base`. Cost:
   * every row of what was never asked before.
   * @throws as `count`
   */
  duplicates(
    repository: string,
    ref: string,
    query: DuplicatesQuery,
    observer?: Observer
  ): Promise<DuplicatesResult>;
  /**
   * The rows of one data set that differ between two refs. Cost: every row of the files that differ, once; pages of
   * the same question follow at once.
   * @throws as `count`; invalid-input where the path is not one data set's, or for an unknown key; not-comparable
   */
  diff(
    repository: string,
    left: string,
    right: string,
    query: RowDiffQuery,
    observer?: Observer
  ): Promise<RowDiffResult>;
  /** The same as a whole, in a Parquet file that may be read until it is closed. @throws as `diff` */
  diffFile(
    repository: string,
    left: string,
    right: string,
    query: RowDiffQuery,
    observer?: Observer
  ): Promise<{ file: string; bytes: number }>;
  /** Statistics of the columns of one data set on two refs. Cost: every row of the files. @throws as `diff` */
  columns(
    repository: string,
    left: string,
    right: string,
    query: ColumnsQuery,
    observer?: Observer
  ): Promise<ColumnsResult>;
  /**
   * The number of rows at a path along the history of a ref. Cost: as counting every commit of the page.
   * @throws as `count`
   */
  log(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowLogResult>;
  /**
   * What a merge would make of its destination, and what the destination's guards, or in their place the default
   * one, have against it. Nothing moves. Cost: as comparing the two, and what the guards ask.
   * @throws repository-not-found, ref-not-found, branch-not-found
   */
  mergePreview(
    repository: string,
    source: string,
    destination: string,
    query: MergePreviewQuery,
    observer?: Observer
  ): Promise<MergePreview>;
  /**
   * The guards of a ref as committed: what lies uncommitted on a branch does not hold.
   * @throws repository-not-found, ref-not-found
   */
  guards(repository: string, ref: string): Promise<BranchGuards & { commitId: CommitId }>;
  /** What a merge has to pass before it is published, see `Merges.merge`. @throws guard-refused */
  mergeCheck(merge: GuardedMerge): MergeCheck;
  /**
   * A few rows of one object, as an Arrow stream.
   * @throws as `count`; invalid-input, too-large, not-comparable
   */
  preview(
    repository: string,
    ref: string,
    path: string,
    query: PreviewQuery,
    observer?: Observer
  ): Promise<Uint8Array>;
  /** How much is and was counted before anybody asked. */
  readonly ahead: AheadFigures;
  /**
   * Resolves when nothing is left to be counted ahead, what was found out so far is kept on the disk, and what was needed for it is cleared away: answers do
   * not wait for either.
   */
  idle(): Promise<void>;
  /** Ends the query engine, the preview thread and what is counted ahead; what is under way fails. */
  close(): Promise<void>;
}
