import { Notification } from '@jupyterlab/apputils';
import type { Operation } from '../../protocol/databranch.js';
import type { Lab } from '../context.js';
import type { RepositoryModel } from '../model/repository.js';
import { attempt, done } from './context.js';

/** A message that offers to take back what was done stays longer than one that only tells. */
const SHOWN_MS = 10_000;

/** Something that was just done to a branch. */
export interface Deed {
  repository: RepositoryModel;
  branch: string;
  verb: Operation['verb'];
  /** The commit on which the branch stands through it, where it made one. */
  commit?: string;
}

/** Tells that something was done to a branch, and offers to take it back. */
export async function doneTo(lab: Lab, sentence: string, deed: Deed): Promise<void> {
  const { trans } = lab;
  // That it cannot be taken back is no reason to call what was done a failure.
  const operation = await deed.repository.operationOf(deed).catch(() => undefined);
  if (!operation) {
    done(lab, sentence);
    return;
  }
  lab.say(sentence);
  Notification.success(sentence, {
    autoClose: SHOWN_MS,
    actions: [
      {
        label: trans.__('Undo'),
        caption: trans.__('Take it back'),
        callback: () => void takeBack(lab, deed.repository, operation, sentence)
      }
    ]
  });
}

/** Takes an operation back and tells so, or why not. `sentence` said what was done. */
export function takeBack(
  lab: Lab,
  repository: RepositoryModel,
  operation: Operation,
  sentence: string
): Promise<boolean> {
  const { databranch, trans } = lab;
  return attempt(lab, trans.__('Undo failed.'), async () => {
    await repository.undo(operation);
    if (operation.verb === 'delete-branch') {
      await databranch.select(repository.name, operation.branch);
    }
    done(lab, trans.__('Undone: %1', sentence));
  });
}
