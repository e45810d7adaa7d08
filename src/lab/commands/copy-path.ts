import { Clipboard } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { SnippetForm } from '../snippets/snippets.js';
import { isSnippetForm, snippetOf } from '../snippets/snippets.js';
import type { CommandContext, Place } from './context.js';
import { placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';

/** Copying where data lie: as an address, as code that reads them, as a link. */
export function addCopyPathCommand(context: CommandContext): void {
  const { commands, trans } = context;
  commands.addCommand(CommandIDs.copyPath, {
    label: args => labelOf(formIn(args), trans),
    caption: trans.__('Copy where the data lie'),
    icon: copyIcon,
    describedBy: describe({
      ...ABOUT_BRANCH,
      ref: 'Branch, tag or commit; the branch when absent',
      path: 'Path of the object, or of a folder with a slash at its end',
      format: 'parquet, csv, json or arrow; what the name tells when absent',
      form: 's3a, lakefs, pandas, polars, duckdb, spark or link; s3a when absent'
    }),
    isEnabled: args => placeOf(context, args as Place).repository !== undefined,
    execute: args => {
      const { repository, ref, branch, path = '', format } = placeOf(context, args as Place);
      const at = ref ?? branch;
      if (repository && at) {
        const { baseUrl, appUrl } = context.app.serviceManager.serverSettings;
        const base = URLExt.join(baseUrl, appUrl || 'lab');
        Clipboard.copyToSystem(snippetOf(formIn(args), { repository, ref: at, path, format }, base));
        context.say(trans.__('Copied.'));
      }
    }
  });
}

function formIn({ form }: { form?: unknown }): SnippetForm {
  return isSnippetForm(form) ? form : 's3a';
}

function labelOf(form: SnippetForm, trans: TranslationBundle): string {
  switch (form) {
    case 's3a':
      return trans.__('Copy Path for Spark and S3 (s3a://)');
    case 'lakefs':
      return trans.__('Copy Path for lakeFS (lakefs://)');
    case 'pandas':
      return trans.__('Copy pandas Code');
    case 'polars':
      return trans.__('Copy Polars Code');
    case 'duckdb':
      return trans.__('Copy DuckDB Code');
    case 'spark':
      return trans.__('Copy Spark Code');
    case 'link':
      return trans.__('Copy Link');
  }
}
