import { randomBytes } from 'node:crypto';

import type { Blocks } from '../blocks/blocks.js';
import type { NodeHash, RepositoryUid, StagingToken } from '../ids.js';
import type { Kv, KvExpectation, KvReader, KvWrite, Version } from '../kv/kv.js';
import { KvFullError, WRITE_BYTES_MAX, WRITE_KEYS_MAX } from '../kv/kv.js';
import type { NodeStore } from '../tree/store.js';
import { NodeCache } from '../tree/cache.js';
import { Tree } from '../tree/tree.js';
import { entryRules } from './entry.js';
import type { Epochs } from './epochs.js';
import { CatalogError, storeFull } from './errors.js';
import { Events, type CatalogEvent } from './events.js';
import { branchKey, nodeKey, repositoryKey } from './keys.js';
import { decodeRecord, type BranchRecord, type RepositoryRecord } from './records.js';
import type { Sweeper } from './sweeper.js';

/** A record with the version that a conditional write expects. */
export type Versioned<T> = T & { version: Version };

/** What one attempt of a verb decided, see `Store.apply`. */
interface Attempt<T> {
  write?: KvWrite;
  touches?: StagingToken;
  event?: CatalogEvent;
  result: T;
}

/** How often a verb looks again when another came between; far above what contention was seen to need. */
const ATTEMPTS_MAX = 1_000;
/** Memory for decoded tree nodes. */
const NODE_CACHE_BYTES = 64 * 1024 * 1024;
/** Open trees; each is small, the nodes are shared. */
const TREES_MAX = 1_000;

/**
 * What all verbs stand on: the key-value store with typed reads, the blocks, one tree per repository, the clock.
 */
export class Store {
  readonly events = new Events();
  private readonly trees = new Map<RepositoryUid, Tree>();
  /** Decoded nodes of all repositories: a hash names the same node everywhere. */
  private readonly nodes = new NodeCache(NODE_CACHE_BYTES);
  /** Changes counted per staging token since the service's start, for change tokens. */
  private readonly writes = new Map<StagingToken, number>();
  /** Tells this start's counts from those of another. */
  private readonly start = randomBytes(4).toString('hex');

  constructor(
    readonly kv: Kv,
    readonly blocks: Blocks,
    /** Milliseconds since the epoch. */
    readonly now: () => number,
    /** Removes what nothing refers to any more, in the background. */
    readonly sweeper: Sweeper,
    /** Tells garbage collection what it may take. */
    readonly epochs: Epochs
  ) {}

  /** @throws repository-not-found */
  async repository(reader: KvReader, name: string): Promise<Versioned<RepositoryRecord>> {
    const record = await reader.get(repositoryKey(name));
    if (!record) {
      throw new CatalogError('repository-not-found', `There is no repository "${name}".`, {
        repository: name
      });
    }
    return { ...decodeRecord<RepositoryRecord>(record.value), version: record.version };
  }

  /** The branch, or undefined. */
  async findBranch(
    reader: KvReader,
    uid: RepositoryUid,
    name: string
  ): Promise<Versioned<BranchRecord> | undefined> {
    const record = await reader.get(branchKey(uid, name));
    return record && { ...decodeRecord<BranchRecord>(record.value), version: record.version };
  }

  /** @throws branch-not-found */
  async branch(reader: KvReader, uid: RepositoryUid, name: string): Promise<Versioned<BranchRecord>> {
    const branch = await this.findBranch(reader, uid, name);
    if (!branch) {
      throw new CatalogError('branch-not-found', `There is no branch "${name}" in this repository.`, {
        branch: name
      });
    }
    return branch;
  }

  /** The tree over a repository's nodes. */
  tree(uid: RepositoryUid): Tree {
    let tree = this.trees.get(uid);
    if (tree) {
      this.trees.delete(uid);
    } else {
      tree = new Tree(new KvNodes(this, uid), entryRules, { cache: this.nodes });
    }
    this.trees.set(uid, tree);
    if (this.trees.size > TREES_MAX) {
      this.trees.delete(this.trees.keys().next().value!);
    }
    return tree;
  }

