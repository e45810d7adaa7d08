import type { ContentId, NodeHash, RepositoryUid } from '../../ids.js';
import type { FileKind } from '../formats/format.js';

/**
 * Where this room's records lie in the key-value store: all below `w/<repository uid>/`, so that they go when the
 * repository does. Everything here can be found out again from the objects; nothing else refers to it.
 */
const family = (uid: RepositoryUid, letter: string) => Buffer.from(`w/${uid}/${letter}/`);

/** What a reader found in one content, read as one kind of file. */
export function statisticsKey(uid: RepositoryUid, kind: FileKind, content: ContentId): Buffer {
  // One allocation: every file of every node that is counted is looked up by one of these.
  const prefix = `w/${uid}/c/${kind}/`;
  const key = Buffer.allocUnsafe(prefix.length + content.length / 2);
  key.write(prefix, 'latin1');
  key.write(content, prefix.length, 'hex');
  return key;
}

/** Figures of everything below one tree node. */
export const nodeFiguresKey = (uid: RepositoryUid, node: NodeHash) =>
  Buffer.concat([family(uid, 'n'), Buffer.from(node, 'hex')]);

/** A column set by its hash. */
export const shapeKey = (uid: RepositoryUid, shape: string) =>
  Buffer.concat([family(uid, 's'), Buffer.from(shape)]);

/** The fingerprint of one content, read in one form; `form` also names rows of it that are left out. */
export const fingerprintKey = (uid: RepositoryUid, content: ContentId, form: string) =>
  Buffer.concat([family(uid, 'f'), Buffer.from(content, 'hex'), Buffer.from(`/${form}`)]);

/** How many rows of some files are there more than once, by a hash of what was asked. */
export const duplicatesKey = (uid: RepositoryUid, question: Buffer) =>
  Buffer.concat([family(uid, 'd'), question]);
