import { createHash } from 'node:crypto';
import { parentPort, type MessagePort } from 'node:worker_threads';

import { ALGORITHMS, type Algorithm } from './digests.js';
import type { LaneAnswer, LaneRequest } from './lane.js';
import { Ring, SLOTS, type RingMemory } from './ring.js';

/** What a thread gets for each lane that it works for. */
export interface LaneSide {
  port: MessagePort;
  algorithm: Algorithm;
  memory: RingMemory;
}

/** Hashes what comes by one lane. */
class Hasher {
  private readonly ring: Ring;
  private readonly reader: number;
  private hash;

  constructor(private readonly side: LaneSide) {
    this.ring = new Ring(side.memory);
    this.reader = ALGORITHMS.indexOf(side.algorithm);
    this.hash = createHash(side.algorithm);
    side.port.on('message', (request: LaneRequest) => this.answer(request));
    // What was sent before this thread had begun.
    this.takeTurn();
  }

  private answer(request: LaneRequest): void {
    if (request === 'go') {
      this.takeTurn();
      return;
    }
    this.work(Infinity);
    this.post({ digest: this.hash.digest('hex') });
    this.hash = createHash(this.side.algorithm);
  }

  /** Other lanes of this thread have their turns too. */
  private takeTurn(): void {
    if (this.work(SLOTS)) {
      setImmediate(() => this.takeTurn());
    }
  }

  /** Hashes at most so many slots. @returns whether there may be more */
  private work(slotsMax: number): boolean {
    for (let i = 0; i < slotsMax; i++) {
      const bytes = this.ring.next(this.reader);
      if (!bytes) {
        return false;
      }
      this.hash.update(bytes);
      if (this.ring.release(this.reader)) {
        this.post({});
      }
    }
    return true;
  }

  private post(answer: LaneAnswer): void {
    this.side.port.postMessage(answer);
  }
}

if (!parentPort) {
  throw new Error('hash-worker runs as a worker thread only');
}
parentPort.on('message', (side: LaneSide) => new Hasher(side));
