import { chmod, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { networkFileSystem, THIS_MACHINE } from './file-system.js';
import { EXIT, Refusal } from './refusal.js';
import { replaceFile, syncFolder } from '../durable.js';

/** Version of everything below a data folder. */
export const FORMAT_VERSION = 1;

const ANOTHER_FOLDER = 'Choose another folder with --data DIR or the environment variable DATABRANCH_DATA.';

/** Where things lie in a data folder. */
export interface DataFolder {
  path: string;
  /** Holds the format's version; its presence makes a folder a data folder. */
  format: string;
  lock: string;
  discovery: string;
  lastStart: string;
  /** The key-value store. */
  store: string;
  /** Object bytes. */
  blocks: string;
  /** Whatever is of no use after a restart. */
  scratch: string;
}

/** The names only; nothing is read or made. */
export function dataFolderAt(path: string): DataFolder {
  const folder = resolve(path);
  return {
    path: folder,
    format: join(folder, 'format'),
    lock: join(folder, 'lock'),
    discovery: join(folder, 'databranch.json'),
    lastStart: join(folder, 'last-start.json'),
    store: join(folder, 'store'),
    blocks: join(folder, 'blocks'),
    scratch: join(folder, 'scratch')
  };
}

/**
 * Makes the folder, or finds that it can be used: on a local file system, ours, and of a format that this
 * version reads. Two starters may do so at once.
 *
 * @throws Refusal with the reason and what to do.
 */
export async function openDataFolder(path: string, probe = THIS_MACHINE): Promise<DataFolder> {
  const folder = dataFolderAt(path);
  const remote = await networkFileSystem(await nearestExisting(folder.path), probe);
  if (remote) {
    throw new Refusal(
      `${folder.path} lies on a network file system (${remote}), which cannot keep the promises of a store. ` +
        `${ANOTHER_FOLDER} It has to be on a local disk.`,
      EXIT.configuration
    );
  }
  try {
    const made = await mkdir(folder.path, { recursive: true, mode: 0o700 });
    await claimFormat(folder, made);
    // Keys lie in it.
    await chmod(folder.path, 0o700);
  } catch (error) {
    throw error instanceof Refusal ? error : unusable(folder, error as NodeJS.ErrnoException);
  }
  return folder;
}

/** @param made the outermost folder that was made for it, if any was */
async function claimFormat(folder: DataFolder, made: string | undefined): Promise<void> {
  const version = await readFormat(folder);
  if (version === undefined) {
    await refuseForeign(folder);
    await syncAbove(folder.path, made ?? folder.path);
    await replaceFile(folder.format, `databranch ${FORMAT_VERSION}\n`);
  } else if (version > FORMAT_VERSION) {
    throw new Refusal(
      `${folder.path} was written by a newer Databranch (format ${version}; this one reads up to ` +
        `${FORMAT_VERSION}). Update Databranch, or choose another folder with --data DIR.`,
      EXIT.configuration
    );
  }
}

/** Makes the names of a folder and of those above it, up to `outermost`, survive a power cut. */
async function syncAbove(path: string, outermost: string): Promise<void> {
  await syncFolder(dirname(path)).catch(error => {
    // One may be allowed to make names in a folder and not to read it; then the system decides when to write them.
    if (error.code !== 'EACCES') {
      throw error;
    }
  });
  if (path.length > outermost.length) {
    await syncAbove(dirname(path), outermost);
  }
}

/** Removes what a crash left of files that were to be replaced. The caller holds the folder's lock. */
export async function discardLeftovers({ path }: DataFolder): Promise<void> {
  const leftovers = (await readdir(path)).filter(name => /\.json\.\w+\.tmp$/.test(name));
  await Promise.all(leftovers.map(name => rm(join(path, name), { force: true })));
}

/** @throws Refusal if the folder's format file is not one of ours. */
async function readFormat(folder: DataFolder): Promise<number | undefined> {
  const text = await readFile(folder.format, 'utf8').catch(error => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (text === undefined) {
    return undefined;
  }
  const [, version] = /^databranch (\d+)\s*$/.exec(text) ?? [];
  if (version === undefined) {
    throw new Refusal(
      `${folder.format} is not a Databranch format file. ${ANOTHER_FOLDER}`,
      EXIT.configuration
    );
  }
  return Number(version);
}

/** A folder without a format file has to be empty, but for what a start leaves that was cut short, and logs. */
async function refuseForeign(folder: DataFolder): Promise<void> {
  const own = /^(lock|logs|format(\..*)?|.*\.log|\..*)$/;
  const foreign = (await readdir(folder.path)).find(name => !own.test(name));
  if (foreign !== undefined) {
    throw new Refusal(
      `${folder.path} is not a Databranch data folder and not empty (there is ${foreign}). ${ANOTHER_FOLDER}`,
      EXIT.configuration
    );
  }
}

function unusable({ path }: DataFolder, { code, message }: NodeJS.ErrnoException): Refusal {
  const reason = code === 'ENOSPC' ? 'the disk is full' : (code ?? message);
  return new Refusal(
    `The data folder ${path} cannot be used (${reason}). ${ANOTHER_FOLDER}`,
    EXIT.configuration
  );
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false
  );
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}
