import type { BranchMoved, CatalogEvent, Events, ObjectsStaged } from '../catalog/events.js';
import type { Views } from '../catalog/views.js';
import type { CommitId, RepositoryUid } from '../ids.js';
import type { Log } from './counting/log.js';
import { Job } from './counting/job.js';
import { isCounted } from './counting/place.js';
import { isAt } from './counting/scope.js';
import type { DataFile, Statistics } from './counting/statistics.js';
import type { CountedRefs } from './datasets/counted-refs.js';
import type { LookedAt, LookedAtCommits } from './datasets/looked-at.js';
import { kindOf } from './formats/format.js';

/** What takes longer than this is left to whoever asks, in milliseconds; what was found by then is kept. */
const COUNT_MS_MAX = 30_000;
/** Branches that wait at a time; of more than that the oldest are left to whoever asks. */
const WAITING_MAX = 100;
/** Files that wait at a time, of all branches: a few megabytes. Those on top are counted with their commit. */
const FILES_WAITING_MAX = 10_000;
/** Files that are read for one task: what is overwritten meanwhile does not have to be among the next. */
const FILES_AT_ONCE = 100;

export interface AheadOptions {
  events: Events;
  views: Views;
  refs: CountedRefs;
  statistics: Statistics;
  lookedAt: LookedAtCommits;
  log: Log;
}

/** What is to be counted of a branch. */
interface Task {
  repository: string;
  uid: RepositoryUid;
  branch: string;
  /** Files that were written to it and not committed then, by path. */
  files: Map<string, DataFile>;
  /** On which it stands, after the files. */
  commit?: { id: CommitId; paths: string[] };
}

/** How much was counted ahead since the service began. */
interface Outcomes {
  counted: number;
  /** Left to whoever asks: it failed, took too long, was too much, or the repository went meanwhile. */
  givenUp: number;
}

/** Of commits, and of files before their commit. */
export interface AheadFigures extends Outcomes {
  /** Branches of which something is being counted or will be. */
  waiting: number;
  files: Outcomes;
}

/**
 * Counts files as soon as they are written to a branch, and a commit as soon as the branch stands on it, while the
 * service has nothing else to do, so that who asks finds it known; only where somebody has looked at the rows of the
 * commit before it, and only at what they looked at. One branch at a time, and of its commits the newest only.
 */
export class CountingAhead {
  /** By repository and branch, the first is the next. */
  private readonly waiting = new Map<string, Task>();
  private current: { task: Task; abort: AbortController } | undefined;
  private working: Promise<void> | undefined;
  private readonly commits: Outcomes = { counted: 0, givenUp: 0 };
  private readonly files: Outcomes = { counted: 0, givenUp: 0 };
  private closed = false;

  constructor(private readonly options: AheadOptions) {
    options.events.listen(event => this.happened(event));
  }

  get figures(): AheadFigures {
    const waiting = this.waiting.size + (this.current ? 1 : 0);
    return { ...this.commits, files: { ...this.files }, waiting };
  }

  /** Resolves when nothing is left to be counted. */
  async idle(): Promise<void> {
    while (this.working) {
      await this.working;
    }
  }

