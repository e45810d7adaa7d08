import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { BranchState, RowsComparison } from '../../protocol/databranch.js';
import type { Commit, Diff } from '../../protocol/lakefs.js';
import type { Client, Discard } from '../client/client.js';
import { isGone } from '../errors.js';
import { RequestError } from '../requests.js';
import type { CountedRows } from '../rows/payload.js';
import { uncommittedIn } from '../rows/uncommitted.js';
import type { Distance } from './distance.js';
import { readDistance } from './distance.js';
import { FileRows } from './file-rows.js';
import type { PageAsked } from './listing.js';
import { Listing } from './listing.js';
import { Observable } from './observable.js';
import type { RepositoryModel } from './repository.js';
import type { OnProgress } from './reading.js';
import { Resource } from './resource.js';

/** Data sets that the panel reads at once; the Compare view pages through the rest. */
const DATA_SETS_SHOWN = 50;

/** The API deletes at most so many objects at once. */
const DELETED_AT_ONCE = 1_000;

/** Changes listed at once, and pages looked through for some of them: those beyond are not found. */
const CHANGES_AT_ONCE = 1_000;
const CHANGES_PAGES_MAX = 20;

/** However long the service is away, the panel looks for it at least this often. */
const POLL_BACKOFF_MAX_MS = 30_000;

/** What is read of a branch when somebody looks at it, and again when it has changed. */
const PARTS = ['changes', 'log', 'rows', 'stagedRows', 'distance'] as const;
type Part = (typeof PARTS)[number];

/**
 * One branch as a user watches it. A refresh costs one cheap request; only when that says that the branch has
 * changed are the parts read again that someone looks at.
 */
export class BranchModel extends Observable {
  constructor(
    private readonly _client: Client,
    readonly repository: RepositoryModel,
    readonly name: string
  ) {
    super();
    const of = [repository.name, name] as const;
    this.state = new Resource(signal => _client.branchState(...of, signal));
    this.changes = new Listing(
      this._listed('changes', page => _client.uncommitted(...of, page)),
      200
    );
    this.log = new Listing(
      this._listed('log', page => _client.log(...of, { ...page, first_parent: true })),
      50
    );
    this.rows = new Resource((signal, onProgress) =>
      this._asOf('rows', signal, () => this._readRows(signal, onProgress))
    );
    this.stagedRows = new Resource(signal =>
      this._asOf('stagedRows', signal, () => this._readStagedRows(signal))
    );
    this.distance = new Resource(signal =>
      this._asOf('distance', signal, async () => {
        const base = await this._baseName();
        return base === null ? null : readDistance(_client, repository.name, name, base, signal);
      })
    );
    this.fileRows = new FileRows(async path => (await _client.rows.count(...of, { path })).rows);
  }

  /** The change token and the number of uncommitted changes. */
  readonly state: Resource<BranchState>;
  /** Uncommitted changes, ordered by path bytes. */
  readonly changes: Listing<Diff>;
  /** Commits along first parents, newest first. */
  readonly log: Listing<Commit>;
  /** Data sets: compared with the base branch, or only counted where there is none. */
  readonly rows: Resource<CountedRows>;
  /** What the uncommitted changes do to the rows of each data set; null when there are none. */
  readonly stagedRows: Resource<RowsComparison | null>;
  /** How far the branch is from its base; null where there is none. */
  readonly distance: Resource<Distance | null>;

  /** Rows of single files as they come into view. */
  readonly fileRows: FileRows;

  /** Emitted when the branch's commit or its uncommitted changes are others than before. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  /** Chooses what the branch is compared with. */
  setBase(base: string): void {
    this.repository.rememberBase(this.name, base);
    for (const part of [this.rows, this.distance].filter(({ wanted }) => wanted)) {
      void part.refresh();
    }
  }

  /**
   * Asks whether the branch has changed, and reads again what is looked at if it has.
   *
   * @param force - read again in any case, e.g. because the base may have moved
   */
  async refresh(force = false): Promise<void> {
    const recovering = this.state.error !== undefined;
    await this.state.refresh();
    const token = this.state.value?.change_token;
    if (this.state.error === undefined && (force || recovering || token !== this._token)) {
      const moved = this._token !== undefined && token !== this._token;
      this._token = token;
      this.fileRows.clear();
      // What was read, or waits to be read, as of this very state is as new as it gets.
      const isOld = (part: Part): boolean => force || recovering || this._tokens.get(part) !== token;
      await Promise.all(
        PARTS.filter(part => this[part].wanted && isOld(part)).map(part => this[part].refresh())
      );
      this.emitChanged();
      if (moved) {
        this._moved.emit();
      }
    }
  }

  /** Follows the branch until disposed: one request per interval, fewer while it fails, none while hidden. */
  watch(): IDisposable {
    this._watchers++;
    // At once, so that parts wait for its answer that are read for the first time because somebody looks now.
    let first = this._poll ? undefined : this.refresh();
    this._poll ??= new Poll({
      name: `databranch:${this.repository.name}/${this.name}`,
      frequency: { interval: this.repository.pollIntervalMs(), backoff: true, max: POLL_BACKOFF_MAX_MS },
      standby: 'when-hidden',
      linger: 0,
      factory: async () => {
        await (first ?? this.refresh());
        first = undefined;
        if (this.state.error) {
          throw this.state.error; // makes the poll back off
        }
      }
    });
    return new DisposableDelegate(() => {
      if (--this._watchers === 0) {
        this._poll?.dispose();
        this._poll = undefined;
      }
    });
  }

  /** Whether anyone follows the branch. */
  get watched(): boolean {
    return this._watchers > 0;
  }

