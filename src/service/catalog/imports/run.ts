import { FileChanged, readUnchanged } from '../../blocks/external.js';
import type { ImportRoots } from '../../blocks/import-roots.js';
import type { NodeHash, RepositoryUid } from '../../ids.js';
import { EMPTY_ROOT } from '../../tree/empty.js';
import type { Edit } from '../../tree/tree.js';
import { ContentBatch } from '../content-batch.js';
import type { Contents } from '../contents.js';
import { encodeEntry } from '../entry.js';
import { CatalogError } from '../errors.js';
import { externalContent } from '../external-content.js';
import { Pace } from '../pace.js';
import type { Store } from '../store.js';
import { filesOf, type ImportedFile, type ImportSource } from './sources.js';

export interface Taking {
  repository: string;
  uid: RepositoryUid;
  sources: ImportSource[];
  roots: ImportRoots;
  /** Takes the bytes in, instead of referring to the files. */
  copy: boolean;
  signal: AbortSignal;
  /** Hears of each file. */
  onFile: () => void;
}

/**
 * The tree of all files of some sources, durable and with its contents, but not reachable yet: whoever calls this
 * counts as a verb at work until it is. Memory does not grow with the number of files.
 * @throws the signal's reason; WalkRefusal; source-changed for a file that changes while it is copied
 */
export async function takeIn(store: Store, contents: Contents, taking: Taking): Promise<NodeHash> {
  const { uid, sources, roots, signal, onFile } = taking;
  const batch = new ContentBatch(contents, uid);
  const pace = new Pace(signal);
  async function* edits(): AsyncGenerator<Edit> {
    for await (const file of filesOf(sources, roots)) {
      await pace.step();
      const value = await (taking.copy ? copied(contents, taking, file, batch) : linked(file, batch));
      onFile();
      yield { key: file.key, value };
    }
  }
  try {
    const root = await store.tree(uid).edit(EMPTY_ROOT.hash, edits());
    await batch.finish();
    return root;
  } catch (error) {
    await batch.discard();
    throw error;
  }
}

async function linked({ path, identity }: ImportedFile, batch: ContentBatch): Promise<Buffer> {
  const content = externalContent(path, identity);
  await batch.add(content);
  return entryOf(content, content.checksum, identity.mtime);
}

async function copied(
  contents: Contents,
  { repository, signal }: Taking,
  { path, identity }: ImportedFile,
  batch: ContentBatch
): Promise<Buffer> {
  const bytes = abortable(readUnchanged(path, identity, 0, identity.size), signal);
  const received = await contents.receive(repository, bytes).catch((error: unknown) => {
    throw error instanceof FileChanged ? changedMeanwhile(error) : error;
  });
  await batch.add({ ...received, discard: () => received.discard() });
  return entryOf(received, received.md5, identity.mtime);
}

function entryOf(
  { contentId, size }: Pick<ReturnType<typeof externalContent>, 'contentId' | 'size'>,
  checksum: string,
  mtime: number
): Buffer {
  return encodeEntry({ contentId, checksum, size, mtime: wholeTime(mtime), contentType: '', metadata: {} });
}

/** Entries have no times before 1970. */
const wholeTime = (mtime: number) => Math.max(0, Math.floor(mtime));

async function* abortable(bytes: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    yield chunk;
  }
}

function changedMeanwhile({ path, message }: FileChanged): CatalogError {
  return new CatalogError(
    'source-changed',
    `The file ${path} ${message} while it was imported: try again when nobody writes to it.`,
    { path }
  );
}
