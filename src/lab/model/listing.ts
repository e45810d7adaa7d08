import type { Paginated } from '../../protocol/lakefs.js';
import type { OnProgress } from './reading.js';
import { Reading } from './reading.js';

/** Which page: what comes after `after`, at most `amount`. */
export interface PageAsked {
  after: string;
  amount: number;
  signal: AbortSignal;
}

/** The API gives at most so many of a list at once. */
const PAGE_MAX = 1_000;

/** Of a list that was read further than this, so many are read again: each change of a branch has lists read again. */
const READ_AGAIN_MAX = 20 * PAGE_MAX;

/** A long list, read page by page as it is looked at. */
export class Listing<T> extends Reading {
  constructor(
    private readonly _load: (page: PageAsked, onProgress: OnProgress) => Promise<Paginated<T>>,
    private readonly _pageSize = 100
  ) {
    super();
  }

  /** What was read so far, in the list's order. */
  get items(): readonly T[] {
    return this._items;
  }

  /** Whether the list goes on after `items`. */
  get hasMore(): boolean {
    return this._hasMore;
  }

  /** Whether anything was read yet, so that an empty list can be told from an unknown one. */
  override get loaded(): boolean {
    return this._loaded;
  }

  /** Reads from the start again, as many as were read before (at most 20,000): whoever scrolled far stays there. */
  override refresh(): Promise<void> {
    const wanted = Math.min(READ_AGAIN_MAX, this._items.length);
    return this._run(
      async (signal, onProgress) => {
        const page = await this._load({ after: '', amount: this._asManyAgain, signal }, onProgress);
        let { pagination } = page;
        const results = [...page.results];
        while (pagination.has_more && results.length < wanted && !signal.aborted) {
          const amount = Math.min(PAGE_MAX, wanted - results.length);
          const next = await this._load({ after: pagination.next_offset, amount, signal }, onProgress);
          results.push(...next.results);
          pagination = next.pagination;
        }
        return { results, pagination };
      },
      read => this._keep(read)
    );
  }

  /** Reads the next page, unless there is none or one is being read. Never rejects. */
  more(): Promise<void> {
    return this._readOn(this._pageSize);
  }

  /**
   * Like {@link more}, for somebody who scrolls: as many as were read before (at most a page of the API), so that the
   * end of a very long list is not thousands of pages away.
   */
  readAhead(): Promise<void> {
    return this._readOn(this._asManyAgain);
  }

  protected override _forget(): void {
    this._items = [];
    this._hasMore = this._loaded = false;
    this._next = '';
  }

  private get _asManyAgain(): number {
    return Math.min(PAGE_MAX, Math.max(this._pageSize, this._items.length));
  }

  private async _readOn(amount: number): Promise<void> {
    if (this._hasMore && !this.busy) {
      await this._run(
        (signal, onProgress) => this._load({ after: this._next, amount, signal }, onProgress),
        page => this._keep({ ...page, results: [...this._items, ...page.results] })
      );
    }
  }

  private _keep({ results, pagination }: Pick<Paginated<T>, 'results' | 'pagination'>): void {
    this._items = results;
    this._hasMore = pagination.has_more;
    this._next = pagination.next_offset;
    this._loaded = true;
  }

  private _items: readonly T[] = [];
  private _hasMore = false;
  private _loaded = false;
  private _next = '';
}
