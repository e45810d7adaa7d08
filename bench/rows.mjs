import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { comparing } from './comparing.mjs';
import { counting } from './counting.mjs';
import { load } from './load.mjs';
import { rest, restRequest, s3Request } from './requests.mjs';

const ROWS = 486_000;
const PARTS = 8;
const REPEATS = 3;
const AT = '/databranch/repositories/rows/refs';

/** 15 columns, of the kinds that a table of product reviews has. */
const COLUMNS = `range AS id, 'title ' || hash(range) AS title, md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS body,
  range % 5 AS stars, range / 7.0 AS price, DATE '2020-01-01' + (range % 1000)::INTEGER AS day,
  TIMESTAMP '2020-01-01' + INTERVAL 1 SECOND * range AS moment, (range % 13)::INTEGER AS a, (range % 17)::INTEGER AS b,
  range * 3 AS c, range % 2 = 0 AS verified, 'category ' || (range % 7) AS category, 'user ' || (range % 50000) AS user,
  range * 1.5 AS d, range / 3.0 AS e`;

/** Rows that were written twice: 486,000 × 15 and once more in another order, beside DuckDB on the bare files. */
export async function* rows({ service }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rows-'));
  try {
    const duckdb = await connect(folder);
    yield* counting({ service, duckdb, folder, columns: COLUMNS });
    yield* comparing({ duckdb, folder, columns: COLUMNS });
    const once = await write(duckdb, folder, 'once', '');
    const twice = [...once, ...(await write(duckdb, folder, 'again', 'ORDER BY hash(range)'))];
    await prepare(service, once, twice);
    const list = paths => `read_parquet([${paths.map(path => `'${path}'`).join(', ')}])`;
    const names = (await duckdb(`DESCRIBE SELECT * FROM ${list(once)}`)).map(row => row.column_name);
    const row = `{${names.map(name => `'${name}': ${name}`).join(', ')}}`;
    const counts = `SELECT *, count(*) AS n FROM ${list(twice)} GROUP BY ALL`;
    const sql = `SELECT sum(n - 1), count(*) FILTER (n > 1), arg_max(${row}, n, 5) FROM (${counts})`;
    const own = await median(() => duckdb(sql));
    const yardstick = { name: 'DuckDB, same files', value: own };
    const asked = [];
    for (let i = 0; i < REPEATS; i++) {
      // Another question each time: what was found before is kept, but examples are not.
      asked.push(
        await timed(() => rest(service, 'GET', `${AT}/test/duplicates?path=reviews/&examples=${i + 1}`))
      );
    }
    yield {
      work: `duplicates of ${(2 * ROWS).toLocaleString('en-US')} rows`,
      unit: 'ms',
      value: middle(asked),
      yardstick,
      atMost: 1.3
    };
    const again = await median(() => rest(service, 'GET', `${AT}/test/duplicates?path=reviews/&examples=0`));
    yield { work: 'duplicates once more', unit: 'ms', value: again, yardstick, atMost: 0.1 };
    const except = `CREATE OR REPLACE TABLE diff AS SELECT * FROM ${list(twice)} EXCEPT ALL SELECT * FROM ${list(once)}`;
    const difference = await timed(() => duckdb(except));
    const diff = await timed(() => rest(service, 'GET', `${AT}/main/rowdiff/test?path=reviews/&amount=100`));
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
  await rest(service, 'POST', '/repositories', { name: 'rows', storage_namespace: 'local://rows' });
  const upload = (branch, paths) =>
    load({
      port: service.port,
      requests: [
        paths.map((path, i) =>
          s3Request(service, 'PUT', `/rows/${branch}/reviews/${i}.parquet`, readFileSync(path))
        )
      ]
    });
  await upload('main', once);
  await rest(service, 'POST', '/repositories/rows/branches/main/commits', { message: 'once' });
  const branch = restRequest(service, 'POST', '/repositories/rows/branches', {
    name: 'test',
    source: 'main'
  });
  await load({ port: service.port, requests: [[branch]] });
  await upload('test', twice);
  const counted = await rest(service, 'GET', `${AT}/test/rows?path=reviews/`);
  if (counted.rows !== 2 * ROWS) {
    throw new Error(`${counted.rows} rows were uploaded.`);
  }
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function median(work) {
  const times = [];
  for (let i = 0; i < REPEATS; i++) {
    times.push(await timed(work));
  }
  return middle(times);
}

const middle = times => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
