import { useEffect, useState } from 'react';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { RepositoryModel } from '../model/repository.js';

/**
 * The branch of that name, followed while the component is shown; null when the ref is no branch, undefined
 * while that is not known.
 */
export function useBranch(repository: RepositoryModel, ref: string): BranchModel | null | undefined {
  const [branch, setBranch] = useState<BranchModel | null>();
  useEffect(() => {
    let dropped = false;
    setBranch(undefined);
    repository.branchNamed(ref).then(
      found => dropped || setBranch(found),
      () => {
        // The view's own list tells what is wrong.
      }
    );
    return () => {
      dropped = true;
    };
  }, [repository, ref]);
  useEffect(() => {
    const watch = branch?.watch();
    return () => watch?.dispose();
  }, [branch]);
  useModel(branch ?? null);
  return branch;
}
