/** Counts who is inside, so that one can wait until those who came before have left, while others come. */
export class Turnstile {
  private group = new Group(Promise.resolve());

  /** Goes in; the function that comes back is called once, to leave. */
  enter(): () => void {
    return this.group.enter();
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves when all who are inside now have left. */
  turn(): Promise<void> {
    const before = this.group;
    const ended = before.close();
    this.group = new Group(ended);
    return ended;
  }
}

/** Those who came between two turns. */
class Group {
  private inside = 0;
  private ended: (() => void) | undefined;

  constructor(private readonly before: Promise<void>) {}

  enter(): () => void {
    this.inside++;
    return () => {
      if (--this.inside === 0) {
        this.ended?.();
      }
    };
  }

  async close(): Promise<void> {
    const mine = this.inside === 0 ? undefined : new Promise<void>(resolve => (this.ended = resolve));
    await this.before;
    await mine;
  }
}
