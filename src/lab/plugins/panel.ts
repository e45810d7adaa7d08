import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { describe } from '../commands/describe.js';
import { CommandIDs } from '../commands/ids.js';
import { branchIcon } from '../icons.js';
import { DataBranchesPanel } from '../panel/panel.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** Among the left panels: after the file browser and the running kernels. */
const RANK = 300;

/** The side panel. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:panel',
  description: 'The side panel Data branches.',
  autoStart: true,
  requires: [IDatabranch],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const lab = labOf(app, databranch, translator);
    const { trans } = lab;
    const panel = new DataBranchesPanel(lab);
    app.shell.add(panel, 'left', { rank: RANK, type: 'Data branches' });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Data Branches'),
      icon: branchIcon,
      describedBy: describe({ focus: '`message` to go on typing the commit message' }),
      execute: args => {
        app.shell.activateById(panel.id);
        // A palette from which this was called gives the keyboard back to the main area before.
        setTimeout(() => panel.takeKeyboard(args.focus === 'message' ? 'message' : undefined));
      }
    });
    palette?.addItem({ command: CommandIDs.showPanel, category: trans.__('Data Branches') });
  }
};
