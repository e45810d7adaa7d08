import type { Contents } from '../../catalog/contents.js';
import type { Entry } from '../../catalog/model.js';
import type { ContentId, RepositoryUid } from '../../ids.js';
import type { Footers } from './footers.js';
import { kindOf, type FileKind } from '../formats/format.js';
import { mapLimited, type Job } from './job.js';
import type { Keeping, Kept, KeptRecord } from './kept.js';
import { statisticsKey } from './keys.js';
import type { Log } from './log.js';
import { contentReader } from '../formats/range-reader.js';
import { READERS, type CsvLayout, type RowStatistics } from '../formats/reader.js';
import { type ShapeId, type Shapes } from './shape.js';
import { SharedWork } from './shared-work.js';
import { UnreadableFile } from '../formats/unreadable.js';

/** Files read at a time: enough to keep a disk busy, few enough for a remote store. */
const READS_AT_ONCE = 8;
/** Files that are looked up at a time: more than a tree node has entries. */
const FILES_AT_ONCE = 500;
/** Files of which it is remembered what is kept: a few megabytes. */
const REMEMBERED_MAX = 20_000;

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
  /** What was asked for last: the neighbours of what changes are asked for again. By content, which is a key as it is. */
  private readonly remembered = new Map<ContentId, Remembered>();
  private losses = 0;

  constructor(
    private readonly kept: Kept,
    private readonly contents: Pick<Contents, 'read'>,
    private readonly shapes: Shapes,
    /** Without, every file is read by itself. */
    private readonly footers: Footers | undefined,
    private readonly log: Log
  ) {}

  /**
   * The statistics of `files`, in their order; all must be of a known kind. What was not known is read and kept,
   * also when the work ends early.
   */
  async of(place: Place, files: DataFile[], job: Job): Promise<FileStatistics[]> {
    return this.gather(place, files, job, this.kept.keeping());
  }

  /** As {@link of}, for work that keeps more by the same `keeping`. */
  async gather(place: Place, files: DataFile[], job: Job, keeping: Keeping): Promise<FileStatistics[]> {
    const all: FileStatistics[] = [];
    for (let i = 0; i < files.length; i += FILES_AT_ONCE) {
      all.push(...(await this.some(place, files.slice(i, i + FILES_AT_ONCE), job, keeping)));
    }
    return all;
  }

  private async some(place: Place, files: DataFile[], job: Job, keeping: Keeping): Promise<FileStatistics[]> {
    await job.pause();
    await keeping.room();
    const known = await this.known(place.uid, files);
    const missing = files.flatMap((file, i) => (known[i] ? [] : [{ file, i }]));
    const footers = await this.footers?.of(
      place,
      missing.map(({ file }) => file)
    );
    await mapLimited(missing, job.atOnce(READS_AT_ONCE), async ({ file, i }, n) => {
      // Many tree nodes may wait for the same columns, and all go on at once.
      await job.pause();
      const footer = footers?.[n];
      const reading = footer ? this.counted(place, file, footer) : await this.readOnce(place, file, job);
      keeping.add(reading.put);
      known[i] = reading.statistics;
    });
    return known as FileStatistics[];
  }

  /** What is kept of `files`; nothing is read. */
  async known(uid: RepositoryUid, files: DataFile[]): Promise<(FileStatistics | undefined)[]> {
    this.forgetLost();
    const { losses } = this;
    const kinds = files.map(({ path }) => kindOf(path)!);
    const found = files.map(({ entry }, i) => {
      const remembered = this.remembered.get(entry.contentId);
      return remembered?.uid === uid && remembered.kind === kinds[i] ? remembered.statistics : undefined;
    });
    const others = files.flatMap((_, i) => (found[i] ? [] : [i]));
    if (others.length > 0) {
      const id = (i: number) => files[i]!.entry.contentId;
      const values = await this.kept.get(others.map(i => statisticsKey(uid, kinds[i]!, id(i))));
      const lasting = losses === this.kept.losses;
      others.forEach((i, n) => {
        const statistics = values[n] && decode(kinds[i]!, values[n]);
        if (statistics && lasting) {
          this.remember(id(i), { uid, kind: kinds[i]!, statistics });
        }
        found[i] = statistics;
      });
    }
    return found;
  }

  private remember(content: ContentId, remembered: Remembered): void {
    this.remembered.set(content, remembered);
    if (this.remembered.size > REMEMBERED_MAX) {
      this.remembered.delete(this.remembered.keys().next().value!);
    }
  }

  /** What could not be kept is found again, with the columns that it names. */
  private forgetLost(): void {
    if (this.losses !== this.kept.losses) {
      this.losses = this.kept.losses;
      this.remembered.clear();
    }
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
        return this.counted(place, { path, entry }, await READERS[kind].read(file, signal));
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

  private counted(
    { uid }: Place,
    { path, entry }: DataFile,
    { rows, columns, layout }: RowStatistics
  ): Reading {
    const { id, record } = this.shapes.add(uid, { columns, ...(layout && { header: layout.header }) });
    const statistics = { rows, shape: id, ...(layout && { layout }) };
    return { statistics, put: [record, keep(uid, kindOf(path)!, entry, statistics)] };
  }
}

interface Remembered {
  uid: RepositoryUid;
  kind: FileKind;
  statistics: FileStatistics;
}

interface Reading {
  statistics: FileStatistics;
  /** Records that keep them. */
  put: KeptRecord[];
}

/** As it lies in the store. */
interface Stored {
  reader: number;
  statistics: FileStatistics;
}

function keep(uid: RepositoryUid, kind: FileKind, entry: Entry, statistics: FileStatistics) {
  const stored: Stored = { reader: READERS[kind].version, statistics };
  return { key: statisticsKey(uid, kind, entry.contentId), value: Buffer.from(JSON.stringify(stored)) };
}

/** undefined where another version of the reader wrote it. */
function decode(kind: FileKind, value: Buffer): FileStatistics | undefined {
  const stored = JSON.parse(value.toString()) as Stored;
  return stored.reader === READERS[kind].version ? stored.statistics : undefined;
}
