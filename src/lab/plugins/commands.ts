import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandContext } from '../commands/context.js';
import { addBranchCommands } from '../commands/branches.js';
import { addChangeCommands } from '../commands/changes.js';
import { addCommitCommands } from '../commands/commits.js';
import { CommandIDs } from '../commands/ids.js';
import { addCopyPathCommand } from '../commands/copy-path.js';
import { addObjectCommands } from '../commands/objects.js';
import { addOperationCommands } from '../commands/operations.js';
import { SNIPPETS } from '../snippets/snippets.js';
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
  CommandIDs.upload,
  CommandIDs.uploadFolder
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
    addCopyPathCommand(context);
    addOperationCommands(context);
    const category = context.trans.__('Data Branches');
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category });
    }
    addCopyMenus(app, context);
    databranch.currentChanged.connect(() => app.commands.notifyCommandChanged());
  }
};

/** Where data are shown whose place can be copied. */
const COPIED_FROM = [
  '.jp-db-Object',
  '.jp-db-Folder',
  '.jp-db-DataSet',
  '.jp-db-Change.jp-db-Place',
  '.jp-db-BranchRow'
];

/** After what each context menu is there for, which is in schema/plugin.json. */
const COPY_RANK = 20;

/** The same submenu in several context menus. */
function addCopyMenus(app: JupyterFrontEnd, { commands, trans }: CommandContext): void {
  const submenu = new MenuSvg({ commands });
  submenu.title.label = trans.__('Copy Path As');
  for (const form of SNIPPETS) {
    submenu.addItem({ command: CommandIDs.copyPath, args: { at: 'menu', form } });
  }
  for (const selector of COPIED_FROM) {
    app.contextMenu.addItem({ type: 'submenu', submenu, selector, rank: COPY_RANK });
  }
}
