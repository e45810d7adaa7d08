import type { ColumnComparison, ColumnFigures } from '../../../protocol/databranch.js';
import { cell, integer } from '../engine/cells.js';
import type { EngineQueries } from '../engine/engine.js';
import type { EngineRow } from '../engine/engine-protocol.js';
import { check } from './duplicates.js';
import type { EngineFile, EngineFiles } from '../engine/engine-files.js';
import type { Job } from '../counting/job.js';
import type { Place } from '../counting/statistics.js';
import { tableOf, type Table, type TableColumn, type TableFile, type TableForm } from './table.js';

export interface ColumnStatistics {
  leftRows: number;
  rightRows: number;
  /** Whether `distinct` was counted, not estimated (by HyperLogLog, a few percent). */
  distinctIsExact: boolean;
  columns: ColumnComparison[];
}

/** More rows than this, and different values are estimated: counting them needs memory for all of all columns. */
const DISTINCT_COUNTED_ROWS_MAX = 200_000;
/** Columns looked at in one pass. */
const COLUMNS_A_QUERY = 50;

const SIDES = ['l', 'r'] as const;
type SideName = (typeof SIDES)[number];

/** Statistics of all columns of both sides' files. Cost: every row of them. @throws NotCompared */
export function columnStatistics(
  engineFiles: EngineFiles,
  place: Place,
  { files, form }: { files: TableFile[]; form: TableForm },
  job: Job
): Promise<ColumnStatistics> {
  job.expect(files.length);
  const work = async (readied: EngineFile[], queries: EngineQueries): Promise<ColumnStatistics> => {
    const table = await tableOf(files, readied, form, queries);
    const [seen] = await queries.query(`SELECT sum(l) AS l, sum(r) AS r FROM ${table.from}`);
    const [leftRows, rightRows] = [integer(seen!, 'l'), integer(seen!, 'r')];
    check(files, { left: leftRows, right: rightRows });
    const distinctIsExact = leftRows + rightRows <= DISTINCT_COUNTED_ROWS_MAX;
    const columns: ColumnComparison[] = [];
    for (let i = 0; i < table.columns.length; i += COLUMNS_A_QUERY) {
      const some = table.columns.slice(i, i + COLUMNS_A_QUERY);
      columns.push(...(await compare(table, some, distinctIsExact, queries)));
    }
    job.advance(files.length);
    return { leftRows, rightRows, distinctIsExact, columns };
  };
  return engineFiles.use(place, files, work, job);
}

async function compare(
  table: Table,
  columns: TableColumn[],
  distinctIsExact: boolean,
  { query }: EngineQueries
): Promise<ColumnComparison[]> {
  const expressions = columns.flatMap((column, i) =>
    SIDES.flatMap(side => figuresSql(column, side, `${side}${i}`, distinctIsExact))
  );
  const [row] = await query(`SELECT ${expressions.join(', ')} FROM ${table.from}`);
  return columns.map(({ name, type }, i) => ({
    name,
    type,
    left: figuresIn(row!, `l${i}`),
    right: figuresIn(row!, `r${i}`)
  }));
}

function figuresSql(
  { value, identity, type }: TableColumn,
  side: SideName,
  name: string,
  distinctIsExact: boolean
): string[] {
  const here = `FILTER (${side} > 0)`;
  const isNumber = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type);
  const isOrdered = isNumber || /^(VARCHAR|BOOLEAN|DATE|TIME.*|UUID)$/.test(type);
  // NaN is above all numbers in DuckDB, and would be every mean.
  const number = /^(FLOAT|DOUBLE)$/.test(type)
    ? `CASE WHEN isnan(${value}) THEN NULL ELSE ${value} END`
    : value;
  const extreme = (which: 'min' | 'max') =>
    isOrdered ? cell(`${which}(${isNumber ? number : value}) ${here}`) : 'NULL::VARCHAR';
  const mean = isNumber
    ? `sum(${number}::DOUBLE * ${side}) / nullif(sum(${side}) FILTER ((${number}) IS NOT NULL), 0)`
    : 'NULL::DOUBLE';
  const distinct = distinctIsExact
    ? `count(DISTINCT ${identity}) ${here}`
    : `approx_count_distinct(${identity}) ${here}`;
  return [
    `coalesce(sum(${side}) FILTER (${value} IS NULL), 0) AS ${name}_nulls`,
    `${extreme('min')} AS ${name}_min`,
    `${extreme('max')} AS ${name}_max`,
    `${distinct} AS ${name}_distinct`,
    // JSON has neither NaN nor infinity.
    `CASE WHEN isfinite(${mean}) THEN ${mean} END AS ${name}_mean`
  ];
}

function figuresIn(row: EngineRow, name: string): ColumnFigures {
  const mean = row[`${name}_mean`];
  return {
    nulls: integer(row, `${name}_nulls`),
    min: row[`${name}_min`] as string | null,
    max: row[`${name}_max`] as string | null,
    distinct: integer(row, `${name}_distinct`),
    mean: mean === null || mean === undefined ? null : Number(mean)
  };
}

/** How many NULLs the given columns have on the right side of a table; of text without types, empty fields too. */
export async function nullsIn(
  table: Table,
  columns: TableColumn[],
  isText: boolean,
  { query }: EngineQueries
): Promise<number[]> {
  if (columns.length === 0) {
    return [];
  }
  const counts = columns.map(
    ({ value }, i) =>
      `coalesce(sum(r) FILTER (${value} IS NULL${isText ? ` OR ${value} = ''` : ''}), 0) AS n${i}`
  );
  const [row] = await query(`SELECT ${counts.join(', ')} FROM ${table.from}`);
  return columns.map((_, i) => integer(row!, `n${i}`));
}
