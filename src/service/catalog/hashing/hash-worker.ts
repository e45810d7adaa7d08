import { createHash } from 'node:crypto';
import { parentPort, type MessagePort } from 'node:worker_threads';

import type { Algorithm } from './digests.js';
import { SLOT_BYTES, type LaneAnswer, type LaneRequest } from './lane.js';

/** What a thread gets for each lane that it works for. */
export interface LaneSide {
  port: MessagePort;
  algorithm: Algorithm;
  ring: Uint8Array;
}

if (!parentPort) {
  throw new Error('hash-worker runs as a worker thread only');
}
parentPort.on('message', ({ port, algorithm, ring }: LaneSide) => {
  let hash = createHash(algorithm);
  port.on('message', (request: LaneRequest) => {
    const answer: LaneAnswer = {};
    if (typeof request === 'object') {
      const from = request.slot * SLOT_BYTES;
      hash.update(ring.subarray(from, from + request.length));
    } else {
      if (request === 'end') {
        answer.digest = hash.digest('hex');
      }
      hash = createHash(algorithm);
    }
    if (request !== 'abandon') {
      port.postMessage(answer);
    }
  });
});
