import type { Catalog } from '../../catalog/catalog.js';
import { CatalogError } from '../../catalog/errors.js';
import type { View } from '../../catalog/views.js';
import type { Counting } from '../counting/counting.js';
import { belongs, dataSetsOf, withoutRows, type CountedDataSet } from './datasets.js';
import type { DeletionVectors } from '../delta/deletion-vectors.js';
import { LOG_FOLDER, type ActiveFiles, type DeltaLogs } from '../delta/log.js';
import type { FigureMap } from '../counting/figures.js';
import type { Job } from '../counting/job.js';
import type { LookedAtCommits } from './looked-at.js';
import { pairsOf, type Pair } from './pairs.js';
import { folderOf, scopeOf } from '../counting/scope.js';
import type { Shapes } from '../counting/shape.js';
import { Sides, type Side } from './sides.js';
import type { DataFile, Statistics } from '../counting/statistics.js';
import { filesIn } from '../counting/view-files.js';

/** The paths of a comparison: one for both sides, or one for each. */
export interface SidePaths {
  /** A folder or one object; '' for everything. */
  path: string;
  /** Instead of `path` on one side each. */
  leftPath?: string;
  rightPath?: string;
}

export interface CountedPairs {
  sides: Sides;
  pairs: Pair[];
}

/** Refs with the data sets in them, one by one or in pairs: where every question about rows begins. */
export class CountedRefs {
  constructor(
    private readonly views: Catalog['views'],
    private readonly counting: Counting,
    private readonly statistics: Statistics,
    private readonly shapes: Shapes,
    private readonly deltaLogs: DeltaLogs,
    private readonly vectors: DeletionVectors,
    private readonly lookedAt: LookedAtCommits
  ) {}

  /** What somebody asks for by its name. @throws repository-not-found, ref-not-found */
  async side(repository: string, ref: string, path: string): Promise<Side> {
    const view = await this.views.open(repository, ref);
    this.lookedAt.note(view, path);
    return this.sideOf(ref, view, path);
  }

  /** @param ref what the view is called in sentences */
  async sideOf(ref: string, view: View, path = ''): Promise<Side> {
    const ground = { view, tree: this.views.tree(view) };
    return { ref, ground, scope: await scopeOf(ground, path) };
  }

  async dataSets(side: Side, job: Job): Promise<{ figures: FigureMap; dataSets: CountedDataSet[] }> {
    const { ground, scope } = side;
    const figures = await this.counting.figures(ground, scope, job);
    const found = await dataSetsOf(figures, this.shapes, ground.view.uid, scope);
    const changes = ground.view.changes.filter(({ path }) => path.includes(LOG_FOLDER));
    const logs = { ...ground, view: { ...ground.view, changes } };
    const dataSets: CountedDataSet[] = [];
    for (const dataSet of found) {
      const active =
        dataSet.format === 'parquet' ? await this.deltaLogs.of(logs, dataSet.folder, job) : undefined;
      // Whoever names one file means it, also where it is no part of a table any more.
      const isPart = active && (!scope.single || active.files.has(scope.prefix));
      dataSets.push(isPart ? await this.activeOnly(side, { ...dataSet, active }, job) : dataSet);
    }
    return { figures, dataSets };
  }

  /** A Delta table's figures: those of its active files, without the rows that deletion vectors delete. */
  private async activeOnly(
    { ground, scope }: Side,
    dataSet: CountedDataSet & { active: ActiveFiles },
    job: Job
  ): Promise<CountedDataSet> {
    const files: DataFile[] = [];
    for await (const file of filesIn(ground, dataSet.folder, scope)) {
      if (dataSet.active.files.has(file.path)) {
        files.push(file);
      }
    }
    const statistics = await this.statistics.of(ground.view, files, job);
    const members = files.filter((file, i) => belongs(dataSet, file, statistics[i]));
    const rows = files.reduce((sum, file, i) => {
      const found = statistics[i]!;
      const left = withoutRows(found, dataSet.active.files.get(file.path)?.cardinality ?? 0);
      return 'rows' in left && belongs(dataSet, file, found) ? sum + left.rows : sum;
    }, 0);
    return {
      ...dataSet,
      rows: dataSet.rows === undefined ? undefined : rows,
      bytes: members.reduce((sum, { entry }) => sum + entry.size, 0),
      files: members.length
    };
  }

  /** @throws repository-not-found, ref-not-found; object-not-found where there is nothing at the path */
  async pairs(
    repository: string,
    refs: { left: string; right: string },
    paths: SidePaths,
    job: Job
  ): Promise<CountedPairs> {
    const left = await this.side(repository, refs.left, paths.leftPath ?? paths.path);
    const right = await this.side(repository, refs.right, paths.rightPath ?? paths.path);
    const { before, after, ...paired } = await this.pair(left, right, job);
    refuseNothing(paths, refs, { left: before.size, right: after.size });
    return paired;
  }

  /** The data sets of two sides, paired. */
  async pair(
    left: Side,
    right: Side,
    job: Job
  ): Promise<CountedPairs & { before: FigureMap; after: FigureMap }> {
    const sides = new Sides(left, right, this.statistics, this.vectors, job);
    const [before, after] = [await this.dataSets(left, job), await this.dataSets(right, job)];
    const pairs = pairsOf(before.dataSets, after.dataSets, {
      left: path => path.slice(folderOf(left.scope).length),
      right: path => path.slice(folderOf(right.scope).length)
    });
    return { sides, pairs, before: before.figures, after: after.figures };
  }
}

/** The data sets that a path names: those right there, or where there is none all below it. */
export function namedPairs({ pairs, sides }: CountedPairs): Pair[] {
  const here = pairs.filter(
    ({ left, right }) =>
      left?.path === folderOf(sides.left.scope) || right?.path === folderOf(sides.right.scope)
  );
  return here.length > 0 ? here : pairs;
}

/** A path may be on one side only, unless it was named for the side where nothing is. */
function refuseNothing(
  { path, leftPath, rightPath }: SidePaths,
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

export function nothingAt(path: string, refs: string[]): CatalogError {
  const where = [...new Set(refs)].map(ref => `"${ref}"`).join(' or ');
  return new CatalogError('object-not-found', `There is nothing at "${path}" on ${where}.`, { path });
}
