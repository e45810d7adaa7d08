import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { Announcer } from '../announcer.js';
import { Client } from '../client/client.js';
import { Databranch } from '../model/databranch.js';
import { Memory } from '../model/memory.js';
import { Preferences } from '../model/preferences.js';
import { Windows } from '../model/windows.js';
import { Requests } from '../requests.js';
import { IDatabranch } from '../tokens.js';

const ID = 'jupyterlab-databranch:plugin';

/** Provides the state that all other plugins share. */
export const corePlugin: JupyterFrontEndPlugin<IDatabranch> = {
  id: ID,
  description: 'Repositories, branches and the current branch.',
  autoStart: true,
  provides: IDatabranch,
  optional: [ISettingRegistry, IStateDB],
  activate: async (
    app: JupyterFrontEnd,
    settings: ISettingRegistry | null,
    state: IStateDB | null
  ): Promise<IDatabranch> => {
    const loaded = await settings?.load(ID).catch((error: unknown) => {
      console.error(`The settings of ${ID} could not be loaded; its defaults apply.`, error);
      return null;
    });
    const memory = new Memory(state);
    const { serverSettings } = app.serviceManager;
    const client = new Client(new Requests(serverSettings));
    const announcer = new Announcer();
    const say = (sentence: string): void => announcer.say(sentence);
    const windows = new Windows(serverSettings.baseUrl);
    const databranch = new Databranch(client, memory, new Preferences(loaded ?? null), say, windows);
    // The connection is back, or someone comes back from signing in elsewhere: polls that back off would be late.
    for (const event of ['online', 'focus']) {
      window.addEventListener(event, () => void databranch.recover());
    }
    return databranch;
  }
};
