import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, deleteIcon } from '@jupyterlab/ui-components';
import { useEffect } from 'react';
import { CommandIDs } from '../commands/ids.js';
import { Picker } from '../controls/picker.js';
import { searchBranches, searchRepositories } from '../controls/refs.js';
import { useLab, useModel } from '../context.js';
import { isGone } from '../errors.js';
import { formatCount } from '../format.js';
import { branchIcon, repositoryIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';
import type { Distance } from '../model/distance.js';

/** Which repository and which branch, and a line on how the branch stands. */
export function Pickers(): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const branch = useModel(databranch).current;
  const repository = branch?.repository;
  useModel(repository?.facts ?? null);
  const defaultBranch = repository?.facts.value?.default_branch;
  const isDefault = branch?.name === defaultBranch;
  const base = useModel(branch?.distance ?? null)?.value?.base;

  return (
    <div className="jp-db-Pickers">
      <Picker
        label={trans.__('Repository')}
        icon={repositoryIcon}
        value={repository?.name}
        placeholder={trans.__('Choose a repository')}
        search={searchRepositories(databranch.client)}
        onPick={name => void commands.execute(CommandIDs.select, { repository: name })}
        actions={[
          {
            label: trans.__('Create repository …'),
            icon: addIcon,
            run: () => void commands.execute(CommandIDs.createRepository)
          }
        ]}
      />
      {repository && branch && (
        <>
          <Picker
            label={trans.__('Branch')}
            icon={branchIcon}
            value={branch.name}
            note={isDefault ? trans.__('default') : base && trans.__('from %1', base)}
            placeholder={trans.__('Choose a branch')}
            search={searchBranches(databranch.client, repository.name, name =>
              name === defaultBranch ? trans.__('default') : undefined
            )}
            onPick={name =>
              void commands.execute(CommandIDs.select, { repository: repository.name, branch: name })
            }
            actions={[
              {
                label: trans.__('Create branch …'),
                icon: addIcon,
                run: name => void commands.execute(CommandIDs.createBranch, { source: branch.name, name })
              },
              ...(isDefault
                ? []
                : [
                    {
                      label: trans.__('Delete branch %1 …', branch.name),
                      icon: deleteIcon,
                      run: () => void commands.execute(CommandIDs.deleteBranch, {})
                    }
                  ])
            ]}
          />
          <Hint branch={branch} />
        </>
      )}
    </div>
  );
}

/** "1 commit ahead of main · 9 uncommitted". */
function Hint({ branch }: { branch: BranchModel }): JSX.Element {
  const { trans } = useLab();
  const distance = useModel(branch.distance);
  const { value: state, error } = useModel(branch.state);
  useEffect(() => distance.want(), [distance]);
  if (isGone(error)) {
    return <p className="jp-db-Hint" />;
  }
  const far = distance.value && distanceWords(distance.value, trans);
  const uncommitted =
    state && state.uncommitted > 0
      ? trans.__('%1 uncommitted', formatCount(state.uncommitted, state.uncommitted_more))
      : state && !far && trans.__('nothing uncommitted');
  // One line, whatever it says: a second one would push the panel down while somebody reads it.
  return (
    <p className="jp-db-Hint" title={far ?? undefined}>
      {far && <span className="jp-db-Hint-distance">{far}</span>}
      {far && uncommitted && ' · '}
      {uncommitted}
    </p>
  );
}

function distanceWords({ ahead, behind, base }: Distance, trans: TranslationBundle): string {
  if (ahead > 0 && behind > 0) {
    return trans.__('%1 ahead of %3, %2 behind', ahead, behind, base);
  }
  if (ahead > 0) {
    return trans._n('%1 commit ahead of %2', '%1 commits ahead of %2', ahead, base);
  }
  return behind > 0
    ? trans._n('%1 commit behind %2', '%1 commits behind %2', behind, base)
    : trans.__('level with %1', base);
}
