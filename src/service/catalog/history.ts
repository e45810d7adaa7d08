import { createHash } from 'node:crypto';

import type { CommitId, NodeHash, RepositoryUid } from '../ids.js';
import type { KvExpectation, KvReader, KvWrite } from '../kv/kv.js';
import { CatalogError } from './errors.js';
import { commitKey } from './keys.js';
import type { Commit } from './model.js';
import { decodeRecord, encodeRecord, type CommitRecord } from './records.js';
import type { Store } from './store.js';

/** Commits kept in memory: they never change, and walks meet the same ones again and again. */
const CACHED_COMMITS_MAX = 20_000;

/** The commit graph: reading, making and walking commits. */
export class History {
  private readonly cache = new Map<string, Commit>();

  constructor(private readonly store: Store) {}

  /** A new commit's record, to be written with the write that makes it reachable, and the commit. */
  make(uid: RepositoryUid, record: CommitRecord): { commit: Commit; put: { key: Buffer; value: Buffer } } {
    const canonical: CommitRecord = {
      root: record.root,
      parents: record.parents,
      generation: record.generation,
      message: record.message,
      committer: record.committer,
      date: record.date,
      metadata: Object.fromEntries(Object.entries(record.metadata).sort(([a], [b]) => (a < b ? -1 : 1)))
    };
    const value = encodeRecord(canonical);
    const id = createHash('sha256').update(value).digest('hex') as CommitId;
    return { commit: { id, ...canonical }, put: { key: commitKey(uid, id), value } };
  }

  /** @throws commit-not-found */
  async get(uid: RepositoryUid, id: CommitId, reader?: KvReader): Promise<Commit> {
    const cacheKey = `${uid}/${id}`;
    const cached = this.cache.get(cacheKey);
    if (cached) {
      return cached;
    }
    const key = commitKey(uid, id);
    const found = await (reader ? reader.get(key) : this.store.kv.snapshot(r => r.get(key)));
    if (!found) {
      throw notFound(id);
    }
    const commit = { id, ...decodeRecord<CommitRecord>(found.value) };
    if (this.cache.size >= CACHED_COMMITS_MAX) {
      this.cache.delete(this.cache.keys().next().value!);
    }
    this.cache.set(cacheKey, commit);
    return commit;
  }

  /**
   * What a write must expect and put so that it may refer to a commit, or to objects that were found through it:
   * the commit is still there, and written in this epoch, which keeps it and all that it reaches from being
   * collected. Not needed for the commit on which a branch stands, if the write expects that it still does.
   * @throws commit-not-found
   */
  async renew(
    reader: KvReader,
    uid: RepositoryUid,
    id: CommitId
  ): Promise<{ expect: KvExpectation[]; put: NonNullable<KvWrite['put']> }> {
    const key = commitKey(uid, id);
    const found = await reader.get(key);
    if (!found) {
      throw notFound(id);
    }
    const put = this.store.epochs.isRecent(found) ? [] : [{ key, value: found.value }];
    return { expect: [{ key, version: found.version }], put };
  }

  async root(uid: RepositoryUid, id: CommitId): Promise<NodeHash> {
    return (await this.get(uid, id)).root;
  }

  /**
   * A best common ancestor: one that no other common ancestor descends from; the same for (a, b) and (b, a).
   * undefined for unrelated histories. Walks down by generation, so only what is newer than the answer is read.
   */
  async mergeBase(uid: RepositoryUid, a: CommitId, b: CommitId): Promise<Commit | undefined> {
    const LEFT = 1;
    const RIGHT = 2;
    const sides = new Map<CommitId, number>([[a, LEFT]]);
    sides.set(b, (sides.get(b) ?? 0) | RIGHT);
    const queue = [await this.get(uid, a), await this.get(uid, b)];
    const seen = new Set<CommitId>();
    while (queue.length > 0) {
      const commit = takeNewest(queue);
      if (seen.has(commit.id)) {
        continue;
      }
      seen.add(commit.id);
      const side = sides.get(commit.id)!;
      if (side === (LEFT | RIGHT)) {
        return commit;
      }
      for (const parent of commit.parents) {
        sides.set(parent, (sides.get(parent) ?? 0) | side);
        queue.push(await this.get(uid, parent));
      }
    }
    return undefined;
  }

  /** Commits reachable from `from`, children before parents, newer before older. */
  async *walk(uid: RepositoryUid, from: CommitId, firstParent: boolean): AsyncGenerator<Commit> {
    const queue = [await this.get(uid, from)];
    const queued = new Set<CommitId>([from]);
    while (queue.length > 0) {
      const commit = takeNewest(queue);
      yield commit;
      for (const parent of firstParent ? commit.parents.slice(0, 1) : commit.parents) {
        if (!queued.has(parent)) {
          queued.add(parent);
          queue.push(await this.get(uid, parent));
        }
      }
    }
  }
}

function notFound(id: CommitId): CatalogError {
  return new CatalogError('commit-not-found', `There is no commit ${id} in this repository.`, { id });
}

/**
 * Takes out the commit of the highest generation (a child's is above its parents'), then the newest, then the
 * one with the greater id. The queue is as long as there are lines of history side by side, so a scan will do.
 */
function takeNewest(queue: Commit[]): Commit {
  let best = 0;
  for (let i = 1; i < queue.length; i++) {
    if (compare(queue[i]!, queue[best]!) > 0) {
      best = i;
    }
  }
  return queue.splice(best, 1)[0]!;
}

function compare(a: Commit, b: Commit): number {
  return a.generation - b.generation || a.date - b.date || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
