import { statfs } from 'node:fs/promises';
import { constants } from 'node:os';
import { KvFullError } from './kv.js';

const { ENOSPC, EDQUOT, EFBIG, EIO } = constants.errno;
/** LMDB's own, for a map that cannot grow, and the one of Windows for a full disk. */
const MDB_MAP_FULL = -30_792;
const ERROR_DISK_FULL = 112;
const FULL_CODES = new Set<unknown>([ENOSPC, EDQUOT, EFBIG, MDB_MAP_FULL, ERROR_DISK_FULL]);
/**
 * LMDB answers a short write with EIO, and a short write is how a full disk begins: with less than this free, in
 * bytes, an EIO is taken for one.
 */
const FREE_BYTES_FULL = 1024 * 1024;

/** The error that a failed write rejects with: KvFullError if `error` comes from a full disk, else `error` itself. */
export async function fullError(error: unknown, folder: string): Promise<unknown> {
  const cause = await commitError(error);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const full = FULL_CODES.has(code) || (code === EIO && (await freeBytes(folder)) < FREE_BYTES_FULL);
  if (!full) return cause;
  return new KvFullError(`No room left on the disk that holds ${folder}: free some space, then try again.`, {
    cause
  });
}

/** lmdb rejects with a general error that carries a promise, which in turn rejects with the reason. */
async function commitError(error: unknown): Promise<unknown> {
  try {
    await (error as { commitError?: Promise<never> } | undefined)?.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
