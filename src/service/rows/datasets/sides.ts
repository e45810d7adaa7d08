import type { Member } from './bag.js';
import { differenceOf } from './bag.js';
import { belongs, withoutRows, type CountedDataSet } from './datasets.js';
import type { DeletionVectors } from '../delta/deletion-vectors.js';
import { formatOf, kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import type { Pair } from './pairs.js';
import { placeOf } from '../counting/place.js';
import type { Ground, Scope } from '../counting/scope.js';
import type { DataFile, FileStatistics, Statistics } from '../counting/statistics.js';
import { changedFiles, filesIn, type FileChange } from '../counting/view-files.js';

/** One of the two refs of a comparison. */
export interface Side {
  /** As it was given. */
  ref: string;
  ground: Ground;
  scope: Scope;
}

/** A file of a data set, with the statistics of its rows that are not deleted. */
export interface KnownMember extends Member {
  statistics: FileStatistics;
}

/** The files of both sides of a comparison, listed only as far as somebody asks. */
export class Sides {
  private changes: Promise<Map<string, FileChange[]>> | undefined;
  private readonly listed = new Map<CountedDataSet, Promise<KnownMember[]>>();

  constructor(
    readonly left: Side,
    readonly right: Side,
    private readonly statistics: Statistics,
    private readonly vectors: DeletionVectors,
    private readonly job: Job
  ) {}

  /** The same question about other sides. */
  at(left: Side, right: Side): Sides {
    return new Sides(left, right, this.statistics, this.vectors, this.job);
  }

  /** All files of a data set; listed once. */
  members(side: Side, dataSet: CountedDataSet): Promise<KnownMember[]> {
    const members = this.listed.get(dataSet) ?? this.list(side, dataSet);
    this.listed.set(dataSet, members);
    return members;
  }

  private async list(side: Side, dataSet: CountedDataSet): Promise<KnownMember[]> {
    const files: DataFile[] = [];
    for await (const file of filesIn(side.ground, dataSet.folder, side.scope)) {
      const kind = kindOf(file.path);
      if (kind && formatOf(kind) === dataSet.format) {
        files.push(file);
      }
      await this.job.pause();
    }
    return this.known(side, dataSet, files);
  }

  /**
   * The files that make the difference between two data sets. Where they are at one place, only what differs
   * between the refs is looked at.
   */
  async difference(
    left: CountedDataSet,
    right: CountedDataSet
  ): Promise<{ removed: KnownMember[]; added: KnownMember[] }> {
    if (!this.areAtOnePlace(left, right)) {
      const [before, after] = [await this.members(this.left, left), await this.members(this.right, right)];
      return differenceOf(before, after) as { removed: KnownMember[]; added: KnownMember[] };
    }
    this.changes ??= this.allChanges();
    const changes = (await this.changes).get(`${left.format}/${left.folder}`) ?? [];
    const files = (side: 'left' | 'right') =>
      changes.flatMap(change => (change[side] ? [{ path: change.path, entry: change[side] }] : []));
    const before = await this.known(this.left, left, files('left'));
    const after = await this.known(this.right, right, files('right'));
    return differenceOf(before, after) as { removed: KnownMember[]; added: KnownMember[] };
  }

  /** As `difference`; of a data set that is on one side only, all files. */
  async differing({ left, right }: Pair): Promise<{ removed: KnownMember[]; added: KnownMember[] }> {
    if (left && right) {
      return this.difference(left, right);
    }
    return {
      removed: left ? await this.members(this.left, left) : [],
      added: right ? await this.members(this.right, right) : []
    };
  }

  private areAtOnePlace(left: CountedDataSet, right: CountedDataSet): boolean {
    return (
      left.folder === right.folder &&
      left.format === right.format &&
      // A file of a Delta table comes and goes by its log.
      !left.active &&
      !right.active &&
      this.left.scope.prefix === this.right.scope.prefix &&
      this.left.scope.single === this.right.scope.single
    );
  }

  /** What differs between the refs, by format and folder of the data set. */
  private async allChanges(): Promise<Map<string, FileChange[]>> {
    const found = new Map<string, FileChange[]>();
    for await (const change of changedFiles(this.left.ground, this.right.ground, this.left.scope)) {
      await this.job.pause();
      const kind = kindOf(change.path);
      if (kind) {
        const key = `${formatOf(kind)}/${placeOf(change.path).dataSet}`;
        const changes = found.get(key);
        if (changes) {
          changes.push(change);
        } else {
          found.set(key, [change]);
        }
      }
    }
    return found;
  }

  private async known(side: Side, dataSet: CountedDataSet, files: DataFile[]): Promise<KnownMember[]> {
    const statistics = await this.statistics.of(side.ground.view, files, this.job);
    const vectors = files.map(({ path }) => dataSet.active?.files.get(path));
    const deleted = await this.vectors.of(side.ground, dataSet.folder, vectors);
    return files.flatMap((file, i) => {
      const found = statistics[i]!;
      if (!belongs(dataSet, file, found)) {
        return [];
      }
      const partition = file.path.slice(dataSet.path.length, file.path.lastIndexOf('/') + 1);
      const deletedRows = deleted[i];
      const left = deletedRows ? withoutRows(found, deletedRows.count) : found;
      return [{ ...file, partition, statistics: left, ...(deletedRows && { deletedRows }) }];
    });
  }
}
