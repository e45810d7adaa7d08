import '../../../style/views.js';
import { addIcon, launchIcon } from '@jupyterlab/ui-components';
import { CommandIDs } from '../commands/ids.js';
import { Picker } from '../controls/picker.js';
import { searchBranches } from '../controls/refs.js';
import { useLab, useModel } from '../context.js';
import { branchIcon } from '../icons.js';
import type { NotebookFollower } from './follower.js';

/** The branch of a notebook, and a way to choose another or a new one. */
export function NotebookBranch({ follower }: { follower: NotebookFollower }): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const { choice } = useModel(follower);
  const current = useModel(databranch).current;
  const repository = choice?.repository ?? current?.repository.name;
  return (
    <Picker
      label={trans.__('Data branch of this notebook')}
      className="jp-mod-pill"
      icon={branchIcon}
      value={choice?.branch}
      placeholder={trans.__('Data branch')}
      disabled={repository === undefined}
      search={searchBranches(databranch.client, repository ?? '')}
      onPick={branch =>
        void commands.execute(CommandIDs.selectForNotebook, { repository: repository!, branch })
      }
      actions={[
        {
          label: trans.__('Create branch …'),
          icon: addIcon,
          run: name =>
            void commands.execute(CommandIDs.createBranch, {
              repository: repository!,
              name,
              ...(choice && { source: choice.branch })
            })
        },
        {
          label: trans.__('Show in side panel'),
          icon: launchIcon,
          run: () => {
            void commands.execute(CommandIDs.showPanel);
            if (choice) {
              void commands.execute(CommandIDs.select, { ...choice });
            }
          }
        }
      ]}
    />
  );
}
