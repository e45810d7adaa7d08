import { createHash } from 'node:crypto';

import type { Contents } from '../../catalog/contents.js';
import { crc32 } from '../../catalog/hashing/crc.js';
import type { Entry } from '../../catalog/model.js';
import { entryAt, type Ground } from '../counting/scope.js';
import { NotCompared, type DeletedRows } from '../engine/engine-files.js';
import { contentReader } from '../formats/range-reader.js';
import { decodedPath, NotUnderstood, type DeletionVector } from './actions.js';
import { fromBase85 } from './base85.js';
import { rowsIn } from './roaring.js';

/** A file of vectors begins with this byte. */
const FILE_VERSION = 1;
/** A vector of this size names half a billion rows in the least favourable case: no file has so many. */
const VECTOR_BYTES_MAX = 64 * 1024 * 1024;
/** Characters of a UUID in base85; in front of them a folder may be named. */
const UUID_CHARACTERS = 20;
/** Around a vector in a file: its size before it, its checksum behind it. */
const WORD_BYTES = 4;

/** Where a vector lies. */
type Found = { bytes: Buffer } | { path: string; entry: Entry } | { nowhere: string };

/** Finds and reads the deletion vectors of Delta tables (Delta Transaction Log Protocol, "Deletion Vectors"). */
export class DeletionVectors {
  constructor(private readonly contents: Pick<Contents, 'read'>) {}

  /**
   * What the vectors that a table's log names delete, by their indexes. None is read yet: what cannot be found or read
   * is said by `read`.
   * @param folder the table's
   * Cost: O(log n) for each file of vectors.
   */
  async of(
    { view, tree }: Ground,
    folder: string,
    vectors: (DeletionVector | undefined)[]
  ): Promise<(DeletedRows | undefined)[]> {
    if (vectors.every(vector => vector === undefined)) {
      return [];
    }
    const { repository } = view;
    const places = vectors.map(vector => vector && placeOf(vector, repository, folder));
    const paths = new Set(places.flatMap(place => (place && 'path' in place ? [place.path] : [])));
    const ground = { tree, view: { ...view, changes: view.changes.filter(({ path }) => paths.has(path)) } };
    const entries = new Map<string, Entry | undefined>();
    for (const path of paths) {
      entries.set(path, await entryAt(ground, path));
    }
    return vectors.map((vector, i) => {
      const place = places[i];
      return vector && place && this.deletedRows(repository, vector, foundAt(place, entries));
    });
  }

  private deletedRows(repository: string, vector: DeletionVector, found: Found): DeletedRows {
    return {
      id: idOf(vector, found),
      count: vector.cardinality,
      read: async () => rowsOf(vector, await this.bytesOf(repository, vector, found))
    };
  }

  /** @throws NotCompared */
  private async bytesOf(repository: string, vector: DeletionVector, found: Found): Promise<Buffer> {
    const { sizeInBytes: size, offset } = vector;
    if ('nowhere' in found) {
      throw new NotCompared(found.nowhere);
    }
    if (!(size >= 0 && size <= VECTOR_BYTES_MAX)) {
      throw new NotCompared(`a deletion vector of it has more than ${VECTOR_BYTES_MAX / 1024 ** 2} MiB`);
    }
    if ('bytes' in found) {
      // Padded to what base85 can write.
      return found.bytes.subarray(0, size);
    }
    const { path, entry } = found;
    const file = contentReader(this.contents, repository, entry.contentId, entry.size);
    const end = (offset ?? NaN) + 2 * WORD_BYTES + size;
    if (!(offset! >= 1 && end <= entry.size)) {
      throw new NotCompared(`its deletion vector does not lie in ${path}`);
    }
    const [version] = await file.slice(0, 1);
    const framed = Buffer.from(await file.slice(offset!, end));
    const bytes = framed.subarray(WORD_BYTES, WORD_BYTES + size);
    const checksum = crc32();
    checksum.update(bytes);
    if (
      version !== FILE_VERSION ||
      framed.readUInt32BE(0) !== size ||
      !checksum.digest().equals(framed.subarray(WORD_BYTES + size))
    ) {
      throw new NotCompared(`its deletion vector in ${path} is damaged, or of another kind`);
    }
    return bytes;
  }
}

/** The rows of a vector, each but once. @throws NotCompared while they are read */
function* rowsOf({ cardinality }: DeletionVector, bytes: Buffer): Generator<number> {
  let rows = 0;
  let last = -1;
  try {
    for (const row of rowsIn(bytes)) {
      if (row <= last) {
        throw new RangeError('rows that do not ascend');
      }
      // A few bytes may promise any number of them.
      if (++rows > cardinality) {
        break;
      }
      yield row;
      last = row;
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new NotCompared(`a deletion vector of it is not understood: ${error.message}`);
    }
    throw error;
  }
  if (rows !== cardinality) {
    throw new NotCompared(`a deletion vector of it deletes other than ${cardinality} rows`);
  }
}

/** Where the log says that a vector lies, without a look there. */
type Place = { bytes: Buffer } | { path: string } | { nowhere: string };

function placeOf(
  { storageType, pathOrInlineDv: text }: DeletionVector,
  repository: string,
  folder: string
): Place {
  try {
    switch (storageType) {
      case 'i':
        return { bytes: fromBase85(text) };
      case 'u':
        return { path: folder + relativePath(text) };
      case 'p':
        return pathInTable(text, repository, folder);
      default:
        return { nowhere: `a deletion vector of it is stored in an unknown way: "${storageType}"` };
    }
  } catch (error) {
    if (error instanceof RangeError || error instanceof NotUnderstood) {
      return { nowhere: `it names a deletion vector in a way that is not understood: "${text}"` };
    }
    throw error;
  }
}

/** `PREFIX/deletion_vector_UUID.bin`, the prefix as text in front of the UUID in base85. */
function relativePath(text: string): string {
  const prefix = text.slice(0, -UUID_CHARACTERS);
  const hex = fromBase85(text.slice(-UUID_CHARACTERS)).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (uuid === hex) {
    throw new RangeError('no UUID');
  }
  return `${prefix === '' ? '' : `${prefix}/`}deletion_vector_${uuid}.bin`;
}

/** A whole address, as of this table on whichever branch: a branch has the files that it was made with. */
function pathInTable(address: string, repository: string, folder: string): Place {
  const [, bucket, path] = /^(?:s3[an]?|lakefs):\/\/([^/]+)\/[^/]+\/(.+)$/.exec(address) ?? [];
  const decoded = path === undefined ? '' : decodedPath(path);
  return bucket === repository && decoded.startsWith(folder)
    ? { path: decoded }
    : { nowhere: `it names a deletion vector outside of the table: ${address}` };
}

function foundAt(place: Place, entries: ReadonlyMap<string, Entry | undefined>): Found {
  if (!('path' in place)) {
    return place;
  }
  const entry = entries.get(place.path);
  return entry ? { path: place.path, entry } : { nowhere: `its deletion vector ${place.path} is missing` };
}

/** By what the vector is, not by its name: on another branch a file of that name may hold another one. */
function idOf(vector: DeletionVector, found: Found): string {
  const { storageType, pathOrInlineDv, offset, sizeInBytes, cardinality } = vector;
  const where = 'entry' in found ? found.entry.contentId : [storageType, pathOrInlineDv];
  return createHash('sha256')
    .update(JSON.stringify([where, offset ?? null, sizeInBytes, cardinality]))
    .digest('hex');
}
