import { createContext, useContext, useEffect, useState } from 'react';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { RepositoryModel } from '../model/repository.js';

/** Whether the view is in sight: one behind another tab asks for nothing. */
export const ShownContext = createContext(true);

/**
 * The branch of that name, followed while the view is in sight; null when the ref is no branch, undefined while
 * that is not known.
 */
export function useBranch(repository: RepositoryModel, ref: string): BranchModel | null | undefined {
  const [branch, setBranch] = useState<BranchModel | null>();
  const shown = useContext(ShownContext);
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
    const watch = shown ? branch?.watch() : undefined;
    return () => watch?.dispose();
  }, [branch, shown]);
  useModel(branch?.state ?? null);
  return useModel(branch);
}
