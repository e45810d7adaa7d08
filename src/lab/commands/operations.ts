import { undoIcon } from '@jupyterlab/ui-components';
import type { Operation } from '../../protocol/databranch.js';
import { confirmLoss } from '../dialogs/confirm.js';
import { isUndoable, operationWords, undoConsequence } from '../operations/words.js';
import type { RepositoryModel } from '../model/repository.js';
import type { CommandContext, Place } from './context.js';
import { attempt, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';
import { takeBack } from './undo.js';

/** Taking operations back. */
export function addOperationCommands(context: CommandContext): void {
  const { commands, trans, databranch } = context;

  commands.addCommand(CommandIDs.undo, {
    label: trans.__('Undo Last Operation…'),
    caption: trans.__('Take back what was done last to this branch: a commit, merge, reset, …'),
    icon: undoIcon,
    describedBy: describe({
      ...ABOUT_BRANCH,
      operation: 'Id of the operation; the last one on the branch that can be undone when absent'
    }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const place = placeOf(context, args as Place);
      if (!place.repository) {
        return;
      }
      const repository = databranch.repository(place.repository);
      let operation: Operation | undefined;
      const found = await attempt(context, trans.__('The operations could not be read.'), async () => {
        operation = await find(repository, place.branch, args.operation as string | undefined);
      });
      if (found && !operation) {
        databranch.notices.set({
          title: trans.__('There is nothing to undo.'),
          detail: trans.__('Operations are kept for a while only; older ones cannot be taken back.')
        });
      } else if (operation) {
        await askAndTakeBack(context, repository, operation);
      }
    }
  });
}

async function find(
  repository: RepositoryModel,
  branch: string | undefined,
  id: string | undefined
): Promise<Operation | undefined> {
  const isMeant = (operation: Operation): boolean => (id ? operation.id === id : isUndoable(operation));
  return repository.findOperation(id ? undefined : branch, isMeant);
}

async function askAndTakeBack(
  context: CommandContext,
  repository: RepositoryModel,
  operation: Operation
): Promise<void> {
  const { trans } = context;
  const words = operationWords(operation, trans);
  const sure = await confirmLoss(context, {
    title: trans.__('Undo “%1”?', words),
    body: undoConsequence(operation, trans),
    accept: trans.__('Undo')
  });
  if (sure) {
    await takeBack(context, repository, operation, words);
  }
}
