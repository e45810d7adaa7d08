import type { Blocks, BlockWriter } from '../blocks/blocks.js';
import { storeFull } from './errors.js';
import { digestsOf, InlineHashing, type Digests, type Hashing } from './hashing/digests.js';
import type { HashingLanes } from './hashing/lanes.js';
import type { Place } from './records.js';

/** Contents up to this size lie in the key-value store, in the same write as their entry. */
export const INLINE_BYTES_MAX = 16 * 1024;
/**
 * Bodies up to this size are gathered and hashed here, which takes a millisecond or two; of larger ones the hashing
 * goes to threads where there are any.
 */
export const GATHERED_BYTES_MAX = 512 * 1024;

/** A body that was taken in: durable in a block, or in memory if it is small. */
export interface Taken extends Digests {
  size: number;
  place: Place;
}

/** A body that is hashed and written while it comes. */
interface LargeBody {
  writer: BlockWriter;
  hashing: Hashing;
}

/** Where object bytes come in: hashes them, and puts them where they belong. */
export class Intake {
  constructor(
    private readonly blocks: Blocks,
    private readonly lanes: HashingLanes | undefined
  ) {}

  /** Nothing is held whole, and nothing stays when the body breaks off. @throws store-full, and what `body` throws */
  async take(body: AsyncIterable<Uint8Array>): Promise<Taken> {
    try {
      const { size, head, large } = await this.receive(body);
      const kept = await (large ? this.finish(large) : this.keep(head, size));
      return { size, ...kept };
    } catch (error) {
      throw full(error);
    }
  }

  private async receive(
    body: AsyncIterable<Uint8Array>
  ): Promise<{ size: number; head: Uint8Array[]; large: LargeBody | undefined }> {
    const head: Uint8Array[] = [];
    let size = 0;
    let large: LargeBody | undefined;
    try {
      for await (const chunk of body) {
        size += chunk.length;
        if (large) {
          await write(large, chunk);
          continue;
        }
        head.push(chunk);
        if (size > GATHERED_BYTES_MAX) {
          large = await this.begin();
          for (const gathered of head.splice(0)) {
            await write(large, gathered);
          }
        }
      }
      return { size, head, large };
    } catch (error) {
      large?.hashing.abandon();
      await large?.writer.discard();
      throw error;
    }
  }

  private async begin(): Promise<LargeBody> {
    const writer = await this.blocks.create();
    return { writer, hashing: this.lanes?.take() ?? new InlineHashing() };
  }

  /** The last bytes are hashed while the file is made durable. */
  private async finish({ writer, hashing }: LargeBody): Promise<Digests & { place: Place }> {
    const hashed = hashing.finish();
    // Awaited later; until then a failure must not count as unhandled.
    hashed.catch(() => undefined);
    const block = await finished(writer);
    try {
      return { ...(await hashed), place: { kind: 'file', block } };
    } catch (error) {
      await this.blocks.remove(block);
      throw error;
    }
  }

  private async keep(pieces: Uint8Array[], size: number): Promise<Digests & { place: Place }> {
    const digests = digestsOf(pieces);
    const bytes = Buffer.concat(pieces);
    if (size <= INLINE_BYTES_MAX) {
      return { ...digests, place: { kind: 'inline', bytes } };
    }
    const writer = await this.blocks.create();
    return { ...digests, place: { kind: 'file', block: await finished(writer, bytes) } };
  }
}

async function write({ writer, hashing }: LargeBody, chunk: Uint8Array): Promise<void> {
  await hashing.update(chunk);
  await writer.write(chunk);
}

/** The block, durable, with the last of its bytes. */
async function finished(writer: BlockWriter, bytes?: Uint8Array): Promise<string> {
  try {
    if (bytes) {
      await writer.write(bytes);
    }
    return await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Says what a full disk means; passes every other error on. */
function full(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? storeFull() : error;
}
