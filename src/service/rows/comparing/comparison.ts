import type { DataSetComparison } from '../../../protocol/databranch.js';
import { Bag } from '../datasets/bag.js';
import type { CountedDataSet } from '../datasets/datasets.js';
import type { DuplicateCount } from '../tables/duplicates.js';
import type { Job } from '../counting/job.js';
import { tableFiles, tableFormOf } from '../tables/table-files.js';
import { finding, type Details, type Finding } from './finding.js';
import { NotCompared } from '../engine/engine-files.js';
import { sentence } from './message.js';
import { pathOf, type Pair } from '../datasets/pairs.js';
import type { RowComparison } from './row-comparison.js';
import type { KnownMember, Sides } from '../datasets/sides.js';

/** Files that are looked through for copies only to say so in the sentence. */
const LOOKED_THROUGH_MAX = 5_000;

/** Data sets up to this size are looked through for duplicates at once, where every row is known to be there twice. */
const DUPLICATES_BYTES_MAX = 16 * 1024 * 1024;
/** Larger ones are not even listed to find out whether it was done before. */
const DUPLICATES_FILES_MAX = 1_000;

/** Compares the pairs of two refs, each as cheaply as it can be: by files, by counts, and only then by rows. */
export class Comparison {
  constructor(
    private readonly sides: Sides,
    private readonly rows: RowComparison,
    private readonly duplicates: DuplicateCount,
    private readonly job: Job
  ) {}

  /** What is to be said of one pair. */
  async of(pair: Pair): Promise<DataSetComparison> {
    const { left, right } = pair;
    const found =
      left && right
        ? await this.compare(left, right)
        : finding(left ? 'removed' : 'added', 'count', missingReason(pair));
    return {
      path: pathOf(pair),
      left_path: left?.path ?? null,
      right_path: right?.path ?? null,
      left_format: left?.format ?? null,
      right_format: right?.format ?? null,
      left_rows: left?.rows ?? null,
      right_rows: right?.rows ?? null,
      verdict: found.verdict,
      times: found.times,
      basis: found.basis,
      compared_as: found.comparedAs,
      duplicate_rows: right ? await this.duplicateRows(right, found) : null,
      schema_changes: found.schemaChanges,
      message: sentence(found, {
        left: { ref: this.sides.left.ref, rows: left?.rows },
        right: { ref: this.sides.right.ref, rows: right?.rows }
      })
    };
  }

  /** Where the exact number is known, or found at once; else null. */
  private async duplicateRows(right: CountedDataSet, { verdict }: Finding): Promise<number | null> {
    if (right.rows === undefined || right.uncounted > 0 || right.files > DUPLICATES_FILES_MAX) {
      return null;
    }
    if (right.rows <= 1) {
      return 0;
    }
    const members = await this.sides.members(this.sides.right, right);
    const { view } = this.sides.right.ground;
    try {
      const form = tableFormOf(undefined, right, members);
      const question = { files: tableFiles([], members), form, keys: [], examples: 0 };
      const kept = await this.duplicates.kept(view, question);
      if (kept || verdict !== 'repeated' || right.bytes > DUPLICATES_BYTES_MAX) {
        return kept?.duplicates ?? null;
      }
      return (await this.duplicates.of(view, question, this.job)).duplicates;
    } catch (error) {
      if (error instanceof NotCompared) {
        return null;
      }
      throw error;
    }
  }

  private async compare(left: CountedDataSet, right: CountedDataSet): Promise<Finding> {
    const { removed, added } = await this.sides.difference(left, right);
    const same = removed.length === 0 && added.length === 0;
    const found = same
      ? finding('equal', 'files')
      : ((await this.byFiles(left, right)) ??
        uncounted(left, right, [...removed, ...added]) ??
        (await this.byRows(left, right, removed, added)));
    const leftName = nameOf(left, right, removed);
    const details = {
      ...(found.verdict === 'changed' && (await this.fileDetails(left, right, removed, added))),
      ...found.details,
      ...filesBehind(found.verdict, added),
      ...(leftName !== undefined && { leftName })
    };
    return { ...found, details };
  }

