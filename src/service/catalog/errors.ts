/**
 * What a verb refuses, as one class with a stable `code`. The message is a sentence for the person who has
 * to act; `data` holds the parts of it for programs. REST, S3, panel and magics turn the same error into
 * their own words, each in one place.
 */
export type ErrorCode =
  | 'invalid-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'repository-not-found'
  | 'ref-not-found'
  | 'branch-not-found'
  | 'tag-not-found'
  | 'commit-not-found'
  | 'object-not-found'
  | 'upload-not-found'
  | 'operation-not-found'
  | 'task-not-found'
  | 'repository-exists'
  | 'branch-exists'
  | 'tag-exists'
  | 'nothing-to-commit'
  | 'nothing-to-merge'
  | 'uncommitted-changes'
  | 'merge-conflict'
  | 'branch-moved'
  | 'branch-protected'
  | 'repository-read-only'
  | 'precondition-failed'
  | 'unreadable-content'
  | 'object-expired'
  | 'source-changed'
  | 'import-not-found'
  | 'import-ended'
  | 'store-full'
  | 'guard-refused'
  | 'not-comparable'
  | 'too-large'
  | 'not-offered';

export class CatalogError extends Error {
  override name = 'CatalogError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: Record<string, unknown> = {}
  ) {
    super(message);
  }
}

/** Paths that two sides changed differently; `data.paths` holds the first {@link CONFLICT_PATHS_MAX}. */
export const CONFLICT_PATHS_MAX = 1_000;

/** A sentence about input that cannot be taken, e.g. `invalid('branch name …')`. */
export function invalid(message: string, data?: Record<string, unknown>): CatalogError {
  return new CatalogError('invalid-input', message, data);
}

/** The one sentence for a disk without room, wherever it shows. */
export function storeFull(): CatalogError {
  return new CatalogError(
    'store-full',
    'The disk with the data folder is full: free some space and try again.'
  );
}
