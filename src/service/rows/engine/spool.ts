import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Contents } from '../../catalog/contents.js';
import type { Entry } from '../../catalog/model.js';
import type { ContentId } from '../../ids.js';

/** What may lie in one spool at a time. */
const SPOOL_BYTES_MAX = 4 * 1024 ** 3;

/** A batch of files does not fit: the message is a sentence's end. */
export class SpoolFull extends Error {
  override name = 'SpoolFull';
}

/**
 * Local files for contents that lie in none: in the store's records, in several segments, elsewhere. One folder
 * for one request, bounded, and removed with `close`.
 */
export class Spool {
  private bytes = 0;
  private files = 0;
  /** Whose files lie where others may write. */
  private readonly borrowed: ContentId[] = [];

  private constructor(
    private readonly folder: string,
    private readonly contents: Pick<Contents, 'read' | 'localFile'>,
    private readonly repository: string
  ) {}

  /** @param parent a folder that is this room's own */
  static async open(
    parent: string,
    contents: Pick<Contents, 'read' | 'localFile'>,
    repository: string
  ): Promise<Spool> {
    await mkdir(parent, { recursive: true });
    return new Spool(await mkdtemp(join(resolve(parent), 'spool-')), contents, repository);
  }

  /** The absolute path of a file with exactly this content. @throws SpoolFull */
  async fileOf(entry: Entry, signal?: AbortSignal): Promise<string> {
    const local = await this.contents.localFile(this.repository, entry.contentId);
    if (local !== undefined) {
      this.borrowed.push(entry.contentId);
      return resolve(local);
    }
    return this.fileBehind(entry, 0, signal);
  }

  /** The absolute path of a file with what comes behind the first bytes of a content. @throws SpoolFull */
  async fileBehind({ contentId, size }: Entry, bytes: number, signal?: AbortSignal): Promise<string> {
    const file = this.newFile(size);
    const source = this.contents.read(this.repository, contentId, bytes, size);
    await pipeline(Readable.from(source, { objectMode: false }), createWriteStream(file), { signal });
    return file;
  }

  /** The absolute path of a file with this text. @param bytes about how much it is @throws SpoolFull */
  async write(text: Iterable<string>, bytes: number, signal?: AbortSignal): Promise<string> {
    const file = this.newFile(bytes);
    await pipeline(Readable.from(text), createWriteStream(file), { signal });
    return file;
  }

  /** A path for a file of about `bytes` that somebody else will write. @throws SpoolFull */
  newFile(bytes: number): string {
    this.bytes += bytes;
    if (this.bytes > SPOOL_BYTES_MAX) {
      throw new SpoolFull(`it would need more than ${SPOOL_BYTES_MAX / 1024 ** 3} GiB of temporary files`);
    }
    return join(this.folder, String(this.files++));
  }

  /** What was made of the files holds only if none of them has changed under it. @throws CatalogError source-changed */
  async checkUnchanged(): Promise<void> {
    for (const contentId of this.borrowed) {
      await this.contents.localFile(this.repository, contentId);
    }
  }

  close(): Promise<void> {
    // Tried again where files cannot be removed while the engine still has them open.
    return rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
