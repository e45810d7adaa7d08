import { copyIcon, undoIcon } from '@jupyterlab/ui-components';
import type { Replay } from '../dialogs/replay.js';
import { shortId } from '../format.js';
import type { CommandContext, Place } from './context.js';
import { attempt, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';
import { doneTo } from './undo.js';

/** Reverting and cherry-picking commits. */
export function addCommitCommands(context: CommandContext): void {
  const { commands, trans } = context;
  const aboutCommit = { ...ABOUT_BRANCH, commit: 'Id of the commit' };

  commands.addCommand(CommandIDs.revert, {
    label: trans.__('Revert Commit…'),
    caption: trans.__('Take back what a commit changed, with a new commit'),
    icon: undoIcon,
    describedBy: describe(aboutCommit, ['commit']),
    execute: args => replay(context, 'revert', args as Place)
  });

  commands.addCommand(CommandIDs.cherryPick, {
    label: trans.__('Cherry-Pick Commit…'),
    caption: trans.__('Do what a commit changed once more, on another branch'),
    icon: copyIcon,
    describedBy: describe(aboutCommit, ['commit']),
    execute: args => replay(context, 'cherry-pick', args as Place)
  });
}

async function replay(context: CommandContext, kind: Replay, args: Place): Promise<void> {
  const { databranch, trans } = context;
  const place = placeOf(context, args);
  if (!place.repository || !place.commit) {
    return;
  }
  const repository = databranch.repository(place.repository);
  const id = shortId(place.commit);
  const { client, name } = repository;
  const failed = trans.__('Commit %1 could not be read.', id);
  await attempt(context, failed, async () => {
    const commit = await client.commitById(name, place.commit!);
    const branch = place.branch ?? (await repository.facts.get()).default_branch;
    const { askReplay } = await import('../dialogs/dialogs.js');
    const replayed = await askReplay(context, repository, { kind, commit, branch });
    if (replayed) {
      const sentence =
        kind === 'revert'
          ? trans.__('Commit %1 reverted on %2.', id, replayed.branch)
          : trans.__('Commit %1 cherry-picked onto %2.', id, replayed.branch);
      await doneTo(context, sentence, { repository, verb: kind, ...replayed });
    }
  });
}
