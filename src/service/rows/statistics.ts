import type { Contents } from '../catalog/contents.js';
import type { Entry } from '../catalog/model.js';
import type { RepositoryUid } from '../ids.js';
import type { Kv } from '../kv/kv.js';
import { kindOf, type FileKind } from './format.js';
import { mapLimited, type Job } from './job.js';
import { Keeping, type KeptRecord } from './keeping.js';
import { statisticsKey } from './keys.js';
import type { Log } from './log.js';
import { contentReader } from './range-reader.js';
import { READERS, type CsvLayout } from './reader.js';
import { type ShapeId, type Shapes } from './shape.js';
import { SharedWork } from './shared-work.js';
import { UnreadableFile } from './unreadable.js';

/** Files read at a time: enough to keep a disk busy, few enough for a remote store. */
const READS_AT_ONCE = 8;
/** Files that are looked up at a time: more than a tree node has entries. */
const FILES_AT_ONCE = 500;

export interface DataFile {
  path: string;
  entry: Entry;
}

/** What is known of the rows of one file. */
export type FileStatistics = CountedFile | UncountedFile;

export interface CountedFile {
  rows: number;
  shape: ShapeId;
  /** CSV only. */
  layout?: CsvLayout;
}

export interface UncountedFile {
  /** The end of a sentence that begins with the file. */
  unreadable: string;
  /** Set when its bytes could not be had this time: such an answer is never kept. */
  passing?: true;
}

/** Where the files are. */
export interface Place {
  repository: string;
  uid: RepositoryUid;
}

/**
 * Row statistics per content, kept with the version of the reader that made them: the same bytes, read as the same
 * kind of file, are never read twice.
 */
export class Statistics {
  private readonly reading = new SharedWork<Reading>();

  constructor(
    private readonly kv: Kv,
    private readonly contents: Pick<Contents, 'read'>,
    private readonly shapes: Shapes,
    private readonly log: Log
  ) {}

  /**
   * The statistics of `files`, in their order; all must be of a known kind. What was not known is read and kept,
   * also when the work ends early.
   */
  async of(place: Place, files: DataFile[], job: Job): Promise<FileStatistics[]> {
    const keeping = new Keeping(this.kv);
    try {
      return await this.gather(place, files, job, keeping);
    } finally {
      await keeping.done();
    }
  }

  /** As {@link of}; the caller sees to it that `keeping` gets done. */
  async gather(place: Place, files: DataFile[], job: Job, keeping: Keeping): Promise<FileStatistics[]> {
    const all: FileStatistics[] = [];
    for (let i = 0; i < files.length; i += FILES_AT_ONCE) {
      all.push(...(await this.some(place, files.slice(i, i + FILES_AT_ONCE), job, keeping)));
    }
    return all;
  }

  private async some(place: Place, files: DataFile[], job: Job, keeping: Keeping): Promise<FileStatistics[]> {
    await job.pause();
    const known = await this.known(place.uid, files);
    const missing = files.flatMap((file, i) => (known[i] ? [] : [{ file, i }]));
    await mapLimited(missing, READS_AT_ONCE, async ({ file, i }) => {
      const { statistics, put } = await this.readOnce(place, file, job);
      keeping.add(put);
      known[i] = statistics;
    });
    return known as FileStatistics[];
  }

  /** What is kept of `files`; nothing is read. */
  async known(uid: RepositoryUid, files: DataFile[]): Promise<(FileStatistics | undefined)[]> {
    return this.kv.snapshot(reader =>
      Promise.all(
        files.map(async ({ path, entry }) => {
          const kind = kindOf(path)!;
          const record = await reader.get(statisticsKey(uid, kind, entry.contentId));
          return record && decode(kind, record.value);
        })
      )
    );
  }

  /** A file that could not be reached is not tried again in the same job, so that the job's figures fit together. */
  private async readOnce(place: Place, file: DataFile, job: Job): Promise<Reading> {
    const failed = job.failed.get(file.entry.contentId);
    if (failed) {
      return { statistics: failed, put: [] };
    }
    const reading = await this.read(place, file, job);
    if ('passing' in reading.statistics) {
      job.failed.set(file.entry.contentId, reading.statistics);
    }
    return reading;
  }

  private async read(place: Place, { path, entry }: DataFile, job: Job): Promise<Reading> {
    job.check();
    const kind = kindOf(path)!;
    const work = `${place.uid}/${kind}/${entry.contentId}`;
    return this.reading.run(work, job.signal, async signal => {
      const file = contentReader(this.contents, place.repository, entry.contentId, entry.size);
      try {
        const { rows, columns, layout } = await READERS[kind].read(file, signal);
        const { id, put } = this.shapes.add(place.uid, {
          columns,
          ...(layout && { header: layout.header })
        });
        const statistics = { rows, shape: id, ...(layout && { layout }) };
        return { statistics, put: [...put, keep(place.uid, kind, entry, statistics)] };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UnreadableFile) {
          const unreadable = error.message;
          return error.lasting
            ? { statistics: { unreadable }, put: [keep(place.uid, kind, entry, { unreadable })] }
            : { statistics: { unreadable, passing: true }, put: [] };
        }
        this.log.warn({ err: error, repository: place.repository, path }, 'a file could not be read');
        const unreadable = `could not be read from the store: ${(error as Error).message}`;
        return { statistics: { unreadable, passing: true }, put: [] };
      }
    });
  }
}

interface Reading {
  statistics: FileStatistics;
  /** Records that keep them. */
  put: KeptRecord[];
}

/** As it lies in the store. */
interface Kept {
  reader: number;
  statistics: FileStatistics;
}

function keep(uid: RepositoryUid, kind: FileKind, entry: Entry, statistics: FileStatistics) {
  const kept: Kept = { reader: READERS[kind].version, statistics };
  return { key: statisticsKey(uid, kind, entry.contentId), value: Buffer.from(JSON.stringify(kept)) };
}

/** undefined where another version of the reader wrote it. */
function decode(kind: FileKind, value: Buffer): FileStatistics | undefined {
  const kept = JSON.parse(value.toString()) as Kept;
  return kept.reader === READERS[kind].version ? kept.statistics : undefined;
}
