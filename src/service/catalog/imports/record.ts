import type { CommitId, Incarnation, RepositoryUid } from '../../ids.js';
import { CatalogError } from '../errors.js';
import { familyOf } from '../keys.js';
import { decodeRecord, encodeRecord } from '../records.js';
import type { Store } from '../store.js';

/** How long it can be asked what became of an import. */
const RECORDS_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Old records removed when an import begins: far more than come about between two of them. */
const OLD_RECORDS_MAX = 1_000;

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

const importKey = (uid: RepositoryUid, id: string) => Buffer.concat([familyOf('i', uid), Buffer.from(id)]);

/** An import's record, to be put. */
export function recordOfImport(uid: RepositoryUid, id: string, record: ImportRecord) {
  return { key: importKey(uid, id), value: encodeRecord(record) };
}

/** @throws import-not-found */
export async function findImport(
  store: Store,
  repository: string,
  branch: string,
  id: string
): Promise<{ uid: RepositoryUid; record: ImportRecord }> {
  return store.kv.snapshot(async reader => {
    const { uid } = await store.repository(reader, repository);
    const found = /^[0-9a-f]{32}$/.test(id) ? await reader.get(importKey(uid, id)) : undefined;
    const record = found && decodeRecord<ImportRecord>(found.value);
    if (record?.branch !== branch) {
      throw new CatalogError('import-not-found', `There is no import "${id}" into branch "${branch}".`, {
        id
      });
    }
    return { uid, record };
  });
}

/** Removes the records of imports that are long over. */
export async function forgetOldImports(
  store: Store,
  uid: RepositoryUid,
  isUnderWay: (id: string) => boolean
): Promise<void> {
  const horizon = store.now() - RECORDS_DAYS * DAY_MS;
  const prefix = familyOf('i', uid);
  const records = await store.kv.snapshot(reader => reader.scan({ prefix, limit: OLD_RECORDS_MAX }));
  const old = records.filter(
    ({ key, value }) =>
      !isUnderWay(key.subarray(prefix.length).toString('utf8')) &&
      decodeRecord<ImportRecord>(value).startedAt < horizon
  );
  if (old.length > 0) {
    await store.write({ delete: old.map(({ key }) => key) });
  }
}
