import { undoIcon } from '@jupyterlab/ui-components';
import type { Discard } from '../client/client.js';
import { confirmLoss } from '../dialogs/confirm.js';
import { commitIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';
import { keepDraft, metadataOf, readDraft } from '../model/draft.js';
import type { CommandContext, Place } from './context.js';
import { attempt, branchOf, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';
import type { Deed } from './undo.js';
import { doneTo } from './undo.js';

/** Committing and discarding uncommitted changes. */
export function addChangeCommands(context: CommandContext): void {
  const { commands, trans, databranch } = context;

  commands.addCommand(CommandIDs.commit, {
    label: trans.__('Commit Changes'),
    caption: trans.__('Commit all uncommitted changes with the message in the panel'),
    icon: commitIcon,
    describedBy: describe({
      ...ABOUT_BRANCH,
      message: 'The message; what is typed in the panel when absent'
    }),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      if (!branch) {
        return false;
      }
      const draft = readDraft(databranch.memory, branch);
      const message = (args.message as string | undefined) ?? draft.message.trim();
      if (message === '') {
        await commands.execute(CommandIDs.showPanel, { focus: 'message' });
        return false;
      }
      return attempt(context, trans.__('Committing to %1 failed.', branch.name), async () => {
        const commit = await branch.commit(message, metadataOf(draft));
        keepDraft(databranch.memory, branch, { message: '', metadata: [] });
        const deed = { ...deedOn(branch, 'commit'), commit: commit.id };
        await doneTo(context, trans.__('Committed to %1.', branch.name), deed);
      });
    }
  });

  commands.addCommand(CommandIDs.discard, {
    label: trans.__('Discard Changes…'),
    caption: trans.__('Take back uncommitted changes: all of them, of a folder or of one object'),
    icon: undoIcon,
    describedBy: describe({
      ...ABOUT_BRANCH,
      path: 'The object, or the folder with a slash at its end; everything when absent'
    }),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      const { path = '' } = placeOf(context, args as Place);
      if (!branch) {
        return;
      }
      const what = discardOf(path);
      const sure = await confirmLoss(context, {
        title:
          path === ''
            ? trans.__('Discard all uncommitted changes on %1?', branch.name)
            : trans.__('Discard the changes of %1?', path),
        body: trans.__('What is committed stays as it is.'),
        accept: trans.__('Discard')
      });
      if (sure) {
        await attempt(context, trans.__('Discarding changes on %1 failed.', branch.name), async () => {
          await branch.discard(what);
          const sentence =
            path === '' ? trans.__('All changes discarded.') : trans.__('Changes of %1 discarded.', path);
          await doneTo(context, sentence, deedOn(branch, 'reset'));
        });
      }
    }
  });

  commands.addCommand(CommandIDs.discardFiles, {
    label: trans.__('Discard Files'),
    caption: trans.__('Take back the uncommitted changes of several objects at once'),
    icon: undoIcon,
    describedBy: describe(
      {
        ...ABOUT_BRANCH,
        paths: { type: 'array', items: { type: 'string' }, description: 'Paths of the objects' }
      },
      ['paths']
    ),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      const paths = args.paths as string[] | undefined;
      if (branch && paths && paths.length > 0) {
        await discardFiles(context, branch, paths);
      }
    }
  });
}

/** Files that are named before they are discarded. */
const FILES_NAMED = 3;

/** Asks, and takes back the changes of single objects. */
async function discardFiles(
  context: CommandContext,
  branch: BranchModel,
  paths: readonly string[]
): Promise<void> {
  const { trans } = context;
  const named = paths.slice(0, FILES_NAMED).join(', ');
  const rest = paths.length - FILES_NAMED;
  const sure = await confirmLoss(context, {
    title: trans._n('Discard the file?', 'Discard the %1 files?', paths.length),
    body: rest > 0 ? trans.__('%1 and %2 more on %3.', named, rest, branch.name) : `${named}.`,
    accept: trans.__('Discard')
  });
  if (sure) {
    await attempt(context, trans.__('Discarding files on %1 failed.', branch.name), async () => {
      await branch.discardObjects(paths);
      const sentence = trans._n('%1 file discarded.', '%1 files discarded.', paths.length);
      await doneTo(context, sentence, deedOn(branch, 'reset'));
    });
  }
}

function deedOn({ repository, name }: BranchModel, verb: Deed['verb']): Deed {
  return { repository, branch: name, verb };
}

function discardOf(path: string): Discard {
  return path === '' ? { type: 'reset' } : { type: path.endsWith('/') ? 'common_prefix' : 'object', path };
}
