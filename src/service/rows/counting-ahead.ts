import type { BranchMoved, CatalogEvent, Events } from '../catalog/events.js';
import type { Views } from '../catalog/views.js';
import type { CommitId, RepositoryUid } from '../ids.js';
import type { Log } from './counting/log.js';
import { Job } from './counting/job.js';
import type { CountedRefs } from './datasets/counted-refs.js';
import type { LookedAtCommits } from './datasets/looked-at.js';

/** What takes longer than this is left to whoever asks, in milliseconds; what was found by then is kept. */
const COUNT_MS_MAX = 30_000;
/** Branches that wait at a time; of more than that the oldest are left to whoever asks. */
const WAITING_MAX = 100;

export interface AheadOptions {
  events: Events;
  views: Views;
  refs: CountedRefs;
  lookedAt: LookedAtCommits;
  log: Log;
}

/** A commit to be counted. */
interface Task {
  repository: string;
  uid: RepositoryUid;
  branch: string;
  commitId: CommitId;
  paths: string[];
}

/** How much was counted ahead since the service began. */
export interface AheadFigures {
  /** Commits that are being counted or will be. */
  waiting: number;
  counted: number;
  /** Left to whoever asks: it failed, took too long, or the repository went meanwhile. */
  givenUp: number;
}

/**
 * Counts a commit as soon as a branch stands on it and the service has nothing else to do, so that who asks finds it
 * known; only where somebody has looked at the rows of the commit before it, and only at what they looked at. One at a
 * time, and of one branch the newest only.
 */
export class CountingAhead {
  /** By repository and branch, the first is the next. */
  private readonly waiting = new Map<string, Task>();
  private current: { task: Task; abort: AbortController } | undefined;
  private working: Promise<void> | undefined;
  private counted = 0;
  private givenUp = 0;
  private closed = false;

  constructor(private readonly options: AheadOptions) {
    options.events.listen(event => this.happened(event));
  }

  get figures(): AheadFigures {
    const { counted, givenUp } = this;
    return { waiting: this.waiting.size + (this.current ? 1 : 0), counted, givenUp };
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
    if (event.kind === 'branch-moved') {
      this.moved(event);
    } else {
      this.forget(event.uid);
    }
  }

  private moved(move: BranchMoved): void {
    const lookedAt = this.closed ? undefined : this.options.lookedAt.follow(move);
    if (!lookedAt) {
      return;
    }
    const { uid, branch, to: commitId } = move;
    const { repository, paths } = lookedAt;
    const key = `${uid}/${branch}`;
    this.waiting.delete(key);
    this.waiting.set(key, { repository, uid, branch, commitId, paths });
    if (this.waiting.size > WAITING_MAX) {
      this.waiting.delete(this.waiting.keys().next().value!);
      this.givenUp++;
    }
    this.working ??= this.work();
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
    for (let task = this.take(); task; task = this.take()) {
      const { repository, branch, commitId } = task;
      const abort = new AbortController();
      this.current = { task, abort };
      try {
        await this.count(task, AbortSignal.any([abort.signal, AbortSignal.timeout(COUNT_MS_MAX)]));
        this.counted++;
      } catch (err) {
        this.givenUp++;
        this.options.log.debug({ err, repository, branch, commitId }, 'a commit was not counted ahead');
      }
    }
    this.current = this.working = undefined;
  }

  private take(): Task | undefined {
    const [first] = this.waiting;
    if (first) {
      this.waiting.delete(first[0]);
    }
    return first?.[1];
  }

  private async count({ repository, branch, commitId, paths }: Task, signal: AbortSignal): Promise<void> {
    const job = new Job({ signal }, 'background');
    await job.pause();
    const view = await this.options.views.open(repository, commitId);
    // Whoever asked last is the likeliest to ask again.
    for (const path of paths.toReversed()) {
      await this.options.refs.dataSets(await this.options.refs.sideOf(branch, view, path), job);
    }
  }
}
