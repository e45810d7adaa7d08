import { setMaxListeners } from 'node:events';

import type { RowsProgress } from '../../../protocol/databranch.js';
import { Pace } from '../../catalog/pace.js';
import type { ContentId } from '../../ids.js';
import { BackgroundPace } from './background-pace.js';
import type { UncountedFile } from './statistics.js';

/** Listeners of one signal above which Node suspects a leak: more than are ever read at a time. */
const LISTENERS_MAX = 100;

/** Who asks, and how they follow the work. */
export interface Observer {
  /** Aborts the work: its caller gets the signal's reason. */
  signal?: AbortSignal;
  /** Told often; `files_total` may grow while the work finds out what there is to do. */
  onProgress?: (progress: RowsProgress) => void;
}

/** One request's work on many files, or work of which nobody waits for the end. */
export class Job {
  /** Contents that could not be reached, and what was answered for them. */
  readonly failed = new Map<ContentId, UncountedFile>();
  private done = 0;
  private total = 0;

  private readonly pace: Pace | BackgroundPace;

  constructor(
    private readonly observer: Observer = {},
    private readonly urgency: 'request' | 'background' = 'request'
  ) {
    this.pace = urgency === 'request' ? new Pace(observer.signal) : new BackgroundPace(observer.signal);
    if (observer.signal) {
      // Every file that is being read listens to it.
      setMaxListeners(LISTENERS_MAX, observer.signal);
    }
  }

  get signal(): AbortSignal | undefined {
    return this.observer.signal;
  }

  /** @throws the signal's reason once it fired */
  check(): void {
    this.observer.signal?.throwIfAborted();
  }

  /** As {@link check}, and lets others have the thread now and then: what is known already is read without waiting. */
  async pause(): Promise<void> {
    await this.pace.step();
  }

  /** How many of what may be done side by side are: those of a request do not queue up behind the background's. */
  atOnce(limit: number): number {
    return this.urgency === 'request' ? limit : 1;
  }

  /** More files will be worked on. */
  expect(files: number): void {
    this.total += files;
    this.report();
  }

  /** Files are done. */
  advance(files: number): void {
    this.done += files;
    this.report();
  }

  private report(): void {
    this.observer.onProgress?.({ files_done: this.done, files_total: this.total });
  }
}

/**
 * Runs `work` on every item, at most `limit` at a time, and gives the results in the items' order. The first
 * failure ends it; work under way is waited for, so that nothing goes on behind the caller's back.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failure) {
    throw failure.error;
  }
  return results;
}
