import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFolder } from '../durable.js';
import type { Blocks, BlockWriter } from './blocks.js';

/** Bytes per read: large enough for sequential speed, small enough to stay fair with 16 readers. */
const READ_CHUNK_BYTES = 512 * 1024;
/** Bytes that gather before they are written: HTTP brings 64 KiB at a time, and each write is a trip to a thread. */
const WRITE_BATCH_BYTES = 512 * 1024;
/** So many may gather while a batch is being written: a disk that stalls for an instant does not stall the sender. */
const WAITING_BYTES_MAX = 2 * 1024 * 1024;
/** After so many bytes the disk is asked to begin: a sync of all at the end would leave it idle until then. */
const SYNC_AHEAD_BYTES = 32 * 1024 * 1024;
/** Where unfinished blocks lie; emptied at every start. */
const INCOMING = 'incoming';
const FAN = /^[0-9a-f]{2}$/;
/** What file systems without hard links answer, and others for a file that has as many as it can have. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

export interface LocalBlocksOptions {
  /** The folder for the blocks; made if absent. */
  folder: string;
  /**
   * Counts the service's starts. It is part of every name, so that a block written after a restart never
   * carries the name of one that a collector of an earlier start still means to remove.
   */
  start: number;
}

/**
 * Blocks as files below one folder: `<fan>/<start>-<random>`, where `fan` is the first two hex digits of the
 * random part (256 folders keep each of them small).
 */
export async function openLocalBlocks(options: LocalBlocksOptions): Promise<Blocks> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await rm(join(options.folder, INCOMING), { recursive: true, force: true });
  await mkdir(join(options.folder, INCOMING), { mode: 0o700 });
  return new LocalBlocks(options.folder, options.start);
}

class LocalBlocks implements Blocks {
  /** Fan folders known to exist on disk. */
  private readonly fans = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly start: number
  ) {}

  async create(): Promise<BlockWriter> {
    const name = this.newName();
    const temporary = join(this.folder, INCOMING, name);
    const file = await open(temporary, 'wx', 0o600);
    return new LocalBlockWriter(file, temporary, async () => {
      const fan = await this.fan(name);
      await rename(temporary, join(fan, name));
      await syncFolder(fan);
      return name;
    });
  }

  async *read(name: string, start: number, end: number): AsyncGenerator<Buffer> {
    if (end <= start) {
      return;
    }
    if (end - start <= READ_CHUNK_BYTES) {
      yield await readAt(this.pathOf(name), name, start, end);
      return;
    }
    const stream = createReadStream(this.pathOf(name), {
      start,
      end: end - 1,
      highWaterMark: READ_CHUNK_BYTES
    });
    let missing = end - start;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      missing -= chunk.length;
      yield chunk;
    }
    if (missing > 0) {
      throw shorter(name, missing);
    }
  }

  localFile(name: string): string {
    return this.pathOf(name);
  }

  /** Files never change, so that two blocks can be one file; it goes with the last of them. */
  async copy(name: string): Promise<string> {
    const another = this.newName();
    const fan = await this.fan(another);
    await link(this.pathOf(name), join(fan, another)).catch(async (error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.includes(error.code ?? '')) {
        throw error;
      }
      await this.copyBytes(name, join(fan, another));
    });
    await syncFolder(fan);
    return another;
  }

  private async copyBytes(name: string, path: string): Promise<void> {
    const temporary = join(this.folder, INCOMING, basename(path));
    await copyFile(this.pathOf(name), temporary, constants.COPYFILE_FICLONE);
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  }

  async remove(name: string): Promise<void> {
    await unlink(this.pathOf(name)).catch(ignoreMissing);
  }

  async size(name: string): Promise<number | undefined> {
    return (await stat(this.pathOf(name)).catch(ignoreMissing))?.size;
  }

  async holds(name: string, bytes: number): Promise<boolean> {
    try {
      const file = await open(this.pathOf(name), 'r');
      try {
        const found = await file.stat();
        return found.isFile() && found.size === bytes;
      } finally {
        await file.close();
      }
    } catch {
      return false;
    }
  }

  async *list(): AsyncGenerator<string> {
    for (const fan of await readdir(this.folder)) {
      if (FAN.test(fan)) {
        yield* await readdir(join(this.folder, fan));
      }
    }
  }

  async *listEarlier(): AsyncGenerator<string> {
    for await (const name of this.list()) {
      if (Number(name.slice(0, name.indexOf('-'))) < this.start) {
        yield name;
      }
    }
  }

  private newName(): string {
    return `${this.start}-${randomBytes(12).toString('hex')}`;
  }

  private pathOf(name: string): string {
    return join(this.folder, fanOf(name), name);
  }

  /** The folder for a block's file, made durably when it is new. */
  private async fan(name: string): Promise<string> {
    const fan = join(this.folder, fanOf(name));
    if (!this.fans.has(fan)) {
      await mkdir(fan, { recursive: true, mode: 0o700 });
      await syncFolder(this.folder);
      this.fans.add(fan);
    }
    return fan;
  }
}

