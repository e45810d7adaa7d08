import type { ColumnsResult, RowDiffResult } from '../../../protocol/databranch.js';
import { CatalogError, invalid } from '../../catalog/errors.js';
import { columnStatistics } from '../tables/column-statistics.js';
import { columnsSentence } from './columns-message.js';
import { namedPairs, type CountedPairs } from '../datasets/counted-refs.js';
import { diffSentence } from './diff-message.js';
import { EngineError } from '../engine/engine.js';
import { NotCompared, type EngineFiles } from '../engine/engine-files.js';
import type { Job } from '../counting/job.js';
import type { Pair } from '../datasets/pairs.js';
import { pathOf } from '../datasets/pairs.js';
import { numberedPage, type PageQuery } from './paging.js';
import type { RowDiffs } from '../tables/row-diff.js';
import { schemaChanges } from '../datasets/schema.js';
import type { KnownMember, Sides } from '../datasets/sides.js';
import { columnNames, refuseUnknown, tableFiles, tableFormOf } from '../tables/table-files.js';

/** Data sets that a refusal names. */
const NAMED_MAX = 10;

/** The one data set that a question by rows is about. @throws invalid-input where it is none, or several */
export function onlyPair(counted: CountedPairs): Pair {
  const { sides } = counted;
  const pairs = namedPairs(counted);
  if (pairs.length === 1) {
    return pairs[0]!;
  }
  if (pairs.length === 0) {
    throw invalid(
      `There is no data set there: no file with rows on "${sides.left.ref}" nor "${sides.right.ref}".`
    );
  }
  const names = pairs.slice(0, NAMED_MAX).map(pair => pathOf(pair) || '/');
  const rest = pairs.length > NAMED_MAX ? ', …' : '';
  throw invalid(`There are ${pairs.length} data sets there: choose one of ${names.join(', ')}${rest}.`);
}

/** What the rows of a pair differ in. */
export class DiffReport {
  constructor(
    private readonly sides: Sides,
    private readonly pair: Pair,
    private readonly job: Job
  ) {}

  async rows(diffs: RowDiffs, keys: string[], query: PageQuery): Promise<RowDiffResult> {
    const { removed, added } = await this.sides.differing(this.pair);
    const { left, right } = this.pair;
    const changes = left && right ? schemaChanges(left.columns, right.columns) : [];
    const same = removed.length + added.length === 0;
    const question = await this.question(removed, added, keys);
    const diff =
      question.files.length === 0
        ? undefined
        : await answered(() => diffs.of(this.place, question, this.job));
    const lines = diff ? diff.changed + diff.added + diff.removed : 0;
    const { start, count, pagination } = numberedPage(lines, query);
    const figures = {
      changed_rows: diff?.changed ?? 0,
      added_rows: diff?.addedRows ?? 0,
      removed_rows: diff?.removedRows ?? 0
    };
    const unreadable = [...removed, ...added].flatMap(({ path, statistics }) =>
      'unreadable' in statistics ? [{ path, reason: statistics.unreadable }] : []
    );
    const told = {
      base: this.sides.left.ref,
      same,
      compared: question.files.length,
      unreadable: unreadable.length,
      schemaChanges: changes
    };
    return {
      ...this.described(),
      keys,
      columns: diff?.layout.columns ?? (right ?? left)!.columns.map(({ name }) => name),
      schema_changes: changes,
      left_files: removed.length,
      right_files: added.length,
      unreadable,
      ...figures,
      basis: same ? 'files' : 'exact',
      message: diffSentence(figures, told),
      results: diff && count > 0 ? await answered(() => diffs.lines(diff, start, count, this.job)) : [],
      pagination
    };
  }

  /** The file with the whole diff. */
  async file(diffs: RowDiffs, keys: string[]): Promise<{ file: string; bytes: number }> {
    const { removed, added } = await this.sides.differing(this.pair);
    const question = await this.question(removed, added, keys);
    if (question.files.length === 0) {
      throw new CatalogError('not-comparable', 'No file with rows differs: there is nothing to download.');
    }
    return answered(() => diffs.of(this.place, question, this.job));
  }

  async columns(engineFiles: EngineFiles, files: 'changed' | 'all'): Promise<ColumnsResult> {
    const { removed, added } =
      files === 'changed' ? await this.sides.differing(this.pair) : await this.allFiles();
    const question = await this.question(removed, added, []);
    const found =
      question.files.length === 0
        ? { leftRows: 0, rightRows: 0, distinctIsExact: true, columns: [] }
        : await answered(() => columnStatistics(engineFiles, this.place, question, this.job));
    const { left, right } = this.pair;
    const told = {
      base: this.sides.left.ref,
      sides: left && right ? 'both' : left ? 'left' : 'right',
      same: files === 'changed' && removed.length + added.length === 0
    } as const;
    return {
      ...this.described(),
      files,
      left_rows: found.leftRows,
      right_rows: found.rightRows,
      distinct_is_exact: found.distinctIsExact,
      columns: found.columns,
      message: columnsSentence(found.columns, told)
    };
  }

  private get place() {
    return this.sides.right.ground.view;
  }

  private described() {
    const { left, right } = this.sides;
    return {
      left: left.ref,
      right: right.ref,
      left_commit_id: left.ground.view.commitId as string,
      right_commit_id: right.ground.view.commitId as string,
      left_path: this.pair.left?.path ?? null,
      right_path: this.pair.right?.path ?? null
    };
  }

  private async question(removed: KnownMember[], added: KnownMember[], keys: string[]) {
    const { left, right } = this.pair;
    refuseUnknown(keys, columnNames([left, right], [...removed, ...added]));
    return answered(async () => ({
      files: tableFiles(removed, added),
      form: tableFormOf(left, right, [...removed, ...added]),
      keys
    }));
  }

  private async allFiles(): Promise<{ removed: KnownMember[]; added: KnownMember[] }> {
    const { left, right } = this.pair;
    return {
      removed: left ? await this.sides.members(this.sides.left, left) : [],
      added: right ? await this.sides.members(this.sides.right, right) : []
    };
  }
}

/** What the engine could not do is said to whoever asked. */
async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotCompared || error instanceof EngineError) {
      throw new CatalogError(
        'not-comparable',
        `The rows could not be compared: ${error.message.split('\n')[0]}.`
      );
    }
    throw error;
  }
}
