import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { BranchChoice } from './choice.js';
import type { NotebookFollower } from './follower.js';
import { isSpoken, loadMagics } from './kernel.js';

/**
 * Adds a cell below that compares the branch's rows with the base, and runs it: the answer stays in the
 * notebook, and runs again where no lab is open.
 *
 * @returns false when the notebook's kernel has no magics
 */
export async function countRowsInNotebook(
  panel: NotebookPanel,
  follower: NotebookFollower,
  choice: BranchChoice,
  base: string
): Promise<boolean> {
  const { content: notebook, sessionContext } = panel;
  await sessionContext.ready;
  const { spokenTo } = follower;
  if (!spokenTo || !isSpoken(spokenTo.language)) {
    return false;
  }
  await loadMagics(spokenTo);
  const lines = base === choice.branch ? ['%rowcount'] : [`%rowcount / ${base} ${choice.branch}`];
  if (!loadsMagics(panel)) {
    lines.unshift('%load_ext databranch');
  }
  NotebookActions.insertBelow(notebook);
  notebook.activeCell?.model.sharedModel.setSource(lines.join('\n'));
  await NotebookActions.run(notebook, sessionContext);
  return true;
}

/** Whether some cell loads the magics, as it must where the notebook runs without this lab. */
export function loadsMagics({ content }: NotebookPanel): boolean {
  return content.widgets.some(cell => cell.model.sharedModel.getSource().includes('load_ext databranch'));
}
