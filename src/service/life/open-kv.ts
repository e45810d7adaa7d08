import { KvUnusableError, type Kv } from '../kv/kv.js';
import { openLmdb } from '../kv/lmdb.js';
import type { DataFolder } from './data-folder.js';
import { EXIT, Refusal } from './refusal.js';

/**
 * Opens (or makes) the key-value store of a data folder, whose lock the caller holds.
 *
 * @throws Refusal if what lies in its place is no store
 */
export async function openKv({ path, store }: DataFolder): Promise<Kv> {
  try {
    return await openLmdb(store);
  } catch (error) {
    if (!(error instanceof KvUnusableError)) {
      throw error;
    }
    throw new Refusal(
      `${error.message} Put ${path} back from a backup, or choose another folder with --data DIR.`,
      EXIT.configuration
    );
  }
}
