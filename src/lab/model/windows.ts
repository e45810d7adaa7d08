import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** Windows of the same JupyterLab in one browser tell each other which repository they changed. */
export class Windows implements IDisposable {
  /** @param lab - address of the Jupyter server: another one's repositories are others */
  constructor(lab: string) {
    this._channel = new BroadcastChannel(`jupyterlab-databranch:${lab}`);
    this._channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') {
        this._hear(data);
      }
    };
    document.addEventListener('visibilitychange', this._catchUp);
  }

  /** Emitted with the name of a repository in which another window changed something. */
  get changed(): ISignal<this, string> {
    return this._changed;
  }

  /** Tells the others that something in a repository was changed here. */
  tell(repository: string): void {
    this._channel.postMessage(repository);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._channel.close();
    document.removeEventListener('visibilitychange', this._catchUp);
    Signal.clearData(this);
  }

  /** A window that nobody sees asks for nothing: it catches up when it is seen. */
  private _hear(repository: string): void {
    if (document.hidden) {
      this._missed.add(repository);
    } else {
      this._changed.emit(repository);
    }
  }

  private readonly _catchUp = (): void => {
    if (!document.hidden) {
      const missed = [...this._missed];
      this._missed.clear();
      missed.forEach(repository => this._changed.emit(repository));
    }
  };

  private readonly _channel: BroadcastChannel;
  private readonly _changed = new Signal<this, string>(this);
  private readonly _missed = new Set<string>();
  private _isDisposed = false;
}
