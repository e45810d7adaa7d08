import type { LocalFile } from '../../blocks/external.js';
import type { Contents } from '../../catalog/contents.js';
import type { ContentId } from '../../ids.js';
import type { Column } from '../../../protocol/databranch.js';
import type { FooterThreads } from '../formats/footer-threads.js';
import { kindOf } from '../formats/format.js';
import { columnsIn } from '../formats/parquet.js';
import type { RowStatistics } from '../formats/reader.js';
import type { DataFile, Place } from './statistics.js';

type Found = RowStatistics | undefined;

/**
 * Reads Parquet files many at a time, where they lie in files of this machine and are nothing out of the ordinary. A
 * file that several want at the same time is read once.
 */
export class Footers {
  /** By repository and content: which reading it is in, and where. */
  private readonly reading = new Map<string, { batch: Promise<Found[]>; at: number }>();

  constructor(
    private readonly contents: Pick<Contents, 'localFiles'>,
    private readonly threads: FooterThreads
  ) {}

  /** What `files` say, in their order; undefined for those that have to be read one by one. */
  async of(place: Place, files: DataFile[]): Promise<Found[]> {
    const found = new Array<Found>(files.length);
    const parquet = files.flatMap(({ path, entry }, i) =>
      kindOf(path) === 'parquet' ? [{ i, key: `${place.uid}/${entry.contentId}`, id: entry.contentId }] : []
    );
    const fresh = new Map(
      parquet.filter(({ key }) => !this.reading.has(key)).map(({ key, id }) => [key, id])
    );
    this.begin(place, fresh);
    const readings = parquet.map(({ key }) => this.reading.get(key)!);
    const batches = await Promise.all(readings.map(({ batch }) => batch));
    parquet.forEach(({ i }, n) => (found[i] = batches[n]![readings[n]!.at]));
    return found;
  }

  private begin(place: Place, contents: Map<string, ContentId>): void {
    if (contents.size === 0) {
      return;
    }
    const keys = [...contents.keys()];
    const batch = this.read(place, [...contents.values()]).finally(() => {
      keys.forEach(key => this.reading.delete(key));
    });
    keys.forEach((key, at) => this.reading.set(key, { batch, at }));
  }

  private async read({ repository }: Place, contents: ContentId[]): Promise<Found[]> {
    const found = new Array<Found>(contents.length);
    const local = (await this.contents.localFiles(repository, contents)).flatMap((file, at) =>
      file ? [{ at, file }] : []
    );
    const read = await this.readLocal(local.map(({ file }) => file));
    local.forEach(({ at }, n) => (found[at] = read[n]));
    return found;
  }

  private async readLocal(files: LocalFile[]): Promise<Found[]> {
    if (files.length === 0) {
      return [];
    }
    const footers = await this.threads.read(files);
    const columns = new Map<Buffer, Column[] | undefined>();
    for (const footer of footers) {
      if (footer && !columns.has(footer.columns)) {
        columns.set(footer.columns, await columnsIn(footer).catch(() => undefined));
      }
    }
    return footers.map(footer => {
      const own = footer && columns.get(footer.columns);
      return own && { rows: footer.rows, columns: own };
    });
  }
}
