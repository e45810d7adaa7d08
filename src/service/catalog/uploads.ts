import { randomBytes } from 'node:crypto';

import type { ContentId, RepositoryUid } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { followed, type ChecksumDigests, type ChecksumPlan } from './checksums.js';
import { segmentsId, type Contents, type Received } from './contents.js';
import { CatalogError, invalid } from './errors.js';
import { dropUploadKey, partKey, partsOf, UPLOAD_ID_DIGITS, uploadKey } from './keys.js';
import type { ObjectEntry } from './model.js';
import { pathBytes } from './names.js';
import type { Objects, WriteOptions } from './objects.js';
import {
  checkPartNumber,
  checkSinglePart,
  checksumOf,
  checksumsOfWhole,
  checkTold,
  choose,
  numberOf,
  partOf,
  unknownPart,
  type ClaimedWhole,
  type NamedPart,
  type Part,
  type Parts
} from './parts.js';
import { checkUnprotected } from './protection.js';
import { decodeRecord, encodeRecord } from './records.js';
import type { PartRecord, RepositoryRecord, UploadRecord } from './records.js';
import { checkWritable } from './repositories.js';
import { TOMBSTONE } from './layers.js';
import { expecting, type Store, type Versioned } from './store.js';
import {
  LISTED_MAX,
  listUploads,
  type ListedUpload,
  type Upload,
  type UploadAddress,
  type UploadQuery
} from './upload-list.js';

export type { Upload, UploadAddress } from './upload-list.js';

export interface CompleteOptions extends WriteOptions {
  /** What the client knows of the object. */
  claimed?: ClaimedWhole;
}

/**
 * Uploads that take more than one request: multipart uploads, and staging addresses, which take one part and are
 * then linked. They belong to the branch as it was when they began, and die with it.
 */
export class Uploads {
  constructor(
    private readonly store: Store,
    private readonly objects: Objects,
    private readonly contents: Contents
  ) {}

  /** Begins a multipart upload. */
  create(
    repository: string,
    branch: string,
    path: string,
    attributes: { contentType?: string; metadata?: Record<string, string>; checksum?: ChecksumPlan } = {}
  ): Promise<UploadAddress> {
    const { contentType = '', metadata = {}, checksum } = attributes;
    return this.begin(repository, { branch, path }, { contentType, metadata, checksum }, record => {
      checkWritable(repository, record);
      checkUnprotected(record, branch);
    });
  }

  /**
   * Gives out a staging address: its bytes are put as part 1, and {@link link} makes them the object. Whether the
   * branch takes changes is looked at by these two.
   */
  stage(repository: string, branch: string, path: string): Promise<UploadAddress> {
    return this.begin(repository, { branch, path }, { contentType: '', metadata: {}, single: true });
  }

