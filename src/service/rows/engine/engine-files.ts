import type { Contents } from '../../catalog/contents.js';
import { CatalogError } from '../../catalog/errors.js';
import { EngineError, type Engine, type EngineQueries } from './engine.js';
import type { Source } from './form.js';
import { formatOf, kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import { contentReader } from '../formats/range-reader.js';
import type { Shapes } from '../counting/shape.js';
import { Spool, SpoolFull } from './spool.js';
import type { CountedFile, DataFile, Place } from '../counting/statistics.js';
import { compressionOf, hasMark, UTF8_MARK } from '../formats/text-stream.js';

/** Rows of a file that are no part of what is asked about. */
export interface DeletedRows {
  /** Two of one id are the same rows. */
  id: string;
  count: number;
  /** Their numbers in the file, from 0, ascending. @throws NotCompared, also while they are gone through */
  read(): Promise<Iterable<number>>;
}

/** A file whose rows are known by number. */
export interface CountedDataFile extends DataFile {
  /** Without the rows that are deleted. */
  statistics: CountedFile;
  /** Of Parquet files only. */
  deletedRows?: DeletedRows;
}

/** What a file's rows are known by: its content, and which rows of that are deleted. */
export function rowsIdOf({ entry, deletedRows }: Pick<CountedDataFile, 'entry' | 'deletedRows'>): string {
  return deletedRows ? `${entry.contentId}-${deletedRows.id}` : entry.contentId;
}

/** Rows could not be compared. The message is a sentence's end that says why. */
export class NotCompared extends Error {
  override name = 'NotCompared';
}

/** A file as the engine finds it. */
export interface EngineFile {
  source: Source;
  /** The Arrow file that `source.file` will be made from. */
  arrow?: string;
}

/** Of a file of deleted rows: what is written at a time, and about what a line takes. */
const CHUNK_CHARACTERS = 64 * 1024;
const LINE_BYTES = 8;

/** An Arrow file is converted in memory, and may be several times its size there. */
const ARROW_BYTES_MAX = 128 * 1024 * 1024;

/** Lets the engine read files of the store. */
export class EngineFiles {
  constructor(
    private readonly contents: Pick<Contents, 'read' | 'localFile'>,
    private readonly shapes: Shapes,
    private readonly engine: Engine,
    /** For files that the engine is to read and that lie nowhere else. */
    private readonly folder: string
  ) {}

  /**
   * Runs `work` in a session of the engine that can read `files`, which it gets in their order, and nothing else
   * but `others`. Cost: a copy of what does not lie in one local file.
   * @param others absolute paths of further files, which may be written too
   * @throws NotCompared
   */
  async use<T>(
    place: Place,
    files: CountedDataFile[],
    work: (files: EngineFile[], queries: EngineQueries) => Promise<T>,
    job: Job,
    others: string[] = []
  ): Promise<T> {
    const spool = await Spool.open(this.folder, this.contents, place.repository);
    try {
      const prepared: EngineFile[] = [];
      for (const file of files) {
        prepared.push(await this.prepare(place, file, spool, job));
      }
      const visible = prepared.flatMap(({ source, arrow }) =>
        [source.file, arrow, source.deletedRows].filter(path => path !== undefined)
      );
      const result = await this.engine.use(
        [...visible, ...others],
        queries => work(prepared, queries),
        job.signal
      );
      await spool.checkUnchanged();
      return result;
    } catch (error) {
      job.check();
      throw error instanceof EngineError || error instanceof SpoolFull || isSourceChanged(error)
        ? new NotCompared(inPlainWords(error.message))
        : error;
    } finally {
      await spool.close();
    }
  }

  private async prepare(place: Place, file: CountedDataFile, spool: Spool, job: Job): Promise<EngineFile> {
    job.check();
    const { entry, statistics } = file;
    const format = formatOf(kindOf(file.path)!);
    const local = await spool.fileOf(entry, job.signal);
    const [shape] = await this.shapes.get(place.uid, [statistics.shape]);
    const names = shape!.columns.map(column => column.name);
    if (format === 'arrow') {
      if (entry.size > ARROW_BYTES_MAX) {
        throw new NotCompared(
          `${file.path} is an Arrow file of more than ${ARROW_BYTES_MAX / 1024 ** 2} MiB`
        );
      }
      const parquet = spool.newFile(entry.size);
      return { source: { file: parquet, format, compression: 'none', names }, arrow: local };
    }
    const bytes = contentReader(this.contents, place.repository, entry.contentId, entry.size);
    const compression = format === 'parquet' ? 'none' : await compressionOf(bytes);
    // DuckDB does not take an array for one behind a byte order mark.
    const readable =
      format === 'json' && (await hasMark(bytes))
        ? await spool.fileBehind(entry, UTF8_MARK.length, job.signal)
        : local;
    const deletedRows = file.deletedRows && (await deletedRowsFile(file, spool, job));
    return { source: { file: readable, format, compression, names, layout: statistics.layout, deletedRows } };
  }
}

/** Writes which rows are deleted as a file of lines. @throws NotCompared */
async function deletedRowsFile(
  { path, statistics, deletedRows }: CountedDataFile,
  spool: Spool,
  { signal }: Job
): Promise<string> {
  const { count, read } = deletedRows!;
  const rows = statistics.rows + count;
  const lines = await read();
  function* text(): Generator<string> {
    let chunk = '';
    for (const row of lines) {
      if (row >= rows) {
        throw new NotCompared(`a row of ${path} is deleted that it does not have`);
      }
      chunk += `${row}\n`;
      if (chunk.length >= CHUNK_CHARACTERS) {
        yield chunk;
        chunk = '';
      }
    }
    yield chunk;
  }
  return spool.write(text(), count * LINE_BYTES, signal);
}

const isSourceChanged = (error: unknown): error is CatalogError =>
  error instanceof CatalogError && error.code === 'source-changed';

/** The first line of what the engine says. Columns that are encrypted look damaged to it. */
function inPlainWords(message: string): string {
  return message.includes('TProtocolException')
    ? 'a Parquet file in it is damaged, or has columns that are encrypted'
    : message.split('\n')[0]!;
}

/** The file in a format that the engine reads. @throws EngineError */
export async function readable({ source, arrow }: EngineFile, queries: EngineQueries): Promise<Source> {
  if (arrow) {
    await queries.convert(arrow, source.file);
  }
  return source;
}
