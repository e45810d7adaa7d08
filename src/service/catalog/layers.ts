import type { StagingToken } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { dropLayerKey, stagedKey } from './keys.js';
import type { BranchRecord } from './records.js';
import type { Versioned } from './store.js';

/**
 * Uncommitted changes: layers of staged entries and tombstones over a branch's commit. The newest layer takes
 * writes; sealed ones below it never change. A staged value is an encoded entry; an empty one is a tombstone.
 */
export const TOMBSTONE = Buffer.alloc(0);

/** A staged change: the encoded entry, or null for a path that is removed. */
export interface StagedChange {
  path: Buffer;
  value: Buffer | null;
}

/** A branch's layers, newest first. */
export function layersOf(branch: BranchRecord): StagingToken[] {
  return [branch.token, ...branch.sealed];
}

/** The newest staged change to `path` in `layers`; undefined where none of them has one. */
export async function findStaged(
  reader: KvReader,
  layers: StagingToken[],
  path: Buffer
): Promise<StagedChange | undefined> {
  for (const token of layers) {
    const record = await reader.get(stagedKey(token, path));
    if (record) {
      return { path, value: record.value.length === 0 ? null : record.value };
    }
  }
  return undefined;
}

/** The durable note that a layer's records are to be removed. */
export const dropLayer = (token: StagingToken) => ({ key: dropLayerKey(token), value: TOMBSTONE });

/** The record without the version that came with it. */
export function recordOf(branch: Versioned<BranchRecord>): BranchRecord {
  const { version: _, ...record } = branch;
  return record;
}
