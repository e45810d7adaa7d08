import { useEffect } from 'react';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';

/**
 * Shows a list that belongs to one view: read when shown, again when the repository or a branch moves, given up
 * when the view goes.
 *
 * @param listing - made with `useMemo`, anew when the view shows something else
 * @param branch - a branch that the list depends on, if any
 * @param other - another one
 */
export function useListing<T>(
  repository: RepositoryModel,
  listing: Listing<T>,
  branch?: BranchModel | null,
  other?: BranchModel | null
): Listing<T> {
  useEffect(() => {
    const refresh = (): void => void listing.refresh();
    refresh();
    const signals = [repository.moved, branch?.moved, other?.moved];
    signals.forEach(signal => signal?.connect(refresh));
    return () => signals.forEach(signal => signal?.disconnect(refresh));
  }, [listing, repository, branch, other]);
  useEffect(() => () => listing.dispose(), [listing]);
  return useModel(listing);
}
