import { identityOf, type FileIdentity } from '../../blocks/external.js';
import { walkFolder } from '../../blocks/folder-walk.js';
import type { ImportRoots, ResolvedPath } from '../../blocks/import-roots.js';
import { invalid } from '../errors.js';
import { pathBytes } from '../names.js';
import { resolveAddress } from './address.js';

/** One place to import from, as the API has it. */
export interface ImportLocation {
  /** A folder with all that lies below it, or one file. */
  type: 'common_prefix' | 'object';
  /** `local:///…` or `file:///…`. */
  path: string;
  /** Of a folder: the prefix that its files get; of a file: the object's path. */
  destination: string;
}

/** A place that was looked at and may be imported. */
export interface ImportSource {
  type: ImportLocation['type'];
  found: ResolvedPath;
  /** Of a folder: '' or with a slash at the end. */
  destination: string;
}

/** A file with the path that its object gets. */
export interface ImportedFile {
  key: Buffer;
  path: string;
  identity: FileIdentity;
}

/** More places than this are refused: all of them are kept open at once. */
export const LOCATIONS_MAX = 1_000;

/**
 * Looks for what is to be imported.
 * @throws invalid-input; forbidden for what lies outside the import roots
 */
export async function openSources(
  locations: ImportLocation[],
  roots: ImportRoots | undefined
): Promise<ImportSource[]> {
  if (locations.length === 0 || locations.length > LOCATIONS_MAX) {
    throw invalid(`Give at least one and at most ${LOCATIONS_MAX} paths to import.`);
  }
  const sources: ImportSource[] = [];
  for (const { type, path, destination } of locations) {
    const found = await resolveAddress(path, roots);
    if (type === 'object' && !found.stats.isFile()) {
      throw invalid(
        found.stats.isDirectory()
          ? `${path} is a folder: import it as a common_prefix.`
          : `${path} is no ordinary file.`
      );
    }
    if (type === 'common_prefix' && !found.stats.isDirectory()) {
      throw invalid(`${path} is no folder: import it as an object.`);
    }
    sources.push({ type, found, destination: destinationOf(type, destination) });
  }
  return sources;
}

function destinationOf(type: ImportLocation['type'], destination: string): string {
  if (destination.startsWith('/')) {
    throw invalid(
      `The destination "${destination}" must be relative to the branch: leave out the first slash.`
    );
  }
  if (type === 'object') {
    pathBytes(destination);
    return destination;
  }
  return destination === '' || destination.endsWith('/') ? destination : `${destination}/`;
}

/** The files of one source, in order. */
interface Stream {
  /** The file at hand. */
  current: ImportedFile;
  group: ImportedFile[];
  at: number;
  more: AsyncIterator<ImportedFile[]>;
  /** Of two files for one path, the one with the higher rank is taken. */
  rank: number;
}

/** The files of all sources, ascending by the bytes of their keys; of several for one key, the source named last. */
export async function* filesOf(sources: ImportSource[], roots: ImportRoots): AsyncGenerator<ImportedFile> {
  const streams: Stream[] = [];
  for (const [rank, source] of sources.entries()) {
    const more = groupsOf(source, roots)[Symbol.asyncIterator]();
    const group = await nextGroup(more);
    if (group) {
      insert(streams, { current: group[0]!, group, at: 0, more, rank });
    }
  }
  // The stream that comes next is the last one: it mostly stays there.
  let last: Buffer | undefined;
  for (let stream = streams.pop(); stream; stream = streams.pop()) {
    if (!last?.equals(stream.current.key)) {
      last = stream.current.key;
      yield stream.current;
    }
    if (await advance(stream)) {
      insert(streams, stream);
    }
  }
}

async function advance(stream: Stream): Promise<boolean> {
  if (++stream.at >= stream.group.length) {
    const group = await nextGroup(stream.more);
    if (!group) {
      return false;
    }
    stream.group = group;
    stream.at = 0;
  }
  stream.current = stream.group[stream.at]!;
  return true;
}

function insert(streams: Stream[], stream: Stream): void {
  let at = streams.length;
  while (at > 0 && isBefore(streams[at - 1]!, stream)) {
    at--;
  }
  streams.splice(at, 0, stream);
}

function isBefore(a: Stream, b: Stream): boolean {
  return (Buffer.compare(a.current.key, b.current.key) || b.rank - a.rank) < 0;
}

async function nextGroup(more: AsyncIterator<ImportedFile[]>): Promise<ImportedFile[] | undefined> {
  const next = await more.next();
  return next.done ? undefined : next.value;
}

async function* groupsOf(source: ImportSource, roots: ImportRoots): AsyncGenerator<ImportedFile[]> {
  const { type, found, destination } = source;
  if (type === 'object') {
    yield [{ key: pathBytes(destination), path: found.path, identity: identityOf(found.stats) }];
    return;
  }
  for await (const files of walkFolder(found.path, roots)) {
    yield files.map(({ name, path, identity }) => ({ key: pathBytes(destination + name), path, identity }));
  }
}
