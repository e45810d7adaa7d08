import type { Paginated } from '../../protocol/lakefs.js';
import { Observable } from './observable.js';
import type { OnProgress, Progress } from './resource.js';

/** Which page: what comes after `after`, at most `amount`. */
export interface PageAsked {
  after: string;
  amount: number;
  signal: AbortSignal;
}

/** The API gives at most so many of a list at once. */
const PAGE_MAX = 1_000;

/** A long list, read page by page as it is looked at. */
export class Listing<T> extends Observable {
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
  get loaded(): boolean {
    return this._loaded;
  }

  get busy(): boolean {
    return this._running !== undefined;
  }

  get error(): Error | undefined {
    return this._error;
  }

  /** Whether the last read was given up before its end. */
  get cancelled(): boolean {
    return this._cancelled;
  }

  /** How far a read under way is; undefined without one, and until the service tells. */
  get progress(): Progress | undefined {
    return this._progress;
  }

  /** Whether anyone ever asked for it: what nobody looks at is not read again. */
  get wanted(): boolean {
    return this._wanted;
  }

  /** Reads it, if nobody did so far. */
  want(): void {
    if (!this._wanted) {
      void this.refresh();
    }
  }

  /** Reads from the start again, as many as were read before (at most a page of the API). Never rejects. */
  refresh(): Promise<void> {
    this._wanted = true;
    return this._read('', this._asManyAgain, page => page);
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

  /** Forgets what was read. */
  clear(): void {
    this._running?.abort();
    this._running = this._error = undefined;
    this._items = [];
    this._hasMore = this._loaded = this._wanted = false;
    this._next = '';
    this.emitChanged();
  }

  /** Gives up a read under way. What was read before stays; without it, it is as if nobody had asked. */
  cancel(): void {
    this._running?.abort();
    this._running = undefined;
    this._cancelled = true;
    this._wanted = this._loaded;
    this.emitChanged();
  }

  override dispose(): void {
    this._running?.abort();
    this._running = undefined;
    super.dispose();
  }

  private get _asManyAgain(): number {
    return Math.min(PAGE_MAX, Math.max(this._pageSize, this._items.length));
  }

  private async _readOn(amount: number): Promise<void> {
    if (this._hasMore && !this.busy) {
      await this._read(this._next, amount, page => [...this._items, ...page]);
    }
  }

  private async _read(after: string, amount: number, merge: (page: T[]) => T[]): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    this._progress = undefined;
    this._cancelled = false;
    this.emitChanged();
    const onProgress = (progress: Progress): void => {
      if (this._running === running) {
        this._progress = progress;
        this.emitChanged();
      }
    };
    try {
      const asked = { after, amount, signal: running.signal };
      const { results, pagination } = await this._load(asked, onProgress);
      if (this._running === running) {
        this._items = merge(results);
        this._hasMore = pagination.has_more;
        this._next = pagination.next_offset;
        this._error = undefined;
        this._loaded = true;
      }
    } catch (error) {
      if (this._running === running) {
        this._error = error as Error;
      }
    }
    if (this._running === running) {
      this._running = undefined;
      this.emitChanged();
    }
  }

  private _items: readonly T[] = [];
  private _hasMore = false;
  private _loaded = false;
  private _wanted = false;
  private _next = '';
  private _error: Error | undefined;
  private _running: AbortController | undefined;
  private _progress: Progress | undefined;
  private _cancelled = false;
}
