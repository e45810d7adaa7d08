import { randomBytes } from 'node:crypto';

import { WalkRefusal } from '../../blocks/folder-walk.js';
import type { ImportRoots } from '../../blocks/import-roots.js';
import type { CommitId, RepositoryUid } from '../../ids.js';
import type { Contents } from '../contents.js';
import { CatalogError } from '../errors.js';
import type { History } from '../history.js';
import type { Commit, CommitRequest } from '../model.js';
import { checkUnprotected } from '../protection.js';
import { checkWritable } from '../repositories.js';
import type { Staging } from '../staging.js';
import { recordOf } from '../layers.js';
import type { Store } from '../store.js';
import { overlay } from './overlay.js';
import { findImport, forgetOldImports, recordOfImport, type ImportEnd, type ImportRecord } from './record.js';
import { takeIn } from './run.js';
import { openSources, type ImportLocation, type ImportSource } from './sources.js';

/** How often the last step is tried again when another verb moves the branch. */
const ATTEMPTS_MAX = 10;

export interface ImportRequest {
  locations: ImportLocation[];
  commit: CommitRequest;
  /** Takes the bytes in, instead of referring to the files where they lie. */
  copy?: boolean;
  force?: boolean;
}

export interface ImportStatus {
  completed: boolean;
  /** Milliseconds since the epoch. */
  updatedAt: number;
  /** Files taken in so far. */
  ingested: number;
  commit?: Commit;
  /** Why it came to nothing: a sentence. */
  error?: string;
}

/** An import under way, or waiting for its turn. */
interface Job extends Omit<ImportRecord, 'end'> {
  id: string;
  repository: string;
  uid: RepositoryUid;
  sources: ImportSource[];
  request: ImportRequest;
  ingested: number;
  updatedAt: number;
  abort: AbortController;
  begun: boolean;
  /** Resolves when it is over. */
  over: Promise<void>;
}

/**
 * Imports of local files, as jobs in the background, one after another. Nothing of an import can be seen before its
 * commit, which has all of it; what one leaves behind that comes to nothing is collected as garbage.
 */
