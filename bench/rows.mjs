import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { comparing } from './comparing.mjs';
import { counting } from './counting.mjs';
import { load } from './load.mjs';
import { inTurns, milliseconds } from './measure.mjs';
import { rest, restRequest, s3Request } from './requests.mjs';

const ROWS = 486_000;
const PARTS = 8;
const REPEATS = 5;
const AT = '/databranch/repositories/rows/refs';

/** 15 columns, of the kinds that a table of product reviews has. */
const COLUMNS = `range AS id, 'title ' || hash(range) AS title, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS body,
  range % 5 AS stars, range / 7.0 AS price, DATE '2020-01-01' + (range % 1000)::INTEGER AS day,
  TIMESTAMP '2020-01-01' + INTERVAL 1 SECOND * range AS moment, (range % 13)::INTEGER AS a, (range % 17)::INTEGER AS b,
  range * 3 AS c, range % 2 = 0 AS verified, 'category ' || (range % 7) AS category, 'user ' || (range % 50000) AS user,
  range * 1.5 AS d, range / 3.0 AS e`;

/** The same columns by names, each brought to what its values mean (src/service/rows/engine/canonical.ts). */
const NUMBER = name =>
  `CASE WHEN isnan(${name}) THEN 'nan'::DOUBLE WHEN ${name} = 0 THEN 0::DOUBLE ELSE ${name}::DOUBLE END`;
const MEANT = `a, b, body, c, category, d::DECIMAL(38, 18), day, ${NUMBER('e')}, id, CASE WHEN moment IS NULL THEN NULL
  WHEN isfinite(moment) THEN epoch_us(moment)::HUGEINT * 1000 ELSE 0 END, ${NUMBER('price')}, stars, title, "user", verified`;

