import type { OnProgress } from './reading.js';
import { Reading } from './reading.js';

/** One thing read from the service. */
export class Resource<T> extends Reading {
  constructor(private readonly _load: (signal: AbortSignal, onProgress: OnProgress) => Promise<T>) {
    super();
  }

  /** The last value read; undefined until there is one. */
  get value(): T | undefined {
    return this._value;
  }

  override get loaded(): boolean {
    return this._value !== undefined;
  }

  override refresh(): Promise<void> {
    const reading = this._run(this._load, value => (this._value = value)).finally(() => {
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
        throw this.error ?? new DOMException('The read was given up', 'AbortError');
      }
    }
    return this._value;
  }

  /** Resolves when no read is under way. Never rejects: see `error`. */
  async settled(): Promise<void> {
    while (this._reading) {
      await this._reading;
    }
  }

  /** Takes over a value that came with something else, where there is none yet. */
  know(value: T): void {
    if (this._value === undefined && !this.wanted) {
      this._value = value;
      this.emitChanged();
    }
  }

  protected override _forget(): void {
    this._value = undefined;
  }

  private _value: T | undefined;
  private _reading: Promise<void> | undefined;
}
