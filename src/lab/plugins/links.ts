import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRouter } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';
import { attempt } from '../commands/context.js';
import { describe } from '../commands/describe.js';
import { CommandIDs } from '../commands/ids.js';
import { LINK_PARAMETER, linkedPlace, placeOfLink, withoutLink } from '../links/link.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** Ways into the views: links (`/lab?databranch=repository/ref/path`) and a card of the launcher. */
export const linksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:links',
  description: 'Links and a launcher card that open repositories.',
  autoStart: true,
  requires: [IDatabranch],
  optional: [IRouter, ILauncher, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    router: IRouter | null,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ): void => {
    const lab = labOf(app, databranch, translator);
    const { commands, trans } = lab;
    launcher?.add({
      command: CommandIDs.openRepository,
      args: { isLauncher: true },
      category: trans.__('Other'),
      rank: 10
    });

    if (!router) {
      return;
    }
    commands.addCommand(CommandIDs.openLink, {
      label: trans.__('Open Link to Data'),
      describedBy: describe({ search: 'Query string of the address' }),
      execute: async args => {
        const { search = '', path = '', hash = '' } = args as Record<string, string>;
        const linked = linkedPlace(search);
        if (!linked) {
          return;
        }
        // A reload is not to come back here when the user has gone elsewhere.
        router.navigate(`${path}${withoutLink(search)}${hash}`, { skipRouting: true });
        await app.restored;
        await attempt(lab, trans.__('Opening %1 failed.', linked.repository), async () => {
          await commands.execute(CommandIDs.openRepository, await placeOfLink(databranch.client, linked));
        });
      }
    });
    router.register({ command: CommandIDs.openLink, pattern: new RegExp(`[?&]${LINK_PARAMETER}=`) });
  }
};
