import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { commitIcon } from '../icons.js';
import type { RepositoryModel } from '../model/repository.js';
import { Field, TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

interface NewTag {
  repository: RepositoryModel;
  name: string;
  ref: string;
}

/** Asks for a name and creates a tag. @returns whether it was created */
export function askNewTag(lab: Lab, repository: RepositoryModel, ref: string): Promise<boolean> {
  return askForm<NewTag>(lab, {
    title: lab.trans.__('Create tag in %1', repository.name),
    accept: lab.trans.__('Create tag'),
    initial: { repository, name: '', ref },
    Form: NewTagForm,
    submit: value => repository.createTag(value.name, value.ref)
  });
}

function NewTagForm({ value, onChange }: FormProps<NewTag>): JSX.Element {
  const { databranch, trans } = useLab();
  return (
    <>
      <TextField
        label={trans.__('Tag name')}
        value={value.name}
        onChange={name => onChange({ name })}
        required
      />
      <Field label={trans.__('At')} hint={trans.__('A branch stands for its last commit.')}>
        {() => (
          <Picker
            label={trans.__('At')}
            icon={commitIcon}
            value={value.ref}
            placeholder={trans.__('Choose a branch, tag or commit')}
            search={searchRefs(databranch.client, value.repository.name, trans)}
            onPick={ref => onChange({ ref })}
          />
        )}
      </Field>
    </>
  );
}
