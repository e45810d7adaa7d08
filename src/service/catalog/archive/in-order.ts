/**
 * What `work` makes of each item, in their order, while up to `count` are under way: work begins before its turn and
 * waits for it with what it found. Once this ends, no work is under way.
 * @throws what `work` does, at its turn
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  count: number,
  work: (item: T) => Promise<R>
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const begun = work(item);
      // Whoever takes it hears of its failure; until then nobody does.
      begun.catch(() => undefined);
      underWay.push(begun);
      if (underWay.length >= count) {
        yield await underWay.shift()!;
      }
    }
    while (underWay.length > 0) {
      yield await underWay.shift()!;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