/**
 * Reads a range that is one read: a stream would go to a thread twice more, and whoever counts a thousand files
 * spends most of their time on the way there.
 */
function readAt(path: string, name: string, start: number, end: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    fs.open(path, 'r', (error, file) => {
      if (error) {
        reject(error);
        return;
      }
      const bytes = Buffer.allocUnsafeSlow(end - start);
      const fill = (at: number) =>
        fs.read(file, bytes, at, bytes.length - at, start + at, (error, count) => {
          const read = at + count;
          if (!error && count > 0 && read < bytes.length) {
            fill(read);
            return;
          }
          // Nothing was written: how closing goes says nothing of the bytes.
          fs.close(file, () => undefined);
          if (error) {
            reject(error);
          } else if (read < bytes.length) {
            reject(shorter(name, bytes.length - read));
          } else {
            resolve(bytes);
          }
        });
      fill(0);
    });
  });
}

function shorter(name: string, bytes: number): Error {
  return new Error(`Block ${name} is ${bytes} bytes shorter than its record says.`);
}

/**
 * Gathers chunks and writes them while the caller prepares the next ones: what is on its way to the disk and what
 * waits for it are never more than twice {@link WAITING_BYTES_MAX}.
 */
class LocalBlockWriter implements BlockWriter {
  private closed = false;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** The batch on its way, and whether there is one. */
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  /** The sync ahead of the last one, if one is under way. */
  private syncing: Promise<void> | undefined;
  private unsyncedBytes = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly publish: () => Promise<string>
  ) {}

  async write(chunk: Uint8Array): Promise<void> {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= (this.busy ? WAITING_BYTES_MAX : WRITE_BATCH_BYTES)) {
      await this.flush();
    }
  }

  async finish(): Promise<string> {
    await this.flush();
    await this.writing;
    await this.syncing;
    await this.file.sync();
    await this.close();
    return this.publish();
  }

  async discard(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.syncing?.catch(() => undefined);
    await this.close();
    await unlink(this.path).catch(ignoreMissing);
  }

  /** Waits for the batch before, and begins to write what has gathered since. @throws what writing that met */
  private async flush(): Promise<void> {
    await this.writing;
    const batch = this.waiting;
    this.unsyncedBytes += this.waitingBytes;
    this.waiting = [];
    this.waitingBytes = 0;
    this.busy = true;
    this.writing = writeAll(this.file, batch).finally(() => (this.busy = false));
    // Whoever comes next hears of a failure; until then it is nobody's.
    this.writing.catch(() => undefined);
    if (this.unsyncedBytes >= SYNC_AHEAD_BYTES && !this.syncing) {
      this.syncAhead();
    }
  }

  /** Lets the disk work on what has been written, so that the last sync finds little left to do. */
  private syncAhead(): void {
    this.unsyncedBytes = 0;
    const syncing = this.file.datasync().then(() => {
      this.syncing = undefined;
    });
    syncing.catch(() => undefined);
    this.syncing = syncing;
  }

  private async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      await this.file.close();
    }
  }
}

/** Writes all of a batch, also when the system takes only a part of it at a time. */
async function writeAll(file: FileHandle, batch: Uint8Array[]): Promise<void> {
  let missing = batch.reduce((sum, chunk) => sum + chunk.length, 0);
  while (missing > 0) {
    const { bytesWritten } = await file.writev(batch);
    missing -= bytesWritten;
    batch = missing > 0 ? [Buffer.concat(batch).subarray(bytesWritten)] : [];
  }
}

function fanOf(name: string): string {
  return name.slice(name.indexOf('-') + 1, name.indexOf('-') + 3);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
  return undefined;
}
