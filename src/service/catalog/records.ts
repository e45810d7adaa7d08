import type { FileIdentity } from '../blocks/external.js';
import type { CommitId, ContentId, Incarnation, RepositoryUid, StagingToken } from '../ids.js';
import {
  decodeChecksums,
  encodeChecksums,
  type ChecksumDigests,
  type ChecksumPlan,
  type Checksums
} from './checksums.js';
import type { Commit } from './model.js';

/**
 * The catalog's records as they lie in the store. Few and small ones are JSON, so that a person can read them;
 * block records, of which there are as many as contents, are binary.
 */

export interface RepositoryRecord {
  uid: RepositoryUid;
  storageNamespace: string;
  defaultBranch: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  readOnly: boolean;
  metadata: Record<string, string>;
  /** Patterns of the names of branches that take changes by merge only. */
  protectedBranches?: string[];
  /** How long what is no longer on a branch can be read; without, for as long as a commit has it. */
  retention?: RetentionRules;
  /** Made without a branch, to take in a dump. */
  bare?: true;
}

/** A repository that was deleted and is kept, out of reach, as long as its dumps can be restored. */
export interface DeletedRecord {
  /** For a person. */
  name: string;
}

/** A dump or restore of refs. */
export interface TaskRecord {
  kind: 'dump' | 'restore';
  /** When this record was written; milliseconds since the epoch. */
  at: number;
  done: boolean;
  /** Why it failed. */
  error?: string;
  dump?: DumpRecord;
}

/** The refs of a repository at one point in time, as contents of JSON lines. */
export interface DumpRecord {
  branches: DumpedList;
  tags: DumpedList;
  /** Parents before children. */
  commits: DumpedList;
  /** The commits that branches and tags stand on, each once: everything dumped can be reached from them. */
  heads: CommitId[];
}

export interface DumpedList {
  contentId: ContentId;
  size: number;
}

/** Days, counted from when a commit was replaced by the next on its branch. */
export interface RetentionRules {
  defaultDays: number;
  branches: { branch: string; days: number }[];
}

export interface BranchRecord {
  incarnation: Incarnation;
  commitId: CommitId;
  /** The layer that writes go to. */
  token: StagingToken;
  /** Layers closed for writes, newest first. */
  sealed: StagingToken[];
  hidden: boolean;
  /** Only a sandbox has it: when it is removed. Milliseconds since the epoch. */
  expiresAt?: number;
}

export interface TagRecord {
  commitId: CommitId;
}

/** A commit without its id, which is the hash of the rest. */
export type CommitRecord = Omit<Commit, 'id'>;

/** A multipart upload under way. */
export interface UploadRecord {
  branch: string;
  /** Of the branch when the upload began: it dies with the branch. */
  incarnation: Incarnation;
  path: string;
  contentType: string;
  metadata: Record<string, string>;
  createdAt: number;
  /** The checksum that the object is to have. */
  checksum?: ChecksumPlan;
  /** A staging address: its part 1, linked, is the object itself, and what the object is called is said then. */
  single?: true;
}

export interface PartRecord {
  contentId: ContentId;
  md5: string;
  size: number;
  mtime: number;
  /** Verified, or computed for the upload's checksum. */
  digests?: ChecksumDigests;
}

export function encodeRecord(record: object): Buffer {
  return Buffer.from(JSON.stringify(record), 'utf8');
}

export function decodeRecord<T>(value: Buffer): T {
  return JSON.parse(value.toString('utf8')) as T;
}

/** Where the bytes of a content lie. */
export type Place =
  | { kind: 'inline'; bytes: Buffer }
  | { kind: 'file'; block: string }
  | { kind: 'segments'; parts: Segment[] }
  /** Let go by the repository's retention rules; commits beyond their retention name it still. */
  | { kind: 'expired' }
  /** A file that is not ours, at this absolute path; `size` of the record is part of what must not change. */
  | ({ kind: 'external' } & ExternalSource)
  /** What was such a file, and has the bytes of another content now: restored from an archive. */
  | { kind: 'copied'; contentId: ContentId; source: ExternalSource };

/** A part of a multipart object, by the number that it was uploaded with; they ascend, and may have gaps. */
export interface Segment {
  number: number;
  contentId: ContentId;
  size: number;
}

/** A file as it was seen when it was imported; with its size, what the content's id was made from. */
export type ExternalSource = Pick<FileIdentity, 'mtime' | 'inode'> & { path: string };

/** Says where a content's bytes lie and in which epoch something last came to refer to them. */
export interface BlockRecord {
  size: number;
  epoch: number;
  place: Place;
  checksums?: Checksums;
}

