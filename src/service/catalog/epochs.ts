import type { Kv, Version } from '../kv/kv.js';
import { EPOCH } from './keys.js';
import { decodeRecord, encodeRecord } from './records.js';
import { Turnstile } from './turnstile.js';

/**
 * Epochs divide the store's time for garbage collection (docs/garbage-collection.md). A collection raises the epoch
 * and waits for the verbs begun before; whatever makes a reference after that writes the record that it refers to
 * again, so that the record's version tells: nothing came to refer to an older one without having been seen.
 */
export class Epochs {
  static async open(kv: Kv): Promise<Epochs> {
    await kv.write({
      expect: [{ key: EPOCH, version: 'absent' }],
      put: [{ key: EPOCH, value: encodeRecord({ epoch: 1 }) }]
    });
    const { value, version } = (await kv.snapshot(reader => reader.get(EPOCH)))!;
    return new Epochs(kv, decodeRecord<{ epoch: number }>(value).epoch, version);
  }

  /**
   * True while a collection looks for what is referred to: staged changes must then stay in the layer that they
   * are in, as their contents are found by looking through layers.
   */
  marking = false;

  /** Verbs that write what nothing refers to yet, or come to refer to something. */
  readonly verbs = new Turnstile();
  /** Readings of object bytes. */
  readonly readings = new Turnstile();

  private constructor(
    private readonly kv: Kv,
    private epoch: number,
    private line: Version
  ) {}

  get current(): number {
    return this.epoch;
  }

  /** Whether a record was written in this epoch: others must be written again by who comes to refer to them. */
  isRecent(record: { version: Version }): boolean {
    return record.version > this.line;
  }

  /**
   * Begins another epoch, durably, and waits for the verbs begun before it.
   * @returns the line between the two: records that were written in an earlier epoch have at most this version
   */
  async raise(): Promise<Version> {
    const epoch = this.epoch + 1;
    await this.kv.write({ put: [{ key: EPOCH, value: encodeRecord({ epoch }) }] });
    const { version } = (await this.kv.snapshot(reader => reader.get(EPOCH)))!;
    this.epoch = epoch;
    this.line = version;
    await this.verbs.turn();
    return version;
  }
}
