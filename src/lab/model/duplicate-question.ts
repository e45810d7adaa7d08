import type { DuplicateDataSet } from '../../protocol/databranch.js';
import type { ChosenKeys } from './chosen-keys.js';
import { keysThere } from './chosen-keys.js';
import { Observable } from './observable.js';
import type { OnProgress } from './reading.js';
import { Resource } from './resource.js';

/** Which rows of a data set are there more than once, by all columns or by chosen ones. */
export class DuplicateQuestion extends Observable {
  /**
   * @param _ask - asks the service; answers null where there is no such data set (any more)
   * @param _readColumns - asks which columns there are: what is found does not always tell
   * @param _chosen - outlives this
   */
  constructor(
    private readonly _ask: (
      keys: readonly string[],
      signal: AbortSignal,
      onProgress: OnProgress
    ) => Promise<DuplicateDataSet | null>,
    private readonly _readColumns: (signal: AbortSignal) => Promise<readonly string[]>,
    private readonly _chosen: ChosenKeys
  ) {
    super();
    this.found = new Resource((signal, onProgress) => this._read(signal, onProgress));
    this.found.changed.connect(() => this.emitChanged());
  }

  readonly found: Resource<DuplicateDataSet | null>;

  /** The columns by which the rows that are shown are the same; without any, by all. */
  get keys(): readonly string[] {
    return this._keys;
  }

  /** Columns to choose from; none while they are not known. */
  get columns(): readonly string[] {
    return this._columns;
  }

  /** Counts by other columns. */
  setKeys(keys: readonly string[]): void {
    this._chosen.keys = keys;
    void this.found.refresh();
  }

  override dispose(): void {
    this.found.dispose();
    super.dispose();
  }

  private async _read(signal: AbortSignal, onProgress: OnProgress): Promise<DuplicateDataSet | null> {
    const reading = this._readColumns(signal);
    const keys = await keysThere(this._chosen.keys ?? [], () => reading);
    const [columns, found] = await Promise.all([reading, this._ask(keys, signal, onProgress)]);
    if (!signal.aborted) {
      this._keys = keys;
      this._columns = columns;
    }
    return found;
  }

  private _keys: readonly string[] = [];
  private _columns: readonly string[] = [];
}
