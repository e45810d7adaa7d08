import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';
import { attempt } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { addViewCommands } from '../commands/views.js';
import type { ViewPlace } from '../repository/place.js';
import type { RepositoryView } from '../repository/view.js';
import { IDatabranch } from '../tokens.js';
import { labOf } from './lab.js';

const IN_PALETTE = [
  CommandIDs.openRepository,
  CommandIDs.compare,
  CommandIDs.createRepository,
  CommandIDs.createTag,
  CommandIDs.refresh
];

/** Repository views in the main area, one per repository. Their code is loaded when the first one opens. */
export const repositoryPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-databranch:repository',
  description: 'Repositories in the main area.',
  autoStart: true,
  requires: [IDatabranch],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, IRenderMimeRegistry],
  activate: (
    app: JupyterFrontEnd,
    databranch: IDatabranch,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    rendermime: IRenderMimeRegistry | null
  ): void => {
    const context = { ...labOf(app, databranch, translator), rendermime };
    const tracker = new WidgetTracker<MainAreaWidget<RepositoryView>>({ namespace: 'databranch-repository' });

    const openView = async (place: ViewPlace): Promise<void> => {
      await attempt(context, context.trans.__('%1 could not be shown.', place.repository), () => show(place));
    };
    const show = async (place: ViewPlace): Promise<void> => {
      const known = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
      let widget = tracker.find(({ content }) => content.state.place.repository === place.repository);
      if (widget) {
        widget.content.state.go(known);
      } else {
        const { RepositoryView } = await import('../repository/view.js');
        const content = new RepositoryView(context, place);
        widget = new MainAreaWidget({ content });
        widget.id = content.id;
        widget.toolbar.hide(); // the view's tabs are all there is above it
        const opened = widget;
        content.state.changed.connect(() => void tracker.save(opened));
        app.shell.add(widget, 'main', { type: 'Repository' });
        void tracker.add(widget);
      }
      app.shell.activateById(widget.id);
    };
    addViewCommands(context, openView);

    void restorer?.restore(tracker, {
      command: CommandIDs.openRepository,
      args: ({ content }) => content.state.place,
      name: ({ content }) => content.state.place.repository
    });
    const category = context.trans.__('Data Branches');
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category });
    }
  }
};
