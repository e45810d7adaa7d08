import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long the service is watched, at least, to tell whether it has anything to do, in milliseconds. */
const WATCHED_MS = 5;
/** It has not when it only waited for at least this part of the time. */
const IDLE_PART = 0.5;
/** How long work in the background goes on before it looks again, in milliseconds. */
const SLICE_MS = 8;
/** How long it keeps the thread before others have their turn: hardly more than a request takes. */
const TURN_MS = 1;

/** The pace of work that nobody waits for: others go first all the while, and while they are many it stands still. */
export class BackgroundPace {
  private lookedAt = -Infinity;
  private turnSince = -Infinity;

  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    const now = performance.now();
    if (now - this.lookedAt >= SLICE_MS) {
      await idle(this.signal);
      this.lookedAt = performance.now();
    }
    if (now - this.turnSince >= TURN_MS) {
      await setImmediate();
      this.turnSince = performance.now();
    }
    this.signal?.throwIfAborted();
  }
}

/** Since when the service is watched; whoever looks last begins anew. */
let watched = { since: performance.now(), use: performance.eventLoopUtilization() };

/** Resolves once the event loop mostly waited, or the signal has fired. */
async function idle(signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    if (performance.now() - watched.since < WATCHED_MS) {
      await setTimeout(WATCHED_MS);
    }
    const busy = performance.eventLoopUtilization(watched.use).utilization > 1 - IDLE_PART;
    watched = { since: performance.now(), use: performance.eventLoopUtilization() };
    if (!busy) {
      return;
    }
  }
}
