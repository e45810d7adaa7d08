import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT, Refusal } from './refusal.js';

/** Stands for standard output and standard input. */
const STANDARD = '-';

/** Refuses a place for an archive before anything is read for it. @throws Refusal */
export async function checkTarget(path: string, replace: boolean): Promise<void> {
  if (path === STANDARD) {
    if (process.stdout.isTTY) {
      throw new Refusal(
        'An archive is no text for a terminal: give the name of a file, or lead the output elsewhere.',
        EXIT.usage
      );
    }
    return;
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new Refusal(`${path} is a folder: give the name of a file.`, EXIT.usage);
  }
  if (found?.isFile() && !replace) {
    throw new Refusal(`${path} exists already: give another name, or --force to replace it.`, EXIT.usage);
  }
}

/**
 * Writes an archive to a file, which has its name only once it is whole and on disk, or to standard output.
 * @returns how many bytes
 * @throws Refusal
 */
export async function writeArchive(path: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let written = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      written += chunk.length;
      yield chunk;
    }
  };
  const source = Readable.from(counted(), { objectMode: false });
  if (path === STANDARD) {
    await pipeline(source, process.stdout, { end: false });
    return written;
  }
  const special = await stat(path).then(
    found => !found.isFile(),
    () => false
  );
  // A device or a pipe is written to, not replaced.
  const name = special ? path : `${path}.${randomBytes(4).toString('hex')}.partial`;
  try {
    const file = await open(name, special ? 'w' : 'wx');
    try {
      await pipeline(source, writingTo(file));
      if (!special) {
        await file.sync();
      }
    } finally {
      await file.close();
    }
    if (!special) {
      await rename(name, path);
    }
  } catch (error) {
    if (!special) {
      await rm(name, { force: true });
    }
    throw refused(path, 'written', error);
  }
  return written;
}

function writingTo(file: Awaited<ReturnType<typeof open>>): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => void file.writeFile(chunk).then(() => done(), done)
  });
}

/** The bytes of an archive from a file or standard input. @throws Refusal */
export async function readArchive(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === STANDARD) {
    if (process.stdin.isTTY) {
      throw new Refusal('Give the name of a file, or lead an archive to the input.', EXIT.usage);
    }
    return process.stdin;
  }
  const found = await stat(path).catch((error: unknown) => {
    throw refused(path, 'read', error);
  });
  if (found.isDirectory()) {
    throw new Refusal(`${path} is a folder: give the file that 'databranch export' wrote.`, EXIT.usage);
  }
  return readingFrom(path);
}

async function* readingFrom(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw refused(path, 'read', error);
  }
}

/** What the system says of a file, as a sentence; passes every other error on. */
function refused(path: string, verb: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: verb === 'read' ? 'there is no such file' : 'its folder does not exist',
    ENOTDIR: 'its folder does not exist',
    EACCES: 'that is not allowed',
    EPERM: 'that is not allowed',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only'
  };
  return syscall === undefined
    ? error
    : new Refusal(`${path} cannot be ${verb}: ${reasons[code ?? ''] ?? code}.`, EXIT.failure);
}
