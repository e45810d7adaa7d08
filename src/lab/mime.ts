import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { rowsRendererFactory } from './rows/renderer.js';

/** Rows in notebooks' outputs. JupyterLab loads this apart from the rest: a notebook needs no panel to be read. */
const extension: IRenderMime.IExtension = {
  id: 'jupyterlab-databranch:rows',
  description: 'Draws row counts and comparisons that the magics give.',
  rendererFactory: rowsRendererFactory,
  dataType: 'json'
};

export default extension;
