import type { DataSetComparison, RowsComparison } from '../../protocol/databranch.js';
import type { PageAsked } from './listing.js';
import { Listing } from './listing.js';
import { Observable } from './observable.js';
import type { OnProgress } from './reading.js';

/** Parts on a page: of each, rows may have to be compared. */
const PARTS_AT_ONCE = 20;

export type PartKind = NonNullable<RowsComparison['by']>;

/** The partitions of one data set that differ between two refs, or the files, read once somebody asks. */
export class Parts extends Observable {
  /**
   * @param _path - of the data set
   * @param _ask - asks the service for a page of parts
   */
  constructor(
    private readonly _path: string,
    private readonly _ask: (
      page: PageAsked & { by: PartKind },
      onProgress: OnProgress
    ) => Promise<RowsComparison>
  ) {
    super();
    this.list = new Listing(async (page, onProgress) => {
      const { datasets, pagination } = await this._read(page, onProgress);
      return { results: datasets, pagination };
    }, PARTS_AT_ONCE);
    this.list.changed.connect(() => this.emitChanged());
  }

  /** In the byte order of their paths. */
  readonly list: Listing<DataSetComparison>;

  /** What is listed. */
  get by(): PartKind {
    return this._by;
  }

  /** Whether the data set has partitions; undefined before anything was read. */
  get isPartitioned(): boolean | undefined {
    return this._isPartitioned;
  }

  /** Lists the others, from the first page on. */
  setBy(by: PartKind): void {
    this._by = by;
    void this.list.refresh();
  }

  override dispose(): void {
    this.list.dispose();
    super.dispose();
  }

  private async _read(page: PageAsked, onProgress: OnProgress): Promise<RowsComparison> {
    const found = await this._ask({ ...page, by: this._by }, onProgress);
    if (this._by === 'file' || page.after !== '' || page.signal.aborted) {
      return found;
    }
    this._isPartitioned = found.datasets.some(({ path }) => path !== this._path);
    if (this._isPartitioned || found.datasets.length === 0) {
      return found;
    }
    // A data set without partitions is its own only one: that would say nothing new.
    this._by = 'file';
    return this._ask({ ...page, by: 'file' }, onProgress);
  }

  private _by: PartKind = 'partition';
  private _isPartitioned: boolean | undefined;
}
