import type { ContentId } from '../ids.js';
import type { Entry } from './model.js';

/*
 * The version of an object, as S3 has the word: it names the bytes that an object had when it was looked at, and
 * what a reader of them is told. Who opened an object before it was overwritten so reads on in the same bytes.
 */
export type Version = Pick<Entry, 'contentId' | 'mtime' | 'checksum'>;

export const versionId = ({ contentId, mtime, checksum }: Version) => `${contentId}.${mtime}.${checksum}`;

/** undefined for text that names no version. */
export function parseVersionId(text: string): Version | undefined {
  const found = /^([0-9a-f]{64})\.(\d{1,15})\.([\x21\x23-\x7e]+)$/.exec(text);
  return found
    ? { contentId: found[1] as ContentId, mtime: Number(found[2]), checksum: found[3]! }
    : undefined;
}
