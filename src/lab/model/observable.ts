import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** Something a view follows: one signal for any change, and a number that differs after each. */
export interface IObservable {
  /** Emitted after every change. */
  readonly changed: ISignal<unknown, void>;
  /** Grows with every change, so that a view can tell cheaply whether it shows the latest. */
  readonly version: number;
}

/** What models of this extension have in common. */
export abstract class Observable implements IObservable, IDisposable {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get version(): number {
    return this._version;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  protected emitChanged(): void {
    if (!this._isDisposed) {
      this._version++;
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _version = 0;
  private _isDisposed = false;
}
