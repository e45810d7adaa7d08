import { createHash, randomBytes } from 'node:crypto';

import type { RepositoryUid } from '../ids.js';
import type { KvReader, KvRecord } from '../kv/kv.js';
import { checkConditions } from './conditions.js';
import { segmentsId, type Contents, type Received } from './contents.js';
import { CatalogError, invalid } from './errors.js';
import { dropUploadKey, familyOf, partKey, partsOf, uploadKey } from './keys.js';
import type { Conditions, ObjectEntry } from './model.js';
import { pathBytes } from './names.js';
import type { Objects } from './objects.js';
import { checkUnprotected } from './protection.js';
import { decodeRecord, encodeRecord, type PartRecord, type UploadRecord } from './records.js';
import { checkWritable } from './repositories.js';
import { TOMBSTONE } from './layers.js';
import { expecting, type Store, type Versioned } from './store.js';

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const PARTS_MAX = 10_000;
export const PART_BYTES_MIN = 5 * 1024 * 1024;
const LISTED_MAX = 1_000;

export interface Part {
  partNumber: number;
  etag: string;
  size: number;
  mtime: number;
}

/** Multipart uploads. They belong to the branch as it was when they began, and die with it. */
export class Uploads {
  constructor(
    private readonly store: Store,
    private readonly objects: Objects,
    private readonly contents: Contents
  ) {}

