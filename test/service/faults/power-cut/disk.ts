import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../random';
import type { Step } from './recording';

/** What a disk writes whole or not at all. */
const PAGE_BYTES = 4_096;

/** What becomes of the steps that no sync has made durable: all of them lost, all kept, or each by a throw of dice. */
const FATES = ['lost', 'kept', 'by chance', 'by chance'] as const;
type Fate = (typeof FATES)[number];

/** One change of a folder's names that happens whole or not at all; null takes a name away. */
type Naming = [name: string, to: Inode | null][];

class Folder {
  durable = new Map<string, Inode>();
  /** Not made durable yet, in order. */
  pending: Naming[] = [];

  now(): Map<string, Inode> {
    return this.after(() => true);
  }

  sync(): void {
    this.durable = this.now();
    this.pending = [];
  }

  /** The names after a cut: namings that nothing made durable reach the disk or not, each for itself. */
  after(reaches: () => boolean): Map<string, Inode> {
    const names = new Map(this.durable);
    for (const naming of this.pending.filter(reaches)) {
      for (const [name, inode] of naming) {
        if (inode) {
          names.set(name, inode);
        } else {
          names.delete(name);
        }
      }
    }
    return names;
  }
}

type Change = { offset: number; data: Buffer } | { length: number };

class File {
  durable: Buffer = Buffer.alloc(0);
  /** Not made durable yet, in order; no piece reaches over the end of a page. */
  pending: Change[] = [];

  write(offset: number, data: Buffer, synchronous: boolean): void {
    const pieces = piecesOf(offset, data);
    if (!synchronous) {
      this.pending.push(...pieces);
      return;
    }
    this.durable = applied(this.durable, pieces);
    const pages = new Set(pieces.map(pageOf));
    this.pending = this.pending.filter(change => 'length' in change || !pages.has(pageOf(change)));
  }

  sync(): void {
    this.durable = applied(this.durable, this.pending);
    this.pending = [];
  }

  /** The bytes after a cut: of each page any state since the last sync, whatever the order of the writes. */
  after(fate: Fate, random: Random): Buffer {
    if (fate === 'lost' || this.pending.length === 0) {
      return this.durable;
    }
    if (fate === 'kept') {
      return applied(this.durable, this.pending);
    }
    // Lengths change in order with what is written.
    const last = this.pending.findLastIndex(change => 'length' in change);
    const begun = last < 0 || random(2) === 0 ? last + 1 : random(last + 1);
    const durable = applied(this.durable, this.pending.slice(0, begun));
    const rest = begun > last ? (this.pending.slice(begun) as { offset: number; data: Buffer }[]) : [];
    const reached = new Map<number, number>();
    rest.forEach(change => {
      const page = pageOf(change);
      reached.set(page, (reached.get(page) ?? 0) + 1);
    });
    for (const [page, states] of reached) {
      reached.set(page, random(states + 1));
    }
    return applied(
      durable,
      rest.filter(change => {
        const left = reached.get(pageOf(change))!;
        reached.set(pageOf(change), left - 1);
        return left > 0;
      })
    );
  }
}

type Inode = File | Folder;

/**
 * A file system as POSIX promises it and no better: a file's bytes are durable after its sync, a name after its
 * folder's. Everything else may be there after a power cut or not, in any order, torn between pages.
 */
export class Disk {
  private readonly root = new Folder();
  private readonly inodes = new Map<bigint, Inode>();

  constructor(inodeOfRoot: bigint) {
    this.inodes.set(inodeOfRoot, this.root);
  }

  apply(step: Step): void {
    switch (step.op) {
      case 'create':
      case 'mkdir': {
        const made = step.op === 'create' ? new File() : new Folder();
        this.inodes.set(step.inode, made);
        this.name(step.path, made);
        break;
      }
      case 'write':
        this.file(step.inode)?.write(step.offset, step.data, step.synchronous);
        break;
      case 'truncate':
        this.file(step.inode)?.pending.push({ length: step.length });
        break;
      case 'sync':
        this.inodes.get(step.inode)?.sync();
        break;
      case 'rename':
        this.rename(step.path, step.to);
        break;
      case 'unlink':
      case 'rmdir':
        this.name(step.path, null);
        break;
    }
  }

  /** Everything as the processes saw it: files by their paths. */
  now(): Map<string, Buffer> {
    return this.files(
      folder => folder.now(),
      file => applied(file.durable, file.pending)
    );
  }

  /** Writes what a power cut at this point may leave into an empty folder. */
  cut(folder: string, random: Random): string {
    const names = FATES[random(FATES.length)]!;
    const bytes = FATES[random(FATES.length)]!;
    const reaches = () => names === 'kept' || (names === 'by chance' && random(2) === 0);
    const files = this.files(
      each => each.after(reaches),
      file => file.after(bytes, random),
      path => mkdirSync(join(folder, path), { mode: 0o700 })
    );
    for (const [path, content] of files) {
      writeFileSync(join(folder, path), content, { mode: 0o600 });
    }
    return `names ${names}, bytes ${bytes}`;
  }

  private files(
    namesOf: (folder: Folder) => Map<string, Inode>,
    bytesOf: (file: File) => Buffer,
    onFolder: (path: string) => void = () => undefined
  ): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    const walk = (folder: Folder, path: string): void => {
      for (const [name, inode] of namesOf(folder)) {
        const at = join(path, name);
        if (inode instanceof Folder) {
          onFolder(at);
          walk(inode, at);
        } else {
          files.set(at, bytesOf(inode));
        }
      }
    };
    walk(this.root, '');
    return files;
  }

  private file(inode: bigint): File | undefined {
    const found = this.inodes.get(inode);
    return found instanceof File ? found : undefined;
  }

  private rename(from: string, to: string): void {
    const source = this.folder(from);
    const target = this.folder(to);
    const inode = source.now().get(nameIn(from))!;
    if (source === target) {
      source.pending.push([
        [nameIn(from), null],
        [nameIn(to), inode]
      ]);
    } else {
      source.pending.push([[nameIn(from), null]]);
      target.pending.push([[nameIn(to), inode]]);
    }
  }

  private name(path: string, inode: Inode | null): void {
    this.folder(path).pending.push([[nameIn(path), inode]]);
  }

  private folder(path: string): Folder {
    const parts = dirname(path).split('/');
    return parts.reduce(
      (folder, part) => (part === '.' ? folder : (folder.now().get(part) as Folder)),
      this.root
    );
  }
}

const nameIn = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const pageOf = ({ offset }: { offset: number }) => Math.floor(offset / PAGE_BYTES);

function piecesOf(offset: number, data: Buffer): { offset: number; data: Buffer }[] {
  const pieces = [];
  for (let at = 0; at < data.length;) {
    const room = PAGE_BYTES - ((offset + at) % PAGE_BYTES);
    pieces.push({ offset: offset + at, data: data.subarray(at, at + room) });
    at += room;
  }
  return pieces;
}

function applied(bytes: Buffer, changes: Change[]): Buffer {
  if (changes.length === 0) {
    return bytes;
  }
  let length = bytes.length;
  let longest = length;
  for (const change of changes) {
    length = 'length' in change ? change.length : Math.max(length, change.offset + change.data.length);
    longest = Math.max(longest, length);
  }
  const result = Buffer.alloc(longest);
  bytes.copy(result);
  for (const change of changes) {
    if ('length' in change) {
      result.fill(0, change.length);
    } else {
      change.data.copy(result, change.offset);
    }
  }
  return result.subarray(0, length);
}
