import { createHash, type Hash } from 'node:crypto';

import type { CommitId, ContentId, NodeHash, RepositoryUid } from '../../ids.js';
import { hashOf } from '../../tree/record.js';
import { ContentBatch, type PlacedContent } from '../content-batch.js';
import { segmentsId, type Contents } from '../contents.js';
import { invalid } from '../errors.js';
import type { History } from '../history.js';
import { branchKey, commitKey, nodeKey, tagKey } from '../keys.js';
import { checkBranchName, checkTagName } from '../names.js';
import { decodeRecord, encodeRecord, type CommitRecord, type RepositoryRecord } from '../records.js';
import { newBranch } from '../repositories.js';
import type { Store } from '../store.js';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  areChecksums,
  END_FILE,
  FORMAT_FILE,
  partsOfName,
  REFS_FILE,
  REPOSITORY_FILE,
  type ArchivedChecksums,
  type ArchivedCopy,
  type ArchivedEnd,
  type ArchivedFormat,
  type ArchivedRefs,
  type ArchivedRepository,
  type ArchivedSegments,
  type ArchiveFigures,
  type Folder
} from './format.js';
import { TarError, tarFiles, type TarFile } from './tar.js';
import { whole } from './whole.js';

/** The largest record, and the longest list of refs. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;
/** Nodes and commits collected before they are written. */
const RECORDS_BYTES = 4 * 1024 * 1024;
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5];

/** What was found, and lies in the store under its uid; only the repository's own record is missing. */
export interface Found {
  record: RepositoryRecord;
  figures: ArchiveFigures;
}

/** The archive cannot be what `export` wrote. */
export const broken = (what: string) => invalid(`The archive is broken: ${what}. Nothing was imported.`);

/** Takes the parts of one archive into a store, under a uid that no repository has. */
export class ArchiveReading {
  private readonly batch: ContentBatch;
  private records: { key: Buffer; value: Buffer }[] = [];
  private recordBytes = 0;
  /** Of contents that are still to come. */
  private readonly checksums = new Map<ContentId, ArchivedChecksums>();
  private readonly figures = { branches: 0, tags: 0, commits: 0, contents: 0, bytes: 0 };

  constructor(
    private readonly store: Store,
    private readonly history: History,
    private readonly contents: Contents,
    private readonly uid: RepositoryUid
  ) {
    this.batch = new ContentBatch(contents, uid);
  }

  /**
   * Reads an archive to its end.
   * @param onRepository is told what the archive holds before the rest of it is read, and may refuse
   * @throws invalid-input for what is no whole archive
   */
  async read(
    source: AsyncIterable<Uint8Array>,
    onRepository: (repository: ArchivedRepository) => Promise<void>
  ): Promise<Found> {
    const hash = createHash('sha256');
    const files = tarFiles(refuseCompressed(source), bytes => hash.update(bytes));
    try {
      return await this.readAll(files, hash, onRepository);
    } catch (error) {
      await this.batch.discard();
      throw error instanceof TarError || error instanceof SyntaxError || error instanceof TypeError
        ? broken(error.message)
        : error;
    } finally {
      await files.return(undefined);
    }
  }

  private async readAll(
    files: AsyncGenerator<TarFile>,
    hash: Hash,
    onRepository: (repository: ArchivedRepository) => Promise<void>
  ): Promise<Found> {
    const next = async (): Promise<TarFile> => {
      const { done, value } = await files.next();
      if (done) {
        throw broken('its end is missing');
      }
      return value;
    };
    const first = async <T>(name: string): Promise<T> => {
      const file = await next();
      if (file.name !== name) {
        throw broken(`it has ${file.name} in the place of ${name}`);
      }
      hash.update(file.header);
      return parse<T>(await bytesOf(file));
    };
    checkFormat(await first<ArchivedFormat>(FORMAT_FILE));
    const repository = await first<ArchivedRepository>(REPOSITORY_FILE);
    checkRepository(repository);
    await onRepository(repository);
    await this.store.tree(this.uid).emptyRoot();
    let refs: ArchivedRefs | undefined;
    let file = await next();
    for (; file.name !== END_FILE; file = await next()) {
      hash.update(file.header);
      if (file.name === REFS_FILE) {
        refs = parse<ArchivedRefs>(await bytesOf(file));
      } else {
        await this.part(file);
      }
    }
    const read = hash.copy().digest('hex');
    const { sha256 } = parse<ArchivedEnd>(await bytesOf(file));
    if (sha256 !== read) {
      throw broken('its bytes are not those that were written');
    }
    for await (const { name } of files) {
      throw broken(`there is ${name} behind its end`);
    }
    if (!refs) {
      throw broken(`${REFS_FILE} is missing`);
    }
    for (const id of this.checksums.keys()) {
      throw broken(`it has checksums of content ${id}, and not the content`);
    }
    await this.refs(refs);
    await this.batch.finish();
    await this.flush();
    return { record: this.recordOf(repository), figures: { repository: repository.name, ...this.figures } };
  }

  /** A file that is named by its id. */
  private async part(file: TarFile): Promise<void> {
    const named = partsOfName(file.name);
    if (!named) {
      throw broken(`it has a file ${file.name}, which belongs in none`);
    }
    const { folder, id } = named;
    switch (folder) {
      case 'commits':
        return this.commit(id as CommitId, await bytesOf(file));
      case 'nodes':
        return this.node(id as NodeHash, await bytesOf(file));
      case 'checksums': {
        const checksums = parse<ArchivedChecksums>(await bytesOf(file));
        if (!areChecksums(checksums)) {
          throw broken(`${file.name} holds no checksums`);
        }
        this.checksums.set(id as ContentId, checksums);
        return;
      }
      default:
        this.figures.contents += folder === 'external' ? 0 : 1;
        return this.content(folder, id as ContentId, file);
    }
  }

