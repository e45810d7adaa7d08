import type { TranslationBundle } from '@jupyterlab/translation';
import type { Operation } from '../../protocol/databranch.js';

/** What was done, in a few words. */
export function operationWords({ verb, branch }: Operation, trans: TranslationBundle): string {
  switch (verb) {
    case 'create-branch':
      return trans.__('Branch %1 created', branch);
    case 'delete-branch':
      return trans.__('Branch %1 deleted', branch);
    case 'commit':
      return trans.__('Committed to %1', branch);
    case 'merge':
      return trans.__('Merged into %1', branch);
    case 'import':
      return trans.__('Files imported into %1', branch);
    case 'revert':
      return trans.__('Commit reverted on %1', branch);
    case 'cherry-pick':
      return trans.__('Commit cherry-picked onto %1', branch);
    case 'reset':
      return trans.__('Changes discarded on %1', branch);
    case 'hard-reset':
      return trans.__('%1 moved to another commit', branch);
    case 'undo':
      return trans.__('Undo on %1', branch);
  }
}

/** What taking an operation back brings about. */
export function undoConsequence({ verb, branch }: Operation, trans: TranslationBundle): string {
  switch (verb) {
    case 'create-branch':
      return trans.__('The branch goes. It must have no uncommitted changes.');
    case 'delete-branch':
      return trans.__('The branch comes back as it was, uncommitted changes included.');
    case 'commit':
      return trans.__('What it committed becomes uncommitted again.');
    case 'reset':
      return trans.__('The discarded changes come back, below what was written since.');
    default:
      return trans.__('%1 goes back to the commit where it was before.', branch);
  }
}

/** Whether an operation can be taken back: undoing is no operation to undo. */
export function isUndoable({ verb, undone }: Operation): boolean {
  return verb !== 'undo' && !undone;
}
