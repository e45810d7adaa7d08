/** How long work in the background keeps the thread to itself at a time: less than what a request is seen to wait. */
const SLICE_MS = 8;

/** The slices of all such work together: ten pieces of it side by side hold the thread no longer than one. */
class Slices {
  private since = performance.now();
  /** Those for whom nothing was left of a slice, in their order. */
  private readonly waiting: (() => void)[] = [];
  private admitting = false;

  get isOver(): boolean {
    return performance.now() - this.since >= SLICE_MS;
  }

  next(): Promise<void> {
    return new Promise(resolve => {
      this.waiting.push(resolve);
      if (!this.admitting) {
        this.admitting = true;
        setImmediate(() => this.begin());
      }
    });
  }

  private begin(): void {
    this.since = performance.now();
    this.admit();
  }

  /**
   * One after the other: the next one only when what the one before could do without waiting is done, and something is
   * left of the slice. All at once they would do a step each, however many they are.
   */
  private admit(): void {
    const first = this.waiting.shift();
    if (!first) {
      this.admitting = false;
      return;
    }
    first();
    // A tick that a microtask asks for comes when no microtask is left.
    queueMicrotask(() =>
      process.nextTick(() => (this.isOver ? setImmediate(() => this.begin()) : this.admit()))
    );
  }
}

const slices = new Slices();

/** The pace of long work beside live traffic: what reads from memory would otherwise let no request through. */
export class Pace {
  constructor(private readonly signal?: AbortSignal) {}

  /** Call it often. @throws the signal's reason once it has fired */
  async step(): Promise<void> {
    this.signal?.throwIfAborted();
    if (slices.isOver) {
      await slices.next();
    }
  }
}
