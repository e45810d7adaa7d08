import { setImmediate } from 'node:timers/promises';

/** How long work in the background keeps the thread to itself at a time: less than what a request is seen to wait. */
const SLICE_MS = 8;

/** The pace of long work beside live traffic: what reads from memory would otherwise let no request through. */
export class Pace {
  private since = performance.now();
  private turn: Promise<void> | undefined;

  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    this.signal?.throwIfAborted();
    // Steps side by side share a slice: those for which nothing is left of it wait for the next one.
    while (performance.now() - this.since >= SLICE_MS) {
      this.turn ??= this.nextTurn();
      await this.turn;
    }
  }

  private async nextTurn(): Promise<void> {
    await setImmediate();
    this.since = performance.now();
    this.turn = undefined;
  }
}