  /** Gives up what is under way, and waits until it has ended. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    this.current?.abort.abort(new Error('the service stops'));
    await this.idle();
  }

  private happened(event: CatalogEvent): void {
    if (event.kind === 'repository-deleted') {
      this.forget(event.uid);
    } else if (this.closed) {
      return;
    } else if (event.kind === 'branch-moved') {
      this.moved(event);
    } else {
      this.staged(event);
    }
  }

  private moved(move: BranchMoved): void {
    const lookedAt = this.options.lookedAt.follow(move);
    if (lookedAt) {
      this.task(move, lookedAt).commit = { id: move.to, paths: lookedAt.paths };
    }
  }

  private staged({ changes, ...branch }: ObjectsStaged): void {
    const lookedAt = this.options.lookedAt.at(branch.uid, branch.commitId);
    if (!lookedAt) {
      return;
    }
    // Whatever waits for a path is not there any more.
    const waiting = this.waiting.get(keyOf(branch));
    changes.forEach(({ path }) => waiting?.files.delete(path));
    const fresh = changes.flatMap(({ path, entry }) =>
      entry && isToBeRead(path, lookedAt) ? [{ path, entry }] : []
    );
    if (fresh.length === 0) {
      return;
    }
    if (this.filesWaiting + fresh.length > FILES_WAITING_MAX) {
      this.files.givenUp += fresh.length;
      return;
    }
    const { files } = this.task(branch, lookedAt);
    fresh.forEach(file => files.set(file.path, file));
  }

  private get filesWaiting(): number {
    let files = 0;
    this.waiting.forEach(task => (files += task.files.size));
    return files;
  }

  /** What waits of a branch, and will be begun after this turn of the event loop. */
  private task(named: Pick<Task, 'uid' | 'branch'>, { repository }: LookedAt): Task {
    const { uid, branch } = named;
    const waiting = this.waiting.get(keyOf(named));
    if (waiting) {
      return waiting;
    }
    const task: Task = { repository, uid, branch, files: new Map() };
    this.waiting.set(keyOf(task), task);
    if (this.waiting.size > WAITING_MAX) {
      const [oldest] = this.waiting.values();
      this.waiting.delete(keyOf(oldest!));
      this.giveUp(oldest!);
    }
    this.working ??= this.work();
    return task;
  }

  private giveUp({ files, commit }: Task): void {
    this.files.givenUp += files.size;
    this.commits.givenUp += commit ? 1 : 0;
  }

  private forget(uid: RepositoryUid): void {
    this.options.lookedAt.forget(uid);
    for (const [key, task] of this.waiting) {
      if (task.uid === uid) {
        this.waiting.delete(key);
      }
    }
    if (this.current?.task.uid === uid) {
      this.current.abort.abort(new Error('the repository was deleted'));
    }
  }

  private async work(): Promise<void> {
    // Who told of it has not said all yet.
    await Promise.resolve();
    for (let task = this.take(); task; task = this.take()) {
      const { repository, branch, commit } = task;
      const abort = new AbortController();
      this.current = { task, abort };
      try {
        await this.count(task, AbortSignal.any([abort.signal, AbortSignal.timeout(COUNT_MS_MAX)]));
      } catch (err) {
        this.giveUp(task);
        const data = { err, repository, branch, commitId: commit?.id, files: task.files.size };
        this.options.log.debug(data, 'rows were not counted ahead');
      }
    }
    this.current = this.working = undefined;
  }

  /** The next task, or as much of it as is done at a time. */
  private take(): Task | undefined {
    const [first] = this.waiting.values();
    if (!first) {
      return undefined;
    }
    if (first.files.size <= FILES_AT_ONCE) {
      this.waiting.delete(keyOf(first));
      return first;
    }
    const files = new Map([...first.files].slice(0, FILES_AT_ONCE));
    [...files.keys()].forEach(path => first.files.delete(path));
    return { ...first, files, commit: undefined };
  }

  private async count({ repository, uid, branch, files, commit }: Task, signal: AbortSignal): Promise<void> {
    const { statistics, views, refs } = this.options;
    const job = new Job({ signal }, 'background');
    await job.pause();
    if (files.size > 0) {
      await statistics.of({ repository, uid }, [...files.values()], job);
      this.files.counted += files.size;
      files.clear();
    }
    if (commit) {
      const view = await views.open(repository, commit.id);
      // Whoever asked last is the likeliest to ask again.
      for (const path of commit.paths.toReversed()) {
        await refs.dataSets(await refs.sideOf(branch, view, path), job);
      }
      this.commits.counted++;
    }
  }
}

const keyOf = ({ uid, branch }: Pick<Task, 'uid' | 'branch'>) => `${uid}/${branch}`;

const isToBeRead = (path: string, { paths }: LookedAt) =>
  kindOf(path) !== undefined && isCounted(path) && paths.some(asked => isAt(path, asked));
