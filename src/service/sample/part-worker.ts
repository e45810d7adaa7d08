import { parentPort } from 'node:worker_threads';
import type { Part } from './parts.js';
import { reviewsParquet } from './reviews-parquet.js';

/** The thread's side of part-threads.ts: a part comes in, its file's bytes go out. */
const port = parentPort;
if (!port) {
  throw new Error('part-worker runs as a worker thread only');
}
port.on('message', (part: Part) => {
  const bytes = reviewsParquet(part);
  // A copy of exact length: what parquet-wasm returns may be a view of a larger buffer.
  const exact = bytes.slice();
  port.postMessage(exact, [exact.buffer]);
});
