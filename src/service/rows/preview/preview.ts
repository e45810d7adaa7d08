import type { Contents } from '../../catalog/contents.js';
import { CatalogError, invalid } from '../../catalog/errors.js';
import { formatOf, kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import { contentReader } from '../formats/range-reader.js';
import type { Shapes } from '../counting/shape.js';
import type { DataFile, Place, Statistics } from '../counting/statistics.js';
import { refuseUnknown } from '../tables/table-files.js';
import { UnreadableFile } from '../formats/unreadable.js';
import { PREVIEW_BYTES_MAX, TooLarge } from './limit.js';
import type { PreviewThread } from './preview-thread.js';
import type { PreviewQuery } from './question.js';

const MIB_MAX = PREVIEW_BYTES_MAX / 1024 ** 2;

/** A few rows of one file. */
export class Previews {
  constructor(
    private readonly contents: Pick<Contents, 'read'>,
    private readonly statistics: Statistics,
    private readonly shapes: Shapes,
    private readonly thread: PreviewThread
  ) {}

  /**
   * Rows of a file as an Arrow stream, in the file's order, wherever its bytes lie. Cost: of Parquet files the pages
   * or the row groups that they are in, and of these the columns asked for; of Arrow files their batches; of text
   * what is before the last of them.
   * @throws invalid-input for an unknown column; too-large, with columns that could be shown; not-comparable
   */
  async of(place: Place, file: DataFile, query: PreviewQuery, job: Job): Promise<Uint8Array> {
    const { path, entry } = file;
    const [found] = await this.statistics.of(place, [file], job);
    if (!found || 'unreadable' in found) {
      throw new CatalogError('not-comparable', `${path} ${found?.unreadable ?? 'holds no rows'}.`);
    }
    const [shape] = await this.shapes.get(place.uid, [found.shape]);
    const schema = shape!.columns;
    const names = schema.map(({ name }) => name);
    refuseUnknown(query.columns, names);
    const format = formatOf(kindOf(path)!);
    const isText = format === 'csv' || format === 'json';
    if (isText && query.from !== 'first' && entry.size > PREVIEW_BYTES_MAX) {
      throw invalid(`${path} is text of more than ${MIB_MAX} MiB: only its first rows can be shown.`);
    }
    const columns = query.columns.length > 0 ? query.columns : names;
    const bytes = contentReader(this.contents, place.repository, entry.contentId, entry.size);
    const { rows, layout } = found;
    try {
      return await this.thread.ask(
        bytes,
        { ...query, columns, format, byteLength: entry.size, rows, schema, layout },
        job.signal
      );
    } catch (error) {
      if (error instanceof UnreadableFile) {
        throw new CatalogError('not-comparable', `${path} ${error.message}.`);
      }
      throw error instanceof TooLarge ? tooLarge(error, columns) : error;
    }
  }
}

/** Says what to do, and which columns could be shown. */
function tooLarge({ columns: some }: TooLarge, columns: string[]): CatalogError {
  const what = `A preview reads ${MIB_MAX} MiB of a file at most, and these rows`;
  const fewer = some.length > 0 && some.length < columns.length ? some : [];
  return new CatalogError(
    'too-large',
    fewer.length > 0
      ? `${what} need more. Choose fewer columns: these ${fewer.length} of ${columns.length} fit, ${named(fewer)}.`
      : `${what} lie in a part of it that is larger.`,
    { columns: fewer }
  );
}

/** Names that a sentence can hold; there may be thousands. */
function named(columns: string[]): string {
  const shown = columns.slice(0, 10).map(column => `"${column}"`);
  return [...shown, ...(columns.length > 10 ? ['…'] : [])].join(', ');
}
