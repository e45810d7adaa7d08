import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

interface NewRepository {
  name: string;
  /** '' while it follows the name. */
  storageNamespace: string;
  defaultBranch: string;
}

/** What the API allows as a repository's name. */
const NAME_PATTERN = '[a-z0-9][a-z0-9\\-]{2,62}';

/** Asks for a name, and creates and shows the repository. @returns whether it was created */
export function askNewRepository(lab: Lab): Promise<boolean> {
  return askForm<NewRepository>(lab, {
    title: lab.trans.__('Create repository'),
    accept: lab.trans.__('Create repository'),
    initial: { name: '', storageNamespace: '', defaultBranch: 'main' },
    Form: NewRepositoryForm,
    submit: value =>
      lab.databranch.createRepository(value.name, namespaceOf(value), value.defaultBranch || 'main')
  });
}

function namespaceOf({ name, storageNamespace }: NewRepository): string {
  return storageNamespace || `local://${name}/`;
}

function NewRepositoryForm({ value, onChange }: FormProps<NewRepository>): JSX.Element {
  const { trans } = useLab();
  return (
    <>
      <TextField
        label={trans.__('Repository name')}
        value={value.name}
        onChange={name => onChange({ name })}
        required
        pattern={NAME_PATTERN}
        hint={trans.__('3 to 63 lower-case letters, digits and hyphens.')}
      />
      <TextField
        label={trans.__('Default branch')}
        value={value.defaultBranch}
        onChange={defaultBranch => onChange({ defaultBranch })}
        required
      />
      <TextField
        label={trans.__('Storage namespace')}
        value={value.storageNamespace}
        onChange={storageNamespace => onChange({ storageNamespace })}
        placeholder={namespaceOf(value)}
        hint={trans.__('A label for where the data lie; leave it empty if you have none.')}
      />
    </>
  );
}
