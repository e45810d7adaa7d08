import { useEffect, useState } from 'react';
import type { IdenticalFiles } from '../../protocol/databranch.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { useLab, useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';

/** Offers to discard the files that are copies of others and in no commit yet: they were never meant to be there. */
export function DiscardCopies(props: {
  groups: readonly IdenticalFiles[];
  branch: BranchModel;
}): JSX.Element | null {
  const { commands, trans } = useLab();
  const { groups, branch } = props;
  const copies = useCopies(groups, branch);
  if (copies.length === 0) {
    return null;
  }
  const about = { repository: branch.repository.name, branch: branch.name, paths: copies };
  return (
    <p className="jp-db-DiscardCopies">
      <Button onClick={() => void commands.execute(CommandIDs.discardFiles, about)}>
        {trans._n('Discard the file', 'Discard the %1 files', copies.length)}
      </Button>
      <span className="jp-db-Muted">
        {trans._n(
          '%2 is uncommitted and has the same contents as another. Contents are stored once: the copy costs no space.',
          'They are uncommitted and have the same contents as others. Contents are stored once: the copies cost no space.',
          copies.length,
          copies[0]!
        )}
      </span>
    </p>
  );
}

/** The uncommitted copies; none while that is not known. */
function useCopies(groups: readonly IdenticalFiles[], branch: BranchModel): readonly string[] {
  const [copies, setCopies] = useState<readonly string[]>([]);
  const token = useModel(branch.state).value?.change_token;
  useEffect(() => {
    const given = new AbortController();
    setCopies([]);
    const paths = groups.flatMap(group => group.paths);
    if (paths.length > 0) {
      branch.addedAmong(paths, given.signal).then(
        added => given.signal.aborted || setCopies(copiesOf(groups, new Set(added))),
        () => undefined // Nothing is offered then.
      );
    }
    return () => given.abort();
  }, [groups, branch, token]);
  return copies;
}

/** Of each group all that were added, but never all of the group. */
export function copiesOf(groups: readonly IdenticalFiles[], added: ReadonlySet<string>): string[] {
  return groups.flatMap(({ paths }) => {
    const kept = paths.find(path => !added.has(path)) ?? paths[0];
    return paths.filter(path => path !== kept && added.has(path));
  });
}
