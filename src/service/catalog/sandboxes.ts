import { randomBytes } from 'node:crypto';

import type { RepositoryUid } from '../ids.js';
import type { Branches } from './branches.js';
import type { Commits } from './commits.js';
import { CatalogError, invalid } from './errors.js';
import { branchKey, familyOf, REPOSITORIES } from './keys.js';
import { layersOf, recordOf } from './layers.js';
import type { MergeCheck, Merges } from './merges.js';
import type { Branch, Commit, MergeRequest, Sandbox } from './model.js';
import { checkBranchName } from './names.js';
import type { Operations } from './operations.js';
import { decodeRecord, type BranchRecord, type RepositoryRecord } from './records.js';
import { expecting, type Store } from './store.js';

/** How long a sandbox stays for somebody to look at what the cell did. */
export const SANDBOX_DAYS = 7;
const LIFE_MS = SANDBOX_DAYS * 24 * 60 * 60 * 1000;
/** Names are short, to be typed; so many attempts meet a free one. */
const NAME_ATTEMPTS_MAX = 8;
const NAME_BYTES = 3;
/** Branches looked at in one snapshot. */
const SCANNED_PER_READ = 1_000;
/** Who removes what nobody kept, in the operation log. */
const UPKEEP = 'databranch';

/** Who takes up what a cell did, and what the log is to say about it. */
export interface Taking extends Pick<MergeRequest, 'metadata' | 'strategy'> {
  committer: string;
  message?: string;
}

/** Throw-away branches, on each of which one cell runs: hidden, and removed after {@link SANDBOX_DAYS} days. */
export class Sandboxes {
  constructor(
    private readonly store: Store,
    private readonly branches: Branches,
    private readonly commits: Commits,
    private readonly merges: Merges,
    private readonly operations: Operations
  ) {}

  /** One write, whatever the repository's size; the source's uncommitted changes stay where they are. @throws ref-not-found */
  async create(repository: string, source: string, actor: string): Promise<Sandbox> {
    const expiresAt = this.store.now() + LIFE_MS;
    for (let attempt = 1; ; attempt++) {
      const name = `sandbox-${randomBytes(NAME_BYTES).toString('hex')}`;
      try {
        const made = await this.branches.create(repository, { name, source, hidden: true, expiresAt, actor });
        return { ...made, expiresAt };
      } catch (error) {
        const taken = error instanceof CatalogError && error.code === 'branch-exists';
        if (!taken || attempt === NAME_ATTEMPTS_MAX) {
          throw error;
        }
      }
    }
  }

  /** @throws branch-not-found; invalid-input for a branch that is no sandbox */
  async get(repository: string, name: string): Promise<Sandbox> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const { commitId, hidden, expiresAt } = await this.store.branch(reader, uid, name);
      if (expiresAt === undefined) {
        throw invalid(`"${name}" is an ordinary branch, not a sandbox.`);
      }
      return { name, commitId, hidden, expiresAt };
    });
  }

  /**
   * Makes an ordinary branch of what the cell did, committed, and removes the sandbox. What fails half-way leaves
   * the sandbox as it is, so that it can be asked for again.
   * @throws branch-exists, branch-not-found, invalid-input
   */
  async keep(repository: string, name: string, branch: string, taking: Taking): Promise<Branch> {
    checkBranchName(branch);
    await this.get(repository, name);
    await this.refuseTaken(repository, branch);
    await this.commit(repository, name, taking);
    const kept = await this.branches.create(repository, {
      name: branch,
      source: name,
      actor: taking.committer
    });
    await this.discard(repository, name, taking.committer);
    return kept;
  }

  /**
   * Commits what the cell did, merges it into a branch, and removes the sandbox. After a conflict the sandbox is
   * still there.
   * @param check as of any merge
   * @throws merge-conflict (`data.paths`), nothing-to-merge, uncommitted-changes (on the destination), branch-not-found
   */
  async merge(
    repository: string,
    name: string,
    destination: string,
    taking: Taking,
    check?: MergeCheck
  ): Promise<Commit> {
    await this.get(repository, name);
    await this.commit(repository, name, taking);
    const merged = await this.merges.merge(repository, name, destination, taking, check);
    await this.discard(repository, name, taking.committer);
    return merged;
  }

  /** Removes a sandbox, and nothing but a sandbox. @throws branch-not-found, invalid-input */
  async discard(repository: string, name: string, actor: string): Promise<void> {
    await this.get(repository, name);
    await this.branches.delete(repository, name, { actor, force: true });
  }

  /**
   * Removes the sandboxes whose time is over, each with a note in the operation log: it can be undone as long as
   * any deletion, and then lives on as long as a new one. @returns how many
   */
  async expire(): Promise<number> {
    const repositories = await this.store.kv.snapshot(reader => reader.scan({ prefix: REPOSITORIES }));
    let removed = 0;
    for (const { value } of repositories) {
      const { uid } = decodeRecord<RepositoryRecord>(value);
      for (const name of await this.expired(uid)) {
        removed += await this.remove(uid, name);
      }
    }
    return removed;
  }

  private async expired(uid: RepositoryUid): Promise<string[]> {
    const names: string[] = [];
    const prefix = familyOf('b', uid);
    for (let start = prefix; ;) {
      const records = await this.store.kv.snapshot(reader =>
        reader.scan({ prefix, start, limit: SCANNED_PER_READ })
      );
      for (const { key, value } of records) {
        if (this.isOver(decodeRecord<BranchRecord>(value))) {
          names.push(key.subarray(prefix.length).toString('utf8'));
        }
      }
      if (records.length < SCANNED_PER_READ) {
        return names;
      }
      start = Buffer.concat([records.at(-1)!.key, Buffer.of(0)]);
    }
  }

  private remove(uid: RepositoryUid, name: string): Promise<number> {
    return this.store.apply(async reader => {
      const branch = await this.store.findBranch(reader, uid, name);
      if (!branch || !this.isOver(branch)) {
        return { result: 0 };
      }
      const key = branchKey(uid, name);
      const note = this.operations.note(uid, {
        actor: UPKEEP,
        verb: 'delete-branch',
        branch: name,
        // Else it would go again an hour after it was brought back.
        before: { ...recordOf(branch), expiresAt: this.store.now() + LIFE_MS },
        kept: layersOf(branch)
      });
      return { write: { expect: [expecting(key, branch)], delete: [key], put: [note] }, result: 1 };
    });
  }

  private isOver({ expiresAt = Infinity }: BranchRecord): boolean {
    return expiresAt <= this.store.now();
  }

  private async commit(repository: string, name: string, taking: Taking): Promise<void> {
    const { committer, metadata, message = `What a cell did on ${name}` } = taking;
    try {
      await this.commits.create(repository, name, { committer, message, metadata, force: true });
    } catch (error) {
      if (!(error instanceof CatalogError && error.code === 'nothing-to-commit')) {
        throw error;
      }
    }
  }

  private async refuseTaken(repository: string, name: string): Promise<void> {
    try {
      await this.branches.get(repository, name);
    } catch (error) {
      if (error instanceof CatalogError && error.code === 'branch-not-found') {
        return;
      }
      throw error;
    }
    throw new CatalogError('branch-exists', `There is a branch "${name}" already.`, { branch: name });
  }
}
