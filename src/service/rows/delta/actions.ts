import type { Contents } from '../../catalog/contents.js';
import { contentReader } from '../formats/range-reader.js';
import type { DataFile, Place } from '../counting/statistics.js';

/** Which rows of a file are deleted ("Deletion Vector Descriptor Schema"). */
export interface DeletionVector {
  /** `u`: relative to the table, `p`: at an address, `i`: in the log. */
  storageType: string;
  pathOrInlineDv: string;
  /** Where in a file it begins, in bytes. */
  offset?: number | null;
  sizeInBytes: number;
  /** How many rows. */
  cardinality: number;
}

/** As much of the actions `add` and `remove` as counting needs. */
export interface FileAction {
  path: string;
  deletionVector?: DeletionVector | null;
}

/** One line of a log (Delta Transaction Log Protocol, "Actions"); what is not asked for is left out. */
export interface Action {
  add?: FileAction | null;
  remove?: FileAction | null;
  /** In checkpoints only: more actions lie in another file. */
  sidecar?: { path: string } | null;
}

/** The log says something that is not understood; the message is a sentence's end. */
export class NotUnderstood extends Error {}

/** The actions of a file that has one per line. @throws NotUnderstood */
export async function actionsIn(
  contents: Pick<Contents, 'read'>,
  { repository }: Pick<Place, 'repository'>,
  { path, entry }: DataFile
): Promise<Action[]> {
  const file = contentReader(contents, repository, entry.contentId, entry.size);
  const text = Buffer.from(await file.slice(0, entry.size)).toString('utf8');
  try {
    return text
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as Action);
  } catch {
    throw new NotUnderstood(`${path} is not JSON`);
  }
}

/** Paths in a log are percent-encoded. @throws NotUnderstood */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new NotUnderstood(`it names a file in a way that is not understood: ${path}`);
  }
}