/** Rows that were written twice: 486,000 × 15 and once more in another order, beside DuckDB on the bare files. */
export async function* rows({ service }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rows-'));
  try {
    const duckdb = await connect(folder);
    yield* counting({ service, duckdb, folder, columns: COLUMNS });
    yield* comparing({ duckdb, folder, columns: COLUMNS });
    const once = await write(duckdb, folder, 'once', '');
    yield await fingerprints({ service, duckdb, folder, once });
    const twice = [...once, ...(await write(duckdb, folder, 'again', 'ORDER BY hash(range)'))];
    await prepare(service, once, twice);
    const list = paths => `read_parquet([${paths.map(path => `'${path}'`).join(', ')}])`;
    const names = (await duckdb(`DESCRIBE SELECT * FROM ${list(once)}`)).map(row => row.column_name);
    const row = `{${names.map(name => `'${name}': ${name}`).join(', ')}}`;
    const counts = `SELECT *, count(*) AS n FROM ${list(twice)} GROUP BY ALL`;
    const sql = `SELECT sum(n - 1), count(*) FILTER (n > 1), arg_max(${row}, n, 5) FROM (${counts})`;
    // Another question each time: what was found before is kept, but examples are not.
    const ask = round => rest(service, 'GET', `${AT}/test/duplicates?path=reviews/&examples=${round + 1}`);
    const figures = await inTurns(
      { own: () => milliseconds(() => duckdb(sql)), asked: round => milliseconds(() => ask(round)) },
      REPEATS
    );
    const yardstick = { name: 'DuckDB, same files', value: figures.own };
    yield {
      work: `duplicates of ${(2 * ROWS).toLocaleString('en-US')} rows`,
      unit: 'ms',
      value: figures.asked,
      yardstick,
      atMost: 1.3
    };
    const { again } = await inTurns({ again: () => milliseconds(() => ask(-1)) }, REPEATS);
    yield { work: 'duplicates once more', unit: 'ms', value: again, yardstick, atMost: 0.1 };
    const except = `CREATE OR REPLACE TABLE diff AS SELECT * FROM ${list(twice)} EXCEPT ALL SELECT * FROM ${list(once)}`;
    const difference = await milliseconds(() => duckdb(except));
    const diff = await milliseconds(() =>
      rest(service, 'GET', `${AT}/main/rowdiff/test?path=reviews/&amount=100`)
    );
    yield {
      work: `row diff of ${ROWS.toLocaleString('en-US')} added rows`,
      unit: 'ms',
      value: diff,
      yardstick: { name: 'DuckDB, EXCEPT ALL', value: difference },
      atMost: 1
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The rows of a branch compared with the same rows in other files, which takes a fingerprint of them; beside the same
 * sums of hashes by DuckDB on the bare files. Each round has files that were never read.
 */
async function fingerprints({ service, duckdb, folder, once }) {
  const address = '/databranch/repositories/fingerprints/refs';
  await prepareOnce(service, 'fingerprints', once);
  const orders = [];
  for (let order = 0; order <= REPEATS; order++) {
    orders.push(await write(duckdb, folder, `order-${order}`, `ORDER BY hash(range + ${order})`));
    await branch(service, 'fingerprints', `order-${order}`);
    await upload(service, 'fingerprints', `order-${order}`, orders[order]);
    await rest(service, 'GET', `${address}/order-${order}/rows`);
  }
  const compare = async order => {
    const { datasets } = await rest(service, 'GET', `${address}/main/rows/order-${order}`);
    if (datasets[0].basis !== 'fingerprint' || datasets[0].verdict !== 'equal') {
      throw new Error(`The rows were said to be ${datasets[0].verdict} by ${datasets[0].basis}.`);
    }
  };
  const sums = order =>
    duckdb(`SELECT count(*), sum(hash(h, 1)::HUGEINT), sum(hash(h, 2)::HUGEINT) FROM (
      SELECT hash(${MEANT}) AS h FROM read_parquet([${orders[order].map(path => `'${path}'`).join(', ')}]))`);
  // The first comparison also reads the rows of main, and starts the engine.
  await compare(REPEATS);
  const { own, asked } = await inTurns(
    {
      own: round => milliseconds(() => sums(round)),
      asked: round => milliseconds(() => compare(round))
    },
    REPEATS
  );
  return {
    work: `fingerprint of ${ROWS.toLocaleString('en-US')} rows of 15 columns`,
    unit: 'ms',
    value: asked,
    yardstick: { name: 'DuckDB, same files', value: own },
    atMost: 1.3
  };
}

/** DuckDB as the service runs it: two threads, 512 MB. */
async function connect(folder) {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '512MB',
    temp_directory: join(folder, 'spill')
  });
  const connection = await instance.connect();
  return async sql => (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

async function write(duckdb, folder, name, order) {
  const paths = [];
  for (let i = 0; i < PARTS; i++) {
    const [from, to] = [(i * ROWS) / PARTS, ((i + 1) * ROWS) / PARTS];
    const path = join(folder, `${name}-${i}.parquet`);
    await duckdb(
      `COPY (SELECT ${COLUMNS} FROM range(${from}, ${to}) ${order}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`
    );
    paths.push(path);
  }
  return paths;
}

async function prepare(service, once, twice) {
  await prepareOnce(service, 'rows', once);
  await branch(service, 'rows', 'test');
  await upload(service, 'rows', 'test', twice);
  const counted = await rest(service, 'GET', `${AT}/test/rows?path=reviews/`);
  if (counted.rows !== 2 * ROWS) {
    throw new Error(`${counted.rows} rows were uploaded.`);
  }
}

/** A repository with files on `main`. */
async function prepareOnce(service, name, files) {
  await rest(service, 'POST', '/repositories', { name, storage_namespace: `local://${name}` });
  await upload(service, name, 'main', files);
  await rest(service, 'POST', `/repositories/${name}/branches/main/commits`, { message: 'once' });
}

function branch(service, repository, name) {
  const made = restRequest(service, 'POST', `/repositories/${repository}/branches`, { name, source: 'main' });
  return load({ port: service.port, requests: [[made]] });
}

function upload(service, repository, branch, paths) {
  const requests = paths.map((path, i) =>
    s3Request(service, 'PUT', `/${repository}/${branch}/reviews/${i}.parquet`, readFileSync(path))
  );
  return load({ port: service.port, requests: [requests] });
}