  async create(
    repository: string,
    branch: string,
    path: string,
    attributes: { contentType?: string; metadata?: Record<string, string> } = {}
  ): Promise<{ uploadId: string }> {
    pathBytes(path);
    const uploadId = randomBytes(16).toString('hex');
    return this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record);
      checkUnprotected(record, branch);
      const { incarnation } = await this.store.branch(reader, record.uid, branch);
      const upload: UploadRecord = {
        branch,
        incarnation,
        path,
        contentType: attributes.contentType ?? '',
        metadata: attributes.metadata ?? {},
        createdAt: this.store.now()
      };
      const key = uploadKey(record.uid, uploadId);
      return { write: { put: [{ key, value: encodeRecord(upload) }] }, result: { uploadId } };
    });
  }

  /** Takes in a part; a second one of the same number replaces the first. @throws upload-not-found */
  async putPart(
    repository: string,
    uploadId: string,
    partNumber: number,
    received: Received
  ): Promise<{ etag: string; mtime: number }> {
    try {
      checkPartNumber(partNumber);
      const mtime = this.store.now();
      const kept = await this.store.apply(async reader => {
        const { uid, key, upload } = await this.open(reader, repository, uploadId);
        const block = await this.contents.link(reader, uid, received);
        const part: PartRecord = {
          contentId: received.contentId,
          md5: received.md5,
          size: received.size,
          mtime
        };
        return {
          write: {
            expect: [expecting(key, upload), ...block.expect],
            put: [...block.put, { key: partKey(uid, uploadId, partNumber), value: encodeRecord(part) }]
          },
          result: block.kept
        };
      });
      if (!kept) {
        await received.discard();
      }
      return { etag: received.md5, mtime };
    } catch (error) {
      await received.discard();
      throw error;
    }
  }

  /** A part from the bytes of an object (`start` inclusive, `end` exclusive; all of it when absent). */
  async copyPart(
    repository: string,
    uploadId: string,
    partNumber: number,
    source: { ref: string; path: string; start?: number; end?: number; conditions?: Conditions }
  ): Promise<{ etag: string; mtime: number }> {
    const entry = await this.objects.stat(repository, source.ref, source.path);
    checkConditions(entry, source.conditions);
    const { start = 0, end = entry.size } = source;
    if (start > end || end > entry.size) {
      throw invalid(`Bytes ${start} to ${end} are not in the source, which has ${entry.size}.`);
    }
    const bytes = this.contents.read(repository, entry.contentId, start, end);
    return this.putPart(repository, uploadId, partNumber, await this.contents.receive(repository, bytes));
  }

  async listParts(
    repository: string,
    uploadId: string,
    query: { after?: number; amount?: number } = {}
  ): Promise<{ parts: Part[]; hasMore: boolean }> {
    const amount = Math.min(query.amount ?? LISTED_MAX, LISTED_MAX);
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.open(reader, repository, uploadId);
      const records = await reader.scan({
        prefix: partsOf(uid, uploadId),
        start: partKey(uid, uploadId, (query.after ?? 0) + 1),
        limit: amount + 1
      });
      return { parts: records.slice(0, amount).map(partOf), hasMore: records.length > amount };
    });
  }

  /**
   * Makes the object of its parts; no byte is copied or read again. Parts that are not named are given up.
   * @throws upload-not-found; invalid-input with `data.reason` (no-parts, unknown-part, part-order, part-too-small);
   *         precondition-failed
   */
  async complete(
    repository: string,
    uploadId: string,
    named: { partNumber: number; etag: string }[],
    conditions?: Conditions
  ): Promise<ObjectEntry> {
    const { uid, upload, parts } = await this.store.kv.snapshot(async reader => {
      const { uid, upload } = await this.open(reader, repository, uploadId);
      return { uid, upload, parts: await this.partsOf(reader, uid, uploadId) };
    });
    const chosen = choose(named, parts);
    const segments = chosen.map(({ contentId, size }) => ({ contentId, size }));
    const content = {
      contentId: segmentsId(segments.map(segment => segment.contentId)),
      size: segments.reduce((sum, segment) => sum + segment.size, 0),
      place: { kind: 'segments' as const, parts: segments }
    };
    const { contentType, metadata } = upload;
    const { entry } = await this.objects.link(
      repository,
      upload.branch,
      upload.path,
      content,
      checksumOf(chosen.map(part => part.md5)),
      { contentType, metadata, conditions },
      async reader => {
        const { key, upload: now } = await this.open(reader, repository, uploadId);
        const write = ended(uid, uploadId, key, now);
        // A part's content is kept by the part's record: it must be there until the object refers to it instead.
        const present = choose(named, await this.partsOf(reader, uid, uploadId));
        present.forEach((part, i) => {
          if (part.contentId !== chosen[i]!.contentId) {
            throw unknownPart(named[i]!);
          }
          write.expect.push(expecting(partKey(uid, uploadId, named[i]!.partNumber), part));
        });
        return write;
      }
    );
    this.store.sweeper.wake();
    return entry;
  }

  /** Gives up an upload and its parts. @throws upload-not-found */
  async abort(repository: string, uploadId: string): Promise<void> {
    await this.store.apply(async reader => {
      const { uid, key, upload } = await this.open(reader, repository, uploadId);
      return { write: ended(uid, uploadId, key, upload), result: undefined };
    });
    this.store.sweeper.wake();
  }

  /** Where an upload will put its object. @throws upload-not-found */
  async target(repository: string, uploadId: string): Promise<{ branch: string; path: string }> {
    return this.store.kv.snapshot(async reader => {
      const { branch, path } = (await this.open(reader, repository, uploadId)).upload;
      return { branch, path };
    });
  }

  /** The uploads under way to a branch, by path, then by id. */
  async list(
    repository: string,
    branch: string,
    query: { prefix?: string; after?: string; amount?: number } = {}
  ): Promise<{ uploads: { path: string; uploadId: string; createdAt: number }[]; hasMore: boolean }> {
    const amount = Math.min(query.amount ?? LISTED_MAX, LISTED_MAX);
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const { incarnation } = await this.store.branch(reader, uid, branch);
      const family = familyOf('u', uid);
      const uploads = (await reader.scan({ prefix: family }))
        .map(({ key, value }) => ({
          ...decodeRecord<UploadRecord>(value),
          uploadId: key.subarray(family.length).toString('utf8')
        }))
        .filter(upload => upload.branch === branch && upload.incarnation === incarnation)
        .filter(upload => upload.path.startsWith(query.prefix ?? '') && upload.path > (query.after ?? ''))
        .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
        .map(({ path, uploadId, createdAt }) => ({ path, uploadId, createdAt }));
      return { uploads: uploads.slice(0, amount), hasMore: uploads.length > amount };
    });
  }

  /** @throws upload-not-found, also when its branch was deleted, even if one of that name exists again */
  private async open(
    reader: KvReader,
    repository: string,
    uploadId: string
  ): Promise<{ uid: RepositoryUid; key: Buffer; upload: Versioned<UploadRecord> }> {
    const { uid } = await this.store.repository(reader, repository);
    const key = uploadKey(uid, uploadId);
    const record = await reader.get(key);
    const upload = record && decodeRecord<UploadRecord>(record.value);
    const branch = upload && (await this.store.findBranch(reader, uid, upload.branch));
    if (!record || !upload || branch?.incarnation !== upload.incarnation) {
      throw new CatalogError('upload-not-found', `There is no multipart upload ${uploadId}.`, { uploadId });
    }
    return { uid, key, upload: { ...upload, version: record.version } };
  }

  private async partsOf(reader: KvReader, uid: RepositoryUid, uploadId: string): Promise<Parts> {
    const records = await reader.scan({ prefix: partsOf(uid, uploadId) });
    return new Map(
      records.map(record => {
        const { value, version } = record;
        return [numberOf(record), { ...decodeRecord<PartRecord>(value), version }];
      })
    );
  }
}

