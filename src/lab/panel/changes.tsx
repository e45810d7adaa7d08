import { undoIcon } from '@jupyterlab/ui-components';
import { ChangesList } from '../changes/changes-list.js';
import { ChangesTree } from '../changes/tree.js';
import { CommitBox } from '../changes/commit-box.js';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { Section } from '../controls/section.js';
import { useLab, useModel } from '../context.js';
import { formatCount } from '../format.js';
import type { BranchModel } from '../model/branch.js';

/** What lies on the branch and is not yet committed, and the box that commits it. */
export function ChangesSection({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const state = useModel(branch.state).value;
  const count = state?.uncommitted ?? 0;
  return (
    <Section
      id="changes"
      title={trans.__('Uncommitted changes')}
      aside={count > 0 && formatCount(count, state?.uncommitted_more)}
      actions={
        count > 0 && (
          <IconButton
            icon={undoIcon}
            label={trans.__('Discard all changes')}
            onClick={() => void commands.execute(CommandIDs.discard, aboutBranch(branch))}
          />
        )
      }
    >
      <ChangesList branch={branch}>
        <ChangesTree branch={branch} />
        <CommitBox branch={branch} />
      </ChangesList>
    </Section>
  );
}

function aboutBranch(branch: BranchModel): { repository: string; branch: string; path: string } {
  return { repository: branch.repository.name, branch: branch.name, path: '' };
}
