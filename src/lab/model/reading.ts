import type { RowsProgress } from '../../protocol/databranch.js';
import { Observable } from './observable.js';

/** How far the service is with an answer. */
export type Progress = RowsProgress;

/** Called with how far the service is, where it tells. */
export type OnProgress = (progress: Progress) => void;

/**
 * Something that is read from the service, and read again: one thing, or a list page by page. While it is read again,
 * and when that fails, what was read last stays: a view never goes blank over a hiccup.
 */
export abstract class Reading extends Observable {
  /** Whether anything was read yet. */
  abstract get loaded(): boolean;

  /** Reads from the start; a read under way is given up. Never rejects: see `error`. */
  abstract refresh(): Promise<void>;

  /** Why the last read failed; undefined when it did not. */
  get error(): Error | undefined {
    return this._error;
  }

  /** Whether a read is under way. */
  get busy(): boolean {
    return this._running !== undefined;
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

  /** Forgets what was read. */
  clear(): void {
    this._running?.abort();
    this._running = this._error = undefined;
    this._wanted = false;
    this._forget();
    this.emitChanged();
  }

  /** Gives up a read under way. What was read before stays; without it, it is as if nobody had asked. */
  cancel(): void {
    this._running?.abort();
    this._running = undefined;
    this._cancelled = true;
    this._wanted = this.loaded;
    this.emitChanged();
  }

  override dispose(): void {
    this._running?.abort();
    this._running = undefined;
    super.dispose();
  }

  /** Lets go of what was read. */
  protected abstract _forget(): void;

  /** Runs one read, and gives up the one before. @param keep - takes what it gave, unless it was given up, too */
  protected async _run<V>(
    load: (signal: AbortSignal, onProgress: OnProgress) => Promise<V>,
    keep: (value: V) => void
  ): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    this._wanted = true;
    this._progress = undefined;
    this._cancelled = false;
    this.emitChanged();
    try {
      const value = await load(running.signal, progress => {
        if (this._running === running) {
          this._progress = progress;
          this.emitChanged();
        }
      });
      if (this._running === running) {
        keep(value);
        this._error = undefined;
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

  private _error: Error | undefined;
  private _wanted = false;
  private _running: AbortController | undefined;
  private _progress: Progress | undefined;
  private _cancelled = false;
}
