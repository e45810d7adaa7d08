import { statfs } from 'node:fs/promises';
import { KvFullError } from './kv.js';

/** Codes with which LMDB or the system says that there is no room: ENOSPC, EDQUOT, EFBIG, MDB_MAP_FULL. */
const FULL_CODES = new Set([28, 122, 27, -30_792]);
/** LMDB answers a short write with EIO, and a short write is how a full disk begins. */
const EIO = 5;
/** With less than this free on the disk an EIO is taken for a full disk, in bytes. */
const FREE_BYTES_FULL = 1024 * 1024;

/** The error that a failed write rejects with: KvFullError if `error` comes from a full disk, else `error` itself. */
export async function fullError(error: unknown, folder: string): Promise<unknown> {
  const cause = await commitError(error);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const full =
    FULL_CODES.has(code as number) || (code === EIO && (await freeBytes(folder)) < FREE_BYTES_FULL);
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
