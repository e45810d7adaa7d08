import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { MergeWithSides, Operation } from '../../protocol/databranch.js';
import type {
  CherryPickCreation,
  Commit,
  MergeResult,
  Ref,
  Repository,
  RevertCreation
} from '../../protocol/lakefs.js';
import type { Client } from '../client/client.js';
import type { RetentionRules } from '../client/settings.js';
import { isGone, isRefused } from '../errors.js';
import { BranchModel } from './branch.js';
import { Listing } from './listing.js';
import type { Memory } from './memory.js';
import { Observable } from './observable.js';
import { Resource } from './resource.js';

/** One repository: its facts, its branches and tags, and the verbs that move them. */
export class RepositoryModel extends Observable {
  constructor(
    readonly client: Client,
    readonly name: string,
    private readonly _memory: Memory,
    /** Milliseconds between two looks at a branch that someone follows. */
    readonly pollIntervalMs: () => number
  ) {
    super();
    this.facts = new Resource(signal => client.repository(name, signal));
    this.protection = new Resource(async signal =>
      (await client.settings.protection(name, signal)).map(({ pattern }) => pattern)
    );
    this.retention = new Resource(signal =>
      client.settings.retention(name, signal).catch((error: unknown) => {
        if (isGone(error)) {
          return null;
        }
        throw error;
      })
    );
    this.branches = new Listing(page => client.branches(name, page));
    this.tags = new Listing(page => client.tags(name, page));
  }

  readonly facts: Resource<Repository>;
  /** Patterns of branches that take changes by merge only. */
  readonly protection: Resource<readonly string[]>;
  /** How long contents are kept that no branch has any longer; null: for ever. */
  readonly retention: Resource<RetentionRules | null>;
  /** Branches, ordered by name. */
  readonly branches: Listing<Ref>;
  /** Tags, ordered by name. */
  readonly tags: Listing<Ref>;

  /** Emitted after a verb of this window, or of another one, changed something in the repository. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  /** Emitted when a verb of this window changed something, before it is read again. */
  get touchedHere(): ISignal<this, void> {
    return this._touchedHere;
  }

  /** Emitted after a branch was deleted in this window, with its name. */
  get branchDeleted(): ISignal<this, string> {
    return this._branchDeleted;
  }

  /** The model of a branch; the same for everyone who asks. */
  branch(name: string): BranchModel {
    let model = this._branchModels.get(name);
    if (!model) {
      this._branchModels.set(name, (model = new BranchModel(this.client, this, name)));
    }
    return model;
  }

  /** The branch of that name; null when the ref is a tag, a commit or nothing. @throws RequestError */
  async branchNamed(ref: string): Promise<BranchModel | null> {
    try {
      await this.client.branch(this.name, ref);
      return this.branch(ref);
    } catch (error) {
      if (isRefused(error)) {
        return null;
      }
      throw error;
    }
  }

  /** What a branch is compared with: the branch it was made from in this lab, else the default branch. */
  async baseOf(branch: string): Promise<string> {
    const base = this._memory.get<string>(`base:${this.name}/${branch}`);
    // Bases come and go like other branches.
    return base && (await this.branchNamed(base)) ? base : (await this.facts.get()).default_branch;
  }

  rememberBase(branch: string, base: string | undefined): void {
    this._memory.set(`base:${this.name}/${branch}`, base);
  }

  /** @throws RequestError */
  async createBranch(name: string, source: string): Promise<void> {
    await this.client.createBranch(this.name, name, source);
    const isFromBranch = (await this.branchNamed(source)) !== null;
    this.rememberBase(name, isFromBranch ? source : undefined);
    await this.touched();
  }

  /** Makes a branch with one commit, of one file. Without the branch when that fails. @throws RequestError */
  async commitOnNewBranch(
    branch: string,
    source: string,
    file: { path: string; content: Blob },
    message: string
  ): Promise<void> {
    await this.createBranch(branch, source);
    try {
      await this.client.objects.upload(this.name, branch, file.path, file.content);
      await this.branch(branch).commit(message, {});
    } catch (failure) {
      // What failed is told; that the branch stays, where that fails too, anybody sees.
      await this.deleteBranch(branch).catch(() => undefined);
      throw failure;
    }
  }

  /** @throws RequestError */
  async deleteBranch(name: string): Promise<void> {
    await this.client.deleteBranch(this.name, name);
    this._formerBases.set(name, this._memory.get<string>(`base:${this.name}/${name}`));
    this._forget(name);
    await this.touched();
  }

  /** @throws RequestError - 409 with the conflicting paths */
  async merge(
    source: string,
    destination: string,
    options: { message?: string; force?: boolean }
  ): Promise<MergeResult> {
    const result = await this.client.merge(this.name, source, destination, options);
    await this.touched();
    return result;
  }

