import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { RowsComparison, RowsResult } from '../../protocol/databranch.js';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogError } from '../catalog/errors.js';
import type { Kv } from '../kv/kv.js';
import { Comparison } from './comparison.js';
import { Counting } from './counting.js';
import { dataSetsOf, shown, type CountedDataSet } from './datasets.js';
import { Engine, type EngineOptions } from './engine.js';
import type { FigureMap } from './figures.js';
import { Fingerprints } from './fingerprints.js';
import { Job, mapLimited, type Observer } from './job.js';
import type { Log } from './log.js';
import { pageOf, type PageQuery } from './paging.js';
import { pairsOf, pathOf } from './pairs.js';
import { RowComparison } from './row-comparison.js';
import { folderOf, scopeOf } from './scope.js';
import { Shapes } from './shape.js';
import { Sides, type Side } from './sides.js';
import { Statistics } from './statistics.js';

export interface RowsOptions {
  catalog: Pick<Catalog, 'views' | 'contents'>;
  kv: Kv;
  /** For temporary files; this room uses its sub-folder `rows`, and empties it now and then. */
  dataFolder: string;
  /** The bundle of engine-process.ts. */
  enginePath: string;
  engine?: Partial<EngineOptions>;
  log: Log;
}

export interface RowsQuery extends PageQuery {
  /** A folder or one object; '' for everything. */
  path: string;
}

export interface RowsComparisonQuery extends RowsQuery {
  /** Instead of `path` on one side each. */
  leftPath?: string;
  rightPath?: string;
}

/** What is known of rows: how many there are, and how those of two refs differ. */
export interface Rows {
  /**
   * Counts the rows below a path of a ref, uncommitted changes of a branch included. Cost: the files that were
   * never counted before, and O(log n) tree nodes.
   * @throws repository-not-found, ref-not-found; object-not-found where there is nothing at the path
   */
  count(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowsResult>;
  /**
   * Compares the data sets of two refs; `left` is the base. Cost: as counting both, their differences, and the rows
   * of files whose number of rows does not tell.
   * @throws as `count`
   */
  compare(
    repository: string,
    left: string,
    right: string,
    query: RowsComparisonQuery,
    observer?: Observer
  ): Promise<RowsComparison>;
  /** Ends the query engine; what is under way fails. */
  close(): Promise<void>;
}

/** Opens the room over a store. Left-over temporary files of a service that crashed are removed. */
export async function openRows(options: RowsOptions): Promise<Rows> {
  const folder = join(options.dataFolder, 'rows');
  await rm(folder, { recursive: true, force: true });
  return new RowsOverCatalog(options, folder);
}

class RowsOverCatalog implements Rows {
  private readonly catalog: RowsOptions['catalog'];
  private readonly shapes: Shapes;
  private readonly statistics: Statistics;
  private readonly counting: Counting;
  private readonly engine: Engine;
  private readonly fingerprints: Fingerprints;

  constructor({ catalog, kv, enginePath, engine, log }: RowsOptions, folder: string) {
    this.catalog = catalog;
    this.shapes = new Shapes(kv);
    this.statistics = new Statistics(kv, catalog.contents, this.shapes, log);
    this.counting = new Counting(kv, this.statistics);
    this.engine = new Engine({ entry: enginePath, spillFolder: join(folder, 'spill'), ...engine });
    this.fingerprints = new Fingerprints(kv, catalog.contents, this.shapes, this.engine, folder);
  }

  async count(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowsResult> {
    const job = new Job(observer);
    const side = await this.side(repository, ref, query.path);
    const { figures, dataSets } = await this.counted(side, job);
    if (query.path !== '' && figures.size === 0) {
      throw nothingAt(query.path, [ref]);
    }
    const groups = figures.groups();
    const total = (field: 'rows' | 'bytes' | 'files') => groups.reduce((sum, group) => sum + group[field], 0);
    const { results, pagination } = pageOf(dataSets, dataSet => dataSet.path, query);
    return {
      path: query.path,
      ref,
      commit_id: side.ground.view.commitId,
      rows: total('rows'),
      bytes: total('bytes'),
      files: total('files'),
      unreadable: figures.hasUncounted() ? await this.counting.unreadable(side.ground, side.scope, job) : [],
      datasets: results.map(shown),
      pagination
    };
  }

  async compare(
    repository: string,
    left: string,
    right: string,
    query: RowsComparisonQuery,
    observer?: Observer
  ): Promise<RowsComparison> {
    const job = new Job(observer);
    const sides = new Sides(
      await this.side(repository, left, query.leftPath ?? query.path),
      await this.side(repository, right, query.rightPath ?? query.path),
      this.statistics,
      job
    );
    const [before, after] = [await this.counted(sides.left, job), await this.counted(sides.right, job)];
    refuseNothing(query, { left, right }, { left: before.figures.size, right: after.figures.size });
    const pairs = pairsOf(before.dataSets, after.dataSets, {
      left: path => path.slice(folderOf(sides.left.scope).length),
      right: path => path.slice(folderOf(sides.right.scope).length)
    });
    const { results, pagination } = pageOf(pairs, pathOf, query);
    const comparison = new Comparison(sides, new RowComparison(sides, this.fingerprints, job));
    return {
      left,
      right,
      left_commit_id: sides.left.ground.view.commitId,
      right_commit_id: sides.right.ground.view.commitId,
      datasets: await mapLimited(results, 1, pair => comparison.of(pair)),
      pagination
    };
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  private async side(repository: string, ref: string, path: string): Promise<Side> {
    const view = await this.catalog.views.open(repository, ref);
    const ground = { view, tree: this.catalog.views.tree(view) };
    return { ref, ground, scope: await scopeOf(ground, path) };
  }

  private async counted(
    { ground, scope }: Side,
    job: Job
  ): Promise<{ figures: FigureMap; dataSets: CountedDataSet[] }> {
    const figures = await this.counting.figures(ground, scope, job);
    return { figures, dataSets: await dataSetsOf(figures, this.shapes, ground.view.uid, scope) };
  }
}

/** A path may be on one side only, unless it was named for the side where nothing is. */
function refuseNothing(
  { path, leftPath, rightPath }: RowsComparisonQuery,
  refs: { left: string; right: string },
  groups: { left: number; right: number }
): void {
  if (leftPath && groups.left === 0) {
    throw nothingAt(leftPath, [refs.left]);
  }
  if (rightPath && groups.right === 0) {
    throw nothingAt(rightPath, [refs.right]);
  }
  if (path !== '' && groups.left + groups.right === 0) {
    throw nothingAt(path, [refs.left, refs.right]);
  }
}

function nothingAt(path: string, refs: string[]): CatalogError {
  const where = [...new Set(refs)].map(ref => `"${ref}"`).join(' or ');
  return new CatalogError('object-not-found', `There is nothing at "${path}" on ${where}.`, { path });
}
