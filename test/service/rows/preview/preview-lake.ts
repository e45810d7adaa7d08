import { tableFromIPC, type Table } from 'apache-arrow';

import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';

export interface Query {
  from?: 'first' | 'last' | 'random';
  amount?: number;
  columns?: string[];
}

/** Asks for previews of files on `main`. */
export class PreviewLake {
  private constructor(
    private readonly fixture: Fixture,
    readonly lake: Lake
  ) {}

  static async open(): Promise<PreviewLake> {
    const fixture = await Fixture.open();
    return new PreviewLake(fixture, await fixture.openLake());
  }

  get duckdb(): DuckDb {
    return this.fixture.duckdb;
  }

  async table(path: string, query: Query = {}): Promise<Table> {
    const wanted = { from: 'first' as const, amount: 3, columns: [], ...query };
    return tableFromIPC(await this.lake.rows.preview('lake', 'main', path, wanted));
  }

  /** The rows as plain objects; integers of 64 bits as numbers. */
  async rows(path: string, query: Query = {}): Promise<Record<string, unknown>[]> {
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
    return (await this.table(path, query))
      .toArray()
      .map(row => JSON.parse(JSON.stringify(row, plain)) as Record<string, unknown>);
  }

  async ids(path: string, query: Query = {}): Promise<number[]> {
    return (await this.rows(path, { columns: ['id'], ...query })).map(({ id }) => Number(id));
  }

  close(): Promise<void> {
    return this.fixture.close();
  }
}

/** The numbers of the rows in the file, as the answer has them. */
export function numbersOf(table: Table): number[] {
  return JSON.parse(table.schema.metadata.get('databranch.row_numbers')!) as number[];
}

export const upTo = (end: number, start = 0) => Array.from({ length: end - start }, (_, i) => start + i);
