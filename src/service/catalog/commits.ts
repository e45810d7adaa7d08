import type { NodeHash, RepositoryUid } from '../ids.js';
import type { KvWrite } from '../kv/kv.js';
import { EMPTY_ROOT } from '../tree/empty.js';
import type { Edit, Tree } from '../tree/tree.js';
import type { Contents } from './contents.js';
import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import type { Commit, CommitRequest, Page } from './model.js';
import { amountOf, pageOf } from './paging.js';
import { nodeKey } from './keys.js';
import { Pace } from './pace.js';
import type { BranchRecord, CommitRecord } from './records.js';
import { checkUnprotected } from './protection.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import type { StagedCursor } from './staged-cursor.js';
import type { Staging } from './staging.js';
import type { Store } from './store.js';
import { Transplant } from './transplant.js';

export interface LogQuery {
  /** A commit id: the page begins behind it. */
  after?: string;
  amount?: number;
  /** Only commits that changed one of these objects, or anything below one of these prefixes. */
  objects?: string[];
  prefixes?: string[];
  /** Ends the log with this page. */
  limit?: boolean;
  firstParent?: boolean;
  /** Seconds since the epoch: only commits of that time or later. */
  since?: number;
  /** A ref: the log ends with its commit. */
  stopAt?: string;
}

