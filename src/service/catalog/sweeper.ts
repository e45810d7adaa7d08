import type { Blocks } from '../blocks/blocks.js';
import type { RepositoryUid, StagingToken } from '../ids.js';
import type { Kv, KvRecord } from '../kv/kv.js';
import { DROPS, familyOf, partsOf, REPOSITORY_FAMILIES, stagedLayer } from './keys.js';
import { layersOf } from './layers.js';
import type { OperationRecord } from './operations.js';
import { decodeBlock, decodeRecord, type BranchRecord } from './records.js';

/** Records removed per write: few enough that the writers beside it wait only moments. */
const RECORDS_PER_WRITE = 2_000;

/**
 * Removes the records of layers, uploads and repositories that were dropped. A verb only notes the drop, in the same
 * write that makes them unreachable; so the verb is quick, and what a crash interrupts goes on at the next start.
 */
export class Sweeper {
  private running: Promise<void> | undefined;
  private again = false;
  private closed = false;
  /** Works that want it to rest, one after another. */
  private resting: Promise<unknown> = Promise.resolve();
  private rests = false;

  constructor(
    private readonly kv: Kv,
    private readonly blocks: Blocks,
    private readonly onError: (error: unknown) => void
  ) {}

  /** There is, or may be, something to remove. */
  wake(): void {
    this.again = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Resolves when nothing noted so far is left. */
  async idle(): Promise<void> {
    while (this.running) {
      await this.running;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  /**
   * Does `work` while nothing is removed: what could be reached when it began can be read until it ends. One work
   * at a time.
   */
  async rest<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.resting.then(async () => {
      this.rests = true;
      await this.running;
      try {
        return await work();
      } finally {
        this.rests = false;
        this.wake();
      }
    });
    this.resting = mine.catch(() => undefined);
    return mine;
  }

  private get stopped(): boolean {
    return this.closed || this.rests;
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        const drops = await this.scan(DROPS);
        this.again = drops.length === RECORDS_PER_WRITE;
        for (const { key } of drops) {
          await this.drop(key.toString('utf8'));
          if (this.stopped) {
            return;
          }
          await this.kv.write({ delete: [key] });
        }
      }
    } catch (error) {
      this.onError(error);
    }
  }

  private async drop(key: string): Promise<void> {
    const [, kind, name, uploadId] = key.split('/');
    if (kind === 's') {
      await this.empty(stagedLayer(name as StagingToken));
      return;
    }
    if (kind === 'u') {
      await this.empty(partsOf(name as RepositoryUid, uploadId!));
      return;
    }
    for (const family of REPOSITORY_FAMILIES) {
      await this.empty(familyOf(family, name as RepositoryUid), this.before[family]);
    }
  }

  /**
   * What goes before a repository's record of a family, since nothing else names it: the file of a block, the layers
   * of a branch and of an operation. A crash between them leaves a record of nothing, which nobody can reach.
   */
  private readonly before: Partial<
    Record<(typeof REPOSITORY_FAMILIES)[number], (record: KvRecord) => Promise<void>>
  > = {
    k: record => this.removeBlock(record),
    b: ({ value }) => this.removeLayers(layersOf(decodeRecord<BranchRecord>(value))),
    o: ({ value }) => this.removeLayers(decodeRecord<OperationRecord>(value).kept)
  };

  private async empty(prefix: Buffer, before?: (record: KvRecord) => Promise<void>): Promise<void> {
    for (;;) {
      const records = await this.scan(prefix);
      if (records.length === 0 || this.stopped) {
        return;
      }
      for (const record of before ? records : []) {
        await before!(record);
      }
      // What was to go first may not be gone whole.
      if (before && this.stopped) {
        return;
      }
      await this.kv.write({ delete: records.map(record => record.key) });
    }
  }

  private scan(prefix: Buffer): Promise<KvRecord[]> {
    return this.kv.snapshot(reader => reader.scan({ prefix, limit: RECORDS_PER_WRITE }));
  }

  private async removeLayers(tokens: StagingToken[]): Promise<void> {
    for (const token of tokens) {
      await this.empty(stagedLayer(token));
    }
  }

  private async removeBlock(record: KvRecord): Promise<void> {
    const { place } = decodeBlock(record.value);
    if (place.kind === 'file') {
      await this.blocks.remove(place.block);
    }
  }
}
