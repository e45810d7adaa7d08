import type { RowDiffLine, RowDiffResult } from '../../protocol/databranch.js';
import type { ChosenKeys } from './chosen-keys.js';
import { keysThere } from './chosen-keys.js';
import type { PageAsked } from './listing.js';
import { Listing } from './listing.js';
import { Observable } from './observable.js';
import type { OnProgress } from './reading.js';

/** Rows on a page. */
const ROWS_AT_ONCE = 50;

/** What is told of all rows that differ, whichever page is read. */
export type RowDiffFigures = Omit<RowDiffResult, 'results' | 'pagination'>;

/** The rows of one data set that differ between two refs, read page by page once somebody asks. */
export class RowDiff extends Observable {
  /**
   * @param _ask - asks the service for a page, with the key columns that were chosen
   * @param _readColumns - asks which columns there are
   * @param _chosen - outlives this
   */
  constructor(
    private readonly _ask: (
      page: PageAsked & { keys: readonly string[] },
      onProgress: OnProgress
    ) => Promise<RowDiffResult>,
    private readonly _readColumns: (signal: AbortSignal) => Promise<readonly string[]>,
    private readonly _chosen: ChosenKeys
  ) {
    super();
    this.lines = new Listing((page, onProgress) => this._read(page, onProgress), ROWS_AT_ONCE);
    this.lines.changed.connect(() => this.emitChanged());
  }

  /** Changed rows first, then added, then removed ones. */
  readonly lines: Listing<RowDiffLine>;

  /** Figures of all rows, as the last page told them; undefined before there is one. */
  get figures(): RowDiffFigures | undefined {
    return this.lines.loaded ? this._figures : undefined;
  }

  /**
   * Compares by other key columns, from the first page on.
   *
   * @param keys - by these a row that went and one that came are one that changed; without any, none is
   */
  setKeys(keys: readonly string[]): void {
    this._chosen.keys = keys;
    void this.lines.refresh();
  }

  /** Key columns to compare by as long as nobody has chosen others; from the next reading on. */
  suggestKeys(keys: readonly string[]): void {
    this._suggested = keys;
  }

  override dispose(): void {
    this.lines.dispose();
    super.dispose();
  }

  private async _read(page: PageAsked, onProgress: OnProgress): Promise<RowDiffResult> {
    // Later pages belong to the first, also when another comparison was begun since and given up.
    const keys = page.after === '' ? await this._keysNow(page.signal) : this._figures!.keys;
    const result = await this._ask({ ...page, keys }, onProgress);
    const { results: _results, pagination: _pagination, ...figures } = result;
    if (!page.signal.aborted) {
      this._figures = figures;
    }
    return result;
  }

  private async _keysNow(signal: AbortSignal): Promise<readonly string[]> {
    const { keys } = this._chosen;
    return keys ? keysThere(keys, () => this._readColumns(signal)) : this._suggested;
  }

  private _figures: RowDiffFigures | undefined;
  private _suggested: readonly string[] = [];
}
