/** Bytes that a thread hashes at one go: 0.6 ms for MD5. */
export const SLOT_BYTES = 512 * 1024;
/** So many that a thread that waits for a core does not stall the other, nor the sender; 4 MiB together. */
export const SLOTS = 8;
/** Two threads read what one writes. */
const READERS = 2;

/** Where the counters lie. */
const SENT = 0;
const LENGTHS = 1;
const DONE = LENGTHS + SLOTS;
const ASLEEP = DONE + READERS;
const AWAITED = ASLEEP + READERS;
const COUNTERS = AWAITED + READERS;

/** What threads share: plain data, so that it can be passed on in a message. */
export interface RingMemory {
  bytes: Uint8Array;
  counters: Int32Array;
}

export function ringMemory(): RingMemory {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
    counters: new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT))
  };
}

/**
 * Slots in shared memory that one thread fills in turn and two others read. Counters tell each how far the others
 * are; who has nothing to do says so and sleeps, and only a sleeper is woken, because a message costs more than a
 * look at a counter, and one for each slot took a third of the time that hashing takes.
 */
export class Ring {
  private filled = 0;

  constructor(private readonly memory: RingMemory) {}

  /**
   * The writer's: takes bytes until a slot is full.
   * @returns how many were taken, and whether the slot must be sent before the next can be
   */
  fill(chunk: Uint8Array): { taken: number; full: boolean } {
    const { bytes, counters } = this.memory;
    const taken = Math.min(SLOT_BYTES - this.filled, chunk.length);
    const start = (counters[SENT]! % SLOTS) * SLOT_BYTES + this.filled;
    bytes.set(chunk.subarray(0, taken), start);
    this.filled += taken;
    return { taken, full: this.filled === SLOT_BYTES };
  }

  /** The writer's: gives what has been filled in to the readers. @returns those that sleep and must be woken */
  send(): number[] {
    const { counters } = this.memory;
    if (this.filled > 0) {
      counters[LENGTHS + (counters[SENT]! % SLOTS)] = this.filled;
      this.filled = 0;
      Atomics.add(counters, SENT, 1);
    }
    return [0, 1].filter(reader => Atomics.exchange(counters, ASLEEP + reader, 0) === 1);
  }

  /** The writer's: whether the next slot is free. When not, the readers that it waits for will say so. */
  hasRoom(): boolean {
    const { counters } = this.memory;
    const behind = (reader: number) => counters[SENT]! - Atomics.load(counters, DONE + reader) >= SLOTS;
    return [0, 1].every(reader => {
      if (!behind(reader)) {
        return true;
      }
      Atomics.store(counters, AWAITED + reader, 1);
      return !behind(reader);
    });
  }

  /** A reader's: the next slot's bytes; undefined when there is none, and then the reader counts as asleep. */
  next(reader: number): Uint8Array | undefined {
    const { bytes, counters } = this.memory;
    const done = counters[DONE + reader]!;
    if (Atomics.load(counters, SENT) === done) {
      Atomics.store(counters, ASLEEP + reader, 1);
      const stillNothing = Atomics.load(counters, SENT) === done;
      if (stillNothing || Atomics.exchange(counters, ASLEEP + reader, 0) === 0) {
        return undefined;
      }
    }
    const slot = done % SLOTS;
    return bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + counters[LENGTHS + slot]!);
  }

  /**
   * A reader's: it is done with what {@link next} gave.
   * @returns whether the writer waits for it and must be woken: not before half of the slots are free
   */
  release(reader: number): boolean {
    const { counters } = this.memory;
    const done = Atomics.add(counters, DONE + reader, 1) + 1;
    const enough = Atomics.load(counters, SENT) - done <= SLOTS / 2;
    return enough && Atomics.exchange(counters, AWAITED + reader, 0) === 1;
  }
}
