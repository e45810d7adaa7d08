import { createHash } from 'node:crypto';

import { checkUnchanged, FileChanged, readUnchanged, type LocalFile } from '../blocks/external.js';
import type { ContentId, RepositoryUid } from '../ids.js';
import type { KvExpectation, KvReader, KvWrite } from '../kv/kv.js';
import { withChecksums, type Checksums } from './checksums.js';
import { CatalogError } from './errors.js';
import { sourceChanged } from './external-content.js';
import type { Intake } from './intake.js';
import { contentKey } from './keys.js';
import { decodeBlock, encodeBlock, hasGaps, type BlockRecord, type Place, type Segment } from './records.js';
import { expecting, type Store, type Versioned } from './store.js';

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
  /** What else was verified of them, to be kept with them. */
  checksums?: Checksums;
  /** Gives them up; harmless when called twice. Not after they were linked. */
  discard(): Promise<void>;
}

/** What is to become of a content's block record. */
export type LinkedContent = Pick<Received, 'contentId' | 'size' | 'place' | 'checksums'>;

/** What is known of a content beside its bytes. */
export interface ContentFacts {
  checksums?: Checksums;
  /** The parts that it was sent in, unless it came in one piece. */
  parts?: Segment[];
}

/** Object bytes by content id. */
export class Contents {
  constructor(
    private readonly store: Store,
    private readonly intake: Intake
  ) {}

  /**
   * Takes in bytes, hashing on the way. Small contents stay in memory until their entry is written; larger ones
   * go to a block. Nothing is held whole, and nothing stays when the body breaks off.
   */
  async receive(_repository: string, body: AsyncIterable<Uint8Array>): Promise<Received> {
    const { place, size, md5, sha256 } = await this.intake.take(body);
    return { contentId: sha256 as ContentId, size, md5, sha256, place, discard: () => this.discard(place) };
  }

  /**
   * What a write must expect and put so that an entry may name `contentId`: the content's block record, made
   * new or, where the same bytes are there already, with its epoch renewed and the checksums that it had not. `kept`
   * says whether `place` is the one that stays: also where the bytes should be there and are not, so that sending
   * them again mends the store.
   */
  async link(
    reader: KvReader,
    uid: RepositoryUid,
    content: LinkedContent
  ): Promise<{ expect: KvExpectation[]; put: NonNullable<KvWrite['put']>; kept: boolean }> {
    const key = contentKey(uid, content.contentId);
    const present = await this.find(reader, uid, content.contentId);
    if (present && (await this.isThere(present))) {
      return { ...this.renewal(key, present, content.checksums), kept: false };
    }
    const value = encodeBlock({
      size: content.size,
      epoch: this.store.epochs.current,
      place: content.place,
      checksums: withChecksums(present?.checksums, content.checksums)
    });
    return { expect: [expecting(key, present)], put: [{ key, value }], kept: true };
  }

  /**
   * Writes the block records of many contents for a verb at work, which refers to them when it ends: until then no
   * collection takes them away. Tells of each whether its `place` is the one that stays.
   */
  async linkAll(uid: RepositoryUid, contents: LinkedContent[]): Promise<boolean[]> {
    return this.store.apply(async reader => {
      const write = { expect: [] as KvExpectation[], put: [] as NonNullable<KvWrite['put']> };
      const seen = new Set<ContentId>();
      const result = [];
      for (const content of contents) {
        if (seen.has(content.contentId)) {
          result.push(false);
          continue;
        }
        const block = await this.link(reader, uid, content);
        write.expect.push(...block.expect);
        write.put.push(...block.put);
        seen.add(content.contentId);
        result.push(block.kept);
      }
      return { write, result };
    });
  }

  /** Cost: for a file, a look at it. */
  private async isThere({ place, size }: BlockRecord): Promise<boolean> {
    return place.kind === 'file' ? this.store.blocks.holds(place.block, size) : place.kind !== 'expired';
  }

  /** As {@link link}, for a content that must be there already. @throws unreadable-content, object-expired */
  async relink(
    reader: KvReader,
    uid: RepositoryUid,
    contentId: ContentId,
    checksums?: Checksums
  ): Promise<{ expect: KvExpectation[]; put: NonNullable<KvWrite['put']> }> {
    const record = await this.record(reader, uid, contentId);
    if (record.place.kind === 'expired') {
      throw expired();
    }
    return this.renewal(contentKey(uid, contentId), record, checksums);
  }

