import type { IStateDB } from '@jupyterlab/statedb';
import type { PartialJSONValue } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';

const KEY = 'jupyterlab-databranch:memory';

/** Saving waits this long for further changes, so that typing a message is not a request per letter. */
const SAVE_DELAY_MS = 400;

/** What the extension keeps across reloads: current branch, bases, drafts, folded sections. */
export class Memory {
  /** @param state - without one, things are kept until the page is left */
  constructor(private readonly _state: IStateDB | null) {
    this._saving = new Debouncer(() => this._state?.save(KEY, this._kept), SAVE_DELAY_MS);
    this.ready = this._read();
  }

  /**
   * Resolves when what was kept has been read. JupyterLab opens its state database only when all plugins are
   * active: a plugin that waited for it would keep JupyterLab from starting.
   */
  readonly ready: Promise<void>;

  get<T extends PartialJSONValue>(name: string): T | undefined {
    return this._kept[name] as T | undefined;
  }

  /** Keeps a value; undefined forgets it. */
  set(name: string, value: PartialJSONValue | undefined): void {
    if (value === undefined) {
      delete this._kept[name];
    } else {
      this._kept[name] = value;
    }
    void this._saving.invoke().catch(() => {
      // Losing a fold or a draft over a reload is no reason to disturb anyone.
    });
  }

  private async _read(): Promise<void> {
    const kept = await this._state?.fetch(KEY).catch(() => undefined);
    this._kept = { ...(kept as Record<string, PartialJSONValue> | undefined), ...this._kept };
  }

  private _kept: Record<string, PartialJSONValue | undefined> = {};
  private readonly _saving: Debouncer;
}
