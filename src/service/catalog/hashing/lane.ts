import type { MessagePort } from 'node:worker_threads';

import type { Digests, Hashing } from './digests.js';

/** Bytes that go to the threads at a time: a message costs some 10 µs on each side, hashing these 0.6 ms. */
export const SLOT_BYTES = 512 * 1024;
/** So many that a thread that waits for a core does not stall the other, nor the sender; 4 MiB together. */
export const SLOTS = 8;

/** The bytes of a slot for a thread to hash, the end of a body, or a body that is given up. */
export type LaneRequest = { slot: number; length: number } | 'end' | 'abandon';
/** A slot is done, or the digest that was asked for, in hex. */
export type LaneAnswer = { digest?: string };

/** One algorithm's side of a lane. */
interface Side {
  port: MessagePort;
  /** Slots hashed. */
  done: number;
  digest?: string;
}

/**
 * A way by which one body at a time goes to two threads, each with an algorithm of its own: a ring of slots in
 * shared memory, so that bytes are copied once and no thread waits for the other.
 */
export class Lane implements Hashing {
  private readonly sides: Side[];
  private slot = 0;
  private filled = 0;
  private sent = 0;
  private failure: Error | undefined;
  /** Waits for an answer of a thread. */
  private wake: (() => void) | undefined;

  /**
   * @param ring SLOTS times SLOT_BYTES, shared with the threads
   * @param ports to the thread for MD5 and to the one for SHA-256
   * @param events `free` when the next body may come, `failed` when none may any more
   */
  constructor(
    private readonly ring: Uint8Array,
    ports: { md5: MessagePort; sha256: MessagePort },
    private readonly events: { free: () => void; failed: () => void }
  ) {
    this.sides = [ports.md5, ports.sha256].map(port => ({ port, done: 0 }));
    for (const side of this.sides) {
      side.port.on('message', ({ digest }: LaneAnswer) => {
        if (digest === undefined) {
          side.done++;
        } else {
          side.digest = digest;
        }
        this.wake?.();
      });
      side.port.on('close', () => this.fail(new Error('A thread that hashes object bytes has ended.')));
      // Who waits for an answer has a connection open; an idle lane keeps no process alive.
      side.port.unref();
    }
  }

  async update(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const take = Math.min(SLOT_BYTES - this.filled, chunk.length - at);
      this.ring.set(chunk.subarray(at, at + take), this.slot * SLOT_BYTES + this.filled);
      this.filled += take;
      at += take;
      if (this.filled === SLOT_BYTES) {
        this.send();
        await this.until(() => this.sides.every(({ done }) => this.sent - done < SLOTS));
      }
    }
  }

  async finish(): Promise<Digests> {
    if (this.filled > 0) {
      this.send();
    }
    this.post('end');
    await this.until(() => this.sides.every(({ digest }) => digest !== undefined));
    const [md5, sha256] = this.sides.map(({ digest }) => digest!);
    this.release();
    return { md5: md5!, sha256: sha256! };
  }

  abandon(): void {
    if (!this.failure) {
      this.post('abandon');
      this.release();
    }
  }

  /** Whoever waits hears of it, and who comes next. */
  private fail(error: Error): void {
    if (!this.failure) {
      this.failure = error;
      this.events.failed();
      this.sides.forEach(({ port }) => port.close());
      this.wake?.();
    }
  }

  private send(): void {
    this.post({ slot: this.slot, length: this.filled });
    this.slot = (this.slot + 1) % SLOTS;
    this.filled = 0;
    this.sent++;
  }

  private post(request: LaneRequest): void {
    this.sides.forEach(({ port }) => port.postMessage(request));
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!this.failure && !isSo()) {
      await new Promise<void>(resolve => (this.wake = resolve));
    }
    if (this.failure) {
      throw this.failure;
    }
  }

  /** Slots of an abandoned body may still be in work: the next one waits for them as for its own. */
  private release(): void {
    this.filled = 0;
    this.sides.forEach(side => (side.digest = undefined));
    this.events.free();
  }
}
