import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import { branchKey, familyOf, stagedKey, stagedLayer, tagKey } from './keys.js';
import type { Branch, Page, PageQuery } from './model.js';
import type { Operations } from './operations.js';
import { checkBranchName, pathBytes } from './names.js';
import { amountOf, pageOf, rangeOf, startsWith } from './paging.js';
import { decodeRecord, encodeRecord, type BranchRecord } from './records.js';
import { checkUnprotected } from './protection.js';
import type { Refs } from './refs.js';
import { checkWritable, newBranch } from './repositories.js';
import { StagedCursor } from './staged-cursor.js';
import { layersOf, recordOf } from './layers.js';
import type { Staging } from './staging.js';
import { expecting, leavingAbsent, newToken, type Store } from './store.js';
import { uncommittedChanges } from './uncommitted.js';

/** Most uncommitted changes that {@link Branches.state} counts. */
export const UNCOMMITTED_COUNTED_MAX = 1_000;
/** Largest layer that a reset of a part edits in place, in one write. */
const RESET_IN_PLACE_MAX = 4_000;

/** What a reset takes back: everything, what lies below a prefix, one object, or several. */
export type ResetScope =
  | { kind: 'reset' }
  | { kind: 'common_prefix' | 'object'; path: string }
  | { kind: 'objects'; paths: string[] };

export interface BranchCreation {
  name: string;
  /** A ref expression; its uncommitted changes stay where they are. */
  source: string;
  hidden?: boolean;
  /** When the branch is removed by itself, in milliseconds since the epoch: see sandboxes.ts. */
  expiresAt?: number;
  force?: boolean;
  /** Who does it, for the operation log. */
  actor?: string;
}

export interface ByWhom {
  force?: boolean;
  /** Who does it, for the operation log. */
  actor?: string;
}

