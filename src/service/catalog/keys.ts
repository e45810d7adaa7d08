import type { CommitId, ContentId, NodeHash, RepositoryUid, StagingToken } from '../ids.js';

/**
 * Where the catalog's records lie in the key-value store. Every family of keys begins with one letter and '/';
 * families of a repository go on with its uid (16 hex digits), so that one range holds all of it.
 * The text of record is docs/format.md.
 */
const text = (key: string) => Buffer.from(key, 'utf8');

/** Families whose keys go on with a repository's uid; deleting a repository empties them ('w' is kept by rows/). */
export const REPOSITORY_FAMILIES = ['b', 't', 'c', 'n', 'k', 'u', 'p', 'o', 'i', 'w'] as const;

export const repositoryKey = (name: string) => text(`r/${name}`);
export const REPOSITORIES = text('r/');

export const branchKey = (uid: RepositoryUid, name: string) => text(`b/${uid}/${name}`);
export const tagKey = (uid: RepositoryUid, name: string) => text(`t/${uid}/${name}`);
export const commitKey = (uid: RepositoryUid, id: CommitId) => text(`c/${uid}/${id}`);
export const nodeKey = (uid: RepositoryUid, hash: NodeHash) => hexKey('n', uid, hash);
export const contentKey = (uid: RepositoryUid, id: ContentId) => hexKey('k', uid, id);
export const uploadKey = (uid: RepositoryUid, uploadId: string) => text(`u/${uid}/${uploadId}`);
/** Part numbers have five digits so that they are in order. */
export const partKey = (uid: RepositoryUid, uploadId: string, part: number) =>
  text(`p/${uid}/${uploadId}/${String(part).padStart(5, '0')}`);

/** One operation of the log; ids are in the order of time. */
export const operationKey = (uid: RepositoryUid, id: string) => text(`o/${uid}/${id}`);

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
