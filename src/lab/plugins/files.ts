import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import { fileUploadIcon } from '@jupyterlab/ui-components';
import { attempt } from '../commands/context.js';
import { ABOUT_BRANCH, describe } from '../commands/describe.js';
import { CommandIDs } from '../commands/ids.js';
import { IDatabranch } from '../tokens.js';
import { labFiles } from '../upload/lab-files.js';
import { labOf } from './lab.js';

/** Uploading what is chosen in JupyterLab's file browser, from its context menu. */
export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:files',
  description: 'Uploads files from the file browser to a data branch.',
  autoStart: true,
  requires: [IDatabranch, IFileBrowserFactory],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    browsers: IFileBrowserFactory,
    translator: ITranslator | null
  ): void => {
    const lab = labOf(app, databranch, translator);
    const { commands, trans } = lab;
    commands.addCommand(CommandIDs.uploadFromBrowser, {
      label: () =>
        databranch.current
          ? trans.__('Upload to Branch %1…', databranch.current.name)
          : trans.__('Upload to a Data Branch…'),
      caption: trans.__('Upload what is chosen in the file browser to the data branch'),
      icon: fileUploadIcon,
      describedBy: describe(ABOUT_BRANCH),
      isEnabled: () => databranch.current !== null && browsers.tracker.currentWidget !== null,
      execute: async () => {
        const branch = databranch.current;
        const chosen = [...(browsers.tracker.currentWidget?.selectedItems() ?? [])];
        if (branch) {
          await attempt(lab, trans.__('The files could not be listed.'), async () => {
            const files = await labFiles(app.serviceManager.contents, chosen);
            const { uploadTo } = await import('../dialogs/dialogs.js');
            await uploadTo(lab, branch, files);
          });
        }
      }
    });
  }
};
