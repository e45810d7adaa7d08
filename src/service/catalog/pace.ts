import { setImmediate } from 'node:timers/promises';

/** How long work in the background keeps the thread to itself at a time: less than what a request is seen to wait. */
const SLICE_MS = 8;

/** The pace of long work beside live traffic: what reads from memory would otherwise let no request through. */
export class Pace {
  private since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    this.signal?.throwIfAborted();
    if (performance.now() - this.since >= SLICE_MS) {
      await setImmediate();
      this.since = performance.now();
    }
  }
}
