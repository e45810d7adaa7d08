/**
 * Work that several callers want at the same time is done once. It is aborted when the last of them has given up,
 * and not before.
 */
export class SharedWork<T> {
  private readonly running = new Map<string, Running<T>>();

  /** The outcome of the work named `key`, which `start` begins unless it is under way. */
  async run(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    signal?.throwIfAborted();
    const work = this.running.get(key) ?? this.begin(key, start);
    work.waiting++;
    let giveUp: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal!.reason);
      signal?.addEventListener('abort', giveUp);
    });
    try {
      return await Promise.race([work.outcome, aborted]);
    } finally {
      signal?.removeEventListener('abort', giveUp!);
      if (--work.waiting === 0 && this.running.get(key) === work) {
        this.end(key, work);
        work.abort.abort();
      }
    }
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const work: Running<T> = { outcome: start(abort.signal), abort, waiting: 0 };
    this.running.set(key, work);
    const end = () => this.end(key, work);
    work.outcome.then(end, end);
    return work;
  }

  private end(key: string, work: Running<T>): void {
    if (this.running.get(key) === work) {
      this.running.delete(key);
    }
  }
}

interface Running<T> {
  outcome: Promise<T>;
  abort: AbortController;
  waiting: number;
}
