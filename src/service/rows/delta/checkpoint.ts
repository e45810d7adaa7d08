import type { Contents } from '../../catalog/contents.js';
import { readable, type CountedDataFile, type EngineFile, type EngineFiles } from '../engine/engine-files.js';
import type { EngineQueries } from '../engine/engine.js';
import type { Job } from '../counting/job.js';
import { identifier, literal } from '../engine/sql.js';
import type { DataFile, Place, Statistics } from '../counting/statistics.js';
import { actionsIn, decodedPath, NotUnderstood, type Action, type FileAction } from './actions.js';

/** A checkpoint of one file, or of so many numbered parts. */
const CLASSIC = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/;
/** A checkpoint with a name of its own, which may leave actions to sidecars (table feature `v2Checkpoint`). */
const V2 = /^(\d{20})\.checkpoint\.[^.]+\.(?:parquet|json)$/;
/** Below the log's folder. */
const SIDECARS = '_sidecars/';

/** What a log says once for all versions up to one. */
export interface Checkpoint {
  version: number;
  /** All of them together. */
  files: DataFile[];
}

/** The newest checkpoint all of whose parts are there. @param log the log's files by their names in its folder */
export function newestCheckpoint(log: ReadonlyMap<string, DataFile>): Checkpoint | undefined {
  const found = new Map<string, Checkpoint & { parts: number }>();
  for (const [name, file] of log) {
    const classic = CLASSIC.exec(name);
    const [, version] = classic ?? V2.exec(name) ?? [];
    if (version !== undefined) {
      const parts = Number(classic?.[3] ?? 1);
      const id = parts > 1 ? `${version} in ${parts}` : name;
      const before = found.get(id)?.files ?? [];
      found.set(id, { version: Number(version), parts, files: [...before, file] });
    }
  }
  const complete = [...found.values()].filter(({ parts, files }) => files.length === parts);
  return complete.sort((a, b) => b.version - a.version)[0];
}

/** Reads what checkpoints say. */
export class Checkpoints {
  constructor(
    private readonly contents: Pick<Contents, 'read'>,
    private readonly statistics: Statistics,
    private readonly engineFiles: EngineFiles
  ) {}

  /** The files that a checkpoint names as active. @throws NotUnderstood, NotCompared */
  async adds(
    place: Place,
    checkpoint: Checkpoint,
    log: ReadonlyMap<string, DataFile>,
    job: Job
  ): Promise<FileAction[]> {
    const actions = await this.actions(place, checkpoint.files, job);
    const sidecars = actions.flatMap(({ sidecar }) => (sidecar ? [sidecarIn(log, sidecar.path)] : []));
    const further = sidecars.length > 0 ? await this.actions(place, sidecars, job) : [];
    return [...actions, ...further].flatMap(({ add }) => (add ? [add] : []));
  }

  private async actions(place: Place, files: DataFile[], job: Job): Promise<Action[]> {
    const asJson = files.filter(({ path }) => path.endsWith('.json'));
    const asParquet = files.filter(file => !asJson.includes(file));
    const lines = await Promise.all(asJson.map(file => actionsIn(this.contents, place, file)));
    return [...lines.flat(), ...(await this.actionsOfParquet(place, asParquet, job))];
  }

  private async actionsOfParquet(place: Place, files: DataFile[], job: Job): Promise<Action[]> {
    if (files.length === 0) {
      return [];
    }
    const statistics = await this.statistics.of(place, files, job);
    const counted = files.flatMap((file, i): CountedDataFile[] => {
      const found = statistics[i]!;
      return 'rows' in found ? [{ ...file, statistics: found }] : [];
    });
    if (counted.length < files.length) {
      throw new NotUnderstood('its checkpoint cannot be read');
    }
    const work = async (readied: EngineFile[], queries: EngineQueries): Promise<Action[]> => {
      const found: Action[] = [];
      for (const file of readied) {
        found.push(...(await actionsOfOne(file, queries)));
      }
      return found;
    };
    return this.engineFiles.use(place, counted, work, job);
  }
}

/** The two kinds of action that matter, each a column of structs; which of them there are is the writer's to decide. */
async function actionsOfOne(file: EngineFile, queries: EngineQueries): Promise<Action[]> {
  const source = await readable(file, queries);
  const found: Action[] = [];
  for (const kind of ['add', 'sidecar'] as const) {
    if (source.names.includes(kind)) {
      const column = identifier(kind);
      const rows = await queries.query(
        `SELECT to_json(${column})::VARCHAR AS action FROM read_parquet(${literal(source.file)}) ` +
          `WHERE ${column}.path IS NOT NULL`
      );
      found.push(...rows.map(({ action }) => ({ [kind]: JSON.parse(String(action)) }) as Action));
    }
  }
  return found;
}

/** Sidecars lie in the log's own folder for them, whatever is in front of their names. */
function sidecarIn(log: ReadonlyMap<string, DataFile>, path: string): DataFile {
  const name = decodedPath(path.slice(path.lastIndexOf('/') + 1));
  const file = log.get(SIDECARS + name);
  if (!file) {
    throw new NotUnderstood(`a part of its checkpoint is missing: ${name}`);
  }
  return file;
}
