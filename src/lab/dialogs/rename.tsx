import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import { RequestError } from '../requests.js';
import { TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

/** Asks for another path of an object and gives it that. @returns the path; null when cancelled */
export async function askRename(lab: Lab, branch: BranchModel, from: string): Promise<string | null> {
  const { trans } = lab;
  let renamed: string | null = null;
  await askForm<{ path: string }>(lab, {
    title: trans.__('Rename on %1', branch.name),
    accept: trans.__('Rename'),
    initial: { path: from },
    Form: RenameForm,
    explain: failure => {
      const taken = failure instanceof RequestError ? failure.data.taken : undefined;
      return taken
        ? trans.__(
            'There is an object at %1 already: delete it first, or choose another path.',
            String(taken)
          )
        : undefined;
    },
    submit: async ({ path }) => {
      const to = path.trim().replace(/^\/+/, '');
      if (to !== from) {
        await branch.renameObject(from, to);
        renamed = to;
      }
    }
  });
  return renamed;
}

function RenameForm({ value, onChange }: FormProps<{ path: string }>): JSX.Element {
  const { trans } = useLab();
  return (
    <TextField
      label={trans.__('Path')}
      value={value.path}
      onChange={path => onChange({ path })}
      required
      pattern=".*[^/]"
      hint={trans.__('Folders come about by the slashes in a path. No bytes are copied.')}
    />
  );
}
