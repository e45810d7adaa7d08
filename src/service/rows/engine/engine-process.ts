/**
 * The query engine: DuckDB in a process of its own, so that neither its memory nor its crash is the service's. It
 * does what its parent asks, one thing at a time, and ends with it.
 */
import { readFile, writeFile } from 'node:fs/promises';

import { DuckDBInstance, StatementType, type DuckDBConnection } from '@duckdb/node-api';

import { parquetOf } from '../formats/arrow-as-parquet.js';
import { streamOf } from '../formats/arrow-stream.js';
import type { EngineAnswer, EngineRequest, EngineRow, EngineSession } from './engine-protocol.js';
import { literal } from './sql.js';

let instance: DuckDBInstance | undefined;
let connection: DuckDBConnection | undefined;
/** Making one takes longer than all else before a session's first query: it is made before anybody waits for it. */
let spare = made();

function made(): Promise<DuckDBInstance> {
  const instance = DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false'
  });
  // Whoever opens a session hears of a failure.
  instance.catch(() => undefined);
  return instance;
}

/** Opens a DuckDB that can see the session's files and nothing else, and that no query can open any further. */
async function open(session: EngineSession): Promise<void> {
  instance = await spare;
  connection = await instance.connect();
  const settings = [
    `threads = ${session.threads}`,
    `memory_limit = '${session.memoryBytes}B'`,
    `temp_directory = ${literal(session.spillFolder)}`,
    `max_temp_directory_size = '${session.spillBytes}B'`,
    `allowed_paths = [${session.files.map(literal).join(', ')}]`,
    `TimeZone = 'UTC'`,
    'enable_external_access = false',
    'lock_configuration = true'
  ];
  await connection.run(settings.map(setting => `SET ${setting}`).join('; '));
}

/** Runs one query. */
async function query(sql: string): Promise<EngineRow[]> {
  const session = await sessionFor(sql);
  return (await session.runAndReadAll(sql)).getRowObjectsJson();
}

/** Writes the rows of one query as a Parquet file. */
async function exportRows(sql: string, target: string): Promise<void> {
  const session = await sessionFor(sql);
  // The line break ends a comment at the query's end.
  await session.run(
    `COPY (${sql}\n) TO ${literal(target)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`
  );
}

/**
 * The open session, for one SELECT and nothing else: what is allowed to be read could also be overwritten by COPY. A
 * statement that begins with that word is one; others are prepared to tell, which opens all their files once more.
 * @throws where it is anything else
 */
async function sessionFor(sql: string): Promise<DuckDBConnection> {
  if (!connection) {
    throw new Error('No session is open.');
  }
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new Error('One query at a time is run.');
  }
  if (!/^\s*SELECT\b/i.test(sql)) {
    const statement = await statements.prepare(0);
    const type = statement.statementType;
    statement.destroySync();
    if (type !== StatementType.SELECT) {
      throw new Error(`Only SELECT is run, not ${StatementType[type]}.`);
    }
  }
  return connection;
}

/** Writes an Arrow file or stream again as Parquet, because DuckDB reads no Arrow files by itself. */
async function convert(source: string, target: string): Promise<void> {
  await writeFile(target, parquetOf(streamOf(await readFile(source))));
}

function close(): void {
  connection?.closeSync();
  instance?.closeSync();
  connection = instance = undefined;
  spare = made();
}

async function answer(request: EngineRequest): Promise<EngineRow[]> {
  switch (request.kind) {
    case 'open':
      await open(request.session);
      return [];
    case 'query':
      return query(request.sql);
    case 'convert':
      await convert(request.source, request.target);
      return [];
    case 'export':
      await exportRows(request.sql, request.target);
      return [];
    case 'close':
      close();
      return [];
  }
}

process.on('message', (request: EngineRequest) => {
  void answer(request)
    .then(
      (rows): EngineAnswer => ({ rows }),
      (error: unknown): EngineAnswer => ({ error: String((error as Error).message ?? error) })
    )
    .then(message => process.send?.(message));
});
// A service that was killed takes its engine with it.
process.on('disconnect', () => process.exit(0));
