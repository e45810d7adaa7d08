import { ChangesList } from '../changes/changes-list.js';
import { CommitBox } from '../changes/commit-box.js';
import { ChangesTree } from '../changes/tree.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Busy, Empty } from '../controls/message.js';
import { Picker } from '../controls/picker.js';
import { searchBranches } from '../controls/refs.js';
import { useLab } from '../context.js';
import { branchIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';
import type { TabProps } from './content.js';
import { useBranch } from './use-branch.js';

/** What lies on a branch and is not committed. */
export function ChangesTab({ repository, defaultBranch, place, go }: TabProps): JSX.Element {
  const { commands, trans } = useLab();
  const ref = place.ref ?? defaultBranch;
  const branch = useBranch(repository, ref);
  return (
    <div className="jp-db-Tab">
      <div className="jp-db-Tab-bar">
        <Picker
          label={trans.__('Branch')}
          icon={branchIcon}
          value={ref}
          placeholder={trans.__('Choose a branch')}
          search={searchBranches(repository.client, repository.name)}
          onPick={picked => go({ ref: picked })}
        />
        <span className="jp-db-Spacer" />
        <Button
          disabled={!branch}
          onClick={() =>
            void commands.execute(CommandIDs.discard, { repository: repository.name, branch: ref, path: '' })
          }
        >
          {trans.__('Reset …')}
        </Button>
      </div>
      {branch ? (
        <BranchChanges branch={branch} key={ref} />
      ) : branch === undefined ? (
        <Busy>{trans.__('Reading …')}</Busy>
      ) : (
        <Empty title={trans.__('%1 is no branch', ref)}>
          {trans.__('Only branches have uncommitted changes. Choose one above.')}
        </Empty>
      )}
    </div>
  );
}

function BranchChanges({ branch }: { branch: BranchModel }): JSX.Element {
  const { trans } = useLab();
  return (
    <ChangesList branch={branch}>
      <div className="jp-db-Changes-side">
        <ChangesTree branch={branch} />
        <CommitBox branch={branch} label={trans.__('Commit in %1', branch.repository.name)} />
      </div>
    </ChangesList>
  );
}
