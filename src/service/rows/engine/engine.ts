import { fork, type ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { EngineAnswer, EngineRequest, EngineRow } from './engine-protocol.js';
import { residentBytes } from './resident.js';

const MIB = 1024 * 1024;

export interface EngineOptions {
  /** The bundle of engine-process.ts. */
  entry: string;
  /** For what does not fit into memory; one sub-folder per session, removed with it. */
  spillFolder: string;
  /** What DuckDB may take before it spills to disk. */
  memoryBytes?: number;
  /** What the whole process may take: more than DuckDB's part, which is no cap on what it holds at an instant. */
  residentBytesMax?: number;
  spillBytes?: number;
  /** How long a session may take. */
  deadlineMs?: number;
  /** How long the process waits for the next session before it ends. */
  idleMs?: number;
}

const DEFAULTS = {
  memoryBytes: 512 * MIB,
  residentBytesMax: 1024 * MIB,
  spillBytes: 16 * 1024 * MIB,
  deadlineMs: 120_000,
  idleMs: 30_000
};
/** As many cores as a service on a laptop may take from the notebook beside it. */
const THREADS = 2;
/** How often the process's memory is looked at: DuckDB takes about 1 GB a second at most. */
const WATCH_INTERVAL_MS = 100;

/** The engine failed at one session; the next one has a new engine. The message is a sentence's end. */
export class EngineError extends Error {
  override name = 'EngineError';
}

/** What one session may do: only SELECT is run, over the session's files. @throws EngineError */
export interface EngineQueries {
  query(sql: string): Promise<EngineRow[]>;
  /** Writes the Arrow file `source` as the Parquet file `target`, which must be among the session's files. */
  convert(source: string, target: string): Promise<void>;
  /** Writes what a query answers, in its order, as the Parquet file `target`, which must be among the session's files. */
  export(sql: string, target: string): Promise<void>;
}

/**
 * DuckDB in a child process, started at need and ended when idle. One session at a time; its memory and its time
 * are limited from outside, and whatever happens to it is an error of that session alone.
 */
export class Engine {
  private readonly options: Required<EngineOptions>;
  private child: ChildProcess | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  /** The end of the last session in the queue. */
  private last: Promise<unknown> = Promise.resolve();
  private sessions = 0;
  private closed = false;

  constructor(options: EngineOptions) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Of the engine's process; undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Runs `work` in a session that can read `files` (absolute paths) and nothing else.
   * @throws EngineError; the signal's reason when it fires, and the session is then ended at once
   */
  async use<T>(
    files: string[],
    work: (queries: EngineQueries) => Promise<T>,
    signal?: AbortSignal
  ): Promise<T> {
    const turn = this.last;
    let end!: (left?: Promise<void>) => void;
    const ended = new Promise<void>(resolve => (end = resolve));
    this.last = turn.then(() => ended);
    try {
      await unlessAborted(turn, signal);
      return await this.session(files, work, end, signal);
    } finally {
      end();
    }
  }

  /** Resolves when the sessions asked for so far are over and cleared away. */
  async idle(): Promise<void> {
    await this.last;
  }

  /** Ends the process; a session under way fails. */
  async close(): Promise<void> {
    this.closed = true;
    this.kill();
    await this.last;
  }

  /** @param end told when the work is done, and what the next session has to wait for */
  private async session<T>(
    files: string[],
    work: (queries: EngineQueries) => Promise<T>,
    end: (left: Promise<void>) => void,
    signal?: AbortSignal
  ): Promise<T> {
    if (this.closed) {
      throw new EngineError('the service is stopping');
    }
    clearTimeout(this.idleTimer);
    const { memoryBytes, spillBytes } = this.options;
    const spillFolder = join(this.options.spillFolder, String(++this.sessions));
    await mkdir(spillFolder, { recursive: true });
    const child = (this.child ??= this.start());
    const watch = new Watch(child, this.options, signal);
    // Answers come without a name: the next request goes out when the last one is answered.
    let answered: Promise<unknown> = Promise.resolve();
    const ask = (request: EngineRequest): Promise<EngineRow[]> => {
      const answer = answered.then(() => watch.during(() => send(child, request)));
      answered = answer.catch(() => undefined);
      return answer;
    };
    const leave = async () => {
      try {
        if (this.child === child) {
          await ask({ kind: 'close' });
        }
      } catch {
        this.kill();
      } finally {
        watch.end();
        await rm(spillFolder, { recursive: true, force: true });
        this.idleTimer = setTimeout(() => this.kill(), this.options.idleMs).unref();
      }
    };
    try {
      await ask({ kind: 'open', session: { files, spillFolder, memoryBytes, spillBytes, threads: THREADS } });
      return await work({
        query: sql => ask({ kind: 'query', sql }),
        convert: async (source, target) => void (await ask({ kind: 'convert', source, target })),
        export: async (sql, target) => void (await ask({ kind: 'export', sql, target }))
      });
    } catch (error) {
      // Whatever state the session was in, the next one starts with a new process.
      this.kill();
      signal?.throwIfAborted();
      throw error;
    } finally {
      // Nobody waits until the engine has given back its memory, only the next session.
      end(leave());
    }
  }

  private start(): ChildProcess {
    const child = fork(this.options.entry, [], {
      // Nothing of the service's environment, which may hold keys; Windows cannot start a process without it.
      ...(process.platform === 'win32' ? {} : { env: {} }),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc']
    });
    child.unref();
    child.channel?.unref();
    child.once('exit', () => {
      if (this.child === child) {
        this.child = undefined;
      }
    });
    // An entry that cannot be started is told to the session by `send`.
    child.on('error', () => undefined);
    return child;
  }

  private kill(): void {
    clearTimeout(this.idleTimer);
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** Ends a session's process when it takes too much time or memory, or when nobody waits for it any longer. */
class Watch {
  private readonly failure: Promise<never>;
  private fail!: (error: unknown) => void;
  private readonly release: (() => void)[] = [];

  constructor(
    private readonly child: ChildProcess,
    { deadlineMs, residentBytesMax }: Required<EngineOptions>,
    signal?: AbortSignal
  ) {
    this.failure = new Promise((_, reject) => (this.fail = reject));
    this.failure.catch(() => undefined);
    this.watchProcess();
    this.watchTime(deadlineMs);
    this.watchMemory(residentBytesMax);
    const aborted = () => this.endWith(signal!.reason);
    signal?.addEventListener('abort', aborted);
    this.release.push(() => signal?.removeEventListener('abort', aborted));
  }

  /** The outcome of `work`, or why it was ended. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return Promise.race([this.failure, work()]);
  }

  end(): void {
    this.release.forEach(release => release());
  }

  private watchProcess(): void {
    const exited = (code: number | null, signal: string | null) =>
      this.fail(new EngineError(`the query engine ended unexpectedly (${signal ?? `exit code ${code}`})`));
    const failed = (error: Error) =>
      this.fail(new EngineError(`the query engine did not start: ${error.message}`));
    this.child.once('exit', exited).once('error', failed);
    this.release.push(() => this.child.off('exit', exited).off('error', failed));
  }

  private watchTime(deadlineMs: number): void {
    const timer = setTimeout(
      () => this.endWith(new EngineError(`it took longer than ${deadlineMs / 1000} seconds`)),
      deadlineMs
    );
    this.release.push(() => clearTimeout(timer));
  }

  private watchMemory(bytesMax: number): void {
    const timer = setInterval(async () => {
      if (((await residentBytes(this.child.pid ?? 0)) ?? 0) > bytesMax) {
        this.endWith(new EngineError(`it needs more than ${Math.round(bytesMax / MIB)} MiB of memory`));
      }
    }, WATCH_INTERVAL_MS);
    this.release.push(() => clearInterval(timer));
  }

  private endWith(error: unknown): void {
    this.fail(error);
    this.child.kill('SIGKILL');
  }
}

/** Waits for `turn`, but no longer than until the signal fires. */
async function unlessAborted(turn: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal!.reason);
    signal?.addEventListener('abort', stop);
  });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal?.removeEventListener('abort', stop!);
  }
}

/** One request and its answer; a process that ends meanwhile is the watch's affair. */
function send(child: ChildProcess, request: EngineRequest): Promise<EngineRow[]> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: EngineAnswer) => {
      if ('rows' in answer) {
        resolve(answer.rows);
      } else {
        reject(new EngineError(answer.error));
      }
    });
    child.send(request, error => {
      if (error) {
        reject(new EngineError('the query engine ended unexpectedly'));
      }
    });
  });
}
