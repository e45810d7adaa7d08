import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { partsOf, type Part } from './parts.js';

/** Each thread holds a part several times over, some 150 MB; more threads would not make a start much shorter. */
const THREADS_MAX = 2;

/**
 * The reviews' files, in order, made in worker threads so that the service answers meanwhile. At most
 * {@link THREADS_MAX} parts are held in memory; a slow consumer slows the threads down.
 *
 * @param rows Rows in all files together, see {@link partsOf}.
 * @param workerUrl Where part-worker's bundle lies.
 */
export async function* reviewParts(
  rows: number,
  workerUrl: URL
): AsyncGenerator<{ part: Part; bytes: Uint8Array }> {
  const waiting = partsOf(rows);
  const count = Math.min(waiting.length, THREADS_MAX, availableParallelism());
  const threads = Array.from({ length: count }, () => new Worker(workerUrl));
  const started: { part: Part; thread: Worker; bytes: Promise<Uint8Array> }[] = [];
  const startNext = (thread: Worker) => {
    const part = waiting.shift();
    if (part) {
      started.push({ part, thread, bytes: madeIn(thread, part) });
    }
  };
  try {
    threads.forEach(startNext);
    for (let first = started.shift(); first; first = started.shift()) {
      const bytes = await first.bytes;
      startNext(first.thread);
      yield { part: first.part, bytes };
    }
  } finally {
    await Promise.all(threads.map(thread => thread.terminate()));
  }
}

/** A thread has one part at a time, so its next message is that part's file. */
function madeIn(thread: Worker, part: Part): Promise<Uint8Array> {
  const made = once(thread, 'message').then(([bytes]) => bytes as Uint8Array);
  // Awaited later, in the order of the parts; until then a failure must not count as unhandled.
  made.catch(() => undefined);
  thread.postMessage(part);
  return made;
}