/** The parts of an upload that arrived, by number. */
type Parts = Map<number, Versioned<PartRecord>>;

/** Ends an upload: its record goes at once, those of its parts in the background. */
function ended(uid: RepositoryUid, uploadId: string, key: Buffer, upload: Versioned<UploadRecord>) {
  return {
    expect: [expecting(key, upload)],
    delete: [key],
    put: [{ key: dropUploadKey(uid, uploadId), value: TOMBSTONE }]
  };
}

const numberOf = (record: KvRecord) => Number(record.key.subarray(-5).toString('utf8'));

function partOf(record: KvRecord): Part {
  const { md5, size, mtime } = decodeRecord<PartRecord>(record.value);
  return { partNumber: numberOf(record), etag: md5, size, mtime };
}

function checkPartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > PARTS_MAX) {
    throw invalid(`Part numbers go from 1 to ${PARTS_MAX}.`, { reason: 'part-number' });
  }
}

/** The parts that the client names, held against those that arrived. */
function choose(named: { partNumber: number; etag: string }[], parts: Parts): Versioned<PartRecord>[] {
  if (named.length === 0) {
    throw invalid('A multipart upload needs at least one part.', { reason: 'no-parts' });
  }
  if (named.some(({ partNumber }, i) => i > 0 && partNumber <= named[i - 1]!.partNumber)) {
    throw invalid('The parts must be named in ascending order.', { reason: 'part-order' });
  }
  return named.map(({ partNumber, etag }, i) => {
    const part = parts.get(partNumber);
    if (!part || part.md5 !== etag) {
      throw unknownPart({ partNumber, etag });
    }
    if (i < named.length - 1 && part.size < PART_BYTES_MIN) {
      throw invalid(`Part ${partNumber} is smaller than 5 MiB, which only the last may be.`, {
        reason: 'part-too-small'
      });
    }
    return part;
  });
}

function unknownPart({ partNumber, etag }: { partNumber: number; etag: string }): CatalogError {
  return invalid(`Part ${partNumber} with ETag ${etag} was not uploaded.`, { reason: 'unknown-part' });
}

/** S3's ETag of a multipart object: the MD5 of the parts' MD5s, and how many there are. */
function checksumOf(md5s: string[]): string {
  const digest = createHash('md5')
    .update(Buffer.from(md5s.join(''), 'hex'))
    .digest('hex');
  return `${digest}-${md5s.length}`;
}
