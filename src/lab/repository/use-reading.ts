import { useEffect } from 'react';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { Reading } from '../model/reading.js';
import type { RepositoryModel } from '../model/repository.js';

/**
 * Shows a list, or one thing, that belongs to one view: read when shown, again when the repository or a branch moves, given up
 * when the view goes.
 *
 * @param reading - made with `useMemo`, anew when the view shows something else
 * @param branch - a branch that it depends on, if any
 * @param other - another one
 */
export function useReading<R extends Reading>(
  repository: RepositoryModel,
  reading: R,
  branch?: BranchModel | null,
  other?: BranchModel | null
): R {
  useEffect(() => {
    const refresh = (): void => void reading.refresh();
    refresh();
    const signals = [repository.moved, branch?.moved, other?.moved];
    signals.forEach(signal => signal?.connect(refresh));
    return () => signals.forEach(signal => signal?.disconnect(refresh));
  }, [reading, repository, branch, other]);
  useEffect(() => () => reading.dispose(), [reading]);
  return useModel(reading);
}
