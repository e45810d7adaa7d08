import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { openKeys, type Keys } from '../auth/keys.js';
import type { ImportRoots } from '../blocks/import-roots.js';
import { openLocalBlocks } from '../blocks/local.js';
import { openCatalog, type Catalog } from '../catalog/catalog.js';
import { syncFolder } from '../durable.js';
import { openRows, type Rows } from '../rows/rows.js';
import type { DataFolder } from './data-folder.js';
import { openKv } from './open-kv.js';

export interface InitialKey {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface StoreOptions {
  /** Number of this start. */
  start: number;
  /** The key that the operator gives; else the one of the first start. */
  initialKey?: InitialKey;
  /** From where local files may be imported; without, from nowhere. */
  importRoots?: ImportRoots;
  /** How long verbs can be undone, in days. */
  undoDays?: number;
  /** Where the bundle of rows/engine/engine-process lies. */
  engineProcess: URL;
  /** Where the bundle of rows/preview/preview-worker lies. */
  previewWorker: URL;
  /** Where the bundle of catalog/hashing/hash-worker lies; without it large bodies are hashed on the main thread. */
  hashWorker?: URL;
  /** Where the bundle of rows/formats/footer-worker lies; without it Parquet files are counted on the main thread. */
  footerWorker?: URL;
  log: Logger;
}

/** Everything below the wire, opened over one data folder, whose lock the caller holds. */
export interface Store {
  catalog: Catalog;
  keys: Keys;
  rows: Rows;
  close(): Promise<void>;
}

export async function openStore(folder: DataFolder, options: StoreOptions): Promise<Store> {
  const { start, initialKey, importRoots, hashWorker, undoDays, log } = options;
  const now = Date.now;
  const kv = await openKv(folder);
  try {
    const blocks = await openLocalBlocks({ folder: folder.blocks, start });
    // Their folders may be new: a durable write is worth nothing in a folder whose name a power cut takes.
    await syncFolder(folder.path);
    const keys = await openKeys({ kv, now, ...(initialKey && { initial: initialKey }) });
    const onError = (error: unknown) => log.error(error, 'background work failed');
    const catalog = await openCatalog({ kv, blocks, now, hashWorker, importRoots, undoDays, onError });
    const enginePath = fileURLToPath(options.engineProcess);
    const { previewWorker, footerWorker } = options;
    const rows = await openRows({
      catalog,
      kv,
      dataFolder: folder.scratch,
      enginePath,
      previewWorker,
      footerWorker,
      log
    });
    return {
      catalog,
      keys,
      rows,
      close: async () => {
        await rows.close();
        await catalog.close();
        await kv.close();
      }
    };
  } catch (error) {
    await kv.close();
    throw error;
  }
}
