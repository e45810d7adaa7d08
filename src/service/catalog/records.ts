import type { FileIdentity } from '../blocks/external.js';
import type { CommitId, ContentId, Incarnation, RepositoryUid, StagingToken } from '../ids.js';
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
  /** A staging address: its part 1, linked, is the object itself, and what the object is called is said then. */
  single?: true;
}

export interface PartRecord {
  contentId: ContentId;
  md5: string;
  size: number;
  mtime: number;
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
  | { kind: 'segments'; parts: { contentId: ContentId; size: number }[] }
  /** Let go by the repository's retention rules; commits beyond their retention name it still. */
  | { kind: 'expired' }
  /** A file that is not ours, at this absolute path; `size` of the record is part of what must not change. */
  | ({ kind: 'external' } & ExternalSource)
  /** What was such a file, and has the bytes of another content now: restored from an archive. */
  | { kind: 'copied'; contentId: ContentId; source: ExternalSource };

/** A file as it was seen when it was imported; with its size, what the content's id was made from. */
export type ExternalSource = Pick<FileIdentity, 'mtime' | 'inode'> & { path: string };

/** Says where a content's bytes lie and in which epoch something last came to refer to them. */
export interface BlockRecord {
  size: number;
  epoch: number;
  place: Place;
}

const KINDS = ['inline', 'file', 'segments', 'expired', 'external', 'copied'] as const;
const HEAD_BYTES = 1 + 6 + 6;
const PART_BYTES = 32 + 6;
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

/** Encodes: kind, epoch (48 bits), size (48 bits), then what docs/format.md says for the kind. */
export function encodeBlock(record: BlockRecord): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = KINDS.indexOf(record.place.kind);
  head.writeUIntBE(record.epoch, 1, 6);
  head.writeUIntBE(record.size, 7, 6);
  switch (record.place.kind) {
    case 'inline':
      return Buffer.concat([head, record.place.bytes]);
    case 'file':
      return Buffer.concat([head, Buffer.from(record.place.block)]);
    case 'segments': {
      const parts = Buffer.alloc(record.place.parts.length * PART_BYTES);
      record.place.parts.forEach((part, i) => {
        parts.write(part.contentId, i * PART_BYTES, 32, 'hex');
        parts.writeUIntBE(part.size, i * PART_BYTES + 32, 6);
      });
      return Buffer.concat([head, parts]);
    }
    case 'expired':
      return head;
    case 'external':
      return Buffer.concat([head, encodeSource(record.place)]);
    case 'copied':
      return Buffer.concat([
        head,
        Buffer.from(record.place.contentId, 'hex'),
        encodeSource(record.place.source)
      ]);
  }
}

/** @throws if the record's kind is unknown. */
export function decodeBlock(value: Buffer): BlockRecord {
  const rest = value.subarray(HEAD_BYTES);
  return { epoch: value.readUIntBE(1, 6), size: value.readUIntBE(7, 6), place: decodePlace(value[0]!, rest) };
}

function decodePlace(kind: number, rest: Buffer): Place {
  switch (KINDS[kind]) {
    case 'inline':
      return { kind: 'inline', bytes: rest };
    case 'file':
      return { kind: 'file', block: rest.toString('utf8') };
    case 'segments': {
      const parts = [];
      for (let at = 0; at < rest.length; at += PART_BYTES) {
        const contentId = rest.toString('hex', at, at + 32) as ContentId;
        parts.push({ contentId, size: rest.readUIntBE(at + 32, 6) });
      }
      return { kind: 'segments', parts };
    }
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
