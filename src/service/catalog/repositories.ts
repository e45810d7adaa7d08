import { randomBytes } from 'node:crypto';

import type { Incarnation, RepositoryUid } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { CatalogError } from './errors.js';
import type { History } from './history.js';
import { branchKey, deletedKey, dropRepositoryKey, familyOf, REPOSITORIES, repositoryKey } from './keys.js';
import type { Page, PageQuery, Repository } from './model.js';
import { checkBranchName, checkRepositoryName, checkStorageNamespace } from './names.js';
import { amountOf, pageOf, rangeOf } from './paging.js';
import { decodeRecord, encodeRecord } from './records.js';
import type { BranchRecord, DeletedRecord, RepositoryRecord, TaskRecord } from './records.js';
import { scanWhole } from './scan.js';
import { expecting, newToken, type Store } from './store.js';
import { TOMBSTONE } from './layers.js';

export interface RepositoryCreation {
  name: string;
  storageNamespace: string;
  /** "main" when absent. */
  defaultBranch?: string;
  readOnly?: boolean;
  /** Without a branch, and without its commit: to take in a dump. */
  bare?: boolean;
}

export class Repositories {
  constructor(
    private readonly store: Store,
    private readonly history: History
  ) {}

  /**
   * Makes a repository whose default branch stands on an empty first commit, unless it is to be bare.
   * @throws invalid-input, repository-exists
   */
  async create(creation: RepositoryCreation, committer = ''): Promise<Repository> {
    const { name, storageNamespace, defaultBranch = 'main', readOnly = false, bare } = creation;
    checkRepositoryName(name);
    checkStorageNamespace(storageNamespace);
    checkBranchName(defaultBranch);
    return this.store.epochs.verbs.during(() =>
      this.make(name, committer, {
        storageNamespace,
        defaultBranch,
        readOnly,
        ...(bare ? { bare } : {})
      })
    );
  }

  private async make(
    name: string,
    committer: string,
    settings: Pick<RepositoryRecord, 'storageNamespace' | 'defaultBranch' | 'readOnly' | 'bare'>
  ): Promise<Repository> {
    const uid = randomBytes(8).toString('hex') as RepositoryUid;
    const createdAt = this.store.now();
    const root = await this.store.tree(uid).emptyRoot();
    const { commit, put } = this.history.make(uid, {
      root,
      parents: [],
      generation: 1,
      message: 'Repository created',
      committer,
      date: Math.floor(createdAt / 1000),
      metadata: {}
    });
    const key = repositoryKey(name);
    const record: RepositoryRecord = { uid, createdAt, metadata: {}, ...settings };
    const first = [
      { key: branchKey(uid, settings.defaultBranch), value: encodeRecord(newBranch(commit.id)) },
      put
    ];
    const made = await this.store.write({
      expect: [{ key, version: 'absent' }],
      put: [{ key, value: encodeRecord(record) }, ...(settings.bare ? [] : first)]
    });
    if (!made) {
      throw new CatalogError('repository-exists', `There is a repository "${name}" already.`, {
        repository: name
      });
    }
    return repositoryOf(name, record);
  }

  /** @throws repository-not-found */
  async get(name: string): Promise<Repository> {
    return repositoryOf(name, await this.record(name));
  }

  async list(query: PageQuery): Promise<Page<Repository>> {
    const amount = amountOf(query);
    const { prefix, start } = rangeOf(query);
    const records = await this.store.kv.snapshot(reader =>
      reader.scan({
        prefix: Buffer.concat([REPOSITORIES, prefix]),
        start: Buffer.concat([REPOSITORIES, start ?? Buffer.of(0xff)]),
        limit: amount + 1
      })
    );
    const found = records.map(({ key, value }) =>
      repositoryOf(key.subarray(REPOSITORIES.length).toString('utf8'), decodeRecord(value))
    );
    return pageOf(found, amount, repository => repository.name);
  }

  /**
   * Forgets the repository at once; its records and bytes are removed in the background, unless a dump of it can be
   * restored still: then they are kept for as long.
   */
  async delete(name: string, options: { force?: boolean } = {}): Promise<void> {
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, name);
      checkWritable(name, record, options.force);
      const key = repositoryKey(name);
      const deleted: DeletedRecord = { name };
      const left = (await hasDumps(reader, record.uid))
        ? { key: deletedKey(record.uid), value: encodeRecord(deleted) }
        : { key: dropRepositoryKey(record.uid), value: TOMBSTONE };
      return {
        write: { expect: [expecting(key, record)], delete: [key], put: [left] },
        event: { kind: 'repository-deleted', uid: record.uid },
        result: undefined
      };
    });
    this.store.sweeper.wake();
  }

  async metadata(name: string): Promise<Record<string, string>> {
    return (await this.record(name)).metadata;
  }

  /** Adds or replaces some of the metadata. */
  setMetadata(name: string, metadata: Record<string, string>): Promise<void> {
    return this.changeMetadata(name, before => ({ ...before, ...metadata }));
  }

  /** Removes keys; those that are not there are no error. */
  deleteMetadata(name: string, keys: string[]): Promise<void> {
    return this.changeMetadata(name, before =>
      Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)))
    );
  }

  private async changeMetadata(
    name: string,
    change: (before: Record<string, string>) => Record<string, string>
  ): Promise<void> {
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, name);
      checkWritable(name, record);
      const { version: _, ...rest } = record;
      const key = repositoryKey(name);
      const value = encodeRecord({ ...rest, metadata: change(rest.metadata) });
      return { write: { expect: [expecting(key, record)], put: [{ key, value }] }, result: undefined };
    });
  }

  private record(name: string): Promise<RepositoryRecord> {
    return this.store.kv.snapshot(reader => this.store.repository(reader, name));
  }
}

/** Whether a dump of the repository can be restored. */
export async function hasDumps(reader: KvReader, uid: RepositoryUid): Promise<boolean> {
  const tasks = await scanWhole(reader, familyOf('m', uid));
  return tasks.some(({ value }) => decodeRecord<TaskRecord>(value).dump);
}

/** @throws repository-read-only unless forced */
export function checkWritable(name: string, record: RepositoryRecord, force = false): void {
  if (record.readOnly && !force) {
    throw new CatalogError('repository-read-only', `Repository "${name}" is read-only.`, {
      repository: name
    });
  }
}

/** A branch that stands on `commitId` with nothing uncommitted. */
export function newBranch(
  commitId: BranchRecord['commitId'],
  hidden = false,
  expiresAt?: number
): BranchRecord {
  return {
    incarnation: randomBytes(8).toString('hex') as Incarnation,
    commitId,
    token: newToken(),
    sealed: [],
    hidden,
    ...(expiresAt !== undefined && { expiresAt })
  };
}

function repositoryOf(name: string, record: RepositoryRecord): Repository {
  const { storageNamespace, defaultBranch, createdAt, readOnly } = record;
  return { name, storageNamespace, defaultBranch, createdAt, readOnly };
}
