import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { attempt } from '../commands/context.js';
import { ABOUT_BRANCH, describe } from '../commands/describe.js';
import { CommandIDs } from '../commands/ids.js';
import { branchIcon, dataSetIcon } from '../icons.js';
import { BranchItem } from '../notebook/branch-item.js';
import type { BranchChoice } from '../notebook/choice.js';
import { countRowsInNotebook } from '../notebook/count-rows.js';
import { NotebookFollower } from '../notebook/follower.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** The branch in a notebook's toolbar, and the command that counts rows in it. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:notebook',
  description: "A notebook's branch, and row counts in notebooks.",
  autoStart: true,
  requires: [IDatabranch, INotebookTracker, IToolbarWidgetRegistry],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    tracker: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const lab = labOf(app, databranch, translator);
    const { commands, trans } = lab;
    const followers = new WeakMap<NotebookPanel, NotebookFollower>();
    const followerOf = (panel: NotebookPanel): NotebookFollower => {
      const follower = followers.get(panel) ?? new NotebookFollower(panel, databranch);
      followers.set(panel, follower);
      return follower;
    };
    tracker.widgetAdded.connect((_, panel) => void followerOf(panel));
    // The name is in schema/plugin.json, where users may move the item or take it away.
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      'databranch-branch',
      panel => new BranchItem(lab, followerOf(panel))
    );

    const currentChoice = (panel: NotebookPanel): BranchChoice | null => {
      const { current } = databranch;
      return (
        followerOf(panel).choice ?? (current && { repository: current.repository.name, branch: current.name })
      );
    };

    commands.addCommand(CommandIDs.selectForNotebook, {
      label: trans.__('Use Data Branch in This Notebook'),
      icon: branchIcon,
      describedBy: describe(ABOUT_BRANCH, ['repository', 'branch']),
      isEnabled: () => tracker.currentWidget !== null,
      execute: ({ repository, branch }) => {
        const panel = tracker.currentWidget;
        if (panel && typeof repository === 'string' && typeof branch === 'string') {
          followerOf(panel).choose({ repository, branch });
          lab.say(trans.__('This notebook now works on branch %1 of %2.', branch, repository));
        }
      }
    });

    commands.addCommand(CommandIDs.countRows, {
      label: trans.__('Count Rows on This Branch and Main'),
      caption: trans.__("Compare the rows of this notebook's branch with those of its base"),
      icon: dataSetIcon,
      describedBy: describe({}),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        const panel = tracker.currentWidget;
        const choice = panel && currentChoice(panel);
        if (!choice) {
          await commands.execute(CommandIDs.showPanel);
          return;
        }
        await attempt(lab, trans.__('Counting rows failed.'), async () => {
          const base = await databranch.repository(choice.repository).baseOf(choice.branch);
          if (!(await countRowsInNotebook(panel, followerOf(panel), choice, base))) {
            await commands.execute(CommandIDs.compare, {
              repository: choice.repository,
              left: base,
              right: choice.branch
            });
          }
        });
      }
    });
    palette?.addItem({ command: CommandIDs.countRows, category: trans.__('Data Branches') });
  }
};
