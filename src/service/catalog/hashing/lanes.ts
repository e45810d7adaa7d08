import { availableParallelism } from 'node:os';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';

import type { Algorithm, Hashing } from './digests.js';
import type { LaneSide } from './hash-worker.js';
import { Lane } from './lane.js';
import { ringMemory, type RingMemory } from './ring.js';

/** Bodies that are hashed in threads at the same time; each has a ring (4 MiB) for as long as the threads live. */
export const LANES_MAX = 8;
/** The main thread and the disk's need cores too, and a service on a laptop shares them with a notebook. */
const THREADS_MAX = 4;

/**
 * Threads that hash large bodies, so that the main thread receives and answers meanwhile. They begin when they are
 * needed first. When one ends, the bodies that it worked on fail, and the next ones get others.
 */
export class HashingLanes {
  private readonly free: Lane[] = [];
  private readonly lanes = new Set<Lane>();
  private readonly threads: (Worker | undefined)[];

  /** @param workerUrl where hash-worker's bundle lies */
  constructor(
    private readonly workerUrl: URL,
    private readonly onError: (error: unknown) => void
  ) {
    const pairs = Math.floor(Math.min(THREADS_MAX, availableParallelism()) / 2);
    this.threads = Array.from({ length: 2 * Math.max(1, pairs) });
  }

  /** For the next body; undefined when there are too many already. */
  take(): Hashing | undefined {
    return this.free.pop() ?? (this.lanes.size < LANES_MAX ? this.open() : undefined);
  }

  /** Ends the threads, and with them what they work on. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map(async thread => thread?.terminate()));
  }

  private open(): Lane {
    const memory = ringMemory();
    const first = (2 * this.lanes.size) % this.threads.length;
    const ports = {
      md5: this.connect(first, 'md5', memory),
      sha256: this.connect(first + 1, 'sha256', memory)
    };
    const lane = new Lane(memory, ports, {
      free: () => this.free.push(lane),
      failed: () => this.forget(lane)
    });
    this.lanes.add(lane);
    return lane;
  }

  private forget(lane: Lane): void {
    this.lanes.delete(lane);
    const at = this.free.indexOf(lane);
    if (at >= 0) {
      this.free.splice(at, 1);
    }
  }

  private connect(index: number, algorithm: Algorithm, memory: RingMemory): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const side: LaneSide = { port: port2, algorithm, memory };
    this.thread(index).postMessage(side, [port2]);
    return port1;
  }

  private thread(index: number): Worker {
    let thread = this.threads[index];
    if (!thread) {
      const begun = new Worker(this.workerUrl);
      begun.on('error', this.onError);
      begun.on('exit', () => {
        if (this.threads[index] === begun) {
          this.threads[index] = undefined;
        }
      });
      begun.unref();
      thread = this.threads[index] = begun;
    }
    return thread;
  }
}
