import { createHash } from 'node:crypto';

import type { FileChanged, FileIdentity } from '../blocks/external.js';
import type { ContentId } from '../ids.js';
import { CatalogError } from './errors.js';
import type { Place } from './records.js';

/** Of the 64 of a content id: 32 bits of the inode. */
const INODE_DIGITS = 8;

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
 * unchanged, is the same content, and another one as soon as it was written to. The id begins with the inode: files
 * that were made together are imported together, and their records then lie together in the store, which makes
 * writing a million of them several times faster.
 * @param path absolute, without symbolic links
 */
export function externalContent(path: string, { size, mtime, inode }: FileIdentity): ExternalContent {
  const seen = createHash('sha256').update(`external\n${path}\n${size}\n${mtime}\n${inode}`).digest('hex');
  const nearby = (inode % 2 ** 32).toString(16).padStart(INODE_DIGITS, '0');
  const contentId = (nearby + seen.slice(INODE_DIGITS)) as ContentId;
  const place: Place = { kind: 'external', path, mtime, inode };
  return { contentId, size, place, checksum: `${seen.slice(0, 32)}-1` };
}

/**
 * Whether an entry is, by its checksum, of a file that was imported without a copy. False also where somebody gave it
 * another checksum; never true of any other entry, as a checksum that is made from an MD5 cannot fit the content id.
 */
export function isExternal({
  contentId,
  checksum
}: Pick<ExternalContent, 'contentId' | 'checksum'>): boolean {
  return checksum.endsWith('-1') && checksum.slice(INODE_DIGITS, 32) === contentId.slice(INODE_DIGITS, 32);
}

/** Which file, what about it, and what to do. */
export function sourceChanged({ path, message }: FileChanged): CatalogError {
  return new CatalogError(
    'source-changed',
    `The file ${path}, which was imported without a copy, ${message}. Import it again, or bring back the file as it was.`,
    { path }
  );
}
