import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  Engine,
  EngineError,
  type EngineOptions,
  type EngineQueries
} from '../../../../src/service/rows/engine/engine.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';

let fixture: Fixture;
let duckdb: DuckDb;
/** A Parquet file of 100 rows that sessions may read. */
let file: string;
const engines: Engine[] = [];

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  file = join(duckdb.folder, 'rows');
  await writeFile(file, await duckdb.write('SELECT range AS n FROM range(100)'));
  await writeFile(join(duckdb.folder, 'secret.csv'), 'a,b\n1,2\n');
});
afterAll(() => fixture.close());
afterEach(() => Promise.all(engines.splice(0).map(engine => engine.close())));

function engineWith(options: Partial<EngineOptions> = {}): Engine {
  const engine = new Engine({
    entry: fixture.bundle.entry,
    spillFolder: join(duckdb.folder, 'spill'),
    ...options
  });
  engines.push(engine);
  return engine;
}

/** Takes minutes. */
const ENDLESS = 'SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3';
const count = (path: string) => `SELECT count(*) AS n FROM read_parquet('${path}')`;
const ask = (engine: Engine, sql: string, signal?: AbortSignal) =>
  engine.use([file], ({ query }) => query(sql), signal);

test('a session reads its files', async () => {
  expect(await ask(engineWith(), count(file))).toEqual([{ n: '100' }]);
});

test('a file may lie in a folder whose name looks like a pattern', async () => {
  const odd = join(duckdb.folder, "it's [a] *?");
  await mkdir(odd);
  await copyFile(file, join(odd, 'rows'));
  const path = join(odd, 'rows');
  const rows = engineWith().use([path], ({ query }) => query(count(path.replaceAll("'", "''"))));
  expect(await rows).toEqual([{ n: '100' }]);
});

describe('a query cannot leave the files of its session', () => {
  test.each([
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_blob('/proc/self/environ')`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM '$FOLDER/secret.csv'`,
    `SELECT * FROM read_csv('$FOLDER/../../../../../etc/passwd')`,
    `ATTACH '$FOLDER/other.db' AS other`,
    `ATTACH ':memory:' AS other`,
    `COPY (SELECT 1) TO '$FOLDER/out.csv'`,
    `COPY (SELECT 1) TO '$FOLDER/rows' (FORMAT csv, USE_TMP_FILE false)`,
    `EXPORT DATABASE '$FOLDER/export'`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `LOAD '$FOLDER/extension'`,
    `SET enable_external_access = true`,
    `SET allowed_paths = ['/etc/passwd']`,
    `RESET lock_configuration`,
    `PRAGMA enable_profiling`,
    `CREATE TABLE t AS SELECT 1`,
    `SELECT 1 AS n INTO t`,
    `WITH t AS (SELECT 1) DELETE FROM duckdb_settings()`,
    `/* SELECT */ COPY (SELECT 1) TO '$FOLDER/out.csv'`,
    `SELECT 1; ATTACH '$FOLDER/other.db' AS other`,
    `SELECT * FROM read_parquet('https://example.org/x.parquet')`
  ])('%s', async sql => {
    const before = await readFile(file);
    const engine = engineWith();
    await expect(ask(engine, sql.replaceAll('$FOLDER', duckdb.folder))).rejects.toThrow(EngineError);
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(duckdb.folder)).sort()).not.toContain('out.csv');
  });

  test('nor see the environment of the service', async () => {
    process.env['DATABRANCH_TEST_SECRET'] = 'hidden';
    const engine = engineWith();
    await ask(engine, 'SELECT 1');
    if (process.platform === 'linux') {
      expect(await readFile(`/proc/${engine.pid}/environ`, 'utf8')).not.toContain('hidden');
    }
    delete process.env['DATABRANCH_TEST_SECRET'];
  });

  test('nor the files of the session before', async () => {
    const engine = engineWith();
    await ask(engine, count(file));
    await expect(engine.use([], ({ query }) => query(count(file)))).rejects.toThrow(
      /disabled by configuration/
    );
  });
});

describe('a session writes what it exports, and nothing else:', () => {
  const exported = (target: string, sql: string, files: string[]) =>
    engineWith().use(files, queries => queries.export(sql, target));

  test('the rows of a query, in their order', async () => {
    const target = join(duckdb.folder, 'exported.parquet');
    const sql = `SELECT n FROM read_parquet('${file}') WHERE n < 3 ORDER BY n DESC -- the largest first`;
    await exported(target, sql, [file, target]);
    expect(await duckdb.run(`SELECT n FROM '${target}'`)).toEqual([{ n: '2' }, { n: '1' }, { n: '0' }]);
  });

  test('not to another place than was allowed', async () => {
    const target = join(duckdb.folder, 'elsewhere.parquet');
    await expect(exported(target, 'SELECT 1', [file])).rejects.toThrow(EngineError);
    expect(await readdir(duckdb.folder)).not.toContain('elsewhere.parquet');
  });

  test.each([
    `COPY (SELECT 1) TO '$TARGET'`,
    `SELECT 1) TO '$TARGET' (FORMAT csv); COPY (SELECT 2`,
    `SELECT 1; ATTACH '$TARGET' AS other`,
    `SELECT * FROM read_text('/etc/passwd')`
  ])('not by %s', async sql => {
    const target = join(duckdb.folder, 'refused.parquet');
    await expect(exported(target, sql.replaceAll('$TARGET', target), [file, target])).rejects.toThrow(
      EngineError
    );
  });
});

