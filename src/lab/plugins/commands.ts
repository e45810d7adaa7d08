import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { addBranchCommands } from '../commands/branches.js';
import { addChangeCommands } from '../commands/changes.js';
import { addCommitCommands } from '../commands/commits.js';
import { CommandIDs } from '../commands/ids.js';
import { addObjectCommands } from '../commands/objects.js';
import { addOperationCommands } from '../commands/operations.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** Commands that make sense without something to point at. */
const IN_PALETTE = [
  CommandIDs.createBranch,
  CommandIDs.deleteBranch,
  CommandIDs.merge,
  CommandIDs.commit,
  CommandIDs.discard,
  CommandIDs.undo,
  CommandIDs.upload
];

/** The verbs as commands: for buttons, menus, the palette, shortcuts and other extensions. */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:commands',
  description: 'Commands for branches, changes and objects.',
  autoStart: true,
  requires: [IDatabranch],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const context = labOf(app, databranch, translator);
    addBranchCommands(context);
    addChangeCommands(context);
    addCommitCommands(context);
    addObjectCommands(context);
    addOperationCommands(context);
    const category = context.trans.__('Data Branches');
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category });
    }
    databranch.currentChanged.connect(() => app.commands.notifyCommandChanged());
  }
};
