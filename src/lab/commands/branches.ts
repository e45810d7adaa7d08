import { deleteIcon, lockIcon } from '@jupyterlab/ui-components';
import { confirmLoss } from '../dialogs/confirm.js';
import { branchIcon, mergeIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';
import { isProtected } from '../model/protection.js';
import type { CommandContext, Place } from './context.js';
import { attempt, branchOf, done, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';
import { doneTo } from './undo.js';

/** Choosing, creating, merging and deleting branches. */
export function addBranchCommands(context: CommandContext): void {
  const { commands, trans, databranch } = context;

  commands.addCommand(CommandIDs.select, {
    label: trans.__('Switch to This Branch'),
    icon: branchIcon,
    describedBy: describe(ABOUT_BRANCH, ['repository']),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const { repository, branch } = placeOf(context, args as Place);
      if (repository) {
        await attempt(context, trans.__('Opening %1 failed.', repository), async () => {
          await databranch.select(repository, branch);
          context.say(trans.__('Now on branch %1 of %2.', databranch.current?.name ?? '', repository));
        });
      }
    }
  });

  commands.addCommand(CommandIDs.createBranch, {
    label: trans.__('Create Branch…'),
    caption: trans.__('Create a branch from this branch or from any other ref'),
    icon: branchIcon,
    describedBy: describe({
      repository: ABOUT_BRANCH.repository,
      source: 'Branch, tag or commit to start from; the current branch when absent',
      name: 'Name to suggest'
    }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const place = placeOf(context, args as Place);
      const source = (args.source as string | undefined) ?? place.commit ?? place.tag ?? place.branch;
      if (place.repository) {
        const repository = databranch.repository(place.repository);
        await attempt(context, trans.__('No branch could be created.'), async () => {
          const from = source ?? (await repository.facts.get()).default_branch;
          const { askNewBranch } = await import('../dialogs/dialogs.js');
          const name = await askNewBranch(context, repository, from, (args.name as string | undefined) ?? '');
          if (name !== null) {
            await databranch.select(repository.name, name);
            done(context, trans.__('Branch %1 created from %2. You are on it now.', name, from));
          }
        });
      }
    }
  });

  commands.addCommand(CommandIDs.deleteBranch, {
    label: trans.__('Delete Branch…'),
    icon: deleteIcon,
    describedBy: describe(ABOUT_BRANCH),
    isEnabled: args => {
      const branch = branchOf(context, args as Place);
      return branch !== undefined && branch.repository.facts.value?.default_branch !== branch.name;
    },
    execute: async args => {
      const branch = branchOf(context, args as Place);
      if (!branch) {
        return;
      }
      const sure = await confirmLoss(context, {
        title: trans.__('Delete branch %1?', branch.name),
        body: trans.__('Its uncommitted changes go too. For a week, this can be undone.'),
        accept: trans.__('Delete branch')
      });
      if (sure) {
        await attempt(context, trans.__('Deleting branch %1 failed.', branch.name), async () => {
          const { repository, name } = branch;
          await repository.deleteBranch(name);
          const deed = { repository, branch: name, verb: 'delete-branch' } as const;
          await doneTo(context, trans.__('Branch %1 deleted.', name), deed);
        });
      }
    }
  });

  commands.addCommand(CommandIDs.protectBranch, {
    label: args =>
      isGuarded(branchOf(context, args as Place))
        ? trans.__('Remove Branch Protection')
        : trans.__('Protect Branch'),
    caption: trans.__('A protected branch takes changes by merge only'),
    icon: lockIcon,
    describedBy: describe(ABOUT_BRANCH),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      if (branch) {
        await toggleProtection(context, branch);
      }
    }
  });

  commands.addCommand(CommandIDs.merge, {
    label: trans.__('Merge…'),
    caption: trans.__('Merge this branch into the branch it is compared with'),
    icon: mergeIcon,
    describedBy: describe({
      repository: ABOUT_BRANCH.repository,
      source: 'Branch, tag or commit to merge; the current branch when absent',
      destination: "Branch to merge into; the source's base when absent"
    }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: async args => {
      const place = placeOf(context, args as Place);
      const source = (args.source as string | undefined) ?? place.branch;
      if (place.repository === undefined || source === undefined) {
        return;
      }
      const repository = databranch.repository(place.repository);
      await attempt(context, trans.__('%1 could not be merged.', source), async () => {
        const destination = (args.destination as string | undefined) ?? (await repository.baseOf(source));
        if (destination === source) {
          await commands.execute(CommandIDs.compare, { repository: repository.name });
          return;
        }
        const { askMerge } = await import('../dialogs/dialogs.js');
        const commit = await askMerge(context, repository, source, destination);
        if (commit !== null) {
          const sentence = trans.__('%1 is merged into %2.', source, destination);
          await doneTo(context, sentence, { repository, branch: destination, verb: 'merge', commit });
        }
      });
    }
  });
}

/** Whether a branch is known to be protected. */
function isGuarded(branch: BranchModel | undefined): boolean {
  return branch !== undefined && isProtected(branch.name, branch.repository.protection.value ?? []);
}

/** Protects a branch, or takes away the rule that names it; rules that match more are changed in the settings. */
async function toggleProtection(context: CommandContext, branch: BranchModel): Promise<void> {
  const { commands, trans } = context;
  const { repository, name } = branch;
  await attempt(context, trans.__('The protection of %1 could not be changed.', name), async () => {
    await repository.protection.refresh(); // others may have changed the rules
    const rules = await repository.protection.get();
    if (rules.includes(name)) {
      await repository.unprotect(name);
      done(context, trans.__('%1 takes commits and uploads again.', name));
    } else if (isProtected(name, rules)) {
      await commands.execute(CommandIDs.openRepository, { repository: repository.name, tab: 'settings' });
    } else {
      await repository.protect(name);
      done(context, trans.__('%1 is protected: it takes changes by merge only.', name));
    }
  });
}
