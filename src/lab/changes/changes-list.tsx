import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';

/** Reads what lies uncommitted on a branch, and shows `children` where there is something. */
export function ChangesList(props: { branch: BranchModel; children: ReactNode }): JSX.Element {
  const { trans } = useLab();
  const { branch } = props;
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
      {props.children}
    </Listed>
  );
}
