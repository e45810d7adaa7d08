import { createHash, type Hash } from 'node:crypto';

import { FileChanged, readUnchanged } from '../../blocks/external.js';
import type { CommitId, ContentId, NodeHash, RepositoryUid } from '../../ids.js';
import { decodeNode, LeafNode } from '../../tree/node.js';
import { decodeValue } from '../../tree/record.js';
import { OutsideValue } from '../../tree/value.js';
import { contentIdIn } from '../entry.js';
import { CatalogError } from '../errors.js';
import { sourceChanged } from '../external-content.js';
import { HashSet } from '../hash-set.js';
import { commitKey, contentKey, nodeKey } from '../keys.js';
import {
  decodeBlock,
  decodeRecord,
  hasGaps,
  type BlockRecord,
  type CommitRecord,
  type ExternalSource
} from '../records.js';
import type { Store } from '../store.js';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  END_FILE,
  FORMAT_FILE,
  nameOf,
  REFS_FILE,
  REPOSITORY_FILE,
  type ArchivedChecksums,
  type ArchivedCopy,
  type ArchivedEnd,
  type ArchivedFormat,
  type ArchivedRefs,
  type ArchivedRepository,
  type ArchivedSegments
} from './format.js';
import { inOrder } from './in-order.js';
import { headerOf, paddingOf, TAR_END } from './tar.js';
import { whole } from './whole.js';

/** Bytes that gather before they are handed on. */
const CHUNK_BYTES = 64 * 1024;
/** Contents that are looked up at a time, so that small files elsewhere are opened and read beside each other. */
const AHEAD = 16;
/** Larger files elsewhere are read at their turn: together, all that were read ahead have at most 1 MiB. */
const AHEAD_BYTES_MAX = 64 * 1024;

/** What is to be archived, as it was found at one point in time. */
export interface Subject {
  uid: RepositoryUid;
  repository: ArchivedRepository;
  refs: ArchivedRefs;
}

/** A file of the archive, or a content that it is to have, at its place in the archive. */
type Step = { name: string; bytes: Buffer } | { contentId: ContentId };

/** What is known of a content before its turn. */
interface Looked {
  record: BlockRecord;
  /** All of a small file elsewhere. */
  bytes?: Buffer;
}

/**
 * The bytes of an archive. Memory: some 30 bytes for each node and content of the repository.
 * @throws unreadable-content, source-changed; an archive that breaks off has no end
 */
export async function* archiveOf(store: Store, subject: Subject): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  yield* gathered(hashed(hash, new Archive(store, subject).files()));
  const end: ArchivedEnd = { sha256: hash.digest('hex') };
  yield* fileOf(END_FILE, json(end), timeOf(subject));
  yield TAR_END;
}

class Archive {
  private readonly commits = new HashSet();
  private readonly nodes = new HashSet();
  private readonly contents = new HashSet();
  private readonly mtime: number;

  constructor(
    private readonly store: Store,
    private readonly subject: Subject
  ) {
    this.mtime = timeOf(subject);
  }

