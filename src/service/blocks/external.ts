import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';

/**
 * Files that are not ours: they are read where they lie, and never written or removed. What was seen of a file when
 * it was taken on tells later whether it is still the same.
 */

/** Bytes per read, as for blocks. */
const READ_CHUNK_BYTES = 256 * 1024;
/** Without O_NONBLOCK, a pipe that took the file's place would hold a thread until somebody writes to it. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What tells a file from another one, or from itself after a change. */
export interface FileIdentity {
  /** Bytes. */
  size: number;
  /** Milliseconds since the epoch, with fractions as far as the file system tells them. */
  mtime: number;
  inode: number;
}

/** The file is gone, cannot be read, or is not the one that it was. The message is a sentence's end. */
export class FileChanged extends Error {
  override name = 'FileChanged';
  constructor(
    readonly path: string,
    what: string
  ) {
    super(what);
  }
}

export function identityOf({ size, mtimeMs, ino }: Stats): FileIdentity {
  return { size, mtime: mtimeMs, inode: ino };
}

/** @throws FileChanged unless the file at `path` is still the one with this identity. */
export async function checkUnchanged(path: string, identity: FileIdentity): Promise<void> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    throw lost(path, error);
  }
  compare(path, found, identity);
}

/**
 * Streams the bytes `start <= i < end` of a file. It is looked at before the first byte and again before the last
 * ones are given, so that whoever got all of them knows that they belong together.
 * @throws FileChanged
 */
export async function* readUnchanged(
  path: string,
  identity: FileIdentity,
  start: number,
  end: number
): AsyncGenerator<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, OPEN_FLAGS);
  } catch (error) {
    throw lost(path, error);
  }
  try {
    compare(path, await file.stat(), identity);
    for (let at = start; at < end;) {
      const chunk = await readSome(path, file, at, Math.min(READ_CHUNK_BYTES, end - at));
      at += chunk.length;
      if (at === end) {
        compare(path, await file.stat(), identity);
      }
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** A file of the machine that holds exactly some content, as far as it is still the one that it was. */
export interface LocalFile {
  path: string;
  /** Bytes. */
  size: number;
  /** Of a file that is not ours, and may change. */
  identity?: FileIdentity;
}

/**
 * Fills `target` with the bytes of a file from `start` on. The caller's thread waits for the disk meanwhile: for
 * threads that do nothing else.
 * @throws FileChanged; as `fs` does
 */
export function readNow({ path, identity }: LocalFile, start: number, target: Uint8Array): void {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const check = () => identity && compare(path, fstatSync(file), identity);
    check();
    for (let at = 0; at < target.length;) {
      const bytes = readSync(file, target, at, target.length - at, start + at);
      if (bytes === 0) {
        throw new FileChanged(path, 'has become shorter');
      }
      at += bytes;
    }
    check();
  } finally {
    closeSync(file);
  }
}

async function readSome(path: string, file: FileHandle, at: number, length: number): Promise<Buffer> {
  let result;
  try {
    result = await file.read(Buffer.allocUnsafe(length), 0, length, at);
  } catch (error) {
    throw lost(path, error);
  }
  if (result.bytesRead === 0) {
    throw new FileChanged(path, 'has become shorter');
  }
  return result.buffer.subarray(0, result.bytesRead);
}

function compare(path: string, found: Stats, identity: FileIdentity): void {
  const { size, mtime, inode } = identityOf(found);
  const what = !found.isFile()
    ? 'is no ordinary file any more'
    : size !== identity.size
      ? `has ${size} bytes instead of ${identity.size}`
      : mtime !== identity.mtime
        ? `was written to, last at ${new Date(mtime).toISOString()}`
        : inode !== identity.inode
          ? 'was replaced by another file'
          : undefined;
  if (what !== undefined) {
    throw new FileChanged(path, what);
  }
}

function lost(path: string, error: unknown): FileChanged {
  const { code, message } = error as NodeJS.ErrnoException;
  const gone = code === 'ENOENT' || code === 'ENOTDIR';
  return new FileChanged(path, gone ? 'is gone' : `cannot be read (${code ?? message})`);
}
