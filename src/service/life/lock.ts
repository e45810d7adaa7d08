import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { EXIT, Refusal } from './refusal.js';

/**
 * One service per data folder. The lock must be one that the *kernel* releases when its holder dies, however
 * it dies, and that two racing starters cannot both get: a file with a process id in it is neither. Node
 * offers no flock(2), but:
 *
 * - macOS and BSD: open(2) with O_EXLOCK takes the lock; Windows: libuv's flag of that name opens the file
 *   without sharing. Both end with the descriptor.
 * - Linux has no such flag. First a socket is bound to an *abstract* name made of the folder's device and
 *   inode: binding is atomic, and the name vanishes with the process. That holds among processes of one
 *   network namespace. Containers that share a folder have different ones, so the lock file is flock(2)ed
 *   as well, by the `flock` program on a descriptor that it inherits: such a lock belongs to the open file,
 *   which we hold, not to the process that asked for it. Always in this order, so that of two starters one
 *   gets both.
 *
 * The lock file is never removed: a starter could then hold a lock on a file that no other can see.
 */
export interface Lock {
  release(): void;
}

/** Takes the lock in the file `path`, whose folder exists; undefined when another process holds it. */
export async function takeLock(path: string): Promise<Lock | undefined> {
  const claims = process.platform === 'linux' ? [claimName, claimFile] : [claimByOpening];
  const claimed: Lock[] = [];
  const lock = { release: () => claimed.reverse().forEach(each => each.release()) };
  for (const claim of claims) {
    const outcome = await claim(path);
    if (outcome === 'held') {
      lock.release();
      return undefined;
    }
    if (outcome !== 'not-offered') {
      claimed.push(outcome);
    }
  }
  if (claimed.length === 0) {
    throw new Refusal(
      'The data folder cannot be locked: install the program flock (package util-linux), or Node 20.3 or later.',
      EXIT.configuration
    );
  }
  if (process.platform !== 'win32') {
    await writeFile(path, `${process.pid}\n`);
  }
  return lock;
}

/** The process that holds the lock, as far as it says so (on Windows nobody else can read the file). */
export async function lockHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

type Claim = Lock | 'held' | 'not-offered';

/** O_EXLOCK with O_NONBLOCK on macOS and the BSDs; libuv's UV_FS_O_EXLOCK on Windows. */
const EXLOCK_BSD = 0x20 | 0x04;
const EXLOCK_WINDOWS = 0x1000_0000;

async function claimByOpening(path: string): Promise<Claim> {
  const exclusive = process.platform === 'win32' ? EXLOCK_WINDOWS : EXLOCK_BSD;
  try {
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | exclusive, 0o600);
    return { release: () => closeSync(descriptor) };
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return 'held';
    }
    throw error;
  }
}

/** Binds the folder's abstract socket name (unix(7)); nothing is ever served on it. */
async function claimName(path: string): Promise<Claim> {
  // libuv before 1.46 (Node before 20.3) would cut the name off at its leading NUL, and bind any free one.
  const [major = 0, minor = 0] = (process.versions['uv'] ?? '').split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 46)) {
    return 'not-offered';
  }
  const { dev, ino } = await stat(dirname(path), { bigint: true });
  const server = createServer(socket => socket.destroy());
  try {
    server.listen(`\0databranch/${dev}/${ino}`);
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return 'held';
    }
    throw error;
  }
  server.unref();
  return { release: () => server.close() };
}

/** Locks the file with flock(2). The program ends at once; the lock stays with the open file, which is ours. */
async function claimFile(path: string): Promise<Claim> {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const inherited = 3;
  const { status, error, stderr } = spawnSync('flock', ['-x', '-n', String(inherited)], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor]
  });
  if (status === 0) {
    return { release: () => closeSync(descriptor) };
  }
  closeSync(descriptor);
  if (status === 1) {
    return 'held';
  }
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    return 'not-offered';
  }
  throw error ?? new Error(`flock ended with status ${status}: ${String(stderr).trim()}`);
}
