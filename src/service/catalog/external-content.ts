import { createHash } from 'node:crypto';

import type { FileChanged, FileIdentity } from '../blocks/external.js';
import type { ContentId } from '../ids.js';
import { CatalogError } from './errors.js';
import type { Place } from './records.js';

/** What an entry and a block record keep of a file that stays where it is. */
export interface ExternalContent {
  contentId: ContentId;
  size: number;
  place: Place;
  /** An ETag. It has the form of a multipart upload's, so that no client takes it for an MD5 and compares. */
  checksum: string;
}

/**
 * The content of a file that is not read: its id stands for the file as it was seen, so that the same file, found
 * unchanged, is the same content, and another one as soon as it was written to.
 * @param path absolute, without symbolic links
 */
export function externalContent(path: string, { size, mtime, inode }: FileIdentity): ExternalContent {
  const contentId = createHash('sha256')
    .update(`external\n${path}\n${size}\n${mtime}\n${inode}`)
    .digest('hex') as ContentId;
  const place: Place = { kind: 'external', path, mtime, inode };
  return { contentId, size, place, checksum: `${contentId.slice(0, 32)}-1` };
}

/** Which file, what about it, and what to do. */
export function sourceChanged({ path, message }: FileChanged): CatalogError {
  return new CatalogError(
    'source-changed',
    `The file ${path}, which was imported without a copy, ${message}. Import it again, or bring back the file as it was.`,
    { path }
  );
}
