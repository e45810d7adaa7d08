import { lstat, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { identityOf, type FileIdentity } from './external.js';
import type { ImportRoots } from './import-roots.js';

/** Files looked at together: enough to keep the threads for it busy. */
const BATCH = 512;
const SURROGATE = /[\ud800-\udfff]/;

/** A file below the folder that was walked. */
export interface FoundFile {
  /** From the folder on, with slashes. */
  name: string;
  /** Its real path. */
  path: string;
  identity: FileIdentity;
}

/** A walk met what it cannot take. The message is a sentence. */
export class WalkRefusal extends Error {
  override name = 'WalkRefusal';
}

/** A folder on the way down. */
interface Open {
  /** Its real path. */
  path: string;
  /** From the walk's beginning, with a slash at the end; '' for that itself. */
  prefix: string;
  names: string[];
  at: number;
  /** Folders in it that come later than by their name alone, as the slash behind their names counts; last one first. */
  waiting: { name: string; path: string }[];
  batch: Found[];
}

interface Found {
  name: string;
  path: string;
  stats: Stats;
}

/**
 * All ordinary files below a folder, in groups, ascending by the bytes of their names. Symbolic links are followed
 * as long as they stay below the import roots; pipes, sockets and devices are passed over, and so is the folder that
 * the roots except. Memory: the names in the folders on the way down.
 * @throws WalkRefusal for a link that leads nowhere, out or in circles, for names that are no UTF-8, and for what
 * cannot be read
 */
export async function* walkFolder(folder: string, roots: ImportRoots): AsyncGenerator<FoundFile[]> {
  const way: Open[] = [await enter(folder, '')];
  let group: FoundFile[] = [];
  for (let here = way.at(-1); here; here = way.at(-1)) {
    const next = await takeNext(here, roots);
    if (!next) {
      way.pop();
      continue;
    }
    if ('stats' in next) {
      group.push({ name: here.prefix + next.name, path: next.path, identity: identityOf(next.stats) });
      if (group.length >= BATCH) {
        yield group;
        group = [];
      }
      continue;
    }
    if (way.some(({ path }) => path === next.path)) {
      throw new WalkRefusal(`A symbolic link below ${next.path} leads back to it: remove the link.`);
    }
    way.push(await enter(next.path, `${here.prefix}${next.name}/`));
  }
  if (group.length > 0) {
    yield group;
  }
}

async function enter(path: string, prefix: string): Promise<Open> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  return { path, prefix, names: sortByBytes(names), at: 0, waiting: [], batch: [] };
}

/** The next file, or folder to go into; undefined when there is nothing left. */
async function takeNext(
  here: Open,
  roots: ImportRoots
): Promise<Found | { name: string; path: string } | undefined> {
  for (;;) {
    if (here.batch.length === 0 && here.at < here.names.length) {
      here.batch = (await look(here, roots)).reverse();
      continue;
    }
    const found = here.batch.at(-1);
    const folder = here.waiting.at(-1);
    if (folder && (!found || isBefore(`${folder.name}/`, found.name))) {
      return here.waiting.pop();
    }
    if (!found) {
      return undefined;
    }
    here.batch.pop();
    if (found.stats.isFile()) {
      return found;
    }
    if (found.stats.isDirectory() && !roots.isExcept(found.path)) {
      here.waiting.push({ name: found.name, path: found.path });
    }
  }
}

/** Looks at the next names of a folder. */
async function look(here: Open, roots: ImportRoots): Promise<Found[]> {
  const names = here.names.slice(here.at, here.at + BATCH);
  here.at += names.length;
  const looked = await lstatAll(names.map(name => join(here.path, name)));
  const found: Found[] = [];
  for (const [i, name] of names.entries()) {
    const path = join(here.path, name);
    const stats = looked[i]!;
    if (!('isFile' in stats)) {
      throw unreadable(path, stats);
    }
    found.push({ name, ...(stats.isSymbolicLink() ? await follow(path, roots) : { path, stats }) });
  }
  return found;
}

async function follow(link: string, roots: ImportRoots): Promise<{ path: string; stats: Stats }> {
  const target = await roots.resolve(link).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'leads to nothing' : `cannot be followed (${error.code})`;
    throw new WalkRefusal(`The link ${link} ${why}.`);
  });
  if (!target) {
    throw new WalkRefusal(`The link ${link} leads out of the folders that may be imported.`);
  }
  return target;
}

/** Callbacks: a million promises more would be felt. */
function lstatAll(paths: string[]): Promise<(Stats | NodeJS.ErrnoException)[]> {
  return new Promise(resolve => {
    const all: (Stats | NodeJS.ErrnoException)[] = new Array(paths.length);
    let missing = paths.length;
    paths.forEach((path, i) =>
      lstat(path, (error, stats) => {
        all[i] = error ?? stats;
        if (--missing === 0) {
          resolve(all);
        }
      })
    );
  });
}

/** JavaScript orders by UTF-16, which is the order of UTF-8 as long as there are no surrogates. */
function sortByBytes(names: string[]): string[] {
  return names.some(name => SURROGATE.test(name)) ? names.sort(compareBytes) : names.sort();
}

function isBefore(a: string, b: string): boolean {
  return SURROGATE.test(a) || SURROGATE.test(b) ? compareBytes(a, b) < 0 : a < b;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function unreadable(path: string, error: unknown): WalkRefusal {
  const { code, message } = error as NodeJS.ErrnoException;
  // Its bytes are no UTF-8, so that the name that was read is not the one that it has.
  if (code === 'ENOENT' && path.includes('\ufffd')) {
    return new WalkRefusal(`The name ${path} is not UTF-8, as the paths of objects must be: rename it.`);
  }
  return new WalkRefusal(
    code === 'ENOENT' || code === 'ENOTDIR'
      ? `${path} went away while it was looked at: start again.`
      : `${path} cannot be read (${code ?? message}).`
  );
}
