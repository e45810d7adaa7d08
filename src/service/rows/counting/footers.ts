import type { LocalFile } from '../../blocks/external.js';
import type { Contents } from '../../catalog/contents.js';
import type { Column } from '../../../protocol/databranch.js';
import type { FooterThreads } from '../formats/footer-threads.js';
import { kindOf } from '../formats/format.js';
import { columnsIn } from '../formats/parquet.js';
import type { RowStatistics } from '../formats/reader.js';
import type { DataFile, Place } from './statistics.js';

/** Reads Parquet files many at a time, where they lie in files of this machine and are nothing out of the ordinary. */
export class Footers {
  constructor(
    private readonly contents: Pick<Contents, 'localFiles'>,
    private readonly threads: FooterThreads
  ) {}

  /** What `files` say, in their order; undefined for those that have to be read one by one. */
  async of(place: Place, files: DataFile[]): Promise<(RowStatistics | undefined)[]> {
    const found = new Array<RowStatistics | undefined>(files.length);
    const parquet = files.flatMap(({ path, entry }, i) =>
      kindOf(path) === 'parquet' ? [{ i, contentId: entry.contentId }] : []
    );
    if (parquet.length === 0) {
      return found;
    }
    const ids = parquet.map(({ contentId }) => contentId);
    const local = (await this.contents.localFiles(place.repository, ids)).flatMap((file, n) =>
      file ? [{ i: parquet[n]!.i, file }] : []
    );
    const read = await this.read(local.map(({ file }) => file));
    local.forEach(({ i }, n) => (found[i] = read[n]));
    return found;
  }

  private async read(files: LocalFile[]): Promise<(RowStatistics | undefined)[]> {
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
