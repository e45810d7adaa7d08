import { NAME_PATTERN } from '../dialogs/create-branch.js';
import { TextField } from '../dialogs/field.js';
import type { FormProps } from '../dialogs/form-dialog.js';
import { askForm } from '../dialogs/form-dialog.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';

interface Keeping {
  name: string;
}

/** Asks for a name and keeps the sandbox under it. @returns the name; null when cancelled */
export async function askKeepSandbox(
  lab: Lab,
  sandbox: string,
  keep: (name: string) => Promise<void>
): Promise<string | null> {
  let kept: string | null = null;
  await askForm<Keeping>(lab, {
    title: lab.trans.__('Keep %1 as a branch', sandbox),
    accept: lab.trans.__('Keep'),
    initial: { name: '' },
    Form: KeepingForm,
    submit: async ({ name }) => {
      await keep(name);
      kept = name;
    }
  });
  return kept;
}

function KeepingForm({ value, onChange }: FormProps<Keeping>): JSX.Element {
  const { trans } = useLab();
  return (
    <TextField
      label={trans.__('Branch name')}
      value={value.name}
      onChange={name => onChange({ name })}
      required
      pattern={NAME_PATTERN}
      hint={trans.__('Letters, digits, - and _. What the cell wrote becomes a commit on it.')}
    />
  );
}
