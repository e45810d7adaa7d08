import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import { loadsMagics } from './count-rows.js';
import type { NotebookFollower } from './follower.js';
import { isSpoken, loadMagics } from './kernel.js';

const MAGIC = '%%sandbox';
const LOAD = '%load_ext databranch';

/** Why a cell was not run. */
export type NotRun = 'no-code-cell' | 'language';

/**
 * Runs the active cell on a throw-away branch. It says so in its first line, and the notebook loads the magics: so
 * that what the notebook shows is what ran, and runs again where no lab is open.
 *
 * @returns why it was not run; undefined when it was
 */
export async function runInSandbox(
  panel: NotebookPanel,
  follower: NotebookFollower
): Promise<NotRun | undefined> {
  const { content: notebook, sessionContext } = panel;
  const cell = notebook.activeCell;
  if (!cell || cell.model.type !== 'code') {
    return 'no-code-cell';
  }
  await sessionContext.ready;
  const { spokenTo } = follower;
  if (!spokenTo || !isSpoken(spokenTo.language)) {
    return 'language';
  }
  await loadMagics(spokenTo);
  if (!loadsMagics(panel)) {
    NotebookActions.insertAbove(notebook);
    notebook.activeCell?.model.sharedModel.setSource(LOAD);
    await NotebookActions.run(notebook, sessionContext);
    notebook.activeCellIndex = notebook.widgets.indexOf(cell);
  }
  const { sharedModel } = cell.model;
  const source = sharedModel.getSource();
  if (!/^%%sandbox(?!\w)/.test(source)) {
    sharedModel.setSource(`${MAGIC}\n${source}`);
  }
  await NotebookActions.run(notebook, sessionContext);
  return undefined;
}
