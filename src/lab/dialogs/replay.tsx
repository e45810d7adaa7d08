import type { Commit } from '../../protocol/lakefs.js';
import { Picker } from '../controls/picker.js';
import { searchBranches } from '../controls/refs.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { conflictsOf } from '../errors.js';
import { shortId } from '../format.js';
import { branchIcon } from '../icons.js';
import type { RepositoryModel } from '../model/repository.js';
import { Field, TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

/** Taking back what a commit changed, or doing it once more elsewhere. */
export type Replay = 'revert' | 'cherry-pick';

interface PlannedReplay {
  repository: RepositoryModel;
  kind: Replay;
  commit: Commit;
  branch: string;
  message: string;
  /** Of a merge commit: against which parent its changes are taken, from 1. */
  parent: number;
}

/** What a replay brought about. */
export interface Replayed {
  branch: string;
  /** The commit that it made, where the service says. */
  commit?: string;
}

/** Asks on which branch a commit is reverted or picked, and does it. @returns null when cancelled */
export async function askReplay(
  lab: Lab,
  repository: RepositoryModel,
  plan: { kind: Replay; commit: Commit; branch: string }
): Promise<Replayed | null> {
  const { trans } = lab;
  const id = shortId(plan.commit.id);
  const isRevert = plan.kind === 'revert';
  let replayed: Replayed | null = null;
  await askForm<PlannedReplay>(lab, {
    title: isRevert ? trans.__('Revert commit %1', id) : trans.__('Cherry-pick commit %1', id),
    accept: isRevert ? trans.__('Revert') : trans.__('Cherry-pick'),
    initial: { repository, message: '', parent: 1, ...plan },
    Form: ReplayForm,
    explain: failure => {
      const paths = conflictsOf(failure);
      return (
        paths &&
        trans.__(
          'Not possible here: these objects were changed otherwise on the branch: %1',
          paths.join(', ')
        )
      );
    },
    submit: async ({ branch, commit, parent, message }) => {
      const request = {
        ref: commit.id,
        parent_number: commit.parents.length > 1 ? parent : 0,
        ...(message && { commit_overrides: { message } })
      };
      replayed = isRevert
        ? (await repository.revert(branch, request), { branch })
        : { branch, commit: (await repository.cherryPick(branch, request)).id };
    }
  });
  return replayed;
}

function ReplayForm({ value, onChange }: FormProps<PlannedReplay>): JSX.Element {
  const { databranch, trans } = useLab();
  const { repository, kind, commit } = value;
  const isRevert = kind === 'revert';
  return (
    <>
      <p className="jp-db-Form-about">{commit.message}</p>
      <Field
        label={isRevert ? trans.__('On branch') : trans.__('Onto branch')}
        hint={trans.__('A new commit is made there; history stays as it is.')}
      >
        {() => (
          <Picker
            label={isRevert ? trans.__('On branch') : trans.__('Onto branch')}
            icon={branchIcon}
            value={value.branch}
            placeholder={trans.__('Choose a branch')}
            search={searchBranches(databranch.client, repository.name)}
            onPick={branch => onChange({ branch })}
          />
        )}
      </Field>
      {commit.parents.length > 1 && (
        <Field label={trans.__('Changes against')} hint={trans.__('A merge has several parents.')}>
          {id => (
            <select
              id={id}
              className="jp-db-Input"
              value={value.parent}
              onChange={event => onChange({ parent: Number(event.target.value) })}
            >
              {commit.parents.map((parent, index) => (
                <option key={parent} value={index + 1}>
                  {trans.__('parent %1: %2', index + 1, shortId(parent))}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <TextField
        label={trans.__('Message')}
        value={value.message}
        onChange={message => onChange({ message })}
        placeholder={isRevert ? trans.__('Revert %1', shortId(commit.id)) : commit.message}
      />
    </>
  );
}
