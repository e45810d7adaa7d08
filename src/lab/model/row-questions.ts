import type { ColumnsResult, DataFormat, DataSet, DuplicateDataSet } from '../../protocol/databranch.js';
import type { Client } from '../client/client.js';
import type { DataSetSides } from '../client/rows.js';
import type { ChosenKeys } from './chosen-keys.js';
import { DuplicateQuestion } from './duplicate-question.js';
import { Observable } from './observable.js';
import type { OnProgress } from './reading.js';
import { Parts } from './parts.js';
import { Resource } from './resource.js';
import { RowDiff } from './row-diff.js';

/** Rows given as examples of those that are there more than once. */
const EXAMPLES = 10;

/** A folder holds at most one data set of each format, and its own come before those of folders in it. */
const FORMATS = 4;

/** Key columns before somebody chooses some. */
export function noneChosen(): Record<'diff' | 'duplicates', ChosenKeys> {
  return { diff: { keys: undefined }, duplicates: { keys: undefined } };
}

/**
 * Questions about the single rows of one data set on two refs. Of large data sets an answer may take the service a
 * while: nothing is asked before somebody wants it, nor again only because a side has moved.
 */
export class RowQuestions extends Observable {
  /**
   * @param format - of the data set on the right side; null where that has none
   * @param chosen - the key columns that somebody chooses; they outlive this, so that they hold as well for what comes
   *   in place of the data set
   */
  constructor(
    client: Client,
    sides: DataSetSides,
    format: DataFormat | null,
    chosen: Record<'diff' | 'duplicates', ChosenKeys> = noneChosen()
  ) {
    super();
    this.parts = new Parts(pathOf(sides), (page, onProgress) => client.rows.parts(sides, page, onProgress));
    const there = { ...sides, format };
    const columnsThere = (signal: AbortSignal): Promise<readonly string[]> =>
      readColumns(client, there, signal);
    this.diff = new RowDiff(
      (page, onProgress) => client.rows.diff(sides, page, onProgress),
      columnsThere,
      chosen.diff
    );
    this.duplicates = new DuplicateQuestion(
      (keys, signal, onProgress) => readDuplicates(client, there, keys, signal, onProgress),
      columnsThere,
      chosen.duplicates
    );
    this.columns = new Resource((signal, onProgress) =>
      client.rows.columns(sides, this._columnFiles, signal, onProgress)
    );
    [this.parts, this.diff, this.duplicates, this.columns].forEach(part =>
      part.changed.connect(() => this.emitChanged())
    );
  }

  /** In which partitions or files. */
  readonly parts: Parts;
  /** Which rows differ. */
  readonly diff: RowDiff;
  /** Which rows are there more than once on the right side. */
  readonly duplicates: DuplicateQuestion;

  /** What is in the columns, on either side. */
  readonly columns: Resource<ColumnsResult>;

  /** Asks everything by itself, now and whenever a side has moved: for data sets where that is a moment's work. */
  async askAll(): Promise<void> {
    const round = (this._round = {});
    const goesOn = (): boolean => !this.isDisposed && this._round === round;
    // One after the other: the service may have others to serve. What the columns hold suggests the key.
    await this.parts.list.refresh();
    if (goesOn()) {
      await this.columns.refresh();
    }
    if (goesOn()) {
      this.diff.suggestKeys(keyOf(this.columns.value));
      await this.diff.lines.refresh();
    }
    if (goesOn()) {
      await this.duplicates.found.refresh();
    }
  }

  /** Asks about the columns of other files: of those that differ, or of all. */
  setColumnFiles(files: ColumnsResult['files']): void {
    this._columnFiles = files;
    void this.columns.refresh();
  }

  /** Whether a side has moved since something that is still shown was answered. */
  get isOutdated(): boolean {
    return this._hasMoved && this._asked.length > 0;
  }

  /** Notes that a side has other rows than before. */
  sidesMoved(): void {
    if (this._round) {
      void this.askAll();
      return;
    }
    this._hasMoved = this._asked.length > 0;
    this.emitChanged();
  }

  /** Asks again whatever is shown. */
  askAgain(): void {
    this._hasMoved = false;
    this._asked.forEach(question => void question.refresh());
    this.emitChanged();
  }

  override dispose(): void {
    this.parts.dispose();
    this.diff.dispose();
    this.duplicates.dispose();
    this.columns.dispose();
    super.dispose();
  }

  private get _asked() {
    return [this.parts.list, this.diff.lines, this.duplicates.found, this.columns].filter(
      question => question.wanted
    );
  }

  private _hasMoved = false;
  /** The last time that everything was asked; undefined where that is left to the person. */
  private _round: object | undefined;
  private _columnFiles: ColumnsResult['files'] = 'changed';
}

/** Measures: that they differ from row to row is chance. */
const MEASURES = /^(float|double|decimal)/i;

/** The first column that is another one in every row of both sides; none where that is not known for certain. */
function keyOf(columns: ColumnsResult | undefined): readonly string[] {
  if (!columns?.distinct_is_exact) {
    return [];
  }
  const { left_rows, right_rows } = columns;
  const key = columns.columns.find(
    ({ type, left, right }) =>
      !MEASURES.test(type) &&
      left.nulls + right.nulls === 0 &&
      left.distinct === left_rows &&
      right.distinct === right_rows
  );
  return key ? [key.name] : [];
}

interface There extends DataSetSides {
  format: DataFormat | null;
}

async function readDuplicates(
  client: Client,
  there: There,
  keys: readonly string[],
  signal: AbortSignal,
  onProgress: OnProgress
): Promise<DuplicateDataSet | null> {
  const { repository, left, right } = there;
  const query = { path: pathOf(there), base: left, keys, examples: EXAMPLES, amount: FORMATS };
  const { datasets } = await client.rows.duplicates(repository, right, query, signal, onProgress);
  return dataSetAt(there, datasets) ?? null;
}

async function readColumns(client: Client, there: There, signal: AbortSignal): Promise<readonly string[]> {
  const query = { path: pathOf(there), amount: FORMATS };
  const { datasets } = await client.rows.count(there.repository, there.right, query, signal);
  return dataSetAt(there, datasets)?.columns.map(({ name }) => name) ?? [];
}

function pathOf({ path, right_path }: DataSetSides): string {
  return right_path ?? path;
}

function dataSetAt<T extends Pick<DataSet, 'path' | 'format'>>(
  there: There,
  datasets: readonly T[]
): T | undefined {
  return datasets.find(({ path, format }) => path === pathOf(there) && format === there.format);
}
