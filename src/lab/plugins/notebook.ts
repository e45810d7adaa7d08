import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry, Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';
import { attempt } from '../commands/context.js';
import { ABOUT_BRANCH, describe } from '../commands/describe.js';
import { CommandIDs } from '../commands/ids.js';
import { branchIcon, dataSetIcon, sandboxIcon } from '../icons.js';
import { BranchItem } from '../notebook/branch-item.js';
import type { BranchChoice } from '../notebook/choice.js';
import { countRowsInNotebook } from '../notebook/count-rows.js';
import { NotebookFollower } from '../notebook/follower.js';
import { runInSandbox } from '../notebook/run-in-sandbox.js';
import { sandboxRendererFactory } from '../notebook/sandbox-output.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

/** The branch in a notebook's toolbar, and the commands that count rows in it and run its cells in sandboxes. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:notebook',
  description: "A notebook's branch, row counts in notebooks, and cells in sandbox branches.",
  autoStart: true,
  requires: [IDatabranch, INotebookTracker, IToolbarWidgetRegistry, IRenderMimeRegistry],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    tracker: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    rendermime: IRenderMimeRegistry,
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

    rendermime.addFactory(sandboxRendererFactory(lab, node => whereIs(tracker, node)));

    commands.addCommand(CommandIDs.runInSandbox, {
      label: trans.__('Run Cell in a Sandbox Branch'),
      caption: trans.__(
        'Run this cell on a throw-away data branch, and look at what it did before you keep it'
      ),
      icon: sandboxIcon,
      describedBy: describe({ at: '"menu" for the cell under the context menu; else the active cell' }),
      isEnabled: ({ at }) => at === 'menu' || tracker.activeCell?.model.type === 'code',
      execute: async ({ at }) => {
        const panel = tracker.currentWidget;
        if (panel && at === 'menu') {
          // A click with the right button does not make a cell the active one.
          const hit = app.contextMenuHitTest(node => node.classList.contains('jp-Cell'));
          const index = panel.content.widgets.findIndex(cell => cell.node === hit);
          panel.content.activeCellIndex = index < 0 ? panel.content.activeCellIndex : index;
        }
        const obstacle = panel && (await runInSandbox(panel, followerOf(panel)));
        if (obstacle) {
          const why =
            obstacle === 'language'
              ? trans.__('Sandbox branches need a Python kernel.')
              : trans.__('Only a code cell runs in a sandbox branch.');
          lab.say(why);
          Notification.warning(why, { autoClose: 6_000 });
        }
      }
    });
    // Buttons and menus ask what can be done when they are told that it has changed.
    const tell = (): void => {
      for (const id of [CommandIDs.selectForNotebook, CommandIDs.countRows, CommandIDs.runInSandbox]) {
        commands.notifyCommandChanged(id);
      }
    };
    tracker.currentChanged.connect(tell);
    tracker.activeCellChanged.connect(tell);
    palette?.addItem({ command: CommandIDs.runInSandbox, category: trans.__('Data Branches') });
    palette?.addItem({ command: CommandIDs.countRows, category: trans.__('Data Branches') });
  }
};

/** Path of the notebook and id of the cell in which an element lies, as commits from the kernel name them. */
function whereIs(tracker: INotebookTracker, node: HTMLElement): Record<string, string> {
  const panel = tracker.find(candidate => candidate.node.contains(node));
  const cell = panel?.content.widgets.find(candidate => candidate.node.contains(node));
  return panel && cell ? { notebook: panel.context.path, cell: cell.model.id } : {};
}
