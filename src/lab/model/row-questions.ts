import type { ColumnsResult, DataFormat, DuplicateDataSet } from '../../protocol/databranch.js';
import type { Client } from '../client/client.js';
import type { DataSetSides } from '../client/rows.js';
import { Observable } from './observable.js';
import { Resource } from './resource.js';
import { RowDiff } from './row-diff.js';

/** Rows given as examples of those that are there more than once. */
const EXAMPLES = 10;

/** A folder holds at most one data set of each format, and its own come before those of folders in it. */
const FORMATS = 4;

/**
 * Questions about the single rows of one data set on two refs. An answer may take the service a while: nothing is
 * asked before somebody wants it, nor again only because a side has moved.
 */
export class RowQuestions extends Observable {
  /** @param format - of the data set on the right side; null where that has none */
  constructor(client: Client, sides: DataSetSides, format: DataFormat | null) {
    super();
    this.diff = new RowDiff(page => client.rows.diff(sides, page));
    this.duplicates = new Resource(signal => readDuplicates(client, sides, format, signal));
    this.columns = new Resource(signal => client.rows.columns(sides, this._columnFiles, signal));
    [this.diff, this.duplicates, this.columns].forEach(part =>
      part.changed.connect(() => this.emitChanged())
    );
  }

  /** Which rows differ. */
  readonly diff: RowDiff;
  /** Which rows are there more than once on the right side; null where there is no such data set (any more). */
  readonly duplicates: Resource<DuplicateDataSet | null>;

  /** What is in the columns, on either side. */
  readonly columns: Resource<ColumnsResult>;

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
    this.diff.dispose();
    this.duplicates.dispose();
    this.columns.dispose();
    super.dispose();
  }

  private get _asked() {
    return [this.diff.lines, this.duplicates, this.columns].filter(question => question.wanted);
  }

  private _hasMoved = false;
  private _columnFiles: ColumnsResult['files'] = 'changed';
}

async function readDuplicates(
  client: Client,
  { repository, left, right, path, right_path }: DataSetSides,
  format: DataFormat | null,
  signal: AbortSignal
): Promise<DuplicateDataSet | null> {
  const there = right_path ?? path;
  const query = { path: there, base: left, examples: EXAMPLES, amount: FORMATS };
  const { datasets } = await client.rows.duplicates(repository, right, query, signal);
  return datasets.find(one => one.path === there && one.format === format) ?? null;
}
