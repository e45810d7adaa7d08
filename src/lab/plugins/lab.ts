import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ITranslator } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import type { CommandContext } from '../commands/context.js';
import type { IDatabranch } from '../tokens.js';

/** The translation domain of this extension. */
const DOMAIN = 'jupyterlab_databranch';

/** What views and commands get from the plugin that makes them. */
export function labOf(
  app: JupyterFrontEnd,
  databranch: IDatabranch,
  translator: ITranslator | null
): CommandContext {
  return {
    app,
    databranch,
    commands: app.commands,
    trans: (translator ?? nullTranslator).load(DOMAIN),
    say: sentence => databranch.say(sentence)
  };
}
