import type { RangeReader } from '../formats/range-reader.js';

/** What may be read of one file for one preview, and what its answer may hold, in bytes. */
export const PREVIEW_BYTES_MAX = 64 * 1024 * 1024;
/** Fetched at a time of what is read from its beginning: some hundred rows of most texts. */
const STREAM_BYTES = 256 * 1024;

/** A preview would have to read or to answer more than {@link PREVIEW_BYTES_MAX}. */
export class TooLarge extends Error {
  override name = 'TooLarge';

  /** @param columns some that could be shown */
  constructor(readonly columns: string[]) {
    super('it is too large for a preview');
  }
}

/** Holds a preview to {@link PREVIEW_BYTES_MAX}. */
export class ReadLimit {
  /** Rejects with TooLarge, before too much is read. Whoever wanted to read it waits for ever. */
  readonly exceeded: Promise<never>;
  private reject!: (error: TooLarge) => void;
  private left = PREVIEW_BYTES_MAX;
  private columns: string[] = [];

  constructor() {
    this.exceeded = new Promise((_, reject) => (this.reject = reject));
    this.exceeded.catch(() => undefined);
  }

  /** Says which columns there are to fall back on: those that can be read together, in the order given. */
  offer(sizes: { column: string; bytes: number }[]): void {
    let left = PREVIEW_BYTES_MAX;
    this.columns = sizes
      .filter(({ bytes }) => {
        const fits = bytes <= left;
        left -= fits ? bytes : 0;
        return fits;
      })
      .map(({ column }) => column);
  }

  /** A file whose bytes are counted before they are fetched. */
  reader({ byteLength, slice }: Pick<RangeReader, 'byteLength' | 'slice'>): RangeReader {
    const limited = async (start: number, end: number) => {
      this.left -= end - start;
      if (this.left < 0) {
        this.reject(new TooLarge(this.columns));
        // parquet-wasm breaks down where a read fails.
        return new Promise<never>(() => undefined);
      }
      return slice(start, end);
    };
    return {
      byteLength,
      slice: limited,
      async *stream() {
        for (let at = 0; at < byteLength; at += STREAM_BYTES) {
          yield await limited(at, Math.min(at + STREAM_BYTES, byteLength));
        }
      }
    };
  }
}
