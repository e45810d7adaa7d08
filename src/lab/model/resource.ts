import type { RowsProgress } from '../../protocol/databranch.js';
import { Observable } from './observable.js';

/** How far the service is with an answer. */
export type Progress = RowsProgress;

/** Called with how far the service is, where it tells. */
export type OnProgress = (progress: Progress) => void;

/**
 * One thing read from the service. While it is read again, and when that fails, the last value stays: a view
 * never goes blank over a hiccup.
 */
export class Resource<T> extends Observable {
  constructor(private readonly _load: (signal: AbortSignal, onProgress: OnProgress) => Promise<T>) {
    super();
  }

  /** The last value read; undefined until there is one. */
  get value(): T | undefined {
    return this._value;
  }

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

  /** Reads again; a read under way is given up. Never rejects: see `error`. */
  refresh(): Promise<void> {
    this._wanted = true;
    const reading = this._read().finally(() => {
      if (this._reading === reading) {
        this._reading = undefined;
      }
    });
    return (this._reading = reading);
  }

  /** The value, read first if there is none yet. @throws the read's error */
  async get(): Promise<T> {
    while (this._value === undefined) {
      await (this._reading ?? this.refresh());
      if (this._value === undefined && this._reading === undefined) {
        throw this._error ?? new DOMException('The read was given up', 'AbortError');
      }
    }
    return this._value;
  }

  /** Forgets what was read. */
  clear(): void {
    this._running?.abort();
    this._running = this._value = this._error = undefined;
    this._wanted = false;
    this.emitChanged();
  }

  /** Gives up a read under way. What was read before stays; without it, it is as if nobody had asked. */
  cancel(): void {
    this._running?.abort();
    this._running = undefined;
    this._cancelled = true;
    this._wanted = this._value !== undefined;
    this.emitChanged();
  }

  override dispose(): void {
    this._running?.abort();
    this._running = undefined;
    super.dispose();
  }

  private async _read(): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    this._progress = undefined;
    this._cancelled = false;
    this.emitChanged();
    try {
      const value = await this._load(running.signal, progress => {
        if (this._running === running) {
          this._progress = progress;
          this.emitChanged();
        }
      });
      if (this._running === running) {
        this._value = value;
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

  private _value: T | undefined;
  private _error: Error | undefined;
  private _wanted = false;
  private _running: AbortController | undefined;
  private _progress: Progress | undefined;
  private _cancelled = false;
  private _reading: Promise<void> | undefined;
}
