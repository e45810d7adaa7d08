import { useEffect, useState } from 'react';
import type { Diff } from '../../protocol/lakefs.js';
import type { BranchModel } from '../model/branch.js';

/** Endings of files whose rows the service counts from a few kilobytes. */
const COUNTED_CHEAPLY = /\.(parquet|arrow|feather|ipc)$/i;

/** Rows of a changed file; undefined while unknown, and where counting would mean reading the whole file. */
export function useRowsOf(branch: BranchModel, change: Diff): number | undefined {
  const [rows, setRows] = useState<number>();
  const token = branch.state.value?.change_token;
  useEffect(() => {
    if (change.type === 'removed' || !COUNTED_CHEAPLY.test(change.path)) {
      return;
    }
    let dropped = false;
    branch.fileRows.get(change.path).then(
      counted => !dropped && setRows(counted),
      () => {
        // The number is an extra; that the file cannot be read is told with the data sets.
      }
    );
    return () => {
      dropped = true;
    };
  }, [branch, change.path, change.type, token]);
  return rows;
}