export class Imports {
  private readonly jobs = new Map<string, Job>();
  private last: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly staging: Staging,
    private readonly contents: Contents,
    /** undefined: nothing may be imported. */
    private readonly roots: ImportRoots | undefined,
    private readonly onError: (error: unknown) => void
  ) {}

  /**
   * Begins an import and gives its id.
   * @throws invalid-input, forbidden (outside the import roots), branch-not-found, branch-protected,
   * repository-read-only
   */
  async start(repository: string, branch: string, request: ImportRequest): Promise<string> {
    const { uid, incarnation } = await this.store.kv.snapshot(async reader => {
      const record = await this.store.repository(reader, repository);
      const { incarnation } = await this.store.branch(reader, record.uid, branch);
      checkWritable(repository, record, request.force);
      checkUnprotected(record, branch, request.force);
      return { uid: record.uid, incarnation };
    });
    const sources = await openSources(request.locations, this.roots);
    await forgetOldImports(this.store, uid, id => this.jobs.has(id));
    const id = randomBytes(16).toString('hex');
    const startedAt = this.store.now();
    const record: ImportRecord = { branch, incarnation, actor: request.commit.committer, startedAt };
    await this.store.write({ put: [recordOfImport(uid, id, record)] });
    const job: Job = {
      ...record,
      id,
      repository,
      uid,
      sources,
      request,
      ingested: 0,
      updatedAt: startedAt,
      abort: new AbortController(),
      begun: false,
      over: Promise.resolve()
    };
    this.jobs.set(id, job);
    this.last = job.over = this.last.then(() => this.work(job));
    return id;
  }

  /** @throws import-not-found */
  async status(repository: string, branch: string, id: string): Promise<ImportStatus> {
    const job = this.jobs.get(id);
    const { uid, record } = await findImport(this.store, repository, branch, id);
    if (job && !record.end) {
      return { completed: false, updatedAt: job.updatedAt, ingested: job.ingested };
    }
    if (!record.end) {
      const error =
        'The service ended before this import was done. Nothing of it is on the branch: start it again.';
      return { completed: false, updatedAt: record.startedAt, ingested: 0, error };
    }
    const { at, ingested, commitId, error } = record.end;
    const commit = commitId && (await this.commit(uid, commitId));
    return { completed: commitId !== undefined, updatedAt: at, ingested, commit, error };
  }

  /**
   * Ends an import under way; nothing of it remains.
   * @throws import-not-found; import-ended where it is over, or was completed before it could be ended
   */
  async cancel(repository: string, branch: string, id: string, actor: string): Promise<void> {
    const job = this.jobs.get(id);
    await findImport(this.store, repository, branch, id);
    job?.abort.abort(new Ended(`Canceled by ${actor}.`));
    await (job?.begun ? job.over : job && this.work(job));
    const { record } = await findImport(this.store, repository, branch, id);
    if (!job || record.end?.commitId) {
      const what = record.end?.commitId ? 'completed' : 'over';
      throw new CatalogError('import-ended', `This import is ${what} already.`, { id });
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { abort } of this.jobs.values()) {
      abort.abort(new Ended('The service was stopped: start the import again.'));
    }
    await this.last;
  }

  private async work(job: Job): Promise<void> {
    // One that was ended while it waited has had its turn.
    if (job.begun) {
      return;
    }
    job.begun = true;
    let failure: string | undefined;
    try {
      await this.store.epochs.verbs.during(() => this.carryOut(job));
    } catch (error) {
      failure = this.sentenceOf(error);
    }
    try {
      if (failure !== undefined) {
        await this.store.write({ put: [this.ended(job, { error: failure })] });
      }
    } catch (error) {
      // Without an end it counts as broken off, which it is.
      this.onError(error);
    } finally {
      this.jobs.delete(job.id);
    }
  }

  private async carryOut(job: Job): Promise<void> {
    const { repository, uid, sources, request, abort } = job;
    abort.signal.throwIfAborted();
    const imported = await takeIn(this.store, this.contents, {
      repository,
      uid,
      sources,
      roots: this.roots!,
      copy: request.copy ?? false,
      signal: abort.signal,
      onFile: () => {
        job.ingested++;
        job.updatedAt = this.store.now();
      }
    });
    for (let attempt = 1; ; attempt++) {
      abort.signal.throwIfAborted();
      try {
        return await this.staging.exclusively(uid, job.branch, () => this.publish(job, imported));
      } catch (error) {
        const moved = error instanceof CatalogError && error.code === 'branch-moved';
        if (!moved || attempt === ATTEMPTS_MAX) {
          throw error;
        }
      }
    }
  }

  /** Uncommitted changes stay what they are, on top of the import. */
  private async publish(job: Job, imported: Awaited<ReturnType<typeof takeIn>>): Promise<void> {
    const { repository, uid, branch, sources, request } = job;
    const before = await this.store.kv.snapshot(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, request.force);
      checkUnprotected(record, branch, request.force);
      return this.store.branch(reader, uid, branch);
    });
    if (before.incarnation !== job.incarnation) {
      throw new CatalogError('branch-not-found', `Branch "${branch}" was deleted while the import ran.`);
    }
    const parent = await this.history.get(uid, before.commitId);
    const root = await overlay(this.store.tree(uid), parent.root, imported, sources);
    if (root === parent.root && !request.commit.allowEmpty) {
      await this.store.write({ put: [this.ended(job, { commitId: parent.id })] });
      return;
    }
    const { message, committer, metadata = {}, date } = request.commit;
    const { commit, put } = this.history.make(uid, {
      root,
      parents: [parent.id],
      generation: parent.generation + 1,
      message: message || defaultMessage(request.locations),
      committer,
      date: date ?? Math.floor(this.store.now() / 1000),
      metadata
    });
    await this.staging.publish(
      uid,
      branch,
      { ...recordOf(before), sealed: [] },
      {
        change: now => ({ ...now, commitId: commit.id }),
        operation: { actor: committer, verb: 'import' },
        also: [put, this.ended(job, { commitId: commit.id })]
      }
    );
  }

  private ended(job: Job, end: Pick<ImportEnd, 'commitId' | 'error'>) {
    const { id, uid, branch, incarnation, actor, startedAt, ingested } = job;
    const record: ImportRecord = { branch, incarnation, actor, startedAt };
    return recordOfImport(uid, id, { ...record, end: { at: this.store.now(), ingested, ...end } });
  }

  /** A commit can be collected while it is still asked for the import that made it. */
  private async commit(uid: RepositoryUid, id: CommitId): Promise<Commit | undefined> {
    return this.history.get(uid, id).catch(error => {
      if (error instanceof CatalogError && error.code === 'commit-not-found') {
        return undefined;
      }
      throw error;
    });
  }

  private sentenceOf(error: unknown): string {
    if (error instanceof CatalogError || error instanceof WalkRefusal || error instanceof Ended) {
      return error.message;
    }
    if (!this.closed) {
      this.onError(error);
    }
    return 'The service failed on this import. Its log says why.';
  }
}

/** An import was ended from outside. */
class Ended extends Error {
  override name = 'Ended';
}

function defaultMessage([first, ...others]: ImportLocation[]): string {
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `Import from ${first!.path}${more}`;
}
