import type { CommitId, ContentId, RepositoryUid } from '../ids.js';
import type { KvReader, KvWrite } from '../kv/kv.js';
import type { Contents } from './contents.js';
import { invalid } from './errors.js';
import type { History } from './history.js';
import {
  branchKey,
  DELETED,
  dropRepositoryKey,
  familyOf,
  REPOSITORIES,
  repositoryKey,
  tagKey,
  TASKS
} from './keys.js';
import { TOMBSTONE } from './layers.js';
import { bytesOf, linesOf } from './lines.js';
import { Pace } from './pace.js';
import { decodeRecord, encodeRecord } from './records.js';
import type {
  BranchRecord,
  CommitRecord,
  DumpedList,
  DumpRecord,
  RepositoryRecord,
  TagRecord,
  TaskRecord
} from './records.js';
import { DAY_MS } from './operations.js';
import { checkWritable, hasDumps, newBranch } from './repositories.js';
import { scanPages, scanWhole } from './scan.js';
import { expecting, type Store, type Versioned } from './store.js';
import type { Task, Tasks } from './tasks.js';
import { Transplant } from './transplant.js';

/** Records per write of those that may be many; a write can have 10,000. */
const RECORDS_PER_WRITE = 1_000;
/** Refs that one write publishes, with room for the repository's record. */
const PUBLISHED_AT_ONCE = 9_000;
/** Different commits that branches and tags of one dump stand on: they lie in one record. */
const HEADS_MAX = 100_000;

/** Names a dump, which lies in three parts. */
export type DumpedRefs = Record<'branches' | 'tags' | 'commits', string>;

/** A branch or tag, as a line of a dump. */
interface DumpedRef {
  id: string;
  commit_id: CommitId;
  hidden?: true;
}

/**
 * Dumps of a repository's refs, and repositories made of them. A dump keeps what it names from being collected, as
 * long as operations are kept; a repository that is deleted meanwhile is kept with it, out of reach.
 */
