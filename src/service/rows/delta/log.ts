import type { Contents } from '../../catalog/contents.js';
import { decodeEntry } from '../../catalog/entry.js';
import { NotCompared, type EngineFiles } from '../engine/engine-files.js';
import type { Job } from '../counting/job.js';
import type { Log } from '../counting/log.js';
import { changesIn, type Ground } from '../counting/scope.js';
import type { DataFile, Statistics } from '../counting/statistics.js';
import { actionsIn, decodedPath, NotUnderstood, type DeletionVector, type FileAction } from './actions.js';
import { Checkpoints, newestCheckpoint } from './checkpoint.js';

/** A Delta table's folder has its log in this one (Delta Transaction Log Protocol). */
export const LOG_FOLDER = '_delta_log/';
const COMMIT = /^(\d{20})\.json$/;
/** Tables that are kept in memory. */
const KEPT_MAX = 100;

/** The files of a Delta table that belong to its newest version. */
export interface ActiveFiles {
  /** By path: which rows of it are deleted, if any. */
  files: Map<string, DeletionVector | undefined>;
}

/** Reads which files of Delta tables are active. A log is read once for each state that it is in. */
export class DeltaLogs {
  private readonly kept = new Map<string, ActiveFiles>();
  private readonly checkpoints: Checkpoints;

  constructor(
    private readonly contents: Pick<Contents, 'read'>,
    statistics: Statistics,
    engineFiles: EngineFiles,
    private readonly log: Log
  ) {
    this.checkpoints = new Checkpoints(contents, statistics, engineFiles);
  }

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
    const { view } = ground;
    const log = new Map(files.map(file => [file.path.slice(folder.length + LOG_FOLDER.length), file]));
    const commits = new Map([...log].flatMap(([name, file]) => versioned(file, COMMIT.exec(name))));
    const checkpoint = newestCheckpoint(log);
    const adds = new Map<string, FileAction>();
    for (const add of checkpoint ? await this.checkpoints.adds(view, checkpoint, log, job) : []) {
      adds.set(keyOf(add), add);
    }
    const first = (checkpoint?.version ?? -1) + 1;
    const last = Math.max(...commits.keys(), first - 1);
    for (let version = first; version <= last; version++) {
      const commit = commits.get(version);
      if (!commit) {
        throw new NotUnderstood(`version ${version} is missing`);
      }
      job.check();
      for (const { add, remove } of await actionsIn(this.contents, view, commit)) {
        if (remove) {
          adds.delete(keyOf(remove));
        }
        if (add) {
          adds.set(keyOf(add), add);
        }
      }
    }
    return {
      files: new Map([...adds.values()].map(add => [pathIn(folder, add), add.deletionVector ?? undefined]))
    };
  }
}

function versioned(file: DataFile, found: RegExpExecArray | null): [number, DataFile][] {
  return found ? [[Number(found[1]), file]] : [];
}

/** A file with another deletion vector is another one. */
function keyOf({ path, deletionVector }: FileAction): string {
  return `${path}\n${deletionVector ? idOf(deletionVector) : ''}`;
}

/** As the protocol names one, to tell what an action is about. */
function idOf({ storageType, pathOrInlineDv, offset }: DeletionVector): string {
  return `${storageType}${pathOrInlineDv}@${offset ?? ''}`;
}

/** Paths in a log are relative to the table unless they are whole addresses. */
function pathIn(folder: string, { path }: FileAction): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/')) {
    throw new NotUnderstood(`it names a file elsewhere: ${path}`);
  }
  return folder + decodedPath(path);
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
