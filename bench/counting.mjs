import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitRequest } from './commits.mjs';
import { keptConnection, load } from './load.mjs';
import { inTurns, median, milliseconds } from './measure.mjs';
import { metrics, rest, restRequest, s3Request, timed, timedAgain } from './requests.mjs';

const FILES = 1_000;
const ADDED = 10;
/** Commits of a series, each of {@link ADDED} files. */
const SERIES = 20;
/** Rows of a file: with 15 columns it has some 25 KB, more than lies in the key-value store. */
const ROWS = 500;
const CLIENTS = 8;
/** Prints how many milliseconds the faster of pyarrow's two ways takes: footer by footer, and as a data set. */
const PYARROW = `
import sys, time, pyarrow.dataset, pyarrow.parquet
def milliseconds(count):
    began = time.perf_counter()
    count()
    return 1000 * (time.perf_counter() - began)
files = sys.stdin.read().splitlines()
print(min(milliseconds(lambda: sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)),
          milliseconds(lambda: pyarrow.dataset.dataset(files).count_rows())))
`;

/**
 * A thousand Parquet files counted: never counted before, again, and after more commits; beside those who read the
 * footers of the same files each time. Each round has a repository of its own, of which nothing is known.
 *
 * A request that is asked once meets a processor that did other things before; asked again and again, as by a page that
 * follows a branch, it takes less. Both are measured, also of a request that asks nothing.
 *
 * The environment's BENCH_PYTHON is a Python that has pyarrow.
 */
export async function* counting({ service, duckdb, folder, columns }) {
  const files = await writeFiles({
    duckdb,
    folder: join(folder, 'counted'),
    columns,
    count: FILES + (2 + 2 * SERIES) * ADDED
  });
  const first = files.slice(0, FILES);
  const list = first.map(file => `'${file}'`).join(', ');
  const python = process.env.BENCH_PYTHON;
  const nothing = restRequest(service, 'GET', '/healthcheck');
  const addTo = (round, from) => upload(service, repositoryOf(round), files.slice(from, from + ADDED), from);
  const figures = await inTurns({
    duckdb: () => milliseconds(() => duckdb(`SELECT sum(num_rows) FROM parquet_file_metadata([${list}])`)),
    ...(python && { pyarrow: () => pyarrow(python, first) }),
    cold: async round => {
      await rest(service, 'POST', '/repositories', {
        name: repositoryOf(round),
        storage_namespace: `local://${repositoryOf(round)}`
      });
      await upload(service, repositoryOf(round), first);
      return count(service, repositoryOf(round), FILES);
    },
    empty: () => timed(service, nothing),
    warm: round => count(service, repositoryOf(round), FILES),
    after: async round => {
      await addTo(round, FILES);
      return count(service, repositoryOf(round), FILES + ADDED);
    },
    ahead: async round => {
      await addTo(round, FILES + ADDED);
      await countedAhead(service);
      return count(service, repositoryOf(round), FILES + 2 * ADDED);
    },
    emptyAgain: () => timedAgain(service, nothing),
    again: round => timedAgain(service, countRequest(service, repositoryOf(round)))
  });
  // One commit after the other into one repository, each of the same paths with contents that are not known, and asked
  // on a connection that is kept, as by a page that follows the branch.
  const series = async (from, wait) => {
    const { ask, close } = await keptConnection(service.port);
    const taken = [];
    for (let i = 0; i < SERIES; i++) {
      const fresh = files.slice(from + i * ADDED, from + (i + 1) * ADDED);
      await upload(service, repositoryOf(0), fresh, FILES);
      await wait();
      taken.push(await count(service, repositoryOf(0), FILES + 2 * ADDED, ask));
    }
    close();
    return median(taken);
  };
  figures.aheadInSeries = await series(FILES + 2 * ADDED, () => countedAhead(service));
  figures.afterInSeries = await series(FILES + (2 + SERIES) * ADDED, () => {});
  const more = `after a commit of ${ADDED} more`;
  const works = {
    cold: { work: `count ${FILES.toLocaleString('en-US')} files, never counted`, atMost: 1 },
    warm: { work: 'count them once more', atMost: 0.01 },
    again: { work: 'count them again and again', atMost: 0.01 },
    after: { work: `count them at once ${more}`, atMost: 0.01 },
    afterInSeries: { work: 'the same, one commit after the other', atMost: 0.01 },
    ahead: { work: `count them ${more}, counted ahead`, atMost: 0.01 },
    aheadInSeries: { work: 'the same, one commit after the other', atMost: 0.01 }
  };
  yield { work: 'a request that asks nothing', unit: 'ms', value: figures.empty };
  yield { work: 'the same, again and again', unit: 'ms', value: figures.emptyAgain };
  for (const [name, described] of Object.entries(works)) {
    const row = { ...described, unit: 'ms', value: figures[name] };
    yield { ...row, yardstick: { name: 'DuckDB, footers', value: figures.duckdb } };
    yield python
      ? { ...row, yardstick: { name: 'pyarrow, footers', value: figures.pyarrow } }
      : { work: `${row.work}, pyarrow`, skipped: 'BENCH_PYTHON is no Python that has pyarrow' };
  }
}

const repositoryOf = round => `counted-${round}`;

const countPath = repository => `/databranch/repositories/${repository}/refs/main/rows`;

const countRequest = (service, repository) => restRequest(service, 'GET', countPath(repository));

/** Resolves when the service has counted ahead what it was going to. @throws {Error} if it gave something up */
async function countedAhead(service) {
  for (;;) {
    const told = await metrics(service);
    const of = name => Number(new RegExp(`^databranch_rows_ahead_${name} (\\d+)$`, 'm').exec(told)[1]);
    if (of('total{outcome="given_up"}') > 0) {
      throw new Error('A commit was not counted ahead.');
    }
    if (of('waiting') === 0) {
      return;
    }
  }
}

/** Milliseconds of one count. @throws {Error} unless every row was counted */
async function count(service, repository, files, ask = request => timed(service, request)) {
  const taken = await ask(countRequest(service, repository));
  const { rows } = await rest(service, 'GET', countPath(repository));
  if (rows !== files * ROWS) {
    throw new Error(`${rows} rows were counted in ${files} files of ${ROWS}.`);
  }
  return taken;
}

function pyarrow(python, files) {
  return Number(execFileSync(python, ['-c', PYARROW], { input: files.join('\n'), encoding: 'utf8' }));
}

/** Parquet files of {@link ROWS} rows each, or as many as are said, in the order of their names. */
export async function writeFiles({ duckdb, folder, columns, count, rows = () => ROWS }) {
  mkdirSync(folder);
  const files = [];
  for (let n = 0; n < count; n++) {
    const file = join(folder, `${String(n).padStart(4, '0')}.parquet`);
    const query = `SELECT ${columns} FROM range(${n * ROWS}, ${n * ROWS + rows(n)})`;
    await duckdb(`COPY (${query}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
    files.push(file);
  }
  return files;
}

/** Uploads files to `main`, numbered from `from` on, and commits them. */
export async function upload(service, repository, files, from = 0) {
  const requests = Array.from({ length: CLIENTS }, () => []);
  files.forEach((file, i) => {
    const path = `/${repository}/main/reviews/${String(from + i).padStart(4, '0')}.parquet`;
    requests[i % CLIENTS].push(s3Request(service, 'PUT', path, readFileSync(file)));
  });
  await load({ port: service.port, requests });
  await timed(service, commitRequest(service, repository, 'main', `${files.length} files`));
}