describe('what happens to the engine is one session’s error', () => {
  test('when it is killed', async () => {
    const engine = engineWith();
    await ask(engine, 'SELECT 1');
    const running = engine.use([file], ({ query }) => {
      const answer = query(ENDLESS);
      process.kill(engine.pid!, 'SIGKILL');
      return answer;
    });
    const waiting = ask(engine, count(file));
    await expect(running).rejects.toThrow('the query engine ended unexpectedly (SIGKILL)');
    expect(await waiting).toEqual([{ n: '100' }]);
  });

  test('when its deadline passes', async () => {
    const engine = engineWith({ deadlineMs: 8000 });
    await expect(ask(engine, ENDLESS)).rejects.toThrow('it took longer than 8 seconds');
    // A busy machine may not even start the next process in time: then it is asked again.
    let rows: unknown;
    while (rows === undefined) {
      rows = await ask(engine, count(file)).catch((error: Error) =>
        expect(error.message).toContain('it took longer than')
      );
    }
    expect(rows).toEqual([{ n: '100' }]);
  });

  test('when it takes more memory than the process may', async () => {
    if (process.platform === 'win32') {
      return;
    }
    const engine = engineWith({ residentBytesMax: 250 * 1024 * 1024, memoryBytes: 4 * 1024 ** 3 });
    const greedy = `SELECT count(*) FROM (SELECT range, repeat(range::VARCHAR, 20) AS s FROM range(20000000) ORDER BY s)`;
    await expect(ask(engine, greedy)).rejects.toThrow('it needs more than 250 MiB of memory');
    expect(await ask(engine, count(file))).toEqual([{ n: '100' }]);
  });

  test('when the query is wrong, which leaves the session as it was for the next query', async () => {
    const engine = engineWith();
    const rows = await engine.use([file], async ({ query }) => {
      await expect(query('SELECT nonsense')).rejects.toThrow(/nonsense/);
      return query(count(file));
    });
    expect(rows).toEqual([{ n: '100' }]);
  });

  test('when it cannot be started', async () => {
    await expect(ask(engineWith({ entry: '/nowhere/engine.mjs' }), 'SELECT 1')).rejects.toThrow(EngineError);
  });
});

test('a session ends at once when its caller gives up, and so does its process', async () => {
  const engine = engineWith();
  await ask(engine, 'SELECT 1');
  const pid = engine.pid!;
  const abort = new AbortController();
  // Once the session is open: who gives up before that takes nobody's process away.
  const work = ({ query }: EngineQueries) => {
    setTimeout(() => abort.abort(new Error('the client left')), 50);
    return query(ENDLESS);
  };
  const running = engine.use([file], work, abort.signal);
  await expect(running).rejects.toThrow('the client left');
  expect(engine.pid).not.toBe(pid);
});

test('what does not fit into memory is spilled, and nothing of it stays', async () => {
  const engine = engineWith({ memoryBytes: 64 * 1024 * 1024 });
  const sorted = `SELECT count(*) AS n FROM (SELECT repeat(range::VARCHAR, 10) AS s FROM range(3000000) ORDER BY s)`;
  expect(await ask(engine, sorted)).toEqual([{ n: '3000000' }]);
  // Answers do not wait until the session is cleared away; whoever closes the engine does.
  await engine.close();
  expect(await readdir(join(duckdb.folder, 'spill'))).toEqual([]);
});

test('the process ends when it has been idle', async () => {
  const engine = engineWith({ idleMs: 20 });
  await ask(engine, 'SELECT 1');
  const pid = engine.pid!;
  while (engine.pid !== undefined) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  while (isAlive(pid)) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
});

test('queries of one session may be asked at once', async () => {
  const answers = await engineWith().use([file], ({ query }) =>
    Promise.all([1, 2, 3].map(n => query(`SELECT ${n} AS n`)))
  );
  expect(answers).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
});

test('a closed engine refuses', async () => {
  const engine = engineWith();
  await engine.close();
  await expect(ask(engine, 'SELECT 1')).rejects.toThrow('the service is stopping');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