export class Dumps {
  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly contents: Contents,
    private readonly tasks: Tasks
  ) {}

  /** Lets go of tasks older than `days`; with dumps also of what only they keep, be it a deleted repository. */
  async expire(days: number): Promise<void> {
    const { kv, sweeper } = this.store;
    const horizon = this.store.now() - days * DAY_MS;
    for await (const page of scanPages(kv, TASKS, RECORDS_PER_WRITE)) {
      const old = page.filter(({ value }) => decodeRecord<TaskRecord>(value).at < horizon);
      await this.store.write({ delete: old.map(({ key }) => key) });
    }
    for (const { key, version } of await kv.snapshot(reader => scanWhole(reader, DELETED))) {
      const uid = key.subarray(DELETED.length).toString('utf8') as RepositoryUid;
      if (!(await kv.snapshot(reader => hasDumps(reader, uid)))) {
        const put = [{ key: dropRepositoryKey(uid), value: TOMBSTONE }];
        await this.store.write({ expect: [{ key, version }], delete: [key], put });
      }
    }
    sweeper.wake();
  }

  /**
   * Begins to dump branches, tags and all commits that they reach, at one point in time. Uncommitted changes are no
   * part of a dump. Cost: O(refs + commits).
   */
  async dump(repository: string): Promise<Task<DumpRecord>> {
    const { uid } = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    return this.tasks.begin(uid, 'dump', signal => this.write(uid, new Pace(signal)));
  }

  /**
   * Begins to make a bare repository what another was when it was dumped: the same branches and tags, on commits of
   * the same ids. Cost: O(commits + nodes + objects); bytes in files are shared, not copied.
   * @throws invalid-input for an unknown dump, or a repository that is not bare any more; repository-read-only
   */
  async restore(
    repository: string,
    refs: DumpedRefs,
    options: { force?: boolean } = {}
  ): Promise<Task<void>> {
    const target = await this.store.kv.snapshot(async reader => {
      const record = await this.bare(reader, repository);
      checkWritable(repository, record, options.force);
      return record;
    });
    const { uid, dump } = await this.find(refs);
    const branches = await this.refsIn(uid, dump.branches);
    const tags = await this.refsIn(uid, dump.tags);
    if (!branches.some(({ id }) => id === target.defaultBranch)) {
      throw invalid(
        `The dump has no branch "${target.defaultBranch}", this repository's default branch: create it with another default_branch.`
      );
    }
    return this.tasks.begin(target.uid, 'restore', async signal => {
      await this.copyHistory(uid, dump.commits, target.uid, new Pace(signal));
      await this.publish(repository, target.uid, branches, tags);
    });
  }

  private async write(uid: RepositoryUid, pace: Pace): Promise<DumpRecord> {
    const records = await this.store.kv.snapshot(async reader => ({
      branches: await scanWhole(reader, familyOf('b', uid)),
      tags: await scanWhole(reader, familyOf('t', uid))
    }));
    const named = familyOf('b', uid).length;
    const refs = (found: { key: Buffer; value: Buffer }[]): DumpedRef[] =>
      found.map(({ key, value }) => {
        const { commitId, hidden } = decodeRecord<TagRecord & Partial<BranchRecord>>(value);
        return {
          id: key.subarray(named).toString('utf8'),
          commit_id: commitId,
          ...(hidden ? { hidden } : {})
        };
      });
    const [branches, tags] = [refs(records.branches), refs(records.tags)];
    const heads = [...new Set([...branches, ...tags].map(ref => ref.commit_id))];
    if (heads.length > HEADS_MAX) {
      throw invalid(`Branches and tags stand on ${heads.length} commits; a dump can have ${HEADS_MAX}.`);
    }
    await this.renew(uid, heads);
    return {
      branches: await this.keep(
        uid,
        branches.map(ref => JSON.stringify(ref))
      ),
      tags: await this.keep(
        uid,
        tags.map(ref => JSON.stringify(ref))
      ),
      commits: await this.keep(uid, this.commitLines(uid, heads, pace)),
      heads
    };
  }

  /** From here on they and all that they reach stay until the dump itself keeps them. */
  private async renew(uid: RepositoryUid, heads: CommitId[]): Promise<void> {
    for (let from = 0; from < heads.length; from += RECORDS_PER_WRITE) {
      await this.store.apply(async reader => {
        const write = { expect: [], put: [] } as Required<Pick<KvWrite, 'expect' | 'put'>>;
        for (const id of heads.slice(from, from + RECORDS_PER_WRITE)) {
          const { expect, put } = await this.history.renew(reader, uid, id);
          write.expect.push(...expect);
          write.put.push(...put);
        }
        return { write, result: undefined };
      });
    }
  }

  /** Takes in lines as a content. Nothing refers to it yet. */
  private async keep(
    uid: RepositoryUid,
    lines: Iterable<string> | AsyncIterable<string>
  ): Promise<DumpedList> {
    const received = await this.contents.receive('', bytesOf(lines));
    let kept = false;
    try {
      kept = await this.store.apply(async reader => {
        const { kept, ...write } = await this.contents.link(reader, uid, received);
        return { write, result: kept };
      });
    } finally {
      if (!kept) {
        await received.discard();
      }
    }
    return { contentId: received.contentId, size: received.size };
  }

  /** The records of all commits that `heads` reach, parents before children. */
  private async *commitLines(uid: RepositoryUid, heads: CommitId[], pace: Pace): AsyncGenerator<string> {
    const generations = new Map<CommitId, number>();
    const pending = [...heads];
    for (let id = pending.pop(); id; id = pending.pop()) {
      if (!generations.has(id)) {
        await pace.step();
        const { generation, parents } = await this.history.get(uid, id);
        generations.set(id, generation);
        pending.push(...parents);
      }
    }
    const ordered = [...generations].sort(([a, i], [b, j]) => i - j || (a < b ? -1 : 1));
    for (const [id] of ordered) {
      await pace.step();
      const commit = await this.history.get(uid, id);
      yield this.history.make(uid, commit).put.value.toString('utf8');
    }
  }

  /** The repository, if it is as it was made with `bare`. */
  private async bare(reader: KvReader, repository: string): Promise<Versioned<RepositoryRecord>> {
    const record = await this.store.repository(reader, repository);
    for (const family of ['b', 't'] as const) {
      const [found] = await reader.scan({ prefix: familyOf(family, record.uid), limit: 1 });
      if (found || !record.bare) {
        throw invalid(
          `Refs can be restored to a bare repository only, and "${repository}" is none, or has refs already: create one with bare=true.`
        );
      }
    }
    return record;
  }

  /** The dump, and the repository that it lies in. */
  private async find(refs: DumpedRefs): Promise<{ uid: RepositoryUid; dump: DumpRecord }> {
    const { kv } = this.store;
    const alive = new Set(
      await kv.snapshot(async reader => [
        ...(await scanWhole(reader, REPOSITORIES)).map(
          ({ value }) => decodeRecord<RepositoryRecord>(value).uid
        ),
        ...(await scanWhole(reader, DELETED)).map(({ key }) => key.subarray(DELETED.length).toString('utf8'))
      ])
    );
    for await (const page of scanPages(kv, TASKS, RECORDS_PER_WRITE)) {
      for (const { key, value } of page) {
        const { dump } = decodeRecord<TaskRecord>(value);
        const uid = key.toString('utf8').split('/')[1] as RepositoryUid;
        const parts = ['branches', 'tags', 'commits'] as const;
        if (dump && alive.has(uid) && parts.every(part => dump[part].contentId === refs[part])) {
          return { uid, dump };
        }
      }
    }
    throw invalid(
      'This data folder has no dump of these ids: it was made elsewhere, or so long ago that it is gone.'
    );
  }

  private lines(uid: RepositoryUid, { contentId, size }: DumpedList): AsyncGenerator<string> {
    return linesOf(this.contents.readIn(uid, contentId as ContentId, 0, size));
  }

  private async refsIn(uid: RepositoryUid, list: DumpedList): Promise<DumpedRef[]> {
    const found: DumpedRef[] = [];
    for await (const line of this.lines(uid, list)) {
      found.push(JSON.parse(line) as DumpedRef);
    }
    return found;
  }

  /** Commits come after their trees, and parents first: one that is there has all that it reaches. */
  private async copyHistory(
    from: RepositoryUid,
    commits: DumpedList,
    to: RepositoryUid,
    pace: Pace
  ): Promise<void> {
    const transplant = new Transplant(this.store, this.contents, from, to, pace);
    let puts: { key: Buffer; value: Buffer }[] = [];
    const flush = async () => {
      await transplant.flush();
      await this.store.putAll(puts);
      puts = [];
    };
    try {
      for await (const line of this.lines(from, commits)) {
        const { commit, put } = this.history.make(to, JSON.parse(line) as CommitRecord);
        await transplant.tree(commit.root);
        puts.push(put);
        if (puts.length === RECORDS_PER_WRITE) {
          await flush();
        }
      }
      await flush();
    } catch (error) {
      await transplant.discard();
      throw error;
    }
  }

  /** In one write, unless there are very many. What a crash leaves of those is refused as no longer bare. */
  private async publish(
    repository: string,
    uid: RepositoryUid,
    branches: DumpedRef[],
    tags: DumpedRef[]
  ): Promise<void> {
    const puts = [
      ...tags.map(({ id, commit_id: commitId }) => ({
        key: tagKey(uid, id),
        value: encodeRecord({ commitId })
      })),
      ...branches.map(({ id, commit_id, hidden }) => ({
        key: branchKey(uid, id),
        value: encodeRecord(newBranch(commit_id, hidden))
      }))
    ];
    await this.store.kv.snapshot(reader => this.bare(reader, repository));
    const last = puts.splice(0, PUBLISHED_AT_ONCE);
    await this.store.putAll(puts);
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      if (record.uid !== uid || !record.bare) {
        throw invalid(`Repository "${repository}" is not the bare one any more that the restore began with.`);
      }
      const { version: _, bare: __, ...rest } = record;
      const key = repositoryKey(repository);
      const write: KvWrite = {
        expect: [expecting(key, record), ...last.map(ref => expecting(ref.key, undefined))],
        put: [...last, { key, value: encodeRecord(rest) }]
      };
      return { write, result: undefined };
    });
  }
}
