import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How long the service is watched to tell whether it has anything to do, in milliseconds. */
const WATCHED_MS = 5;
/** It has not when it only waited for at least this part of the time. */
const IDLE_PART = 0.5;
/** How long work in the background goes on before it looks again, in milliseconds. */
const SLICE_MS = 8;

/** The pace of work that nobody waits for: every step lets others go first, and while they are many it stands still. */
export class BackgroundPace {
  private lookedAt = -Infinity;

  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    if (performance.now() - this.lookedAt < SLICE_MS) {
      await setImmediate();
    } else {
      await idle(this.signal);
      this.lookedAt = performance.now();
    }
    this.signal?.throwIfAborted();
  }
}

/** Resolves once the event loop mostly waits, or the signal has fired. */
async function idle(signal?: AbortSignal): Promise<void> {
  let busy = true;
  while (busy && !signal?.aborted) {
    const before = performance.eventLoopUtilization();
    await setTimeout(WATCHED_MS);
    busy = performance.eventLoopUtilization(before).utilization > 1 - IDLE_PART;
  }
}
