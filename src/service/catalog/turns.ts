/** Has work on the same place done one after the other, in the order in which it was asked for. */
export class Turns {
  /** Of each place at which somebody works or waits: resolves when the last of them is done. */
  private readonly ends = new Map<string, Promise<unknown>>();

  /** Does `work` when all that was asked for at this place before is over. */
  async take<T>(place: string, work: () => Promise<T>): Promise<T> {
    const before = this.ends.get(place) ?? Promise.resolve();
    const mine = before.then(work);
    const end = mine.catch(() => undefined);
    this.ends.set(place, end);
    try {
      return await mine;
    } finally {
      if (this.ends.get(place) === end) {
        this.ends.delete(place);
      }
    }
  }
}
