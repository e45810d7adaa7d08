import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../durable.js';
import { KvUnusableError } from './kv.js';

/** Where LMDB keeps everything but its readers' slots. */
const DATA = 'data.mdb';
/** A store is made in here, and moved out once it is whole. */
const UNFINISHED = 'unfinished';

/** How the first of LMDB's two meta pages begins (struct MDB_page, then struct MDB_meta), and what it says there. */
const HEADER_BYTES = 32;
const FLAGS_AT = 18;
const FLAG_META = 0x08;
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;
const VERSION_AT = 28;
const VERSION = 2;

/**
 * Makes sure that LMDB finds a data file in `folder`, and one of its own. LMDB writes the beginning of a new one in
 * place, which a power cut may leave half done, and ends the process (SIGSEGV) when it opens such a file; so a new one
 * takes its name only when it is whole and on the disk, its folder's names included.
 *
 * @param make opens a new store in a folder and closes it again
 * @throws KvUnusableError if what lies there is no LMDB file, or cannot be read and written
 */
export async function provideDataFile(
  folder: string,
  make: (folder: string) => Promise<void>
): Promise<void> {
  const data = join(folder, DATA);
  const unfinished = join(folder, UNFINISHED);
  await rm(unfinished, { recursive: true, force: true });
  if (!(await isWhole(data))) {
    await mkdir(unfinished, { mode: 0o700 });
    await make(unfinished);
    await rename(join(unfinished, DATA), data);
    await rm(unfinished, { recursive: true });
  }
  await syncFolder(folder);
}

/** Whether there is a data file; one without a byte is none. */
async function isWhole(path: string): Promise<boolean> {
  const header = await readHeader(path);
  if (header.length === 0) return false;
  const known =
    header.length === HEADER_BYTES &&
    (header.readUInt16LE(FLAGS_AT) & FLAG_META) !== 0 &&
    header.readUInt32LE(MAGIC_AT) === MAGIC &&
    header.readUInt16LE(VERSION_AT) === VERSION;
  if (!known) {
    throw new KvUnusableError(`${path} is damaged, or is no file of the key-value store.`);
  }
  return true;
}

async function readHeader(path: string): Promise<Buffer> {
  try {
    // Opened for writing, too, as LMDB will.
    const file = await open(path, 'r+');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return Buffer.alloc(0);
    throw new KvUnusableError(`${path} cannot be opened (${code ?? message}).`, { cause: error });
  }
}