  /** Where one side only lost files, or only got some, the sentence can say more than the counts. */
  private async fileDetails(
    left: CountedDataSet,
    right: CountedDataSet,
    removed: KnownMember[],
    added: KnownMember[]
  ): Promise<Details> {
    if (left.format !== right.format || removed.length + added.length === 0) {
      return {};
    }
    if (removed.length > 0) {
      return added.length === 0 ? { onlyRemoved: removed.length } : {};
    }
    if (left.files > LOOKED_THROUGH_MAX) {
      return { onlyAdded: added.length };
    }
    const base = new Bag(await this.sides.members(this.sides.left, left));
    return { onlyAdded: added.length, addedAgain: added.every(member => base.has(member)) };
  }

  /** Certain, and nothing is read: every content of one side is on the other k times. */
  private async byFiles(left: CountedDataSet, right: CountedDataSet): Promise<Finding | undefined> {
    const [smaller, larger] = left.files < right.files ? [left, right] : [right, left];
    const k = larger.files / smaller.files;
    if (left.format !== right.format || !Number.isInteger(k) || k < 2 || larger.bytes !== k * smaller.bytes) {
      return undefined;
    }
    const [before, after] = [
      new Bag(await this.sides.members(this.sides.left, left)),
      new Bag(await this.sides.members(this.sides.right, right))
    ];
    if (larger === right) {
      return after.isMultiple(k, before) ? finding('repeated', 'files', { times: k }) : undefined;
    }
    return before.isMultiple(k, after) ? finding('deduplicated', 'files', { times: k }) : undefined;
  }

  private async byRows(
    left: CountedDataSet,
    right: CountedDataSet,
    removed: KnownMember[],
    added: KnownMember[]
  ): Promise<Finding> {
    try {
      return await this.rows.compare(left, right, removed, added);
    } catch (error) {
      if (!(error instanceof NotCompared)) {
        throw error;
      }
      const details = { reason: error.message };
      // Other counts are a change for certain, whatever the rows are.
      return left.rows === right.rows
        ? finding('unknown', 'count', { details })
        : finding('changed', 'count', { details });
    }
  }
}

/** What of the files that only the right side has is worth a word, beside what became of the rows. */
function filesBehind(verdict: Finding['verdict'], added: KnownMember[]): Details {
  const rows = added.map(({ statistics }) => ('rows' in statistics ? statistics.rows : undefined));
  const empty = added.filter((_, i) => rows[i] === 0).map(({ path }) => path);
  const [first] = empty.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return {
    ...(verdict === 'equal' && empty.length < added.length && { otherFiles: true }),
    ...(first !== undefined && { empty: { path: first, files: empty.length } })
  };
}

/** Nothing can be said where the difference is in files that could not be counted. */
function uncounted(left: CountedDataSet, right: CountedDataSet, files: KnownMember[]): Finding | undefined {
  const broken = files.filter(file => 'unreadable' in file.statistics);
  if (broken.length === 0 && left.rows !== undefined && right.rows !== undefined) {
    return undefined;
  }
  const [first] = broken;
  const reason =
    first && 'unreadable' in first.statistics
      ? `${first.path} ${first.statistics.unreadable}`
      : 'no file of it could be counted';
  const more = broken.length > 1 ? `, and so for ${broken.length - 1} more` : '';
  return finding('unknown', 'count', { details: { reason: `${reason}${more}` } });
}

function missingReason({ left, right }: Pair): Partial<Finding> {
  const only = (left ?? right)!;
  return only.rows === undefined ? { details: { reason: 'no file of it could be counted' } } : {};
}

/** The left side's name where it is another place or format than the right's: a CSV file's own, else the folder. */
function nameOf(left: CountedDataSet, right: CountedDataSet, files: KnownMember[]): string | undefined {
  if (left.folder === right.folder && left.format === right.format) {
    return undefined;
  }
  return left.format === 'csv' && left.files === 1 && files.length === 1 ? files[0]!.path : left.path || '/';
}
