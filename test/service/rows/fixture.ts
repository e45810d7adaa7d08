import type { RowsOptions } from '../../../src/service/rows/rows.js';
import type { EngineOptions } from '../../../src/service/rows/engine/engine.js';
import { DuckDb } from './duckdb.js';
import { EngineBundle } from './engine-bundle.js';
import { Lake } from './lake.js';

/** What the tests of a file share: what the room starts, a DuckDB that writes their files, and lakes with the engine. */
export class Fixture {
  static async open(): Promise<Fixture> {
    const [bundle, duckdb] = await Promise.all([EngineBundle.build(), DuckDb.open()]);
    return new Fixture(bundle, duckdb);
  }

  private lakes: Lake[] = [];

  private constructor(
    readonly bundle: EngineBundle,
    readonly duckdb: DuckDb
  ) {}

  /** Which {@link closeLakes} closes, or else {@link close}. */
  async openLake(
    engine: Partial<EngineOptions> = {},
    options: Pick<RowsOptions, 'guardMs'> = {}
  ): Promise<Lake> {
    const lake = await Lake.open(this.bundle.entry, engine, options);
    this.lakes.push(lake);
    return lake;
  }

  async closeLakes(): Promise<void> {
    await Promise.all(this.lakes.splice(0).map(lake => lake.close()));
  }

  async close(): Promise<void> {
    await this.closeLakes();
    await this.duckdb.close();
    await this.bundle.remove();
  }
}
