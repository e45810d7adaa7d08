import type { DataSetComparison, Operation } from '../../src/protocol/databranch';
import type { Commit, ObjectStats } from '../../src/protocol/lakefs';

export function objectStats(path: string, size: number): ObjectStats {
  return {
    path,
    path_type: 'object',
    physical_address: '',
    checksum: `${path}-${size}`,
    size_bytes: size,
    mtime: 1_700_000_000
  };
}

export function commit(
  id: string,
  message: string,
  parents: string[],
  metadata: Record<string, string> = {}
): Commit {
  return {
    id,
    parents,
    committer: 'tester',
    message,
    creation_date: 1_700_000_000,
    meta_range_id: '',
    metadata
  };
}

/** An operation on `test-env` a while ago. */
export function operation(id: string, verb: Operation['verb'], changed: Partial<Operation> = {}): Operation {
  return {
    id,
    verb,
    time: 1_700_000_000,
    actor: 'tester',
    branch: 'test-env',
    from_commit_id: 'c0',
    to_commit_id: 'c1',
    undone: false,
    undoes: null,
    ...changed
  };
}

/** A comparison of one data set; what is not said is as if every row were there twice. */
export function comparison(changed: Partial<DataSetComparison> = {}): DataSetComparison {
  return {
    path: 'reviews/',
    left_path: 'reviews/',
    right_path: 'reviews/',
    left_format: 'parquet',
    right_format: 'parquet',
    left_rows: 486_000,
    right_rows: 972_000,
    verdict: 'repeated',
    times: 2,
    basis: 'files',
    compared_as: null,
    duplicate_rows: null,
    schema_changes: [],
    message: '972,000 rows, 486,000 more than main: every row of main is here twice',
    ...changed
  };
}
