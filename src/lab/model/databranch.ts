import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Repository } from '../../protocol/lakefs.js';
import type { Client } from '../client/client.js';
import { isGone } from '../errors.js';
import type { IDatabranch } from '../tokens.js';
import type { BranchModel } from './branch.js';
import { Listing } from './listing.js';
import type { Memory } from './memory.js';
import { Notices } from './notices.js';
import { Observable } from './observable.js';
import type { Preferences } from './preferences.js';
import { RepositoryModel } from './repository.js';
import { Uploads } from './uploads.js';
import type { Windows } from './windows.js';

/** How often the panel looks for a service, or for a first repository, while it has neither. */
const CONNECT_INTERVAL_MS = 2_000;
const CONNECT_BACKOFF_MAX_MS = 15_000;

/** The whole extension's state: which repositories there are, and which branch is the current one. */
export class Databranch extends Observable implements IDatabranch {
  constructor(
    readonly client: Client,
    readonly memory: Memory,
    readonly preferences: Preferences,
    readonly say: (sentence: string) => void,
    /** Where windows of the same JupyterLab tell each other what they changed; null: this one is alone. */
    private readonly _windows: Windows | null = null
  ) {
    super();
    this.repositories = new Listing(page => client.repositories(page));
    this._windows?.changed.connect((_, name) => void this._repositoryModels.get(name)?.reread());
  }

  readonly repositories: Listing<Repository>;
  readonly notices = new Notices();
  readonly uploads = new Uploads();

  get current(): BranchModel | null {
    return this._current;
  }

  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  repository(name: string): RepositoryModel {
    let model = this._repositoryModels.get(name);
    if (!model) {
      const pollIntervalMs = (): number => this.preferences.pollIntervalMs;
      model = new RepositoryModel(this.client, name, this.memory, pollIntervalMs);
      model.branchDeleted.connect(this._onBranchDeleted, this);
      model.touchedHere.connect(() => this._windows?.tell(name));
      this._repositoryModels.set(name, model);
    }
    return model;
  }

  async select(repository: string, branch?: string): Promise<void> {
    await this.memory.ready;
    const model = this.repository(repository);
    this._setCurrent(model.branch(branch ?? (await this._branchToShow(model))));
  }

  async createRepository(name: string, storageNamespace: string, defaultBranch: string): Promise<void> {
    await this.client.createRepository(name, storageNamespace, defaultBranch);
    await this.repositories.refresh();
    await this.select(name, defaultBranch);
  }

  async refresh(): Promise<void> {
    if (this._current) {
      await Promise.all([this.repositories.refresh(), this._current.repository.reread()]);
    } else {
      await this.connect();
    }
  }

  /** Reads again what could not be read: called when there is reason to think that it can be now. */
  async recover(): Promise<void> {
    if (this._current?.state.error ?? this.repositories.error) {
      await this.refresh();
    }
  }

  /** Finds the service and shows what was shown last. Never rejects: see `repositories.error`. */
  async connect(): Promise<void> {
    await this.memory.ready;
    await this.repositories.refresh();
    const remembered = this.memory.get<string>('repository');
    const { defaultRepository } = this.preferences;
    const first = this.repositories.items[0]?.id;
    for (const name of [remembered, defaultRepository, first]) {
      if (name && !this._current && !this.repositories.error) {
        const listed = this.repositories.items.find(({ id }) => id === name);
        if (listed) {
          this.repository(name).facts.know(listed);
        }
        await this.select(name).catch(() => {
          // Gone since it was remembered: try the next.
        });
      }
    }
  }

  watch(): IDisposable {
    if (++this._watchers === 1) {
      this._follow();
    }
    return new DisposableDelegate(() => {
      if (--this._watchers === 0) {
        this._following?.dispose();
        this._following = undefined;
      }
    });
  }

  override dispose(): void {
    this._following?.dispose();
    for (const model of this._repositoryModels.values()) {
      model.dispose();
    }
    this.repositories.dispose();
    this._windows?.dispose();
    super.dispose();
    Signal.clearData(this);
  }

  /** The branch of a repository that was looked at last, if it is still there, else its default branch. */
  private async _branchToShow(repository: RepositoryModel): Promise<string> {
    const remembered = this.memory.get<string>(`branch:${repository.name}`);
    if (remembered !== undefined) {
      // One request tells that it is there, and what is shown of it first.
      const { state } = repository.branch(remembered);
      await state.refresh();
      if (!state.error) {
        return remembered;
      }
      if (!isGone(state.error)) {
        throw state.error;
      }
    }
    return (await repository.facts.get()).default_branch;
  }

  private _setCurrent(branch: BranchModel | null): void {
    if (branch === this._current) {
      return;
    }
    this._current = branch;
    if (branch) {
      this.memory.set('repository', branch.repository.name);
      this.memory.set(`branch:${branch.repository.name}`, branch.name);
    }
    this.notices.clear();
    this._follow();
    this._currentChanged.emit();
    this.emitChanged();
  }

  /** Follows the current branch, or looks for one, while anyone watches. */
  private _follow(): void {
    this._following?.dispose();
    this._following = undefined;
    if (this._watchers === 0) {
      return;
    }
    this._following =
      this._current?.watch() ??
      new Poll({
        name: 'databranch:connect',
        frequency: { interval: CONNECT_INTERVAL_MS, backoff: true, max: CONNECT_BACKOFF_MAX_MS },
        standby: 'when-hidden',
        linger: 0,
        factory: async () => {
          await this.connect();
          if (this.repositories.error) {
            throw this.repositories.error; // makes the poll back off
          }
        }
      });
  }

  private _onBranchDeleted(repository: RepositoryModel, branch: string): void {
    this.memory.set(`branch:${repository.name}`, undefined);
    if (this._current?.repository === repository && this._current.name === branch) {
      this._setCurrent(repository.branch(repository.facts.value?.default_branch ?? 'main'));
    }
  }

  private _current: BranchModel | null = null;
  private readonly _currentChanged = new Signal<this, void>(this);
  private readonly _repositoryModels = new Map<string, RepositoryModel>();
  private _watchers = 0;
  private _following: IDisposable | undefined;
}
