import { decodeEntry } from '../catalog/entry.js';
import type { Contents } from '../catalog/contents.js';
import { NotCompared, readable, type CountedDataFile, type EngineFiles } from './engine-files.js';
import type { Job } from './job.js';
import type { Log } from './log.js';
import { contentReader } from './range-reader.js';
import { changesIn, type Ground } from './scope.js';
import { literal } from './sql.js';
import type { DataFile, Statistics } from './statistics.js';

/** A Delta table's folder has its log in this one (Delta Transaction Log Protocol). */
export const LOG_FOLDER = '_delta_log/';
const COMMIT = /^(\d{20})\.json$/;
/** A classic checkpoint: one file, or numbered parts of a number. */
const CHECKPOINT = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/;
/** Tables that are kept in memory. */
const KEPT_MAX = 100;

/** The files of a Delta table that belong to its newest version. */
export interface ActiveFiles {
  /** By path: which rows of it are deleted by a deletion vector, if any. */
  files: Map<string, Deletions | undefined>;
}

export interface Deletions {
  /** Names the deletion vector. */
  id: string;
  rows: number;
}

/** Names which rows of which files are deleted by deletion vectors; '' where none is. */
export function deletionsIn(active: ActiveFiles | undefined): string {
  const files = [...(active?.files ?? [])];
  return files
    .flatMap(([path, deletions]) => (deletions ? [`${path} ${deletions.id}`] : []))
    .sort()
    .join('\n');
}

/** As much of the actions `add` and `remove` as counting needs. */
interface FileAction {
  path: string;
  deletionVector?: {
    storageType: string;
    pathOrInlineDv: string;
    offset?: number;
    cardinality: number;
  } | null;
}

/** The log says something that is not understood; the message is a sentence's end. */
class NotUnderstood extends Error {}

/** Reads which files of Delta tables are active. A log is read once for each state that it is in. */
export class DeltaLogs {
  private readonly kept = new Map<string, ActiveFiles>();

  constructor(
    private readonly contents: Pick<Contents, 'read'>,
    private readonly statistics: Statistics,
    private readonly engineFiles: EngineFiles,
    private readonly log: Log
  ) {}

  /**
   * The active files of the table in a folder; undefined where it is none, or its log cannot be read: then every
   * file counts, and the service's log says so. Cost: the commits since the last checkpoint, and that.
   */
  async of(ground: Ground, folder: string, job: Job): Promise<ActiveFiles | undefined> {
    const files = await filesBelow(ground, `${folder}${LOG_FOLDER}`);
    if (files.length === 0) {
      return undefined;
    }
    const { uid, repository } = ground.view;
    const id = `${uid}/${folder}/${files.map(({ path, entry }) => `${path} ${entry.contentId}`).join('\n')}`;
    try {
      const active = this.kept.get(id) ?? (await this.read(ground, folder, files, job));
      this.keep(id, active);
      return active;
    } catch (error) {
      if (!(error instanceof NotUnderstood || error instanceof NotCompared)) {
        throw error;
      }
      this.log.warn({ repository, folder, reason: error.message }, 'a Delta log is not understood');
      return undefined;
    }
  }

  private keep(id: string, active: ActiveFiles): void {
    this.kept.delete(id);
    this.kept.set(id, active);
    if (this.kept.size > KEPT_MAX) {
      this.kept.delete(this.kept.keys().next().value!);
    }
  }

  private async read(ground: Ground, folder: string, files: DataFile[], job: Job): Promise<ActiveFiles> {
    const name = ({ path }: DataFile) => path.slice(folder.length + LOG_FOLDER.length);
    const commits = new Map(files.flatMap(file => versioned(file, COMMIT.exec(name(file)))));
    const checkpoint = newestCheckpoint(files, name);
    const adds = new Map<string, FileAction>();
    for (const add of await this.checkpointed(ground, checkpoint?.files ?? [], job)) {
      adds.set(keyOf(add), add);
    }
    const last = Math.max(...commits.keys(), checkpoint?.version ?? -1);
    for (let version = (checkpoint?.version ?? -1) + 1; version <= last; version++) {
      const commit = commits.get(version);
      if (!commit) {
        throw new NotUnderstood(`version ${version} is missing`);
      }
      job.check();
      for (const { add, remove } of await this.actions(ground, commit)) {
        if (remove) {
          adds.delete(keyOf(remove));
        }
        if (add) {
          adds.set(keyOf(add), add);
        }
      }
    }
    return { files: new Map([...adds.values()].map(add => [pathIn(folder, add), deletionsOf(add)])) };
  }

