import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Repository } from '../protocol/lakefs.js';
import type { Client } from './client/client.js';
import type { BranchModel } from './model/branch.js';
import type { Listing } from './model/listing.js';
import type { Memory } from './model/memory.js';
import type { Notices } from './model/notices.js';
import type { IObservable } from './model/observable.js';
import type { Preferences } from './model/preferences.js';
import type { RepositoryModel } from './model/repository.js';
import type { Uploads } from './model/uploads.js';

/** The extension's state, for its own parts and for other extensions. */
export interface IDatabranch extends IObservable {
  readonly client: Client;
  /** All repositories, ordered by name. */
  readonly repositories: Listing<Repository>;
  /** The branch that the panel and the status bar show; null until one is found. */
  readonly current: BranchModel | null;
  readonly currentChanged: ISignal<IDatabranch, void>;
  /** What failed last. */
  readonly notices: Notices;
  /** Files on their way to a branch. */
  readonly uploads: Uploads;
  /** What is kept across reloads. */
  readonly memory: Memory;
  readonly preferences: Preferences;

  /** Tells a screen reader something, politely. */
  readonly say: (sentence: string) => void;

  /** The model of a repository; the same for everyone who asks. Reads nothing by itself. */
  repository(name: string): RepositoryModel;

  /**
   * Makes a branch the current one.
   *
   * @param branch - without it the one last looked at, else the repository's default branch
   * @throws RequestError - when the repository cannot be read
   */
  select(repository: string, branch?: string): Promise<void>;

  /** Creates a repository and shows it. @throws RequestError */
  createRepository(name: string, storageNamespace: string, defaultBranch: string): Promise<void>;

  /** Finds the service, and the branch that was shown last. Never rejects. */
  connect(): Promise<void>;

  /** Reads again what is shown. */
  refresh(): Promise<void>;

  /** Follows the current branch, or looks for the service, until disposed. */
  watch(): IDisposable;
}

export const IDatabranch = new Token<IDatabranch>(
  'jupyterlab-databranch:IDatabranch',
  'Repositories, branches and the current branch of Databranch.'
);
