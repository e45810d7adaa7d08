import { createHash } from 'node:crypto';

import type { BlockWriter } from '../blocks/blocks.js';
import type { ContentId, RepositoryUid } from '../ids.js';
import type { KvExpectation, KvReader, KvWrite } from '../kv/kv.js';
import { CatalogError, storeFull } from './errors.js';
import { contentKey } from './keys.js';
import { decodeBlock, encodeBlock, type BlockRecord, type Place } from './records.js';
import { expecting, type Store, type Versioned } from './store.js';

/** Contents up to this size lie in the key-value store, in the same write as their entry. */
export const INLINE_BYTES_MAX = 16 * 1024;

/** Bytes that have arrived and are durable or in memory, but that nothing refers to yet. */
export interface Received {
  contentId: ContentId;
  size: number;
  /** Hex. */
  md5: string;
  /** Hex. */
  sha256: string;
  /** Where they lie: what a block record will say. */
  place: Place;
  /** Gives them up; harmless when called twice. Not after they were linked. */
  discard(): Promise<void>;
}

/** Object bytes by content id. */
export class Contents {
  constructor(private readonly store: Store) {}

  /**
   * Takes in bytes, hashing on the way. Small contents stay in memory until their entry is written; larger ones
   * go to a block. Nothing is held whole, and nothing stays when the body breaks off.
   */
  async receive(_repository: string, body: AsyncIterable<Uint8Array>): Promise<Received> {
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    let size = 0;
    let head: Uint8Array[] = [];
    let writer: BlockWriter | undefined;
    try {
      for await (const chunk of body) {
        md5.update(chunk);
        sha256.update(chunk);
        size += chunk.length;
        if (!writer) {
          head.push(chunk);
          if (size <= INLINE_BYTES_MAX) {
            continue;
          }
          writer = await this.store.blocks.create();
          await writer.write(Buffer.concat(head));
          head = [];
        } else {
          await writer.write(chunk);
        }
      }
      const digest = sha256.digest('hex');
      const place: Place = writer
        ? { kind: 'file', block: await writer.finish() }
        : { kind: 'inline', bytes: Buffer.concat(head) };
      return {
        contentId: digest as ContentId,
        size,
        md5: md5.digest('hex'),
        sha256: digest,
        place,
        discard: () => this.discard(place)
      };
    } catch (error) {
      await writer?.discard();
      throw full(error);
    }
  }

  /**
   * What a write must expect and put so that an entry may name `contentId`: the content's block record, made
   * new or, where the same bytes are there already, with its epoch renewed. `kept` says whether `place` is the
   * one that stays: also where the bytes should be there and are not, so that sending them again mends the store.
   */
  async link(
    reader: KvReader,
    uid: RepositoryUid,
    content: { contentId: ContentId; size: number; place: Place }
  ): Promise<{ expect: KvExpectation[]; put: NonNullable<KvWrite['put']>; kept: boolean }> {
    const key = contentKey(uid, content.contentId);
    const present = await this.find(reader, uid, content.contentId);
    if (present && (await this.isThere(present))) {
      return { ...this.renewal(key, present), kept: false };
    }
    const value = encodeBlock({ size: content.size, epoch: this.store.epochs.current, place: content.place });
    return { expect: [expecting(key, present)], put: [{ key, value }], kept: true };
  }

  /** Cost: for a file, a look at it. */
  private async isThere({ place, size }: BlockRecord): Promise<boolean> {
    return place.kind === 'file' ? this.store.blocks.holds(place.block, size) : place.kind !== 'expired';
  }

  /** As {@link link}, for a content that must be there already. @throws unreadable-content, object-expired */
  async relink(
    reader: KvReader,
    uid: RepositoryUid,
    contentId: ContentId
  ): Promise<{ expect: KvExpectation[]; put: NonNullable<KvWrite['put']> }> {
    const record = await this.record(reader, uid, contentId);
    if (record.place.kind === 'expired') {
      throw expired();
    }
    return this.renewal(contentKey(uid, contentId), record);
  }

  /** Streams the bytes `start <= i < end`. @throws unreadable-content if they are not where they should be */
  async *read(repository: string, contentId: ContentId, start: number, end: number): AsyncGenerator<Buffer> {
    const { uid, record } = await this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      return { uid, record: await this.record(reader, uid, contentId) };
    });
    // A collection that finds the content unneeded meanwhile waits with its removal.
    const leave = this.store.epochs.readings.enter();
    try {
      yield* this.readPlace(uid, record.place, start, end);
    } finally {
      leave();
    }
  }

  /** The local file that holds exactly this content's bytes, if there is one. */
  async localFile(repository: string, contentId: ContentId): Promise<string | undefined> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const { place } = await this.record(reader, uid, contentId);
      return place.kind === 'file' ? this.store.blocks.localFile(place.block) : undefined;
    });
  }

  /** Removes what lies in a block of its own and was not linked. */
  async discard(place: Place): Promise<void> {
    if (place.kind === 'file') {
      await this.store.blocks.remove(place.block);
    }
  }

  private async *readPlace(
    uid: RepositoryUid,
    place: Place,
    start: number,
    end: number
  ): AsyncGenerator<Buffer> {
    switch (place.kind) {
      case 'inline':
        yield place.bytes.subarray(start, end);
        return;
      case 'file':
        try {
          yield* this.store.blocks.read(place.block, start, end);
        } catch (error) {
          throw unreadable(error);
        }
        return;
      case 'segments': {
        let offset = 0;
        for (const part of place.parts) {
          const from = Math.max(start - offset, 0);
          const to = Math.min(end - offset, part.size);
          if (from < to) {
            const record = await this.store.kv.snapshot(reader => this.record(reader, uid, part.contentId));
            yield* this.readPlace(uid, record.place, from, to);
          }
          offset += part.size;
        }
        return;
      }
      case 'expired':
        throw expired();
    }
  }

  /** Writes a record again only when its epoch is an older one; otherwise only expects it to be there still. */
  private renewal(key: Buffer, present: Versioned<BlockRecord>) {
    const { epochs } = this.store;
    const put = epochs.isRecent(present)
      ? []
      : [{ key, value: encodeBlock({ ...present, epoch: epochs.current }) }];
    return { expect: [expecting(key, present)], put };
  }

  private async find(
    reader: KvReader,
    uid: RepositoryUid,
    contentId: ContentId
  ): Promise<Versioned<BlockRecord> | undefined> {
    const record = await reader.get(contentKey(uid, contentId));
    return record && { ...decodeBlock(record.value), version: record.version };
  }

  private async record(
    reader: KvReader,
    uid: RepositoryUid,
    contentId: ContentId
  ): Promise<Versioned<BlockRecord>> {
    const record = await this.find(reader, uid, contentId);
    if (!record) {
      throw unreadable(new Error(`no block record for content ${contentId}`));
    }
    return record;
  }
}

/** A content id for a completed multipart upload: over the ids of its parts, so that nothing is read again. */
export function segmentsId(parts: ContentId[]): ContentId {
  return createHash('sha256')
    .update('segments\n' + parts.join('\n'))
    .digest('hex') as ContentId;
}

function unreadable(error: unknown): CatalogError {
  return new CatalogError(
    'unreadable-content',
    'The bytes of this object cannot be read from the store: run "databranch fsck".',
    { reason: (error as Error).message }
  );
}

function expired(): CatalogError {
  return new CatalogError(
    'object-expired',
    'The bytes of this object were removed: its commit is older than the repository’s retention rules keep.'
  );
}

/** Says what a full disk means; passes every other error on. */
function full(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? storeFull() : error;
}