  async *files(): AsyncGenerator<Buffer> {
    const { repository, refs } = this.subject;
    const format: ArchivedFormat = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION };
    yield* this.file(FORMAT_FILE, json(format));
    yield* this.file(REPOSITORY_FILE, json(repository));
    for (const { commit_id: id } of [...refs.branches, ...refs.tags]) {
      yield* this.history(id);
    }
    yield* this.file(REFS_FILE, json(refs));
  }

  private async *history(from: CommitId): AsyncGenerator<Buffer> {
    const pending = [from];
    for (let id = pending.pop(); id; id = pending.pop()) {
      if (this.commits.add(Buffer.from(id, 'hex'))) {
        const bytes = await this.record(commitKey(this.subject.uid, id), `Commit ${id}`);
        const { root, parents } = decodeRecord<CommitRecord>(bytes);
        yield* this.tree(root);
        yield* this.file(nameOf('commits', id), bytes);
        pending.push(...parents);
      }
    }
  }

  private async *tree(root: NodeHash): AsyncGenerator<Buffer> {
    const steps = inOrder(this.steps(root), AHEAD, async step =>
      'contentId' in step ? { ...step, looked: await this.look(step.contentId) } : step
    );
    for await (const step of steps) {
      yield* 'contentId' in step
        ? this.content(step.contentId, step.looked)
        : this.file(step.name, step.bytes);
    }
  }

  private async *steps(root: NodeHash): AsyncGenerator<Step> {
    const pending = [root];
    for (let hash = pending.pop(); hash; hash = pending.pop()) {
      if (!this.nodes.add(Buffer.from(hash, 'hex'))) {
        continue;
      }
      const bytes = await this.node(hash);
      yield { name: nameOf('nodes', hash), bytes };
      const node = decodeNode(bytes);
      for (let i = 0; i < node.length; i++) {
        if (!(node instanceof LeafNode)) {
          pending.push(node.hash(i));
          continue;
        }
        const value = node.value(i);
        if (!(value instanceof OutsideValue)) {
          yield { contentId: idIn(value) };
        } else if (this.nodes.add(Buffer.from(value.hash, 'hex'))) {
          const record = await this.node(value.hash);
          yield { name: nameOf('nodes', value.hash), bytes: record };
          yield { contentId: idIn(decodeValue(record)) };
        }
      }
    }
  }

  /** undefined where the archive has the content already. */
  private async look(id: ContentId): Promise<Looked | undefined> {
    if (this.contents.has(Buffer.from(id, 'hex'))) {
      return undefined;
    }
    const record = decodeBlock(await this.record(contentKey(this.subject.uid, id), `Content ${id}`));
    const { place, size } = record;
    return place.kind === 'external' && size <= AHEAD_BYTES_MAX
      ? { record, bytes: await whole(bytesElsewhere(place, size)) }
      : { record };
  }

  /** Each content is there once, where it comes first. @param ahead what a look at it found already */
  private async *content(id: ContentId, ahead?: Looked): AsyncGenerator<Buffer> {
    const looked = ahead ?? (await this.look(id));
    if (!looked || !this.contents.add(Buffer.from(id, 'hex'))) {
      return;
    }
    const { checksums } = looked.record;
    if (checksums) {
      const archived: ArchivedChecksums = checksums;
      yield* this.file(nameOf('checksums', id), json(archived));
    }
    yield* this.place(id, looked);
  }

  private async *place(id: ContentId, { record: { place, size }, bytes }: Looked): AsyncGenerator<Buffer> {
    switch (place.kind) {
      case 'inline':
        yield* this.file(nameOf('contents', id), place.bytes);
        return;
      case 'file':
        yield* this.streamed(nameOf('contents', id), size, this.store.blocks.read(place.block, 0, size));
        return;
      case 'external':
        yield* this.external(id, size, place, bytes ? [bytes] : bytesElsewhere(place, size));
        return;
      case 'segments': {
        for (const part of place.parts) {
          yield* this.content(part.contentId);
        }
        const numbered = hasGaps(place.parts);
        const segments: ArchivedSegments = place.parts.map(({ contentId, size, number }) => ({
          content_id: contentId,
          size,
          ...(numbered && { part_number: number })
        }));
        yield* this.file(nameOf('segments', id), json(segments));
        return;
      }
      case 'copied': {
        yield* this.content(place.contentId);
        yield* this.copy(id, size, place.contentId, place.source);
        return;
      }
      case 'expired':
        yield* this.file(nameOf('expired', id), json({ size }));
    }
  }

  /** The bytes of a file elsewhere; only when they were read it can be said which content they are. */
  private async *external(
    id: ContentId,
    size: number,
    source: ExternalSource,
    bytes: Iterable<Buffer> | AsyncIterable<Buffer>
  ): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    yield* this.streamed(nameOf('external', id), size, hashed(hash, bytes));
    yield* this.copy(id, size, hash.digest('hex') as ContentId, source);
  }

  private copy(
    id: ContentId,
    size: number,
    contentId: ContentId,
    { path, mtime, inode }: ExternalSource
  ): Iterable<Buffer> {
    const copy: ArchivedCopy = { content_id: contentId, size, path, mtime, inode };
    return this.file(nameOf('copied', id), json(copy));
  }

  private file(name: string, bytes: Buffer): Iterable<Buffer> {
    return fileOf(name, bytes, this.mtime);
  }

  private async *streamed(name: string, size: number, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield headerOf(name, size, this.mtime);
    yield* bytes;
    yield paddingOf(size);
  }

  private node(hash: NodeHash): Promise<Buffer> {
    return this.record(nodeKey(this.subject.uid, hash), `Tree node ${hash}`);
  }

  private async record(key: Buffer, what: string): Promise<Buffer> {
    const found = await this.store.kv.snapshot(reader => reader.get(key));
    if (!found) {
      throw new CatalogError(
        'unreadable-content',
        `${what} is missing from the store: run "databranch fsck".`
      );
    }
    return found.value;
  }
}

function* fileOf(name: string, bytes: Buffer, mtime: number): Generator<Buffer> {
  yield headerOf(name, bytes.length, mtime);
  yield bytes;
  yield paddingOf(bytes.length);
}

/** The same repository gives the same archive: all its files are as old as it. */
const timeOf = ({ repository }: Subject) => Math.floor(repository.createdAt / 1000);

const json = (value: object) => Buffer.from(JSON.stringify(value, null, 2) + '\n');
const idIn = (entry: Buffer) => contentIdIn(entry).toString('hex') as ContentId;

/** @throws source-changed */
async function* bytesElsewhere(source: ExternalSource, size: number): AsyncGenerator<Buffer> {
  try {
    yield* readUnchanged(source.path, { ...source, size }, 0, size);
  } catch (error) {
    throw error instanceof FileChanged ? sourceChanged(error) : error;
  }
}

async function* hashed(hash: Hash, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The same bytes in fewer pieces. */
async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= CHUNK_BYTES) {
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  yield Buffer.concat(waiting);
}