  private async content(folder: Folder, id: ContentId, file: TarFile): Promise<void> {
    switch (folder) {
      case 'contents': {
        const contentId = await this.received(file);
        return contentId === id ? undefined : wrongHash(file);
      }
      case 'external':
        // Which content it is, and that of which file, is said by the `copied` that follows.
        await this.received(file);
        return;
      case 'segments': {
        const segments = parse<ArchivedSegments>(await bytesOf(file));
        const parts = segments.map(({ content_id: contentId, size, part_number: number }, i) => ({
          number: number ?? i + 1,
          contentId,
          size
        }));
        if (segmentsId(parts) !== id) {
          wrongHash(file);
        }
        const size = parts.reduce((sum, part) => sum + part.size, 0);
        return this.add({ contentId: id, size, place: { kind: 'segments', parts } });
      }
      case 'copied': {
        const { content_id: contentId, size, ...source } = parse<ArchivedCopy>(await bytesOf(file));
        return this.add({ contentId: id, size, place: { kind: 'copied', contentId, source } });
      }
      case 'expired': {
        const { size } = parse<{ size: number }>(await bytesOf(file));
        return this.add({ contentId: id, size, place: { kind: 'expired' } });
      }
    }
  }

  private async received(file: TarFile): Promise<ContentId> {
    const received = await this.contents.receive('', file.bytes);
    this.figures.bytes += received.size;
    await this.add({ ...received, discard: () => received.discard() });
    return received.contentId;
  }

  private async add(content: PlacedContent): Promise<void> {
    const checksums = this.checksums.get(content.contentId);
    this.checksums.delete(content.contentId);
    await this.batch.add({ ...content, checksums });
  }

  private node(hash: NodeHash, bytes: Buffer): Promise<void> {
    return hashOf(bytes) === hash
      ? this.put(nodeKey(this.uid, hash), bytes)
      : Promise.reject(broken(`tree node ${hash} has other bytes than its hash says`));
  }

  private async commit(id: CommitId, bytes: Buffer): Promise<void> {
    const record = parse<CommitRecord>(bytes);
    const { commit, put } = this.history.make(this.uid, record);
    if (commit.id !== id || !put.value.equals(bytes)) {
      throw broken(`commit ${id} has other bytes than its id says`);
    }
    this.figures.commits++;
    await this.put(commitKey(this.uid, id), bytes);
  }

  private async refs({ branches, tags }: ArchivedRefs): Promise<void> {
    for (const { name, commit_id: id, hidden } of branches) {
      checkBranchName(name);
      await this.put(branchKey(this.uid, name), encodeRecord(newBranch(id, hidden === true)));
    }
    for (const { name, commit_id: commitId } of tags) {
      checkTagName(name);
      await this.put(tagKey(this.uid, name), encodeRecord({ commitId }));
    }
    this.figures.branches = branches.length;
    this.figures.tags = tags.length;
  }

  private recordOf({ name: _, ...rest }: ArchivedRepository): RepositoryRecord {
    return { ...rest, uid: this.uid };
  }

  private async put(key: Buffer, value: Buffer): Promise<void> {
    this.records.push({ key, value });
    this.recordBytes += key.length + value.length;
    if (this.recordBytes >= RECORDS_BYTES) {
      await this.flush();
    }
  }

  private async flush(): Promise<void> {
    const records = this.records;
    this.records = [];
    this.recordBytes = 0;
    await this.store.putAll(records);
  }
}

function checkFormat({ format, version }: ArchivedFormat): void {
  if (format !== ARCHIVE_FORMAT) {
    throw broken('it is no archive of a repository');
  }
  if (version !== ARCHIVE_VERSION) {
    throw invalid(
      `The archive has version ${version}, and this Databranch reads version ${ARCHIVE_VERSION}: update it.`
    );
  }
}

function checkRepository({ createdAt, readOnly, metadata }: ArchivedRepository): void {
  const isText = (value: unknown) => typeof value === 'string';
  if (
    !Number.isSafeInteger(createdAt) ||
    typeof readOnly !== 'boolean' ||
    !Object.values(metadata).every(isText)
  ) {
    throw broken(`${REPOSITORY_FILE} lacks what a repository has`);
  }
}

function wrongHash({ name }: TarFile): never {
  throw broken(`${name} has other bytes than its name says`);
}

/** @throws SyntaxError */
function parse<T>(bytes: Buffer): T {
  return decodeRecord<T>(bytes);
}

async function bytesOf(file: TarFile): Promise<Buffer> {
  if (file.size > WHOLE_BYTES_MAX) {
    throw broken(`${file.name} is ${file.size} bytes long`);
  }
  return whole(file.bytes);
}

/** What people do to a large file is to compress it. */
async function* refuseCompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of source) {
    if (isFirst && chunk.length > 1) {
      for (const [magic, program] of [
        [GZIP, 'gzip'],
        [ZSTD, 'zstd']
      ] as const) {
        if (chunk[0] === magic[0] && chunk[1] === magic[1]) {
          throw invalid(
            `The archive is compressed: unpack it first, as in "${program} -dc FILE | databranch import -".`
          );
        }
      }
      isFirst = false;
    }
    yield chunk;
  }
}
