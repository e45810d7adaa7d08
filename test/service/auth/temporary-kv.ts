import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kv } from '../../../src/service/kv/kv.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';

const opened: { kv: Kv; folder: string }[] = [];

/** A real store in a folder of its own, until {@link closeTemporaryKvs}. */
export async function temporaryKv(): Promise<Kv> {
  const folder = await mkdtemp(join(tmpdir(), 'databranch-auth-'));
  const kv = await openLmdb(folder);
  opened.push({ kv, folder });
  return kv;
}

export async function closeTemporaryKvs(): Promise<void> {
  for (const { kv, folder } of opened.splice(0)) {
    await kv.close();
    await rm(folder, { recursive: true, force: true });
  }
}
