import { familyOf } from '../keys.js';
import type { CommitId, Incarnation, RepositoryUid } from '../../ids.js';

/** One import, as it lies in the store: without `end` it runs, or broke off. */
export interface ImportRecord {
  branch: string;
  /** Of the branch when it began: an import ends with its branch. */
  incarnation: Incarnation;
  actor: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  end?: ImportEnd;
}

export interface ImportEnd {
  /** Milliseconds since the epoch. */
  at: number;
  /** Files taken in. */
  ingested: number;
  /** Where it was completed: the commit that has what was imported. */
  commitId?: CommitId;
  /** Where it was not: a sentence. */
  error?: string;
}

export const importKey = (uid: RepositoryUid, id: string) =>
  Buffer.concat([familyOf('i', uid), Buffer.from(id)]);
