import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { BranchStatus } from '../status/branch-status.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** Repository, branch and the number of uncommitted changes in the status bar. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:status',
  description: 'The current branch in the status bar.',
  autoStart: true,
  requires: [IDatabranch, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    statusBar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    const item = new BranchStatus(labOf(app, databranch, translator));
    statusBar.registerStatusItem('jupyterlab-databranch:status', { item, align: 'left', rank: 20 });
    // Once JupyterLab is there, so that it is not slowed down; then the status bar knows without the panel.
    void app.restored.then(async () => {
      if (!databranch.current) {
        await databranch.connect();
      }
    });
  }
};