  /** Merges with a side chosen per conflict. @throws RequestError - 409 while a conflict is undecided */
  async mergeWithSides(source: string, destination: string, options: MergeWithSides): Promise<MergeResult> {
    const result = await this.client.mergeWithSides(this.name, source, destination, options);
    await this.touched();
    return result;
  }

  /** Takes back what a commit changed, with a commit on top of a branch. @throws RequestError */
  async revert(branch: string, request: RevertCreation): Promise<void> {
    await this.client.revert(this.name, branch, request);
    await this.touched();
  }

  /** Does a commit's changes once more on a branch. @throws RequestError */
  async cherryPick(branch: string, request: CherryPickCreation): Promise<Commit> {
    const commit = await this.client.cherryPick(this.name, branch, request);
    await this.touched();
    return commit;
  }

  /** Adds a rule by which branches take changes by merge only. @throws RequestError */
  async protect(pattern: string): Promise<void> {
    await this.client.settings.addProtection(this.name, pattern);
    await this.protection.refresh();
  }

  /** @throws RequestError */
  async unprotect(pattern: string): Promise<void> {
    await this.client.settings.removeProtection(this.name, pattern);
    await this.protection.refresh();
  }

  /** Replaces the retention rules; null keeps everything. @throws RequestError */
  async setRetention(rules: RetentionRules | null): Promise<void> {
    await this.client.settings.setRetention(this.name, rules);
    await this.retention.refresh();
  }

  /** @throws RequestError */
  async createTag(tag: string, ref: string): Promise<void> {
    await this.client.createTag(this.name, tag, ref);
    await this.tags.refresh();
  }

  /** @throws RequestError */
  async deleteTag(tag: string): Promise<void> {
    await this.client.deleteTag(this.name, tag);
    await this.tags.refresh();
  }

  /** The operation by which something was just done, while it can be taken back; undefined when there is none. */
  async operationOf(deed: {
    branch: string;
    verb: Operation['verb'];
    commit?: string;
  }): Promise<Operation | undefined> {
    const { results } = await this.client.operations(this.name, { branch: deed.branch, amount: 1 });
    return results.find(
      ({ verb, undone, to_commit_id: commit }) =>
        verb === deed.verb && !undone && (deed.commit === undefined || deed.commit === commit)
    );
  }

  /** The newest operation of which `isMeant` is true, on a branch or on any. @throws RequestError */
  async findOperation(
    branch: string | undefined,
    isMeant: (operation: Operation) => boolean
  ): Promise<Operation | undefined> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const { results, pagination } = await this.client.operations(this.name, { branch, after });
      const found = results.find(isMeant);
      if (found) {
        return found;
      }
      after = pagination.has_more ? pagination.next_offset : undefined;
    }
    return undefined;
  }

  /** Takes an operation back. @throws RequestError - 409 when the branch has moved since; it names by what */
  async undo(operation: Operation): Promise<void> {
    await this.client.undo(this.name, operation.id);
    const { verb, branch } = operation;
    if (verb === 'create-branch') {
      this._forget(branch);
    } else if (verb === 'delete-branch') {
      this.rememberBase(branch, this._formerBases.get(branch));
    }
    await this.touched();
  }

  /** Reads again whatever is looked at, because a verb of this window changed something. */
  async touched(): Promise<void> {
    this._touchedHere.emit();
    await this.reread();
  }

  /** Reads again whatever is looked at. */
  async reread(): Promise<void> {
    this._moved.emit();
    await Promise.all([
      ...[this.branches, this.tags].filter(list => list.wanted).map(list => list.refresh()),
      ...[...this._branchModels.values()].filter(branch => branch.watched).map(branch => branch.refresh(true))
    ]);
    this.emitChanged();
  }

  override dispose(): void {
    const parts = [this.facts, this.protection, this.retention, this.branches, this.tags];
    for (const part of [...parts, ...this._branchModels.values()]) {
      part.dispose();
    }
    super.dispose();
  }

  /** Lets go of a branch that is gone. */
  private _forget(branch: string): void {
    this.rememberBase(branch, undefined);
    this._branchModels.get(branch)?.dispose();
    this._branchModels.delete(branch);
    this._branchDeleted.emit(branch);
  }

  /** Bases of branches that were deleted here: a deletion may be undone. */
  private readonly _formerBases = new Map<string, string | undefined>();
  private readonly _branchModels = new Map<string, BranchModel>();
  private readonly _moved = new Signal<this, void>(this);
  private readonly _touchedHere = new Signal<this, void>(this);
  private readonly _branchDeleted = new Signal<this, string>(this);
}
