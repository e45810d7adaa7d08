import type { MessagePort } from 'node:worker_threads';

import type { Digests, Hashing } from './digests.js';
import { Ring, type RingMemory } from './ring.js';

/** To a thread: there is something to hash, or a body's end. */
export type LaneRequest = 'go' | 'end';
/** From a thread: there is room again, or the digest in hex that was asked for. */
export type LaneAnswer = { digest?: string };

/**
 * A way by which one body at a time goes to two threads, each with an algorithm of its own: bytes are copied once, and
 * no thread waits for the other.
 */
export class Lane implements Hashing {
  private readonly ring: Ring;
  private readonly ports: MessagePort[];
  private digests: (string | undefined)[] = [];
  private failure: Error | undefined;
  /** Waits for an answer of a thread. */
  private wake: (() => void) | undefined;

  /**
   * @param ports to the thread for MD5 and to the one for SHA-256
   * @param events `free` when the next body may come, `failed` when none may any more
   */
  constructor(
    memory: RingMemory,
    ports: { md5: MessagePort; sha256: MessagePort },
    private readonly events: { free: () => void; failed: () => void }
  ) {
    this.ring = new Ring(memory);
    this.ports = [ports.md5, ports.sha256];
    this.ports.forEach((port, side) => {
      port.on('message', ({ digest }: LaneAnswer) => {
        this.digests[side] = digest;
        this.wake?.();
      });
      port.on('close', () => this.fail(new Error('A thread that hashes object bytes has ended.')));
      // An idle lane keeps no process alive; who waits for an answer does.
      port.unref();
    });
  }

  async update(chunk: Uint8Array): Promise<void> {
    for (let left = chunk; left.length > 0;) {
      const { taken, full } = this.ring.fill(left);
      left = left.subarray(taken);
      if (full) {
        this.send();
        await this.until(() => this.ring.hasRoom());
      }
    }
  }

  async finish(): Promise<Digests> {
    this.send();
    this.ports.forEach(port => port.postMessage('end' satisfies LaneRequest));
    await this.until(() => this.ports.every((_, side) => this.digests[side] !== undefined));
    const [md5, sha256] = this.digests;
    this.digests = [];
    this.events.free();
    return { md5: md5!, sha256: sha256! };
  }

  /** The threads must be done with the body before the next one may come. */
  abandon(): void {
    this.finish().catch(() => undefined);
  }

  private send(): void {
    for (const side of this.ring.send()) {
      this.ports[side]!.postMessage('go' satisfies LaneRequest);
    }
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!this.failure && !isSo()) {
      this.ports.forEach(port => port.ref());
      await new Promise<void>(resolve => (this.wake = resolve));
      this.ports.forEach(port => port.unref());
    }
    if (this.failure) {
      throw this.failure;
    }
  }

  /** Whoever waits hears of it, and who comes next. */
  private fail(error: Error): void {
    if (!this.failure) {
      this.failure = error;
      this.events.failed();
      this.ports.forEach(port => port.close());
      this.wake?.();
    }
  }
}