  private async actions(
    { view }: Ground,
    { path, entry }: DataFile
  ): Promise<{ add?: FileAction; remove?: FileAction }[]> {
    const file = contentReader(this.contents, view.repository, entry.contentId, entry.size);
    const text = Buffer.from(await file.slice(0, entry.size)).toString('utf8');
    try {
      return text
        .split('\n')
        .filter(line => line.trim() !== '')
        .map(line => JSON.parse(line) as { add?: FileAction; remove?: FileAction });
    } catch {
      throw new NotUnderstood(`${path} is not JSON`);
    }
  }

  private async checkpointed({ view }: Ground, files: DataFile[], job: Job): Promise<FileAction[]> {
    if (files.length === 0) {
      return [];
    }
    const statistics = await this.statistics.of(view, files, job);
    const counted = files.flatMap((file, i): CountedDataFile[] => {
      const found = statistics[i]!;
      return 'rows' in found ? [{ ...file, statistics: found }] : [];
    });
    if (counted.length < files.length) {
      throw new NotUnderstood('its checkpoint cannot be read');
    }
    const rows = await this.engineFiles.use(
      view,
      counted,
      async (readied, queries) => {
        const found = [];
        for (const file of readied) {
          const source = await readable(file, queries);
          found.push(
            ...(await queries.query(
              `SELECT to_json(add)::VARCHAR AS add FROM read_parquet(${literal(source.file)}) WHERE add.path IS NOT NULL`
            ))
          );
        }
        return found;
      },
      job
    );
    return rows.map(row => JSON.parse(String(row['add'])) as FileAction);
  }
}

/** The newest checkpoint all of whose parts are there. */
function newestCheckpoint(
  files: DataFile[],
  name: (file: DataFile) => string
): { version: number; files: DataFile[] } | undefined {
  const byVersion = new Map<number, { parts: number; files: DataFile[] }>();
  for (const file of files) {
    const found = CHECKPOINT.exec(name(file));
    if (found) {
      const version = Number(found[1]);
      const parts = Number(found[3] ?? 1);
      const before = byVersion.get(version);
      byVersion.set(version, {
        parts,
        files: before?.parts === parts ? [...before.files, file] : [file]
      });
    }
  }
  const complete = [...byVersion].filter(([, { parts, files }]) => files.length === parts);
  const [newest] = complete.sort(([a], [b]) => b - a);
  return newest && { version: newest[0], files: newest[1].files };
}

function versioned(file: DataFile, found: RegExpExecArray | null): [number, DataFile][] {
  return found ? [[Number(found[1]), file]] : [];
}

/** A file with another deletion vector is another one. */
function keyOf({ path, deletionVector }: FileAction): string {
  return `${path}\n${deletionVector ? idOf(deletionVector) : ''}`;
}

function idOf({ storageType, pathOrInlineDv, offset }: NonNullable<FileAction['deletionVector']>): string {
  return `${storageType}${pathOrInlineDv}@${offset ?? ''}`;
}

function deletionsOf({ deletionVector }: FileAction): Deletions | undefined {
  return deletionVector ? { id: idOf(deletionVector), rows: deletionVector.cardinality } : undefined;
}

/** Paths in a log are percent-encoded, and relative to the table unless they are whole addresses. */
function pathIn(folder: string, { path }: FileAction): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/')) {
    throw new NotUnderstood(`it names a file elsewhere: ${path}`);
  }
  try {
    return folder + decodeURIComponent(path);
  } catch {
    throw new NotUnderstood(`it names a file in a way that is not understood: ${path}`);
  }
}

/** All objects whose paths begin with `prefix`, uncommitted changes included, by path bytes. */
async function filesBelow(ground: Ground, prefix: string): Promise<DataFile[]> {
  const { view, tree } = ground;
  const found = new Map<string, DataFile>();
  const cursor = tree.cursor(view.root);
  await cursor.seek(Buffer.from(prefix));
  while (cursor.entry) {
    const path = cursor.entry.key.toString('utf8');
    if (!path.startsWith(prefix)) {
      break;
    }
    found.set(path, { path, entry: decodeEntry(cursor.entry.value) });
    await cursor.next();
  }
  for (const { path, entry } of changesIn({ prefix, single: false }, view)) {
    if (entry) {
      found.set(path, { path, entry });
    } else {
      found.delete(path);
    }
  }
  return [...found.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