export class Commits {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly staging: Staging,
    private readonly history: History,
    private readonly contents: Contents
  ) {}

  /**
   * Turns a branch's uncommitted changes into a commit. Writers go on meanwhile; what they write stays
   * uncommitted. Cost: O(changes · log entries).
   * @throws nothing-to-commit, branch-moved, repository-read-only; uncommitted-changes for a tree that is given
   */
  async create(repository: string, branch: string, request: CommitRequest): Promise<Commit> {
    if (request.date !== undefined && !(request.date >= 0)) {
      throw invalid('A commit’s date is the number of seconds since 1970.');
    }
    const record = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    checkWritable(repository, record, request.force);
    checkUnprotected(record, branch, request.force);
    return this.staging.exclusively(record.uid, branch, () => this.build(record.uid, branch, request));
  }

  private async build(uid: RepositoryUid, branch: string, request: CommitRequest): Promise<Commit> {
    const before = await this.staging.seal(uid, branch);
    const parent = await this.history.get(uid, before.commitId);
    let root: NodeHash;
    if (request.root === undefined) {
      root = await applyStaged(this.store.tree(uid), parent.root, this.staging.walk(before.sealed));
    } else {
      await this.staging.refuseUncommitted(uid, branch, before, parent.root);
      root = await this.renewed(uid, request.root);
    }
    if (root === parent.root && !request.allowEmpty) {
      await this.dropEmptyLayers(uid, branch, before);
      throw new CatalogError(
        'nothing-to-commit',
        `Branch "${branch}" has no uncommitted changes: there is nothing to commit.`,
        { branch }
      );
    }
    return this.staging.advance(uid, branch, before, 'commit', {
      root,
      parents: [before.commitId],
      generation: parent.generation + 1,
      message: request.message,
      committer: request.committer,
      date: request.date ?? Math.floor(this.store.now() / 1000),
      metadata: request.metadata ?? {}
    });
  }

  /**
   * Takes in the record of a commit, with the tree of one that is there. No ref stands on it yet: make one soon.
   * Cost: O(tree).
   * @param id that the other fields must make
   * @throws invalid-input, commit-not-found for a parent, repository-read-only
   */
  async record(
    repository: string,
    id: string,
    record: CommitRecord,
    options: { force?: boolean } = {}
  ): Promise<void> {
    const { uid, ...settings } = await this.store.kv.snapshot(reader =>
      this.store.repository(reader, repository)
    );
    checkWritable(repository, { uid, ...settings }, options.force);
    const { commit, put } = this.history.make(uid, record);
    if (commit.id !== id) {
      throw invalid(`These fields make the commit ${commit.id}, not ${id}.`, { id: commit.id });
    }
    await this.store.epochs.verbs.during(async () => {
      await this.renewed(uid, record.root);
      await this.store.apply(async reader => {
        const write: Required<Pick<KvWrite, 'expect' | 'put'>> = { expect: [], put: [put] };
        let generation = 1;
        for (const parent of record.parents) {
          const renewal = await this.history.renew(reader, uid, parent);
          write.expect.push(...renewal.expect);
          write.put.push(...renewal.put);
          generation = Math.max(generation, 1 + (await this.history.get(uid, parent, reader)).generation);
        }
        if (record.generation !== generation) {
          throw invalid(`The generation is one more than the highest of the parents: ${generation}.`);
        }
        return { write, result: undefined };
      });
    });
  }

  /** A tree of this repository, to be referred to anew. Only in a verb that garbage collection waits for. */
  private async renewed(uid: RepositoryUid, root: NodeHash): Promise<NodeHash> {
    const isHash = /^[0-9a-f]{64}$/.test(root);
    if (!isHash || !(await this.store.kv.snapshot(reader => reader.get(nodeKey(uid, root))))) {
      throw invalid(`There is no metarange ${root} in this repository.`);
    }
    const transplant = new Transplant(this.store, this.contents, uid, uid, new Pace());
    await transplant.tree(root);
    await transplant.flush();
    return root;
  }

  /** Layers that change nothing (the same objects written again) need not be looked through any more. */
  private async dropEmptyLayers(uid: RepositoryUid, branch: string, before: BranchRecord): Promise<void> {
    if (before.sealed.length > 0) {
      await this.staging.publish(uid, branch, before, { change: now => now });
    }
  }

  /** The commit that a ref expression stands for. @throws commit-not-found */
  async get(repository: string, expression: string): Promise<Commit> {
    try {
      const { uid, commitId } = await this.store.kv.snapshot(reader =>
        this.refs.open(reader, repository, expression)
      );
      return await this.history.get(uid, commitId);
    } catch (error) {
      if (error instanceof CatalogError && error.code === 'ref-not-found') {
        throw new CatalogError('commit-not-found', error.message, error.data);
      }
      throw error;
    }
  }

  /** Commits reachable from a ref, newest first. A page's cost grows with its distance from the ref. */
  async log(repository: string, ref: string, query: LogQuery): Promise<Page<Commit>> {
    const { uid, commitId } = await this.store.kv.snapshot(reader => this.refs.open(reader, repository, ref));
    const stopAt = query.stopAt && (await this.refs.resolve(repository, query.stopAt)).commitId;
    const amount = amountOf(query);
    const found: Commit[] = [];
    let begun = !query.after;
    for await (const commit of this.history.walk(uid, commitId, query.firstParent ?? false)) {
      const recent = query.since === undefined || commit.date >= query.since;
      if (begun && recent && (await this.touches(uid, commit, query))) {
        found.push(commit);
      }
      begun ||= commit.id === query.after;
      if (found.length > amount || commit.id === stopAt) {
        break;
      }
    }
    const page = pageOf(found, amount, commit => commit.id);
    return query.limit ? { ...page, hasMore: false, nextOffset: '' } : page;
  }

  /** Whether a commit changed one of the objects or prefixes asked for, against its first parent. */
  private async touches(uid: RepositoryUid, commit: Commit, query: LogQuery): Promise<boolean> {
    const { objects = [], prefixes = [] } = query;
    if (objects.length === 0 && prefixes.length === 0) {
      return true;
    }
    const tree = this.store.tree(uid);
    const parent = commit.parents[0];
    const before: NodeHash = parent ? await this.history.root(uid, parent) : EMPTY_ROOT.hash;
    const named = objects.map(path => ({ prefix: Buffer.from(path), whole: true }));
    const below = prefixes.map(path => ({ prefix: Buffer.from(path), whole: false }));
    for (const { prefix, whole } of [...named, ...below]) {
      for await (const difference of tree.diff(before, commit.root, { prefix })) {
        if (!whole || difference.key.equals(prefix)) {
          return true;
        }
        break;
      }
    }
    return false;
  }
}

/** The root of a tree with staged changes put into it. */
export async function applyStaged(tree: Tree, root: NodeHash, cursor: StagedCursor): Promise<NodeHash> {
  async function* edits(): AsyncGenerator<Edit> {
    for (await cursor.seek(Buffer.alloc(0)); cursor.current; await cursor.next()) {
      yield { key: cursor.current.path, value: cursor.current.value };
    }
  }
  return tree.edit(root, edits());
}
