import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon, deleteIcon, launchIcon, refreshIcon } from '@jupyterlab/ui-components';
import { confirmLoss } from '../dialogs/confirm.js';
import { compareIcon, repositoryIcon, tagIcon } from '../icons.js';
import type { RepositoryTab, ViewPlace } from '../repository/place.js';
import { isRepositoryTab } from '../repository/place.js';
import type { CommandContext, Place } from './context.js';
import { attempt, branchOf, done, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';

/** Opening views, and what belongs to a repository as a whole: refreshing, creating it, its tags. */
export function addViewCommands(
  context: CommandContext,
  openView: (place: ViewPlace) => Promise<void>
): void {
  const { commands, trans, databranch } = context;
  const open = (place: ViewPlace): Promise<boolean> =>
    attempt(context, trans.__('Opening %1 failed.', place.repository), () => openView(place));

  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Data Branches'),
    icon: refreshIcon,
    describedBy: describe({}),
    execute: () => databranch.refresh()
  });

  commands.addCommand(CommandIDs.openRepository, {
    label: args => (args.isLauncher ? trans.__('Data Branches') : trans.__('Open Repository View')),
    caption: trans.__('Browse branches, commits and objects'),
    icon: args => (args.isLauncher ? repositoryIcon : launchIcon),
    describedBy: describe({
      repository: ABOUT_BRANCH.repository,
      tab: 'objects, changes, commits, branches, tags, compare, operations or settings',
      ref: 'Branch, tag or commit to show',
      path: 'Folder to show',
      object: 'Path of the object to show',
      commit: 'Commit to show in detail'
    }),
    execute: async args => {
      const { repository, branch, ref, path, commit } = placeOf(context, args as Place);
      if (repository) {
        const tab: RepositoryTab = isRepositoryTab(args.tab) ? args.tab : 'objects';
        const object = args.object as string | undefined;
        await open({ repository, tab, ref: ref ?? branch, path, object, commit });
      } else {
        // There is no repository yet, or no service: the panel says what to do.
        await commands.execute(CommandIDs.showPanel);
      }
    }
  });

  commands.addCommand(CommandIDs.compare, {
    label: trans.__('Compare'),
    caption: trans.__('Compare objects and rows of two branches, tags or commits'),
    icon: compareIcon,
    describedBy: describe({
      repository: ABOUT_BRANCH.repository,
      left: 'The base; the branch that the right side was made from when absent',
      right: 'Branch, tag or commit; the current branch when absent'
    }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const { repository, branch, commit, tag } = placeOf(context, args as Place);
      if (repository) {
        const model = databranch.repository(repository);
        const right = (args.right as string | undefined) ?? commit ?? tag ?? branch;
        await attempt(context, trans.__('Nothing could be compared.'), async () => {
          const base = (args.left as string | undefined) ?? (right && (await model.baseOf(right)));
          await open({ repository, tab: 'compare', left: base, right, ref: right });
        });
      }
    }
  });

  commands.addCommand(CommandIDs.createRepository, {
    label: trans.__('Create Repository…'),
    icon: repositoryIcon,
    describedBy: describe({}),
    execute: async () => {
      await attempt(context, trans.__('No repository could be created.'), async () => {
        const { askNewRepository } = await import('../dialogs/dialogs.js');
        if (await askNewRepository(context)) {
          done(context, trans.__('Repository %1 created.', databranch.current?.repository.name ?? ''));
        }
      });
    }
  });

  commands.addCommand(CommandIDs.createTag, {
    label: trans.__('Create Tag…'),
    icon: tagIcon,
    describedBy: describe({ ...ABOUT_BRANCH, commit: 'Commit to tag; the branch when absent' }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const { repository, branch, commit } = placeOf(context, args as Place);
      const at = commit ?? branch ?? 'main';
      if (repository) {
        await attempt(context, trans.__('No tag could be created.'), async () => {
          const { askNewTag } = await import('../dialogs/dialogs.js');
          if (await askNewTag(context, databranch.repository(repository), at)) {
            done(context, trans.__('Tag created.'));
          }
        });
      }
    }
  });

  commands.addCommand(CommandIDs.deleteTag, {
    label: trans.__('Delete Tag…'),
    icon: deleteIcon,
    describedBy: describe({ repository: ABOUT_BRANCH.repository, tag: 'Name of the tag' }, ['tag']),
    execute: async args => {
      const { repository, tag } = placeOf(context, args as Place);
      if (!repository || !tag) {
        return;
      }
      const sure = await confirmLoss(context, {
        title: trans.__('Delete tag %1?', tag),
        body: trans.__('The commit stays, as long as a branch or another tag keeps it.'),
        accept: trans.__('Delete tag')
      });
      if (sure) {
        await attempt(context, trans.__('Deleting tag %1 failed.', tag), async () => {
          await databranch.repository(repository).deleteTag(tag);
          done(context, trans.__('Tag %1 deleted.', tag));
        });
      }
    }
  });

  commands.addCommand(CommandIDs.copyCommit, {
    label: trans.__('Copy Commit Id'),
    icon: copyIcon,
    describedBy: describe({ commit: 'The id' }),
    isEnabled: args =>
      placeOf(context, args as Place).commit !== undefined || branchOf(context, args as Place) !== undefined,
    execute: args => {
      const { commit } = placeOf(context, args as Place);
      const id = commit ?? branchOf(context, args as Place)?.state.value?.commit_id;
      if (id) {
        Clipboard.copyToSystem(id);
        context.say(trans.__('Commit id copied.'));
      }
    }
  });
}