  /** Its size in bytes; undefined where there is no such content. @throws object-expired */
  async size(repository: string, contentId: ContentId): Promise<number | undefined> {
    const record = await this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      return this.find(reader, uid, contentId);
    });
    if (record?.place.kind === 'expired') {
      throw expired();
    }
    return record?.size;
  }

  /**
   * Streams the bytes `start <= i < end`.
   * @throws unreadable-content if they are not where they should be; source-changed if they lie in an imported file
   * that is another one now; object-expired
   */
  async *read(repository: string, contentId: ContentId, start: number, end: number): AsyncGenerator<Buffer> {
    const { uid } = await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    yield* this.readIn(uid, contentId, start, end);
  }

  /** As {@link read}, also in a repository that was deleted and is kept for its dumps. */
  async *readIn(
    uid: RepositoryUid,
    contentId: ContentId,
    start: number,
    end: number
  ): AsyncGenerator<Buffer> {
    const record = await this.store.kv.snapshot(reader => this.record(reader, uid, contentId));
    // A collection that finds the content unneeded meanwhile waits with its removal.
    const leave = this.store.epochs.readings.enter();
    try {
      yield* this.readPlace(uid, record, start, end);
    } finally {
      leave();
    }
  }

  /**
   * The local file that holds exactly this content's bytes, if there is one. An imported file can change under who
   * reads it: ask again when done.
   * @throws source-changed
   */
  async localFile(repository: string, contentId: ContentId): Promise<string | undefined> {
    const [file] = await this.localFiles(repository, [contentId]);
    if (file?.identity) {
      await checkUnchanged(file.path, file.identity).catch((error: unknown) => {
        throw refused(error);
      });
    }
    return file?.path;
  }

  /**
   * The local files that hold exactly these contents' bytes, in their order; undefined for a content that lies in
   * none, or nowhere. No file is looked at: an imported one may be another one by now.
   */
  async localFiles(repository: string, contentIds: ContentId[]): Promise<(LocalFile | undefined)[]> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      return Promise.all(contentIds.map(id => this.localFileOf(reader, uid, id)));
    });
  }

  private async localFileOf(
    reader: KvReader,
    uid: RepositoryUid,
    contentId: ContentId
  ): Promise<LocalFile | undefined> {
    const record = await this.find(reader, uid, contentId);
    if (!record) {
      return undefined;
    }
    const { place, size } = record;
    switch (place.kind) {
      case 'file': {
        const path = this.store.blocks.localFile(place.block);
        return path === undefined ? undefined : { path, size };
      }
      case 'copied':
        return this.localFileOf(reader, uid, place.contentId);
      case 'external': {
        const { path, mtime, inode } = place;
        return { path, size, identity: { size, mtime, inode } };
      }
      default:
        return undefined;
    }
  }

  /** Checksums and parts of each content, in one look. @throws unreadable-content */
  async facts(repository: string, contentIds: ContentId[]): Promise<ContentFacts[]> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const found: ContentFacts[] = [];
      for (const contentId of contentIds) {
        const { place, checksums } = await this.record(reader, uid, contentId);
        found.push({ checksums, parts: place.kind === 'segments' ? place.parts : undefined });
      }
      return found;
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
    { place, size }: BlockRecord,
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
            yield* this.readPlace(uid, await this.recordOf(uid, part.contentId), from, to);
          }
          offset += part.size;
        }
        return;
      }
      case 'expired':
        throw expired();
      case 'external':
        try {
          yield* readUnchanged(place.path, { ...place, size }, start, end);
        } catch (error) {
          throw refused(error);
        }
        return;
      case 'copied':
        yield* this.readPlace(uid, await this.recordOf(uid, place.contentId), start, end);
    }
  }

  private recordOf(uid: RepositoryUid, contentId: ContentId): Promise<BlockRecord> {
    return this.store.kv.snapshot(reader => this.record(reader, uid, contentId));
  }

  /**
   * Writes a record again only when its epoch is an older one, or to keep a checksum that is new; otherwise only
   * expects it to be there still.
   */
  private renewal(key: Buffer, present: Versioned<BlockRecord>, found?: Checksums) {
    const { epochs } = this.store;
    const checksums = withChecksums(present.checksums, found);
    const put =
      epochs.isRecent(present) && checksums === present.checksums
        ? []
        : [{ key, value: encodeBlock({ ...present, checksums, epoch: epochs.current }) }];
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

/**
 * A content id for a completed multipart upload: over the ids of its parts, so that nothing is read again. Where their
 * numbers do not just count from 1 those are part of it.
 */
export function segmentsId(parts: Omit<Segment, 'size'>[]): ContentId {
  const numbered = hasGaps(parts);
  const lines = parts.map(({ number, contentId }) => (numbered ? `${number} ${contentId}` : contentId));
  return createHash('sha256')
    .update(['segments', ...lines].join('\n'))
    .digest('hex') as ContentId;
}

function unreadable(error: unknown): CatalogError {
  return new CatalogError(
    'unreadable-content',
    'The bytes of this object cannot be read from the store: run "databranch fsck".',
    { reason: (error as Error).message }
  );
}

/** What a read of an imported file meets. */
function refused(error: unknown): unknown {
  return error instanceof FileChanged ? sourceChanged(error) : error;
}

function expired(): CatalogError {
  return new CatalogError(
    'object-expired',
    'The bytes of this object were removed: its commit is older than the repository’s retention rules keep.'
  );
}
