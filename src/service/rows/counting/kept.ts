import type { Kv } from '../../kv/kv.js';
import type { Log } from './log.js';

/** Of one write, which keeps the thread for a few milliseconds. */
const RECORDS_A_WRITE = 1_000;
const BYTES_A_WRITE = 4 * 1024 * 1024;
/** So many may wait before whoever finds more waits for the disk: a few megabytes. */
const RECORDS_WAITING_MAX = 20_000;

/** A record to be kept. */
export interface KeptRecord {
  key: Buffer;
  value: Buffer;
}

/**
 * What this room has found out, by key. It is a cache: everything in it can be found out again, so that nobody waits
 * until it is on the disk. Whoever asks meanwhile gets it all the same.
 *
 * What belongs together lasts together: records are written in the order in which they came, and after a write that
 * failed those that came before it from whoever is still at work, and may name what was lost, are not written either.
 */
export class Kept {
  /** On their way to the disk, and those that go next. By their keys in latin1. */
  private writing = new Map<string, KeptRecord>();
  private waiting = new Map<string, KeptRecord>();
  private written: Promise<void> | undefined;
  private failedWrites = 0;

  constructor(
    private readonly kv: Kv,
    private readonly log: Log
  ) {}

  /** Writes that failed: what they held may have been answered before. */
  get losses(): number {
    return this.failedWrites;
  }

  /** The values kept under `keys`, in their order, at one point in time. */
  async get(keys: Buffer[]): Promise<(Buffer | undefined)[]> {
    // Before the snapshot: what is on its way now is in any later one.
    const onTheWay = this.isIdle ? [] : keys.map(key => this.pending(key));
    return this.kv.snapshot(reader =>
      Promise.all(keys.map(async (key, i) => onTheWay[i] ?? (await reader.get(key))?.value))
    );
  }

  /** For one piece of work, before it asks what is kept: it keeps what it finds by this. */
  keeping(): Keeping {
    const since = this.losses;
    return {
      add: records => {
        if (since === this.losses) {
          this.put(records);
        }
      },
      room: async () => {
        while (this.waiting.size > RECORDS_WAITING_MAX) {
          await this.written;
        }
      }
    };
  }

  /** Everything found so far is durable, or was given up. */
  async idle(): Promise<void> {
    while (!this.isIdle) {
      await this.written;
    }
  }

  private get isIdle(): boolean {
    return this.written === undefined;
  }

  private pending(key: Buffer): Buffer | undefined {
    const name = key.toString('latin1');
    return (this.waiting.get(name) ?? this.writing.get(name))?.value;
  }

  private put(records: KeptRecord[]): void {
    records.forEach(record => this.waiting.set(record.key.toString('latin1'), record));
    if (this.waiting.size > 0) {
      this.written ??= this.writeAll();
    }
  }

  private async writeAll(): Promise<void> {
    // What the same turn of the event loop finds goes with it.
    await new Promise(setImmediate);
    while (this.waiting.size > 0) {
      this.writing = this.next();
      try {
        await this.kv.write({ put: [...this.writing.values()] });
      } catch (error) {
        this.log.warn({ err: error }, 'what was counted could not be kept, and will be counted again');
        this.failedWrites++;
        this.waiting.clear();
      }
      this.writing = new Map();
    }
    this.written = undefined;
  }

  /** Takes the first of those that wait. */
  private next(): Map<string, KeptRecord> {
    const first = new Map<string, KeptRecord>();
    let bytes = 0;
    for (const [name, record] of this.waiting) {
      bytes += record.value.length;
      if (first.size > 0 && (first.size === RECORDS_A_WRITE || bytes > BYTES_A_WRITE)) {
        break;
      }
      first.set(name, record);
      this.waiting.delete(name);
    }
    return first;
  }
}

/** Keeps what one piece of work finds. */
export interface Keeping {
  /** Columns before what names them. */
  add(records: KeptRecord[]): void;
  /** Waits while the disk is far behind. */
  room(): Promise<void>;
}
