import type { CommitId, ContentId, Incarnation, NodeHash, RepositoryUid, StagingToken } from '../ids.js';

/**
 * Where the catalog's records lie in the key-value store. Every family of keys begins with one letter and '/';
 * families of a repository go on with its uid (16 hex digits), so that one range holds all of it.
 * The text of record is docs/format.md.
 */
const text = (key: string) => Buffer.from(key, 'utf8');

/** Families whose keys go on with a repository's uid; deleting a repository empties them ('w' is kept by rows/). */
export const REPOSITORY_FAMILIES = ['b', 't', 'c', 'n', 'k', 'u', 'p', 'o', 'i', 'm', 'w'] as const;

export const repositoryKey = (name: string) => text(`r/${name}`);
export const REPOSITORIES = text('r/');

export const branchKey = (uid: RepositoryUid, name: string) => text(`b/${uid}/${name}`);
export const tagKey = (uid: RepositoryUid, name: string) => text(`t/${uid}/${name}`);
export const commitKey = (uid: RepositoryUid, id: CommitId) => text(`c/${uid}/${id}`);
export const nodeKey = (uid: RepositoryUid, hash: NodeHash) => hexKey('n', uid, hash);
export const contentKey = (uid: RepositoryUid, id: ContentId) => hexKey('k', uid, id);
/** An upload under way; a path has no NUL, so that those of a branch are in the order of their paths. */
export const uploadKey = (uid: RepositoryUid, incarnation: Incarnation, path: string, uploadId: string) =>
  text(`u/${uid}/${incarnation}/${path}\0${uploadId}`);
/** Uploads to a branch, of paths that begin with `prefix`. */
export const uploadsTo = (uid: RepositoryUid, incarnation: Incarnation, prefix = '') =>
  text(`u/${uid}/${incarnation}/${prefix}`);
export const UPLOAD_ID_DIGITS = 32;
/** The id of the upload that a key of this family is of. */
export const uploadIdIn = (key: Buffer) => key.subarray(-UPLOAD_ID_DIGITS).toString('utf8');
/** Part numbers have five digits so that they are in order. */
export const partKey = (uid: RepositoryUid, uploadId: string, part: number) =>
  text(`p/${uid}/${uploadId}/${String(part).padStart(5, '0')}`);

/** One operation of the log; ids are in the order of time. */
export const operationKey = (uid: RepositoryUid, id: string) => text(`o/${uid}/${id}`);

/** A task of a repository, and with it what a dump of its refs needs. */
export const taskKey = (uid: RepositoryUid, id: string) => text(`m/${uid}/${id}`);
export const TASKS = text('m/');

/** A deleted repository whose records are kept for its dumps. */
export const deletedKey = (uid: RepositoryUid) => text(`x/${uid}`);
export const DELETED = text('x/');

/** All parts of an upload. */
export const partsOf = (uid: RepositoryUid, uploadId: string) => text(`p/${uid}/${uploadId}/`);

/** All keys of one family of a repository. */
export const familyOf = (family: (typeof REPOSITORY_FAMILIES)[number], uid: RepositoryUid) =>
  text(`${family}/${uid}/`);

/** One staged entry or tombstone; `path` in UTF-8. */
export function stagedKey(token: StagingToken, path: Uint8Array): Buffer {
  return Buffer.concat([stagedLayer(token), path]);
}

/** The range of one layer of staged changes. */
export const stagedLayer = (token: StagingToken) => text(`s/${token}/`);
export const STAGED_PREFIX_BYTES = 's/'.length + 32 + '/'.length;

/** Work that must be finished even after a crash: a layer, repository or upload whose records are to be removed. */
export const DROPS = text('d/');
export const dropLayerKey = (token: StagingToken) => text(`d/s/${token}`);
export const dropRepositoryKey = (uid: RepositoryUid) => text(`d/r/${uid}`);
export const dropUploadKey = (uid: RepositoryUid, uploadId: string) => text(`d/u/${uid}/${uploadId}`);

/** The store's epoch, see epochs.ts. */
export const EPOCH = text('g/epoch');

/** Staged changes of all layers; a token follows. */
export const LAYERS = text('s/');

/** Hashes go in as 32 bytes: node and content keys are by far the most. */
function hexKey(family: string, uid: RepositoryUid, hex: string): Buffer {
  const prefix = `${family}/${uid}/`;
  const key = Buffer.allocUnsafe(prefix.length + hex.length / 2);
  key.write(hex, key.write(prefix, 'latin1'), 'hex');
  return key;
}

/** The first key after all keys that begin with `prefix`; undefined when there is none. */
export function successor(prefix: Uint8Array): Buffer | undefined {
  const key = Buffer.from(prefix);
  for (let i = key.length - 1; i >= 0; i--) {
    if (key[i]! < 0xff) {
      key[i]!++;
      return key.subarray(0, i + 1);
    }
  }
  return undefined;
}

/** The first key behind an upload, or behind all uploads to a path: what is longer goes on with more than NUL. */
export function behindUploads(
  branch: Buffer,
  { path, uploadId }: { path: string; uploadId?: string }
): Buffer {
  const place = uploadId === undefined ? `${path}\u0001` : `${path}\0${uploadId}\0`;
  return Buffer.concat([branch, Buffer.from(place, 'utf8')]);
}
