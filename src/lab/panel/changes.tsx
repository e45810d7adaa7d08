import { undoIcon } from '@jupyterlab/ui-components';
import { useEffect } from 'react';
import { ChangesTree } from '../changes/tree.js';
import { CommitBox } from '../changes/commit-box.js';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
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
      aside={count > 0 && formatCount(count) + (state?.uncommitted_more ? '+' : '')}
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
      <Changes branch={branch} />
    </Section>
  );
}

function Changes({ branch }: { branch: BranchModel }): JSX.Element {
  const { trans } = useLab();
  const changes = useModel(branch.changes);
  useEffect(() => changes.want(), [changes]);
  return (
    <Listed
      listing={changes}
      failed={trans.__('Uncommitted changes could not be read.')}
      empty={
        <Empty title={trans.__('Nothing to commit')}>
          {trans.__('Files that you upload and data that notebooks write to %1 appear here.', branch.name)}
        </Empty>
      }
    >
      <ChangesTree branch={branch} />
      <CommitBox branch={branch} />
    </Listed>
  );
}

function aboutBranch(branch: BranchModel): { repository: string; branch: string; path: string } {
  return { repository: branch.repository.name, branch: branch.name, path: '' };
}