/** `numbered` is how segments with gaps in their numbers are written. */
const KINDS = ['inline', 'file', 'segments', 'expired', 'external', 'copied', 'numbered'] as const;
/** In the byte of the kind: checksums stand behind the head. */
const CHECKSUMS_BIT = 0x80;
const HEAD_BYTES = 1 + 6 + 6;
const PART_BYTES = 32 + 6;
const NUMBER_BYTES = 2;
/** Modification time and inode of an external file, as doubles. */
const EXTERNAL_BYTES = 8 + 8;

/** The contents that a content is made of: they are needed as long as it is. */
export function partsOf(place: Place): ContentId[] {
  switch (place.kind) {
    case 'segments':
      return place.parts.map(part => part.contentId);
    case 'copied':
      return [place.contentId];
    default:
      return [];
  }
}

/** Encodes: kind, epoch (48 bits), size (48 bits), checksums if any, then what docs/format.md says for the kind. */
export function encodeBlock({ epoch, size, place, checksums }: BlockRecord): Buffer {
  const numbered = place.kind === 'segments' && hasGaps(place.parts);
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = KINDS.indexOf(numbered ? 'numbered' : place.kind) | (checksums ? CHECKSUMS_BIT : 0);
  head.writeUIntBE(epoch, 1, 6);
  head.writeUIntBE(size, 7, 6);
  const rest = encodePlace(place, numbered);
  return Buffer.concat(checksums ? [head, encodeChecksums(checksums), rest] : [head, rest]);
}

function encodePlace(place: Place, numbered: boolean): Buffer {
  switch (place.kind) {
    case 'inline':
      return place.bytes;
    case 'file':
      return Buffer.from(place.block);
    case 'segments':
      return Buffer.concat(place.parts.map(part => encodeSegment(part, numbered)));
    case 'expired':
      return Buffer.alloc(0);
    case 'external':
      return encodeSource(place);
    case 'copied':
      return Buffer.concat([Buffer.from(place.contentId, 'hex'), encodeSource(place.source)]);
  }
}

/** @throws if the record's kind is unknown. */
export function decodeBlock(value: Buffer): BlockRecord {
  const { checksums, end } =
    value[0]! & CHECKSUMS_BIT
      ? decodeChecksums(value, HEAD_BYTES)
      : { checksums: undefined, end: HEAD_BYTES };
  return {
    epoch: value.readUIntBE(1, 6),
    size: value.readUIntBE(7, 6),
    place: decodePlace(value[0]! & ~CHECKSUMS_BIT, value.subarray(end)),
    ...(checksums && { checksums })
  };
}

function decodePlace(kind: number, rest: Buffer): Place {
  switch (KINDS[kind]) {
    case 'inline':
      return { kind: 'inline', bytes: rest };
    case 'file':
      return { kind: 'file', block: rest.toString('utf8') };
    case 'segments':
      return { kind: 'segments', parts: decodeSegments(rest, false) };
    case 'numbered':
      return { kind: 'segments', parts: decodeSegments(rest, true) };
    case 'expired':
      return { kind: 'expired' };
    case 'external':
      return { kind: 'external', ...decodeSource(rest) };
    case 'copied':
      return {
        kind: 'copied',
        contentId: rest.toString('hex', 0, 32) as ContentId,
        source: decodeSource(rest.subarray(32))
      };
    default:
      throw new Error(`Block record of unknown kind ${kind}: the store was written by a newer Databranch.`);
  }
}

/** Whether the parts of an object do not just count from 1. */
export const hasGaps = (parts: { number: number }[]) => parts.some(({ number }, i) => number !== i + 1);

function encodeSegment({ number, contentId, size }: Segment, numbered: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(PART_BYTES + (numbered ? NUMBER_BYTES : 0));
  let at = numbered ? bytes.writeUInt16BE(number, 0) : 0;
  at += bytes.write(contentId, at, 32, 'hex');
  bytes.writeUIntBE(size, at, 6);
  return bytes;
}

function decodeSegments(bytes: Buffer, numbered: boolean): Segment[] {
  const step = PART_BYTES + (numbered ? NUMBER_BYTES : 0);
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => {
    const number = numbered ? bytes.readUInt16BE(i * step) : i + 1;
    const at = (i + 1) * step - PART_BYTES;
    return {
      number,
      contentId: bytes.toString('hex', at, at + 32) as ContentId,
      size: bytes.readUIntBE(at + 32, 6)
    };
  });
}

function encodeSource({ path, mtime, inode }: ExternalSource): Buffer {
  const identity = Buffer.alloc(EXTERNAL_BYTES);
  identity.writeDoubleBE(mtime, 0);
  identity.writeDoubleBE(inode, 8);
  return Buffer.concat([identity, Buffer.from(path)]);
}

function decodeSource(bytes: Buffer): ExternalSource {
  return {
    mtime: bytes.readDoubleBE(0),
    inode: bytes.readDoubleBE(8),
    path: bytes.toString('utf8', EXTERNAL_BYTES)
  };
}
