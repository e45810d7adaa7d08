/** How often a figure is taken at least; the median counts. */
export const REPEATS = 7;

export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/**
 * Takes several figures in turns, so that what else the machine does meanwhile meets all of them alike.
 *
 * @param {Record<string, (round: number) => Promise<number>>} measurements
 * @returns {Promise<Record<string, number>>} the median of each
 */
export async function inTurns(measurements, repeats = REPEATS) {
  const figures = Object.fromEntries(Object.keys(measurements).map(name => [name, []]));
  for (let round = 0; round < repeats; round++) {
    for (const [name, measure] of Object.entries(measurements)) {
      figures[name].push(await measure(round));
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([name, taken]) => [name, median(taken)]));
}

/** How long `work` takes, in milliseconds. */
export async function milliseconds(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Hands out `items` to so many workers at a time. */
export async function inParallel(items, workers, work) {
  const left = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of left) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