export class Branches {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly staging: Staging,
    private readonly history: History,
    private readonly operations: Operations
  ) {}

  /** One key, whatever the repository's size. @throws branch-exists, ref-not-found, invalid-input */
  async create(repository: string, creation: BranchCreation): Promise<Branch> {
    const { name, source, hidden = false, expiresAt, force, actor = '' } = creation;
    checkBranchName(name);
    return this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, force);
      const { commitId } = await this.refs.open(reader, repository, source);
      const key = branchKey(record.uid, name);
      const tag = await reader.get(tagKey(record.uid, name));
      if (tag || (await reader.get(key))) {
        const what = tag ? 'tag' : 'branch';
        throw new CatalogError('branch-exists', `There is a ${what} "${name}" already.`, { branch: name });
      }
      const commit = await this.history.renew(reader, record.uid, commitId);
      const unused = leavingAbsent(tagKey(record.uid, name));
      const after = newBranch(commitId, hidden, expiresAt);
      const verb = 'create-branch';
      const note = this.operations.note(record.uid, { actor, verb, branch: name, after, kept: [] });
      return {
        write: {
          expect: [expecting(key, undefined), ...unused.expect, ...commit.expect],
          put: [{ key, value: encodeRecord(after) }, note, ...unused.put, ...commit.put],
          delete: unused.delete
        },
        result: { name, commitId, hidden }
      };
    });
  }

  /** @throws branch-not-found */
  async get(repository: string, name: string): Promise<Branch> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      return branchOf(name, await this.store.branch(reader, uid, name));
    });
  }

  /** Branches by name; hidden ones only when asked for. */
  async list(repository: string, query: PageQuery & { showHidden?: boolean }): Promise<Page<Branch>> {
    const amount = amountOf(query);
    const { prefix, start: first } = rangeOf(query);
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const family = familyOf('b', uid);
      const found: Branch[] = [];
      let start = Buffer.concat([family, first ?? Buffer.of(0xff)]);
      for (;;) {
        const records = await reader.scan({
          prefix: Buffer.concat([family, prefix]),
          start,
          limit: amount + 1
        });
        for (const { key, value } of records) {
          const branch = branchOf(key.subarray(family.length).toString('utf8'), decodeRecord(value));
          if (query.showHidden || !branch.hidden) {
            found.push(branch);
          }
        }
        if (found.length > amount || records.length <= amount) {
          return pageOf(found.slice(0, amount + 1), amount, branch => branch.name);
        }
        start = Buffer.concat([records.at(-1)!.key, Buffer.of(0)]);
      }
    });
  }

  /** Removes the branch and its uncommitted changes. @throws branch-not-found; invalid-input for the default branch */
  async delete(repository: string, name: string, options: ByWhom = {}): Promise<void> {
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, options.force);
      checkUnprotected(record, name, options.force);
      const branch = await this.store.branch(reader, record.uid, name);
      if (name === record.defaultBranch) {
        throw invalid(`"${name}" is the repository's default branch and cannot be deleted.`);
      }
      const key = branchKey(record.uid, name);
      const note = this.operations.note(record.uid, {
        actor: options.actor ?? '',
        verb: 'delete-branch',
        branch: name,
        before: recordOf(branch),
        kept: layersOf(branch)
      });
      return {
        write: { expect: [expecting(key, branch)], delete: [key], put: [note] },
        result: undefined
      };
    });
  }

  /** Takes back uncommitted changes. What is written meanwhile stays. */
  async reset(repository: string, name: string, scope: ResetScope, options: ByWhom = {}): Promise<void> {
    if (scope.kind === 'reset') {
      return this.resetAll(repository, name, options);
    }
    if (scope.kind === 'objects') {
      return this.resetObjects(repository, name, scope.paths, options);
    }
    const path = scope.kind === 'object' ? pathBytes(scope.path) : Buffer.from(scope.path);
    const within = (other: Buffer) =>
      scope.kind === 'object' ? other.equals(path) : startsWith(other, path);
    const left = await this.resetInPlace(repository, name, { path, within }, options);
    if (left) {
      const { uid } = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
      await this.staging.takeOff(uid, name, options.actor ?? '', within);
    }
  }

  private async resetAll(repository: string, name: string, { force, actor = '' }: ByWhom): Promise<void> {
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, force);
      const branch = await this.store.branch(reader, record.uid, name);
      const empty: BranchRecord = { ...recordOf(branch), token: newToken(), sealed: [] };
      const write = this.staging.replace(record.uid, name, branch, empty);
      write.put!.push(
        this.operations.note(record.uid, {
          actor,
          verb: 'reset',
          branch: name,
          before: recordOf(branch),
          after: empty,
          kept: layersOf(branch)
        })
      );
      return { write, result: undefined };
    });
  }

  /** Cost: the staged changes. */
  private async resetObjects(
    repository: string,
    name: string,
    paths: string[],
    { force, actor = '' }: ByWhom
  ): Promise<void> {
    const { uid } = await this.store.kv.snapshot(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, force);
      await this.store.branch(reader, record.uid, name);
      return record;
    });
    const named = new Set(paths.map(path => pathBytes(path).toString('latin1')));
    await this.staging.takeOff(uid, name, actor, path => named.has(path.toString('latin1')));
  }

  /** Resets a small part of a branch without sealed layers in one write; answers whether something is left to do. */
  private async resetInPlace(
    repository: string,
    name: string,
    { path, within }: { path: Buffer; within: (path: Buffer) => boolean },
    { force, actor = '' }: ByWhom
  ): Promise<boolean> {
    return this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, force);
      const branch = await this.store.branch(reader, record.uid, name);
      if (branch.sealed.length > 0 || this.store.epochs.marking) {
        return { result: true };
      }
      const layer = stagedLayer(branch.token);
      const staged = await reader.scan({
        prefix: layer,
        start: stagedKey(branch.token, path),
        limit: RESET_IN_PLACE_MAX + 1
      });
      const first = staged.findIndex(({ key }) => !within(key.subarray(layer.length)));
      const removed = first < 0 ? staged : staged.slice(0, first);
      if (removed.length > RESET_IN_PLACE_MAX) {
        return { result: true };
      }
      const key = branchKey(record.uid, name);
      const kept = newToken();
      const standing = recordOf(branch);
      const note = { actor, verb: 'reset' as const, branch: name, before: standing, after: standing };
      const write = {
        // What its undo brings back is what is there when it is removed.
        expect: [expecting(key, branch), ...removed.map(({ key, version }) => ({ key, version }))],
        delete: removed.map(({ key }) => key),
        put: [
          this.operations.note(record.uid, { ...note, kept: [kept] }),
          ...removed.map(({ key, value }) => ({ key: stagedKey(kept, key.subarray(layer.length)), value }))
        ]
      };
      return { write: removed.length > 0 ? write : undefined, touches: branch.token, result: false };
    });
  }

  /** Makes a branch stand on another commit. @throws uncommitted-changes, branch-protected, ref-not-found */
  async hardReset(repository: string, name: string, ref: string, options: ByWhom = {}): Promise<void> {
    const record = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    checkWritable(repository, record, options.force);
    checkUnprotected(record, name, options.force);
    const { uid } = record;
    const { commitId } = await this.refs.resolve(repository, ref);
    await this.staging.exclusively(uid, name, async () => {
      const before = await this.staging.seal(uid, name);
      const { root } = await this.history.get(uid, before.commitId);
      await this.staging.refuseUncommitted(uid, name, before, root);
      await this.staging.publish(uid, name, before, {
        change: now => ({ ...now, commitId }),
        operation: { actor: options.actor ?? '', verb: 'hard-reset' },
        uses: [commitId]
      });
    });
  }

  /**
   * What a watcher of a branch needs: a token that is another one whenever commit or uncommitted changes are
   * others, and how many changes there are, counted up to {@link UNCOMMITTED_COUNTED_MAX}.
   */
  async state(
    repository: string,
    name: string
  ): Promise<{
    branch: string;
    commitId: string;
    changeToken: string;
    uncommitted: number;
    uncommittedMore: boolean;
  }> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const branch = await this.store.branch(reader, uid, name);
      const changeToken = `${branch.incarnation}-${branch.version}-${this.store.touches(branch.token)}`;
      const tree = this.store.tree(uid);
      const root = (await this.history.get(uid, branch.commitId, reader)).root;
      const cursor = new StagedCursor(reader, layersOf(branch));
      let uncommitted = 0;
      for await (const _ of uncommittedChanges(cursor, tree, root)) {
        if (++uncommitted > UNCOMMITTED_COUNTED_MAX) {
          break;
        }
      }
      return {
        branch: name,
        commitId: branch.commitId,
        changeToken,
        uncommitted: Math.min(uncommitted, UNCOMMITTED_COUNTED_MAX),
        uncommittedMore: uncommitted > UNCOMMITTED_COUNTED_MAX
      };
    });
  }
}

function branchOf(name: string, record: BranchRecord): Branch {
  return { name, commitId: record.commitId, hidden: record.hidden };
}
