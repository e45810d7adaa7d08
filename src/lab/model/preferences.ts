import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** The settings of schema/plugin.json; its defaults where there is no settings system. */
export class Preferences {
  constructor(private readonly _settings: ISettingRegistry.ISettings | null) {}

  get pollIntervalMs(): number {
    return this._get('pollInterval', 3) * 1_000;
  }

  /** Name of the repository to show first; '' for the first one. */
  get defaultRepository(): string {
    return this._get('defaultRepository', '');
  }

  get confirmDeletions(): boolean {
    return this._get('confirmDeletions', true);
  }

  /** Whether the panel shows the branch that is chosen in a notebook. */
  get followNotebook(): boolean {
    return this._get('followNotebook', true);
  }

  private _get<T extends string | number | boolean>(name: string, fallback: T): T {
    return (this._settings?.get(name).composite as T | undefined) ?? fallback;
  }
}
