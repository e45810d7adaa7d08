import type { CommitId, ContentId, NodeHash } from '../../ids.js';
import { CHECKSUM_ALGORITHMS, isDigest, type Checksums } from '../checksums.js';
import type { RepositoryRecord } from '../records.js';

/** What lies in an archive, file by file. The text of record is docs/archive.md. */

export const ARCHIVE_FORMAT = 'databranch-archive';
export const ARCHIVE_VERSION = 1;

/** Files with these names are JSON. */
export const FORMAT_FILE = 'format.json';
export const REPOSITORY_FILE = 'repository.json';
export const REFS_FILE = 'refs.json';
export const END_FILE = 'end.json';

/** Folders of files that are named by an id, with its first two digits between. */
export type Folder = (typeof FOLDERS)[number];
const FOLDERS = [
  'contents',
  'segments',
  'external',
  'copied',
  'expired',
  'checksums',
  'nodes',
  'commits'
] as const;
const NAME = new RegExp(`^(${FOLDERS.join('|')})/([0-9a-f]{2})/([0-9a-f]{64})$`);
type Id = CommitId | ContentId | NodeHash;

export const nameOf = (folder: Folder, id: Id) => `${folder}/${id.slice(0, 2)}/${id}`;

/** The folder and id of such a file; undefined for any other name. */
export function partsOfName(name: string): { folder: Folder; id: string } | undefined {
  const [, folder, digits, id] = NAME.exec(name) ?? [];
  return id?.startsWith(digits!) ? { folder: folder as Folder, id } : undefined;
}

export interface ArchivedFormat {
  format: typeof ARCHIVE_FORMAT;
  version: number;
}

/** As the repository's record, without what names it in a store. */
export type ArchivedRepository = Omit<RepositoryRecord, 'uid'> & { name: string };

export interface ArchivedRefs {
  branches: { name: string; commit_id: CommitId; hidden: boolean }[];
  tags: { name: string; commit_id: CommitId }[];
}

/** What a content is made of; numbers of parts where they have gaps. */
export type ArchivedSegments = { content_id: ContentId; size: number; part_number?: number }[];

/** As kept with a content; digests in base64. */
export type ArchivedChecksums = Checksums;

/** Whether these can be checksums of a content. */
export function areChecksums({ type, digests }: ArchivedChecksums): boolean {
  return (
    (type === 'FULL_OBJECT' || type === 'COMPOSITE') &&
    CHECKSUM_ALGORITHMS.every(name => {
      const digest: unknown = digests[name];
      return digest === undefined || (typeof digest === 'string' && isDigest(name, digest));
    })
  );
}

/** A content that was an imported file: where its bytes are, and what its id was made from. */
export interface ArchivedCopy {
  content_id: ContentId;
  size: number;
  path: string;
  mtime: number;
  inode: number;
}

/** What comes last, so that a whole archive can be told from a part of one. */
export interface ArchivedEnd {
  /** Hex, of all bytes of the tar before this file's header. */
  sha256: string;
}

/** What an archive holds. */
export interface ArchiveFigures {
  repository: string;
  branches: number;
  tags: number;
  commits: number;
  contents: number;
  /** Of the contents. */
  bytes: number;
}
