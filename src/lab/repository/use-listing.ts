import { useEffect } from 'react';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';

/**
 * Shows a list that belongs to one view: read when shown, again when the repository or the branch moves, given
 * up when the view goes.
 *
 * @param listing - made with `useMemo`, anew when the view shows something else
 */
export function useListing<T>(
  repository: RepositoryModel,
  branch: BranchModel | null | undefined,
  listing: Listing<T>
): Listing<T> {
  useEffect(() => {
    const refresh = (): void => void listing.refresh();
    refresh();
    repository.moved.connect(refresh);
    branch?.moved.connect(refresh);
    return () => {
      repository.moved.disconnect(refresh);
      branch?.moved.disconnect(refresh);
    };
  }, [listing, repository, branch]);
  useEffect(() => () => listing.dispose(), [listing]);
  return useModel(listing);
}
