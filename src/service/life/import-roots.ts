import { stat } from 'node:fs/promises';
import { ImportRoots } from '../blocks/import-roots.js';
import type { DataFolder } from './data-folder.js';
import { EXIT, Refusal } from './refusal.js';

/** The folders of `--import-root`; the data folder itself is nobody's to import. @throws Refusal */
export async function openImportRoots(folders: string[], data: DataFolder): Promise<ImportRoots> {
  for (const folder of folders) {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
    const isThere = 'isDirectory' in found;
    if (!isThere || !found.isDirectory()) {
      const why = isThere ? 'it is a file' : `it cannot be opened (${found.code})`;
      throw new Refusal(`--import-root ${folder} must name a folder: ${why}.`, EXIT.configuration);
    }
  }
  return ImportRoots.open(folders, data.path);
}
