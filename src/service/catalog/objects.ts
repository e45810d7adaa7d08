import type { RepositoryUid, StagingToken } from '../ids.js';
import type { KvExpectation, KvReader, KvWrite } from '../kv/kv.js';
import { checkConditions } from './conditions.js';
import type { Checksums } from './checksums.js';
import type { Contents, LinkedContent, Received } from './contents.js';
import { decodeEntry, encodeEntry } from './entry.js';
import { CatalogError } from './errors.js';
import type { ObjectsStaged } from './events.js';
import type { History } from './history.js';
import { branchKey, stagedKey, successor } from './keys.js';
import { LiveCursor } from './live-cursor.js';
import type { Conditions, Entry, ListItem, ListQuery, ObjectEntry, Page } from './model.js';
import { pathBytes } from './names.js';
import { amountOf, groupOf, pageOf, rangeOf, startsWith } from './paging.js';
import type { BranchRecord } from './records.js';
import { checkUnprotected } from './protection.js';
import type { OpenRef, Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import { findStaged, layersOf, TOMBSTONE } from './layers.js';
import { expecting, type Store, type Versioned } from './store.js';

export interface WriteOptions {
  contentType?: string;
  metadata?: Record<string, string>;
  conditions?: Conditions;
  force?: boolean;
  /** Milliseconds since the epoch; now when absent. */
  mtime?: number;
}

export interface CopyOptions extends WriteOptions {
  sourceConditions?: Conditions;
  /** What was verified of the source's bytes, to be kept with them. */
  checksums?: Checksums;
}

/** A branch, open for one attempt to write to one of its paths. */
interface WritableBranch {
  uid: RepositoryUid;
  name: string;
  record: Versioned<BranchRecord>;
  /** What every write to the branch expects: that no verb has moved or sealed it. */
  expect: KvExpectation;
}

export class Objects {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly history: History,
    private readonly contents: Contents
  ) {}

  /** Cost: O(log entries) nodes, mostly cached. @throws object-not-found, ref-not-found */
  async stat(repository: string, ref: string, path: string): Promise<ObjectEntry> {
    return this.store.kv.snapshot(async reader => {
      const open = await this.refs.open(reader, repository, ref);
      return this.require(reader, open, ref, path);
    });
  }

  /** As {@link stat}; undefined where there is no object. @throws ref-not-found */
  async find(repository: string, ref: string, path: string): Promise<ObjectEntry | undefined> {
    return this.stat(repository, ref, path).catch((error: unknown) => {
      if (error instanceof CatalogError && error.code === 'object-not-found') {
        return undefined;
      }
      throw error;
    });
  }

  /**
   * Refuses what a write to the path would be refused for as things stand.
   * @throws invalid-input, branch-not-found, branch-protected, repository-read-only
   */
  async checkWritable(repository: string, branch: string, path: string): Promise<void> {
    pathBytes(path);
    await this.store.kv.snapshot(reader => this.open(reader, repository, branch));
  }

  /** One page, consistent in itself. Cost: O(page + log entries), with or without delimiter. */
  async list(repository: string, ref: string, query: ListQuery): Promise<Page<ListItem>> {
    const amount = amountOf(query);
    const range = rangeOf(query);
    return this.store.kv.snapshot(async reader => {
      const { uid, commitId, record } = await this.refs.open(reader, repository, ref);
      const { root } = await this.history.get(uid, commitId, reader);
      const layers = record ? layersOf(record) : [];
      const cursor = new LiveCursor(reader, this.store.tree(uid), root, layers);
      const found: ListItem[] = [];
      let start = range.start;
      if (start) {
        await cursor.seek(start);
      }
      while (start && cursor.current && found.length <= amount) {
        const { path, value } = cursor.current;
        if (!startsWith(path, range.prefix)) {
          break;
        }
        const group = groupOf(path, range);
        if (!group) {
          found.push({ kind: 'object', path: path.toString('utf8'), entry: decodeEntry(value) });
          await cursor.next();
          continue;
        }
        found.push({ kind: 'prefix', path: group.toString('utf8') });
        start = successor(group);
        if (start) {
          await cursor.seek(start);
        }
      }
      return pageOf(found, amount, item => item.path);
    });
  }

  /**
   * Links received bytes to a path of a branch, as an uncommitted change, in one durable write. Whatever goes
   * wrong, what was received is given up.
   * @throws precondition-failed, branch-not-found, repository-read-only, invalid-input
   */
  async put(
    repository: string,
    branch: string,
    path: string,
    received: Received,
    options: WriteOptions = {}
  ): Promise<ObjectEntry> {
    try {
      const { entry, kept } = await this.link(repository, branch, path, received, received.md5, options);
      if (!kept) {
        await received.discard();
      }
      return entry;
    } catch (error) {
      await received.discard();
      throw error;
    }
  }

  /**
   * As {@link put}, for content of any kind with a given checksum; without a place it must be there already. `also`
   * is written in the same write, and what it expects is expected with it.
   */
  async link(
    repository: string,
    branch: string,
    path: string,
    content: Omit<LinkedContent, 'place'> & Partial<Pick<LinkedContent, 'place'>>,
    checksum: string,
    options: WriteOptions,
    also: (reader: KvReader, branch: BranchRecord) => Promise<KvWrite> = async () => ({})
  ): Promise<{ entry: ObjectEntry; kept: boolean }> {
    const bytes = pathBytes(path);
    const entry: Entry = {
      contentId: content.contentId,
      checksum,
      size: content.size,
      mtime: options.mtime ?? this.store.now(),
      contentType: options.contentType ?? '',
      metadata: options.metadata ?? {}
    };
    return this.store.apply(async reader => {
      const target = await this.open(reader, repository, branch, options.force);
      const { place, ...linked } = content;
      const block = place
        ? await this.contents.link(reader, target.uid, { ...linked, place })
        : { ...(await this.contents.relink(reader, target.uid, content.contentId)), kept: false };
      const write = await this.staged(reader, target, bytes, encodeEntry(entry), options.conditions);
      const extra = await also(reader, target.record);
      return {
        write: {
          expect: [...write.expect!, ...block.expect, ...(extra.expect ?? [])],
          put: [...write.put!, ...block.put, ...(extra.put ?? [])],
          delete: extra.delete
        },
        ...told(target, [{ path, entry }]),
        result: { entry: { path, ...entry }, kept: block.kept }
      };
    });
  }

  /** Removes a path from a branch, as an uncommitted change; one that is not there is no error. */
  async delete(
    repository: string,
    branch: string,
    path: string,
    options: { force?: boolean; conditions?: Conditions } = {}
  ): Promise<void> {
    const bytes = pathBytes(path);
    await this.store.apply(async reader => {
      const target = await this.open(reader, repository, branch, options.force);
      if (options.conditions) {
        checkConditions(await this.current(reader, target, bytes), options.conditions);
      }
      const change = await this.removal(reader, target, bytes);
      const expect = [target.expect];
      const key = stagedKey(target.record.token, bytes);
      const staged = options.conditions && (await reader.get(key));
      if (options.conditions && (staged || change.put)) {
        expect.push(expecting(key, staged));
      }
      return {
        write: { expect, ...change },
        ...told(target, [{ path, entry: undefined }]),
        result: undefined
      };
    });
  }

  /**
   * Removes many paths (at most 1,000, as S3 has it) in one write. Answers the paths that could not be removed.
   */
  async deleteMany(
    repository: string,
    branch: string,
    paths: string[],
    options: { force?: boolean } = {}
  ): Promise<{ path: string; error: CatalogError }[]> {
    const refused: { path: string; error: CatalogError }[] = [];
    const valid = new Map<string, Buffer>();
    for (const path of paths) {
      try {
        valid.set(path, pathBytes(path));
      } catch (error) {
        refused.push({ path, error: error as CatalogError });
      }
    }
    await this.store.apply(async reader => {
      const target = await this.open(reader, repository, branch, options.force);
      const put: NonNullable<KvWrite['put']> = [];
      const gone: Uint8Array[] = [];
      for (const bytes of valid.values()) {
        const change = await this.removal(reader, target, bytes);
        put.push(...(change.put ?? []));
        gone.push(...(change.delete ?? []));
      }
      const write = { expect: [target.expect], put, delete: gone };
      const changes = [...valid.keys()].map(path => ({ path, entry: undefined }));
      return { write, ...told(target, changes), result: undefined };
    });
    return refused;
  }

  /**
   * Another path for the same content of the same repository; no byte moves. Content type and metadata are the
   * source's unless given.
   * @throws object-not-found, precondition-failed
   */
  async copy(
    repository: string,
    source: { ref: string; path: string },
    destination: { branch: string; path: string },
    options: CopyOptions = {}
  ): Promise<ObjectEntry> {
    const bytes = pathBytes(destination.path);
    const ontoItself = source.ref === destination.branch && source.path === destination.path;
    // What is written there meanwhile must not be replaced by what was there before.
    const conditions = options.conditions ?? (ontoItself ? {} : undefined);
    return this.store.apply(async reader => {
      const open = await this.refs.open(reader, repository, source.ref);
      const original = await this.require(reader, open, source.ref, source.path);
      checkConditions(original, options.sourceConditions);
      const { path: _, ...rest } = original;
      return this.restage(reader, repository, destination, bytes, rest, { ...options, conditions });
    });
  }

  /** Replaces an object's user metadata. @throws object-not-found */
  async setMetadata(
    repository: string,
    branch: string,
    path: string,
    metadata: Record<string, string>
  ): Promise<ObjectEntry> {
    return this.copy(repository, { ref: branch, path }, { branch, path }, { metadata });
  }

  private async restage(
    reader: KvReader,
    repository: string,
    destination: { branch: string; path: string },
    bytes: Buffer,
    original: Entry,
    options: CopyOptions
  ): Promise<{ write: KvWrite; touches: StagingToken; event: ObjectsStaged; result: ObjectEntry }> {
    const entry: Entry = {
      ...original,
      mtime: this.store.now(),
      contentType: options.contentType ?? original.contentType,
      metadata: options.metadata ?? original.metadata
    };
    const target = await this.open(reader, repository, destination.branch, options.force);
    const block = await this.contents.relink(reader, target.uid, entry.contentId, options.checksums);
    const write = await this.staged(reader, target, bytes, encodeEntry(entry), options.conditions);
    return {
      write: { expect: [...write.expect!, ...block.expect], put: [...write.put!, ...block.put] },
      ...told(target, [{ path: destination.path, entry }]),
      result: { path: destination.path, ...entry }
    };
  }

  private async open(
    reader: KvReader,
    repository: string,
    branch: string,
    force?: boolean
  ): Promise<WritableBranch> {
    const repositoryRecord = await this.store.repository(reader, repository);
    checkWritable(repository, repositoryRecord, force);
    checkUnprotected(repositoryRecord, branch, force);
    const { uid } = repositoryRecord;
    const record = await this.store.branch(reader, uid, branch);
    return { uid, name: branch, record, expect: expecting(branchKey(uid, branch), record) };
  }

  /** The write that stages `value`; with conditions it holds only while the path stays as it was looked at. */
  private async staged(
    reader: KvReader,
    target: WritableBranch,
    path: Buffer,
    value: Buffer,
    conditions: Conditions | undefined
  ): Promise<KvWrite> {
    const key = stagedKey(target.record.token, path);
    const expect = [target.expect];
    if (conditions) {
      checkConditions(await this.current(reader, target, path), conditions);
      expect.push(expecting(key, await reader.get(key)));
    }
    return { expect, put: [{ key, value }] };
  }

  /** A tombstone where something below would show through; otherwise just no staged entry. */
  private async removal(
    reader: KvReader,
    { uid, record }: WritableBranch,
    path: Buffer
  ): Promise<Pick<KvWrite, 'put' | 'delete'>> {
    const key = stagedKey(record.token, path);
    const below = await findStaged(reader, record.sealed, path);
    const shows = below ? below.value !== null : await this.committed(reader, uid, record, path);
    return shows ? { put: [{ key, value: TOMBSTONE }] } : { delete: [key] };
  }

  private async current(
    reader: KvReader,
    { uid, record }: WritableBranch,
    path: Buffer
  ): Promise<Entry | undefined> {
    const staged = await findStaged(reader, layersOf(record), path);
    const value = staged ? staged.value : await this.committed(reader, uid, record, path);
    return value ? decodeEntry(value) : undefined;
  }

  private async committed(
    reader: KvReader,
    uid: RepositoryUid,
    { commitId }: Pick<BranchRecord, 'commitId'>,
    path: Buffer
  ): Promise<Buffer | undefined> {
    const { root } = await this.history.get(uid, commitId, reader);
    return this.store.tree(uid).get(root, path);
  }

  private async require(reader: KvReader, open: OpenRef, ref: string, path: string): Promise<ObjectEntry> {
    const bytes = pathBytes(path);
    const staged = open.record && (await findStaged(reader, layersOf(open.record), bytes));
    const value = staged ? staged.value : await this.committed(reader, open.uid, open, bytes);
    if (!value) {
      throw new CatalogError('object-not-found', `There is no object "${path}" on "${ref}".`, { path, ref });
    }
    return { path, ...decodeEntry(value) };
  }
}

/** Whom it concerns that objects of a branch are others once they are written. */
function told(
  { uid, name, record }: WritableBranch,
  changes: ObjectsStaged['changes']
): { touches: StagingToken; event: ObjectsStaged } {
  const { token, commitId } = record;
  return { touches: token, event: { kind: 'objects-staged', uid, branch: name, commitId, changes } };
}