  private async begin(
    repository: string,
    { branch, path }: Omit<UploadAddress, 'uploadId'>,
    attributes: Pick<UploadRecord, 'contentType' | 'metadata' | 'checksum' | 'single'>,
    check: (record: RepositoryRecord) => void = () => undefined
  ): Promise<UploadAddress> {
    pathBytes(path);
    const uploadId = randomBytes(UPLOAD_ID_DIGITS / 2).toString('hex');
    return this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      check(record);
      const { uid } = record;
      const { incarnation } = await this.store.branch(reader, uid, branch);
      const createdAt = this.store.now();
      const upload: UploadRecord = { branch, incarnation, path, ...attributes, createdAt };
      const key = uploadKey(uid, incarnation, path, uploadId);
      const result = { branch, path, uploadId };
      return { write: { put: [{ key, value: encodeRecord(upload) }] }, result };
    });
  }

  /** Takes in a part; a second one of the same number replaces the first. @throws upload-not-found */
  async putPart(
    repository: string,
    address: UploadAddress,
    partNumber: number,
    received: Received
  ): Promise<{ etag: string; mtime: number }> {
    const { uploadId } = address;
    try {
      checkPartNumber(partNumber);
      const mtime = this.store.now();
      const kept = await this.store.apply(async reader => {
        const { record, uid, key, upload } = await this.open(reader, repository, address);
        if (upload.single) {
          checkSinglePart(partNumber);
          checkUnprotected(record, address.branch);
        }
        const block = await this.contents.link(reader, uid, received);
        const part: PartRecord = {
          contentId: received.contentId,
          md5: received.md5,
          size: received.size,
          mtime,
          digests: received.checksums?.digests
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

  /** A part from the bytes `start <= i < end` of an object's content, of any repository. */
  async copyPart(
    repository: string,
    address: UploadAddress,
    partNumber: number,
    source: { repository: string; contentId: ContentId; start: number; end: number }
  ): Promise<{ etag: string; mtime: number; digests: ChecksumDigests }> {
    const { checksum } = await this.get(repository, address);
    const bytes = this.contents.read(source.repository, source.contentId, source.start, source.end);
    const digests: ChecksumDigests = {};
    const received = await this.contents.receive(
      repository,
      checksum ? followed(bytes, checksum.algorithm, digests) : bytes
    );
    const checksums = checksum && { type: 'FULL_OBJECT' as const, digests };
    const part = await this.putPart(repository, address, partNumber, { ...received, checksums });
    return { ...part, digests };
  }

  /** @throws upload-not-found */
  async get(repository: string, address: UploadAddress): Promise<Upload> {
    const { upload } = await this.store.kv.snapshot(reader => this.open(reader, repository, address));
    return { ...address, createdAt: upload.createdAt, checksum: upload.checksum };
  }

  async listParts(
    repository: string,
    address: UploadAddress,
    query: { after?: number; amount?: number } = {}
  ): Promise<{ checksum?: ChecksumPlan; parts: Part[]; hasMore: boolean }> {
    const { uploadId } = address;
    const amount = Math.min(query.amount ?? LISTED_MAX, LISTED_MAX);
    return this.store.kv.snapshot(async reader => {
      const { uid, upload } = await this.open(reader, repository, address);
      const records = await reader.scan({
        prefix: partsOf(uid, uploadId),
        start: partKey(uid, uploadId, (query.after ?? 0) + 1),
        limit: amount + 1
      });
      const parts = records.slice(0, amount).map(partOf);
      return { checksum: upload.checksum, parts, hasMore: records.length > amount };
    });
  }

  /**
   * Makes the object of its parts; no byte is copied or read again. Parts that are not named are given up. Who lost
   * the answer may ask again: where the upload is over and the object is of just these parts, that is the answer.
   * @param options what the object is called, where it is said only now
   * @throws upload-not-found; invalid-input with `data.reason` (no-parts, unknown-part, part-order, part-too-small);
   *         precondition-failed
   */
  async complete(
    repository: string,
    address: UploadAddress,
    named: NamedPart[],
    options: CompleteOptions = {}
  ): Promise<ObjectEntry> {
    try {
      return await this.assemble(repository, address, named, options);
    } catch (error) {
      if (!(error instanceof CatalogError && error.code === 'upload-not-found')) {
        throw error;
      }
      const { branch, path } = address;
      const there = await this.objects.find(repository, branch, path).catch(() => undefined);
      if (there?.checksum !== checksumOf(named.map(({ etag }) => etag))) {
        throw error;
      }
      return there;
    }
  }

  private async assemble(
    repository: string,
    address: UploadAddress,
    named: NamedPart[],
    options: CompleteOptions
  ): Promise<ObjectEntry> {
    const { upload, parts } = await this.arrived(repository, address);
    const chosen = choose(named, parts);
    const segments = chosen.map(({ contentId, size }, i) => ({
      number: named[i]!.partNumber,
      contentId,
      size
    }));
    const content = {
      contentId: segmentsId(segments),
      size: segments.reduce((sum, segment) => sum + segment.size, 0),
      place: { kind: 'segments' as const, parts: segments },
      checksums: checksumsOfWhole(upload.checksum, named, chosen, options.claimed)
    };
    const contentType = options.contentType ?? upload.contentType;
    const metadata = options.metadata ?? upload.metadata;
    return this.end(repository, address, content, checksumOf(chosen.map(part => part.md5)), {
      options: { ...options, contentType, metadata },
      stillThere: present => {
        choose(named, present).forEach((part, i) => {
          if (part.contentId !== chosen[i]!.contentId) {
            throw unknownPart(named[i]!);
          }
        });
        return named.map(({ partNumber }) => partNumber);
      }
    });
  }

  /**
   * Makes what was put to a staging address the object, and ends the address.
   * @param told what the client knows of the bytes: they must be those that arrived
   * @throws upload-not-found, invalid-input, precondition-failed
   */
  async link(
    repository: string,
    address: UploadAddress,
    told: { size: number; checksum: string },
    options: WriteOptions
  ): Promise<ObjectEntry> {
    const { upload, parts } = await this.arrived(repository, address);
    const part = parts.get(1);
    if (!upload.single || !part) {
      throw invalid(`Nothing was uploaded to the address for "${address.path}": put the bytes there first.`);
    }
    checkTold(told, part);
    const { contentId, size, md5 } = part;
    return this.end(repository, address, { contentId, size }, md5, {
      options,
      stillThere: present => {
        if (present.get(1)?.contentId !== contentId) {
          throw invalid(`Other bytes were uploaded to the address for "${address.path}" meanwhile.`);
        }
        return [1];
      }
    });
  }

  /** Gives up an upload and its parts. @throws upload-not-found */
  async abort(repository: string, address: UploadAddress): Promise<void> {
    await this.store.apply(async reader => {
      const { uid, key, upload } = await this.open(reader, repository, address);
      return { write: ended(uid, address.uploadId, key, upload), result: undefined };
    });
    this.store.sweeper.wake();
  }

  /** The multipart uploads under way to a branch, by path, then by id. */
  list(
    repository: string,
    branch: string,
    query: UploadQuery = {}
  ): Promise<{ results: ListedUpload[]; hasMore: boolean }> {
    return listUploads(this.store, repository, branch, query);
  }

  /** Links a content to the upload's path, in one write with the end of the upload. */
  private async end(
    repository: string,
    address: UploadAddress,
    content: Parameters<Objects['link']>[3],
    checksum: string,
    how: {
      options: WriteOptions;
      /** Numbers of the parts that the content is of. @throws if those that are there now are others */
      stillThere: (present: Parts) => number[];
    }
  ): Promise<ObjectEntry> {
    const { branch, path, uploadId } = address;
    const { entry } = await this.objects.link(
      repository,
      branch,
      path,
      content,
      checksum,
      how.options,
      async reader => {
        const { uid, key, upload } = await this.open(reader, repository, address);
        const write = ended(uid, uploadId, key, upload);
        // A part's content is kept by the part's record: it must be there until the object refers to it instead.
        const present = await this.partsOf(reader, uid, uploadId);
        for (const number of how.stillThere(present)) {
          write.expect.push(expecting(partKey(uid, uploadId, number), present.get(number)));
        }
        return write;
      }
    );
    this.store.sweeper.wake();
    return entry;
  }

  private arrived(
    repository: string,
    address: UploadAddress
  ): Promise<{ upload: UploadRecord; parts: Parts }> {
    return this.store.kv.snapshot(async reader => {
      const { uid, upload } = await this.open(reader, repository, address);
      return { upload, parts: await this.partsOf(reader, uid, address.uploadId) };
    });
  }

  /** @throws upload-not-found, also when its branch was deleted, even if one of that name exists again */
  private async open(
    reader: KvReader,
    repository: string,
    { branch, path, uploadId }: UploadAddress
  ): Promise<OpenUpload> {
    const record = await this.store.repository(reader, repository);
    const { uid } = record;
    const target = await this.store.findBranch(reader, uid, branch);
    const key = target && uploadKey(uid, target.incarnation, path, uploadId);
    const found = key && (await reader.get(key));
    if (!found) {
      throw new CatalogError(
        'upload-not-found',
        `There is no upload ${uploadId} to "${path}" on branch "${branch}": it may be over, or its branch was deleted.`,
        { uploadId }
      );
    }
    const upload = { ...decodeRecord<UploadRecord>(found.value), version: found.version };
    return { record, uid, key, upload };
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

interface OpenUpload {
  record: RepositoryRecord;
  uid: RepositoryUid;
  key: Buffer;
  upload: Versioned<UploadRecord>;
}

/** Ends an upload: its record goes at once, those of its parts in the background. */
function ended(uid: RepositoryUid, uploadId: string, key: Buffer, upload: Versioned<UploadRecord>) {
  return {
    expect: [expecting(key, upload)],
    delete: [key],
    put: [{ key: dropUploadKey(uid, uploadId), value: TOMBSTONE }]
  };
}
