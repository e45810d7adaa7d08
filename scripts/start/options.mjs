import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inCheckout } from '../checkout.mjs';

export const USAGE = `npm start -- [options] [-- options of JupyterLab]

Installs what is missing, builds, and starts JupyterLab with the data service behind it.

  --port N          the port of JupyterLab; default: 8888, or the next that is free; 0: any
  --no-browser      do not open a browser
  --data DIR        where the data service keeps its data; default: .databranch in the checkout
  --notebooks DIR   the folder that JupyterLab shows; default: notebooks in the checkout
  --help            this text
`;

/** A command line that cannot be followed; the message says why. */
export class BadOption extends Error {}

/** @param {string[]} args the command line after the script's name */
export function startOptions(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        'no-browser': { type: 'boolean', default: false },
        data: { type: 'string', default: inCheckout('.databranch') },
        notebooks: { type: 'string', default: inCheckout('notebooks') },
        help: { type: 'boolean', default: false }
      }
    });
  } catch (error) {
    throw new BadOption(error.message);
  }
  const { values, positionals } = parsed;
  return {
    port: values.port === undefined ? undefined : portNumber(values.port),
    browser: !values['no-browser'],
    data: resolve(values.data),
    notebooks: resolve(values.notebooks),
    help: values.help,
    forJupyter: positionals
  };
}

function portNumber(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new BadOption(`--port wants a number from 0 to 65535, not "${text}".`);
  }
  return port;
}
