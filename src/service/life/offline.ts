import { stat } from 'node:fs/promises';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { takeLock } from './lock.js';
import { EXIT, Refusal } from './refusal.js';
import { alreadyRunning } from './running-service.js';

/** Works on a data folder that no service runs on, and keeps others off meanwhile. @throws Refusal */
export async function offline<T>(folder: DataFolder, work: () => Promise<T>): Promise<T> {
  await requireFormat(folder);
  await openDataFolder(folder.path);
  const lock = await takeLock(folder.lock);
  if (!lock) {
    throw await alreadyRunning(folder, 0);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function requireFormat(folder: DataFolder): Promise<void> {
  const exists = await stat(folder.format).then(
    () => true,
    () => false
  );
  if (!exists) {
    throw new Refusal(
      `There is no Databranch data in ${folder.path}: the first 'databranch serve' makes it. ` +
        'Name another folder with --data DIR.',
      EXIT.configuration
    );
  }
}
