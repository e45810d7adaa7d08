import '../../style/index.js';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { commandsPlugin } from './plugins/commands.js';
import { corePlugin } from './plugins/core.js';
import { filesPlugin } from './plugins/files.js';
import { linksPlugin } from './plugins/links.js';
import { notebookPlugin } from './plugins/notebook.js';
import { panelPlugin } from './plugins/panel.js';
import { repositoryPlugin } from './plugins/repository.js';
import { statusPlugin } from './plugins/status.js';

export { IDatabranch } from './tokens.js';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  commandsPlugin,
  panelPlugin,
  repositoryPlugin,
  filesPlugin,
  linksPlugin,
  notebookPlugin,
  statusPlugin
];

export default plugins;