  /**
   * Runs an optimistic verb: `attempt` reads, decides and says what to write; when something it expected has
   * changed meanwhile it runs again, so that every condition is looked at anew. `touches` names the layer whose
   * changes are others when that is written, `event` is told then.
   */
  async apply<T>(attempt: (reader: KvReader) => Promise<Attempt<T>>): Promise<T> {
    const leave = this.epochs.verbs.enter();
    try {
      for (let i = 0; i < ATTEMPTS_MAX; i++) {
        const { write, touches, event, result } = await this.kv.snapshot(attempt);
        if (!write) {
          return result;
        }
        if (await this.write(write)) {
          if (touches) {
            this.touch(touches);
          }
          if (event) {
            this.events.tell(event);
          }
          return result;
        }
      }
    } finally {
      leave();
    }
    throw new CatalogError('branch-moved', 'Too many others write to the same place: try again in a moment.');
  }

  /** As `Kv.write`. @throws store-full */
  async write(write: KvWrite): Promise<boolean> {
    try {
      return await this.kv.write(write);
    } catch (error) {
      throw error instanceof KvFullError ? storeFull() : error;
    }
  }

  /** Writes `puts` in as many atomic writes as the limits ask for: for immutable records, whose order is free. */
  async putAll(puts: { key: Uint8Array; value: Uint8Array }[]): Promise<void> {
    let batch: typeof puts = [];
    let bytes = 0;
    for (const put of puts) {
      const size = put.key.length + put.value.length;
      if (batch.length === WRITE_KEYS_MAX || bytes + size > WRITE_BYTES_MAX) {
        await this.write({ put: batch });
        batch = [];
        bytes = 0;
      }
      batch.push(put);
      bytes += size;
    }
    if (batch.length > 0) {
      await this.write({ put: batch });
    }
  }

  /** Notes that uncommitted changes under `token` are others now: not before they can be read. */
  private touch(token: StagingToken): void {
    this.writes.set(token, (this.writes.get(token) ?? 0) + 1);
  }

  /** Says which changes under `token` there were so far: another text after each. */
  touches(token: StagingToken): string {
    return `${this.start}.${this.writes.get(token) ?? 0}`;
  }

  /** A layer is gone: nothing more will be counted for it. */
  forget(token: StagingToken): void {
    this.writes.delete(token);
  }
}

export const newToken = () => randomBytes(16).toString('hex') as StagingToken;

/** Names a record together with its version, for `KvWrite.expect`. */
export function expecting(key: Buffer, record: { version: Version } | undefined): KvExpectation {
  return { key, version: record?.version ?? 'absent' };
}

/**
 * What a write takes in that holds only while nothing is at `key`, and leaves it so. A key can be expected to be absent
 * only by a write that puts it, so that stores with row locks can lock it; what is put and deleted is deleted.
 */
export function leavingAbsent(key: Buffer): Required<Pick<KvWrite, 'expect' | 'put' | 'delete'>> {
  return { expect: [expecting(key, undefined)], put: [{ key, value: Buffer.alloc(0) }], delete: [key] };
}

/** A repository's tree nodes in the key-value store. */
class KvNodes implements NodeStore {
  constructor(
    private readonly store: Store,
    private readonly uid: RepositoryUid
  ) {}

  async read(hash: NodeHash): Promise<Buffer> {
    const record = await this.store.kv.snapshot(reader => reader.get(nodeKey(this.uid, hash)));
    if (!record) {
      throw new Error(`Tree node ${hash} is missing from the store: run "databranch fsck".`);
    }
    return record.value;
  }

  write(nodes: { hash: NodeHash; bytes: Buffer }[]): Promise<void> {
    return this.store.putAll(
      nodes.map(({ hash, bytes }) => ({ key: nodeKey(this.uid, hash), value: bytes }))
    );
  }
}
