import type { RepositoryUid } from '../../ids.js';
import { EngineError, type EngineQueries } from '../engine/engine.js';
import {
  NotCompared,
  readable,
  rowsIdOf,
  type CountedDataFile,
  type EngineFile,
  type EngineFiles
} from '../engine/engine-files.js';
import { formId, isTyped, rowOf, rowsOf, type Form, type RowSql, type Source } from '../engine/form.js';
import { kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import type { Kept } from '../counting/kept.js';
import { fingerprintKey } from '../counting/keys.js';
import type { Place } from '../counting/statistics.js';
import { NO_ROWS, type Sums } from './sums.js';

export interface Fingerprint {
  /** Of all rows; in CSV of all lines, the header's too. */
  all: Sums;
  /** Of a CSV's header line; nothing where there is none. */
  header: Sums;
}

/** One session of the engine takes no more than this, so that its deadline has a meaning. */
const SESSION_BYTES = 512 * 1024 * 1024;
const SESSION_FILES = 100;
/** Enough for the engine's threads to be busy, few enough for progress that is seen. */
const FILES_A_QUERY = 16;

/** Row fingerprints per content and form, kept with the version of algorithm and engine. */
export class Fingerprints {
  constructor(
    private readonly kept: Kept,
    private readonly engineFiles: EngineFiles
  ) {}

  /** The fingerprints of `files`, in their order. @throws NotCompared */
  async of(place: Place, files: CountedDataFile[], form: Form, job: Job): Promise<Fingerprint[]> {
    job.expect(files.length);
    const known = await this.known(place.uid, files, form);
    const missing = new Map<string, CountedDataFile>();
    files.forEach((file, i) => known[i] ?? missing.set(identityOf(file), file));
    job.advance(files.length - missing.size);
    const made = new Map<string, Fingerprint>();
    for (const batch of batches([...missing.values()])) {
      const fingerprints = await this.make(place, batch, form, job);
      batch.forEach((file, i) => made.set(identityOf(file), fingerprints[i]!));
    }
    return files.map((file, i) => known[i] ?? made.get(identityOf(file))!);
  }

  private async known(
    uid: RepositoryUid,
    files: CountedDataFile[],
    form: Form
  ): Promise<(Fingerprint | undefined)[]> {
    const values = await this.kept.get(files.map(file => keyOf(uid, file, form)));
    return values.map((value, i) =>
      linesOf(files[i]!) === 0 ? { all: NO_ROWS, header: NO_ROWS } : value && decode(value)
    );
  }

  private async make(place: Place, files: CountedDataFile[], form: Form, job: Job): Promise<Fingerprint[]> {
    const keeping = this.kept.keeping();
    const work = async (readied: EngineFile[], queries: EngineQueries) => {
      // Whoever was before in the queue may have made some of them.
      const made = await this.known(place.uid, files, form);
      const missing = readied.flatMap((readied, i) => (made[i] ? [] : [{ i, readied, file: files[i]! }]));
      for (let at = 0; at < missing.length; at += FILES_A_QUERY) {
        const some = missing.slice(at, at + FILES_A_QUERY);
        const found = await fingerprintsOf(some, form, queries);
        some.forEach(({ i }, n) => (made[i] = found[n]));
        job.advance(some.length);
      }
      return made as Fingerprint[];
    };
    const fingerprints = await this.engineFiles.use(place, files, work, job);
    keeping.add(
      files.map((file, i) => ({ key: keyOf(place.uid, file, form), value: encode(fingerprints[i]!) }))
    );
    return fingerprints;
  }
}

/** One file as it is asked for, and as the engine finds it. */
interface Asked {
  file: CountedDataFile;
  readied: EngineFile;
}

/**
 * Fingerprints of a few files. Those of typed files are one query, which the engine's threads share; where it fails,
 * each file by itself says which it was.
 */
async function fingerprintsOf(asked: Asked[], form: Form, queries: EngineQueries): Promise<Fingerprint[]> {
  if (asked.length > 1 && asked.every(({ readied }) => isTyped(readied.source.format))) {
    try {
      const sources: Source[] = [];
      for (const { readied } of asked) {
        sources.push(await readable(readied, queries));
      }
      const sums = await sumsOfAll(await rowsOf(form, sources, queries), queries);
      if (asked.every(({ file }, i) => sums[i]!.rows === linesOf(file))) {
        return sums.map(all => ({ all, header: NO_ROWS }));
      }
    } catch (error) {
      if (!(error instanceof EngineError)) {
        throw error;
      }
    }
  }
  const found: Fingerprint[] = [];
  for (const one of asked) {
    found.push(await fingerprint(one, form, queries));
  }
  return found;
}

async function fingerprint(
  { file, readied }: Asked,
  form: Form,
  queries: EngineQueries
): Promise<Fingerprint> {
  try {
    const source = await readable(readied, queries);
    const row = await rowOf(form, source, queries);
    const all = await sumsOf(row, queries);
    if (all.rows !== linesOf(file)) {
      throw new EngineError(`the engine sees ${all.rows} lines in it, not ${linesOf(file)}`);
    }
    const header = source.layout?.header ? await sumsOf(row, queries, 'LIMIT 1') : NO_ROWS;
    return { all, header };
  } catch (error) {
    throw new NotCompared(`${file.path}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** The fingerprint of the rows of a table; with `limit`, of the first. */
export async function sumsOf(
  row: RowSql,
  queries: Pick<EngineQueries, 'query'>,
  limit: 'LIMIT 1' | '' = ''
): Promise<Sums> {
  const [sums] = await sumsOfAll([row], queries, limit);
  return sums!;
}

/** The fingerprints of the rows of several tables, in their order. */
export async function sumsOfAll(
  tables: RowSql[],
  { query }: Pick<EngineQueries, 'query'>,
  limit: 'LIMIT 1' | '' = ''
): Promise<Sums[]> {
  // The outer hash is essential: the inner one combines columns so that a sum of it alone would not see
  // cells that changed places between two rows.
  const selects = tables.map(
    ({ from, values }, i) =>
      `SELECT ${i} AS n, count(*) AS rows, coalesce(sum(hash(h, 1)::HUGEINT), 0)::VARCHAR AS a,
       coalesce(sum(hash(h, 2)::HUGEINT), 0)::VARCHAR AS b
       FROM (SELECT hash(${values.join(', ')}) AS h FROM ${from} ${limit})`
  );
  const found = await query(`${selects.join(' UNION ALL ')} ORDER BY n`);
  return found.map(({ rows, a, b }) => ({ rows: Number(rows), a: BigInt(String(a)), b: BigInt(String(b)) }));
}

/** Rows as the engine counts them: a CSV's header is a line like any other. */
function linesOf({ statistics }: CountedDataFile): number {
  return statistics.rows + (statistics.layout?.header ? 1 : 0);
}

function keyOf(uid: RepositoryUid, { path, entry, deletedRows }: CountedDataFile, form: Form): Buffer {
  const id = formId(form, kindOf(path)!);
  return fingerprintKey(uid, entry.contentId, deletedRows ? `${id}/${deletedRows.id}` : id);
}

/** What is read once although several paths have it. */
function identityOf(file: CountedDataFile): string {
  return `${kindOf(file.path)}/${rowsIdOf(file)}`;
}

function* batches(files: CountedDataFile[]): Generator<CountedDataFile[]> {
  let batch: CountedDataFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (bytes + file.entry.size > SESSION_BYTES || batch.length >= SESSION_FILES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(file);
    bytes += file.entry.size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

function encode({ all, header }: Fingerprint): Buffer {
  return Buffer.from(JSON.stringify([all, header].map(({ rows, a, b }) => [rows, String(a), String(b)])));
}

function decode(value: Buffer): Fingerprint {
  const [all, header] = (JSON.parse(value.toString()) as [number, string, string][]).map(([rows, a, b]) => ({
    rows,
    a: BigInt(a),
    b: BigInt(b)
  }));
  return { all: all!, header: header! };
}