  /** Makes a commit of all uncommitted changes. @throws RequestError */
  async commit(message: string, metadata: Record<string, string>): Promise<Commit> {
    const commit = await this._client.commit(this.repository.name, this.name, message, metadata);
    await this.repository.touched();
    return commit;
  }

  /** Takes back uncommitted changes. @throws RequestError */
  async discard(what: Discard): Promise<void> {
    await this._client.discard(this.repository.name, this.name, what);
    await this.repository.touched();
  }

  /** Takes back the uncommitted changes of single objects, as one operation. @throws RequestError */
  async discardObjects(paths: readonly string[]): Promise<void> {
    await this._client.discardObjects(this.repository.name, this.name, paths);
    await this.repository.touched();
  }

  /**
   * Which of these objects are on the branch, but in no commit of it.
   *
   * @param paths - at least one
   * @throws RequestError
   */
  async addedAmong(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
    const wanted = new Set(paths);
    const added: string[] = [];
    const prefix = commonStart(paths);
    for (let page = 0, after = '', hasMore = true; hasMore && page < CHANGES_PAGES_MAX; page++) {
      const query = { prefix, after, amount: CHANGES_AT_ONCE, signal };
      const { results, pagination } = await this._client.uncommitted(this.repository.name, this.name, query);
      added.push(
        ...results.filter(({ type, path }) => type === 'added' && wanted.has(path)).map(({ path }) => path)
      );
      after = pagination.next_offset;
      hasMore = pagination.has_more;
    }
    return added;
  }

  /** Deletes an object, or a folder (with a slash at its end) with all in it; uncommitted. @throws RequestError */
  async deleteObjects(path: string): Promise<number> {
    try {
      return await (path.endsWith('/') ? this._deleteFolder(path) : this._delete([path]));
    } finally {
      await this.repository.touched(); // also after half of a folder
    }
  }

  /** Gives an object another path, uncommitted. @throws RequestError - 409 (`taken`) where there is one already */
  async renameObject(from: string, to: string): Promise<void> {
    const { name } = this.repository;
    const taken = await this._client.objects.stat(name, this.name, to).catch((error: unknown) => {
      if (isGone(error)) {
        return undefined;
      }
      throw error;
    });
    if (taken) {
      throw new RequestError(409, '', { taken: to });
    }
    try {
      await this._client.objects.copy(name, this.name, from, to);
      await this._delete([from]);
    } finally {
      await this.repository.touched();
    }
  }

  override dispose(): void {
    this._poll?.dispose();
    for (const part of ['state', ...PARTS] as const) {
      this[part].dispose();
    }
    super.dispose();
    Signal.clearData(this);
  }

  /** @returns how many objects were deleted */
  private async _deleteFolder(prefix: string): Promise<number> {
    for (let deleted = 0; ;) {
      const { results } = await this._client.objects.list(this.repository.name, this.name, {
        prefix,
        amount: DELETED_AT_ONCE
      });
      if (results.length === 0) {
        return deleted;
      }
      deleted += await this._delete(results.map(object => object.path));
    }
  }

  private async _delete(paths: readonly string[]): Promise<number> {
    const { errors } = await this._client.objects.delete(this.repository.name, this.name, paths);
    for (const { status_code, message } of errors) {
      throw new RequestError(status_code, message);
    }
    return paths.length;
  }

  private async _baseName(): Promise<string | null> {
    const base = await this.repository.baseOf(this.name);
    return base === this.name ? null : base;
  }

  private async _readRows(signal: AbortSignal, onProgress: OnProgress): Promise<CountedRows> {
    const base = await this._baseName();
    const query = { path: '', amount: DATA_SETS_SHOWN };
    const { rows } = this._client;
    const repository = this.repository.name;
    // Others write to the base, and to the default branch, which has none: what lies there unseen is pointed out.
    const state =
      base === null ? await this.state.get() : await this._client.branchState(repository, base, signal);
    const uncommitted = uncommittedIn(state);
    if (base === null) {
      const result = await rows.count(repository, this.name, query, signal, onProgress);
      return { kind: 'count', result, uncommitted };
    }
    const result = await rows.compare(repository, base, this.name, query, signal, onProgress);
    return { kind: 'comparison', result, uncommitted };
  }

  private async _readStagedRows(signal: AbortSignal): Promise<RowsComparison | null> {
    const { uncommitted } = this.state.value ?? (await this.state.get());
    if (uncommitted === 0) {
      return null;
    }
    // `branch@` is the branch without its uncommitted changes.
    const query = { path: '', amount: DATA_SETS_SHOWN };
    return this._client.rows.compare(this.repository.name, `${this.name}@`, this.name, query, signal);
  }

  /**
   * Reads a part once the state is known, and keeps the change token that it had: the part is at least as new as that,
   * and need not be read again while the token stays.
   */
  private async _asOf<V>(part: Part, signal: AbortSignal, read: () => Promise<V>): Promise<V> {
    this.state.want();
    await this.state.settled();
    signal.throwIfAborted();
    this._tokens.set(part, this.state.value?.change_token);
    return read();
  }

  /** The same for a list, which is as new as its first page. */
  private _listed<V>(part: Part, read: (page: PageAsked) => Promise<V>): (page: PageAsked) => Promise<V> {
    return page => (page.after === '' ? this._asOf(part, page.signal, () => read(page)) : read(page));
  }

  /** As of which change token each part was read. */
  private readonly _tokens = new Map<Part, string | undefined>();
  private readonly _moved = new Signal<this, void>(this);
  private _poll: Poll | undefined;
  private _watchers = 0;
  private _token: string | undefined;
}

/** What all texts begin with. */
function commonStart(texts: readonly string[]): string {
  return texts.reduce((start, text) => {
    let length = 0;
    while (length < start.length && start[length] === text[length]) {
      length++;
    }
    return start.slice(0, length);
  });
}
