import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { branchIcon } from '../icons.js';
import type { RepositoryModel } from '../model/repository.js';
import { Field, TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

interface NewBranch {
  repository: RepositoryModel;
  name: string;
  source: string;
}

/** What the API allows as a branch's name. */
export const NAME_PATTERN = '\\w[\\-\\w]*';

/** Asks for a name and a base, and creates the branch. @returns its name; null when cancelled */
export async function askNewBranch(
  lab: Lab,
  repository: RepositoryModel,
  source: string,
  name = ''
): Promise<string | null> {
  let created: string | null = null;
  await askForm<NewBranch>(lab, {
    title: lab.trans.__('Create branch in %1', repository.name),
    accept: lab.trans.__('Create branch'),
    initial: { repository, source, name },
    Form: NewBranchForm,
    submit: async value => {
      await repository.createBranch(value.name, value.source);
      created = value.name;
    }
  });
  return created;
}

function NewBranchForm({ value, onChange }: FormProps<NewBranch>): JSX.Element {
  const { databranch, trans } = useLab();
  return (
    <>
      <TextField
        label={trans.__('Branch name')}
        value={value.name}
        onChange={name => onChange({ name })}
        required
        pattern={NAME_PATTERN}
        hint={trans.__('Letters, digits, - and _.')}
      />
      <Field label={trans.__('From')} hint={trans.__('Nothing is copied: a branch costs no space.')}>
        {() => (
          <Picker
            label={trans.__('From')}
            icon={branchIcon}
            value={value.source}
            placeholder={trans.__('Choose a branch, tag or commit')}
            search={searchRefs(databranch.client, value.repository.name, trans)}
            onPick={source => onChange({ source })}
          />
        )}
      </Field>
    </>
  );
}
