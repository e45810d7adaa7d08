import type { DataSetComparison } from '../../../protocol/databranch.js';
import type { Comparison } from '../comparing/comparison.js';
import type { Job } from '../counting/job.js';
import type { CountedRefs } from '../datasets/counted-refs.js';
import type { CountedDataSet } from '../datasets/datasets.js';
import type { Pair } from '../datasets/pairs.js';
import type { KnownMember, Side, Sides } from '../datasets/sides.js';

/** What a comparison is broken down to: one answer for each data set, or for each part of them that differs. */
export type Granularity = 'data-set' | 'partition' | 'file';

/** A part of a pair of data sets in which they differ: a folder of partitions, or a file. */
export interface Part {
  pair: Pair;
  /** On the right side, or on the left one where the data set is there alone. */
  path: string;
  /** Where it is, or would be; undefined where it is not there for certain. */
  left: string | undefined;
  right: string | undefined;
}

/** Compares the parts in which data sets differ, each as if it was a data set. Parts that are equal are not visited. */
export class Breakdown {
  constructor(
    private readonly refs: CountedRefs,
    private readonly comparisonOf: (sides: Sides) => Comparison,
    private readonly job: Job
  ) {}

  /** The parts in the byte order of their paths. Cost: the files that make the difference. */
  async parts(sides: Sides, pairs: Pair[], by: Exclude<Granularity, 'data-set'>): Promise<Part[]> {
    const parts: Part[] = [];
    for (const pair of pairs) {
      const { removed, added } = await sides.differing(pair);
      const hasPartitions = [...removed, ...added].some(({ partition }) => partition !== '');
      // Files beside partitions have none: each is a part by itself.
      const nameOf = (dataSet: CountedDataSet, { path, partition }: KnownMember) =>
        by === 'file' || (partition === '' && hasPartitions) ? path.slice(dataSet.path.length) : partition;
      const before = new Set(removed.map(member => nameOf(pair.left!, member)));
      const after = new Set(added.map(member => nameOf(pair.right!, member)));
      for (const name of new Set([...before, ...after])) {
        // A file that is not among those that differ is not there. A folder may hold files that do not differ.
        const isFolder = name === '' || name.endsWith('/');
        const isThere = (names: Set<string>) => isFolder || names.has(name);
        parts.push({
          pair,
          path: (pair.right ?? pair.left).path + name,
          left: pair.left && isThere(before) ? pair.left.path + name : undefined,
          right: pair.right && isThere(after) ? pair.right.path + name : undefined
        });
      }
    }
    return parts.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  /** What is to be said of one part. */
  async of(sides: Sides, { pair, path, left, right }: Part): Promise<DataSetComparison[]> {
    const [before, after] = [
      await this.partOf(sides.left, pair.left, left),
      await this.partOf(sides.right, pair.right, right)
    ];
    const found = { left: before.dataSet, right: after.dataSet };
    if (!found.left && !found.right) {
      return [];
    }
    const comparison = this.comparisonOf(sides.at(before.side, after.side));
    const compared = await comparison.of(found as Pair);
    return [
      {
        ...compared,
        path,
        left_path: found.left ? left! : null,
        right_path: found.right ? right! : null
      }
    ];
  }

  /** What of a data set is at a path. */
  private async partOf(
    whole: Side,
    dataSet: CountedDataSet | undefined,
    path: string | undefined
  ): Promise<{ side: Side; dataSet?: CountedDataSet }> {
    if (!dataSet || path === undefined) {
      return { side: whole };
    }
    const side = await this.refs.sideOf(whole.ref, whole.ground.view, path);
    const { dataSets } = await this.refs.dataSets(side, this.job);
    const candidates = dataSets.filter(({ format }) => format === dataSet.format);
    const ofShape = candidates.find(({ shapes }) => [...shapes].some(shape => dataSet.shapes.has(shape)));
    const found = ofShape ?? (dataSet.alone ? candidates[0] : undefined);
    // A Delta table may have none of the files that lie there.
    return { side, ...(found && found.files > 0 && { dataSet: found }) };
  }
}
