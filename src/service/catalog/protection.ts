import { CatalogError, invalid } from './errors.js';
import { repositoryKey } from './keys.js';
import { matchesPattern } from './pattern.js';
import { encodeRecord, type RepositoryRecord } from './records.js';
import { checkWritable } from './repositories.js';
import { expecting, type Store, type Versioned } from './store.js';

/** More rules than this are refused: each write to a branch looks through all of them. */
export const RULES_MAX = 100;

/** Rules by which branches take changes only through merges. */
export class Protection {
  constructor(private readonly store: Store) {}

  /** The patterns, and an ETag by which a change of them can be made conditional. */
  async get(repository: string): Promise<{ patterns: string[]; etag: string }> {
    const record = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    return { patterns: record.protectedBranches ?? [], etag: etagOf(record) };
  }

  /** @throws precondition-failed where `ifMatch` is given and is not the present ETag; invalid-input */
  async set(repository: string, patterns: string[], ifMatch?: string): Promise<void> {
    if (patterns.length > RULES_MAX || patterns.some(pattern => pattern === '')) {
      throw invalid(`Give at most ${RULES_MAX} branch protection rules, each with a pattern.`);
    }
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record);
      if (ifMatch && ifMatch !== etagOf(record)) {
        throw new CatalogError('precondition-failed', 'The branch protection rules are others meanwhile.', {
          condition: 'If-Match'
        });
      }
      const { version: _, ...rest } = record;
      const key = repositoryKey(repository);
      const value = encodeRecord({ ...rest, protectedBranches: [...new Set(patterns)] });
      return { write: { expect: [expecting(key, record)], put: [{ key, value }] }, result: undefined };
    });
  }
}

/** @throws branch-protected, unless forced */
export function checkUnprotected(record: RepositoryRecord, branch: string, force = false): void {
  if (!force && record.protectedBranches?.some(pattern => matchesPattern(pattern, branch))) {
    throw new CatalogError(
      'branch-protected',
      `Branch "${branch}" is protected: change it on another branch, then merge.`,
      { branch }
    );
  }
}

/** Rules are part of the repository's record; its version changes with them. */
function etagOf(record: Versioned<RepositoryRecord>): string {
  return String(record.version);
}
