import { randomBytes } from 'node:crypto';

import type { RepositoryUid } from '../../ids.js';
import type { KvReader } from '../../kv/kv.js';
import type { Contents } from '../contents.js';
import { CatalogError } from '../errors.js';
import type { History } from '../history.js';
import { dropRepositoryKey, familyOf, repositoryKey } from '../keys.js';
import { layersOf, TOMBSTONE } from '../layers.js';
import { checkBranchName, checkRepositoryName, checkStorageNamespace } from '../names.js';
import { decodeRecord, encodeRecord, type BranchRecord, type TagRecord } from '../records.js';
import { scanWhole } from '../scan.js';
import type { Soundness } from '../soundness/soundness.js';
import { StagedCursor } from '../staged-cursor.js';
import type { Store } from '../store.js';
import { uncommittedChanges } from '../uncommitted.js';
import type { ArchivedRefs, ArchivedRepository, ArchiveFigures } from './format.js';
import { ArchiveReading, broken } from './reading.js';
import { archiveOf, type Subject } from './writing.js';

/** An archive that is about to be written. */
export interface OutgoingArchive {
  bytes: AsyncIterable<Buffer>;
  /** Branches with uncommitted changes, which an archive does not have. */
  uncommitted: string[];
}

/** Whole repositories with their history as one stream of bytes, which docs/archive.md describes. */
export class Archives {
  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly contents: Contents,
    private readonly soundness: Soundness
  ) {}

  /**
   * A repository as it is now: its commits, branches and tags, all trees and the bytes of all objects; no
   * uncommitted changes and no operation log. What a collection removes meanwhile makes it break off.
   * @throws repository-not-found; while the bytes are read, source-changed and unreadable-content
   */
  async write(repository: string): Promise<OutgoingArchive> {
    const { subject, branches } = await this.store.kv.snapshot(reader => this.find(reader, repository));
    const uncommitted: string[] = [];
    for (const { name, record } of branches) {
      if (await this.hasUncommitted(subject.uid, record)) {
        uncommitted.push(name);
      }
    }
    return { bytes: archiveOf(this.store, subject), uncommitted };
  }

  /**
   * Makes a repository from an archive, with the same commit ids, once all of it was read, held against its hashes
   * and found complete; before that nothing can be seen of it, and after a failure nothing remains.
   * @param name instead of the one that it had
   * @throws invalid-input for what is no whole archive, repository-exists
   */
  async read(source: AsyncIterable<Uint8Array>, name?: string): Promise<ArchiveFigures> {
    if (name !== undefined) {
      checkRepositoryName(name);
    }
    // A collection that came between would take for garbage what no repository has yet.
    return this.store.epochs.verbs.during(async () => {
      const uid = randomBytes(8).toString('hex') as RepositoryUid;
      try {
        return await this.take(source, uid, name);
      } catch (error) {
        await this.store.write({ put: [{ key: dropRepositoryKey(uid), value: TOMBSTONE }] });
        this.store.sweeper.wake();
        throw error;
      }
    });
  }

  private async take(
    source: AsyncIterable<Uint8Array>,
    uid: RepositoryUid,
    given: string | undefined
  ): Promise<ArchiveFigures> {
    const reading = new ArchiveReading(this.store, this.history, this.contents, uid);
    let name = given ?? '';
    const { record, figures } = await reading.read(source, async archived => {
      name = given ?? archived.name;
      checkRepositoryName(name);
      checkStorageNamespace(archived.storageNamespace);
      checkBranchName(archived.defaultBranch);
      const key = repositoryKey(name);
      if (await this.store.kv.snapshot(reader => reader.get(key))) {
        throw exists(name);
      }
    });
    const damage = await this.soundness.firstDamage(uid, record.defaultBranch);
    if (damage) {
      throw broken(`${damage.where}: ${damage.what}`);
    }
    const key = repositoryKey(name);
    const put = [{ key, value: encodeRecord(record) }];
    if (!(await this.store.write({ expect: [{ key, version: 'absent' }], put }))) {
      throw exists(name);
    }
    return { ...figures, repository: name };
  }

  private async find(
    reader: KvReader,
    name: string
  ): Promise<{ subject: Subject; branches: { name: string; record: BranchRecord }[] }> {
    const { version: _, uid, ...rest } = await this.store.repository(reader, name);
    const repository: ArchivedRepository = { name, ...rest };
    const refs: ArchivedRefs = { branches: [], tags: [] };
    const branches = [];
    for (const { key, value } of await scanWhole(reader, familyOf('b', uid))) {
      const record = decodeRecord<BranchRecord>(value);
      const branch = nameIn(key, uid);
      branches.push({ name: branch, record });
      refs.branches.push({ name: branch, commit_id: record.commitId, hidden: record.hidden });
    }
    for (const { key, value } of await scanWhole(reader, familyOf('t', uid))) {
      refs.tags.push({ name: nameIn(key, uid), commit_id: decodeRecord<TagRecord>(value).commitId });
    }
    return { subject: { uid, repository, refs }, branches };
  }

  private async hasUncommitted(uid: RepositoryUid, record: BranchRecord): Promise<boolean> {
    const root = await this.history.root(uid, record.commitId);
    return this.store.kv.snapshot(async reader => {
      const cursor = new StagedCursor(reader, layersOf(record));
      for await (const _ of uncommittedChanges(cursor, this.store.tree(uid), root)) {
        return true;
      }
      return false;
    });
  }
}

/** Families of branches and tags have names of one length. */
const nameIn = (key: Buffer, uid: RepositoryUid) => key.subarray(familyOf('b', uid).length).toString('utf8');

function exists(name: string): CatalogError {
  return new CatalogError(
    'repository-exists',
    `There is a repository "${name}" already: give another name, or delete that one first.`,
    { repository: name }
  );
}
