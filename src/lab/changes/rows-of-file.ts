import { useEffect, useState } from 'react';
import type { Diff } from '../../protocol/lakefs.js';
import type { BranchModel } from '../model/branch.js';

/** Endings of files whose rows the service counts from a few kilobytes. */
const COUNTED_CHEAPLY = /\.(parquet|arrow|feather|ipc)$/i;

/** Rows of a changed file; undefined while unknown, and where counting would mean reading the whole file. */
export function useRowsOf(branch: BranchModel, change: Diff): number | undefined {
  const { path } = change;
  const isCounted = change.type !== 'removed' && COUNTED_CHEAPLY.test(path);
  const [counted, setCounted] = useState<{ path: string; rows: number }>();
  const token = branch.state.value?.change_token;
  useEffect(() => {
    if (!isCounted) {
      return;
    }
    let dropped = false;
    branch.fileRows.get(path).then(
      rows => !dropped && setCounted({ path, rows }),
      () => {
        // The number is an extra; that the file cannot be read is told with the data sets.
      }
    );
    return () => {
      dropped = true;
    };
  }, [branch, path, isCounted, token]);
  // One line may come to show another file than before.
  return isCounted && counted?.path === path ? counted.rows : undefined;
}
