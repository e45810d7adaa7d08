import type { StagingToken } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { STAGED_PREFIX_BYTES, stagedKey, stagedLayer } from './keys.js';
import type { StagedChange } from './layers.js';

/**
 * Staged records read at a time: few at first, because a small page of a listing or a step past a common prefix
 * needs no more, then twice as many each time, because a commit reads on.
 */
const SCAN_RECORDS_FIRST = 16;
const SCAN_RECORDS_MAX = 1_024;

/** Walks several layers as one, in the order of paths; of each path the newest layer's change. */
export class StagedCursor {
  private readonly layers: LayerCursor[];
  current: StagedChange | undefined;

  constructor(reader: Pick<KvReader, 'scan'>, tokens: StagingToken[]) {
    this.layers = tokens.map(token => new LayerCursor(reader, token));
  }

  /** Moves to the first change at or behind `path`. */
  async seek(path: Buffer): Promise<void> {
    for (const layer of this.layers) {
      await layer.seek(path);
    }
    this.choose();
  }

  async next(): Promise<void> {
    const path = this.current!.path;
    for (const layer of this.layers) {
      if (layer.path?.equals(path)) {
        const moved = layer.next();
        if (moved) {
          await moved;
        }
      }
    }
    this.choose();
  }

  /** The smallest path of all; the newest layer comes first in the list and so wins a tie. */
  private choose(): void {
    let best: LayerCursor | undefined;
    for (const layer of this.layers) {
      if (layer.path && (!best || layer.path.compare(best.path!) < 0)) {
        best = layer;
      }
    }
    const value = best?.value;
    this.current = best && { path: best.path!, value: value!.length === 0 ? null : value! };
  }
}

class LayerCursor {
  private page: { path: Buffer; value: Buffer }[] = [];
  private at = 0;
  private more = true;

  constructor(
    private readonly reader: Pick<KvReader, 'scan'>,
    private readonly token: StagingToken
  ) {}

  get path(): Buffer | undefined {
    return this.page[this.at]?.path;
  }

  get value(): Buffer | undefined {
    return this.page[this.at]?.value;
  }

  seek(path: Buffer): Promise<void> {
    return this.read(path, SCAN_RECORDS_FIRST);
  }

  private async read(path: Buffer, limit: number): Promise<void> {
    const records = await this.reader.scan({
      prefix: stagedLayer(this.token),
      start: stagedKey(this.token, path),
      limit
    });
    this.page = records.map(({ key, value }) => ({ path: key.subarray(STAGED_PREFIX_BYTES), value }));
    this.at = 0;
    this.more = records.length === limit;
  }

  /** Synchronous inside a page. */
  next(): Promise<void> | void {
    this.at++;
    if (this.at >= this.page.length && this.more) {
      const last = this.page[this.at - 1]!.path;
      return this.read(Buffer.concat([last, Buffer.of(0)]), Math.min(this.page.length * 2, SCAN_RECORDS_MAX));
    }
  }
}
