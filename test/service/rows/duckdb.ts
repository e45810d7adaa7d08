import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A DuckDB beside the code under test, which writes its files and answers for comparison. */
export class DuckDb {
  private files = 0;

  private constructor(
    private readonly connection: DuckDBConnection,
    readonly folder: string
  ) {}

  static async open(): Promise<DuckDb> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    return new DuckDb(await instance.connect(), await mkdtemp(join(tmpdir(), 'databranch-rows-')));
  }

  /** The bytes of a file that holds the rows of `select`. */
  async write(select: string, options = 'format parquet'): Promise<Buffer> {
    const path = join(this.folder, `${this.files++}`);
    await this.run(`COPY (${select}) TO '${path}' (${options})`);
    return readFile(path);
  }

  async run(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  async close(): Promise<void> {
    this.connection.closeSync();
    await rm(this.folder, { recursive: true });
  }
}
