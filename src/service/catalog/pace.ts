import { setImmediate } from 'node:timers/promises';

/** How long work in the background keeps the thread to itself at a time: less than what a request is seen to wait. */
const SLICE_MS = 8;

/** The slice of all such work together: ten pieces of it side by side hold the thread no longer than one. */
const slice = { since: performance.now(), next: undefined as Promise<void> | undefined };

/** The pace of long work beside live traffic: what reads from memory would otherwise let no request through. */
export class Pace {
  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    this.signal?.throwIfAborted();
    // Those for whom nothing is left of the slice wait for the next one.
    while (performance.now() - slice.since >= SLICE_MS) {
      slice.next ??= nextSlice();
      await slice.next;
    }
  }
}

async function nextSlice(): Promise<void> {
  await setImmediate();
  slice.since = performance.now();
  slice.next = undefined;
}
