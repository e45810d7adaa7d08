import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { LocalFile } from '../../blocks/external.js';
import type { FooterAnswer, FooterRequest } from './footer-worker.js';
import type { ParquetFooter } from './parquet-footer.js';

/** As many cores as a service on a laptop may take from the notebook beside it. */
const THREADS_MAX = 2;

type Footers = (ParquetFooter | undefined)[];

/**
 * Threads that read the footers of many local Parquet files. One file's is read by three calls in a few microseconds
 * there; on the main thread each call would be a trip to one of Node's threads, which takes far longer. They begin
 * when they are needed first.
 */
export class FooterThreads {
  private readonly threads: (FooterThread | undefined)[];

  /** @param workerUrl where footer-worker's bundle lies */
  constructor(
    private readonly workerUrl: URL,
    private readonly onError: (error: unknown) => void
  ) {
    this.threads = Array.from({ length: Math.min(THREADS_MAX, availableParallelism()) });
  }

  /**
   * The footers of `files`, in their order; undefined for those that have to be looked at by the complete reader:
   * they are out of the ordinary, cannot be read, or were given to a thread that ended.
   */
  read(files: LocalFile[]): Promise<Footers> {
    const free = this.threads.findIndex(thread => !thread?.isBusy);
    const index = free >= 0 ? free : this.leastBusy();
    const thread = (this.threads[index] ??= this.start(index));
    return thread.read(files);
  }

  /** Ends the threads; what they were given is answered as not read. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map(async thread => thread?.end()));
  }

  private leastBusy(): number {
    const files = this.threads.map(thread => thread!.filesWaiting);
    return files.indexOf(Math.min(...files));
  }

  private start(index: number): FooterThread {
    const thread = new FooterThread(new Worker(this.workerUrl), this.onError, () => {
      if (this.threads[index] === thread) {
        this.threads[index] = undefined;
      }
    });
    return thread;
  }
}

/** One thread, and what it was asked and has not answered yet. */
class FooterThread {
  private readonly waiting: { files: number; resolve: (footers: Footers) => void }[] = [];
  filesWaiting = 0;

  constructor(
    private readonly worker: Worker,
    onError: (error: unknown) => void,
    onEnd: () => void
  ) {
    worker.on('message', (answer: FooterAnswer) => this.answered(footersIn(answer)));
    worker.on('error', onError);
    worker.on('exit', () => {
      onEnd();
      while (this.isBusy) {
        this.answered(Array.from({ length: this.waiting[0]!.files }));
      }
    });
    worker.unref();
  }

  get isBusy(): boolean {
    return this.waiting.length > 0;
  }

  read(files: FooterRequest): Promise<Footers> {
    return new Promise(resolve => {
      this.waiting.push({ files: files.length, resolve });
      this.filesWaiting += files.length;
      // Only who waits for it keeps the process alive.
      this.worker.ref();
      this.worker.postMessage(files);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private answered(footers: Footers): void {
    const { files, resolve } = this.waiting.shift()!;
    this.filesWaiting -= files;
    if (!this.isBusy) {
      this.worker.unref();
    }
    resolve(footers);
  }
}

function footersIn({ rows, columnsOf, columns }: FooterAnswer): Footers {
  const bytes = columns.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength)
  );
  return Array.from(rows, (count, i) =>
    count < 0 ? undefined : { rows: count, columns: bytes[columnsOf[i]!]! }
  );
}
