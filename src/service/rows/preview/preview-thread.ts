import { Worker } from 'node:worker_threads';

import type { RangeReader } from '../formats/range-reader.js';
import { UnreadableFile } from '../formats/unreadable.js';
import { TooLarge } from './limit.js';
import type { FromThread, PreviewQuestion, ToThread } from './question.js';

export interface PreviewThreadOptions {
  /** The bundle of preview-worker.ts. */
  entry: URL;
  /** How long one preview may take. */
  deadlineMs?: number;
  /** How long the thread waits for the next one before it ends. */
  idleMs?: number;
}

const DEFAULTS = { deadlineMs: 30_000, idleMs: 30_000 };

/**
 * The thread that reads previews, so that decoding holds up nobody. It begins at need and ends when idle, which gives
 * its memory back. One preview at a time; whatever happens to the thread is the failure of that preview alone.
 */
export class PreviewThread {
  private readonly options: Required<PreviewThreadOptions>;
  private thread: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** The end of the last preview in the queue. */
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(options: PreviewThreadOptions) {
    this.options = { ...DEFAULTS, ...options };
  }

  /**
   * @param file read where the thread asks for it
   * @returns an Arrow stream
   * @throws UnreadableFile, TooLarge, what reading the file throws, the signal's reason
   */
  ask(
    file: Pick<RangeReader, 'slice'>,
    question: PreviewQuestion,
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    const answer = this.last.then(() => {
      signal?.throwIfAborted();
      return this.answer(file, question, signal);
    });
    this.last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the thread; a preview under way fails. */
  async close(): Promise<void> {
    this.closed = true;
    await this.end();
    await this.last;
  }

  private async answer(
    file: Pick<RangeReader, 'slice'>,
    question: PreviewQuestion,
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    if (this.closed) {
      throw new UnreadableFile('could not be read: the service is stopping', false);
    }
    clearTimeout(this.idle);
    const thread = (this.thread ??= this.start());
    const asking = new Asking(thread, file);
    const timer = setTimeout(
      () => asking.fail(tookTooLong(this.options.deadlineMs)),
      this.options.deadlineMs
    );
    const aborted = () => asking.fail(signal!.reason);
    signal?.addEventListener('abort', aborted);
    try {
      return await asking.answer(question);
    } catch (error) {
      // Whatever state the thread is in, the next preview has a new one.
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      asking.end();
      this.idle = setTimeout(() => void this.end(), this.options.idleMs).unref();
    }
  }

  private start(): Worker {
    const thread = new Worker(this.options.entry);
    thread.once('exit', () => {
      if (this.thread === thread) {
        this.thread = undefined;
      }
    });
    // What it fails with while nobody asks is of no interest.
    thread.on('error', () => undefined);
    thread.unref();
    return thread;
  }

  private async end(): Promise<void> {
    clearTimeout(this.idle);
    const { thread } = this;
    this.thread = undefined;
    await thread?.terminate();
  }
}

/** One question to the thread, until it is answered. */
class Asking {
  private settle!: { resolve: (stream: Uint8Array) => void; reject: (error: unknown) => void };
  private readonly outcome = new Promise<Uint8Array>(
    (resolve, reject) => (this.settle = { resolve, reject })
  );

  constructor(
    private readonly thread: Worker,
    private readonly file: Pick<RangeReader, 'slice'>
  ) {
    thread.on('message', this.onMessage).on('error', this.onError).on('exit', this.onExit);
    thread.ref();
  }

  answer(question: PreviewQuestion): Promise<Uint8Array> {
    this.send({ kind: 'question', question });
    return this.outcome;
  }

  fail(error: unknown): void {
    this.settle.reject(error);
  }

  end(): void {
    this.thread.off('message', this.onMessage).off('error', this.onError).off('exit', this.onExit);
    this.thread.unref();
  }

  private readonly onMessage = (message: FromThread): void => {
    switch (message.kind) {
      case 'slice':
        void this.fetch(message);
        break;
      case 'answer':
        this.settle.resolve(message.stream);
        break;
      case 'unreadable':
        this.fail(new UnreadableFile(message.sentence));
        break;
      case 'too-large':
        this.fail(new TooLarge(message.columns));
    }
  };

  /** The library that decodes Parquet ends so where columns are encrypted, and when it gets no memory. */
  private readonly onError = (): void =>
    this.fail(
      new UnreadableFile(
        'could not be read: it is damaged, has columns that are encrypted, or would take too much memory'
      )
    );

  private readonly onExit = (): void => this.fail(new UnreadableFile('could not be read: its thread ended'));

  private async fetch({ id, start, end }: { id: number; start: number; end: number }): Promise<void> {
    try {
      // A copy: what was read may share its memory with others.
      const bytes = new Uint8Array(await this.file.slice(start, end));
      this.send({ kind: 'bytes', id, bytes }, [bytes.buffer]);
    } catch (error) {
      this.fail(error);
    }
  }

  private send(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.thread.postMessage(message, transfer);
  }
}

function tookTooLong(ms: number): UnreadableFile {
  return new UnreadableFile(`could not be read within ${ms / 1000} seconds`, false);
}
