import type { DuplicateDataSet, IdenticalFiles } from '../../../protocol/databranch.js';
import { duplicatesSentence } from './duplicates-message.js';
import type { DuplicateCount, Duplicates } from '../tables/duplicates.js';
import { NotCompared, rowsIdOf } from '../engine/engine-files.js';
import type { Job } from '../counting/job.js';

import type { Pair } from '../datasets/pairs.js';
import type { KnownMember, Sides } from '../datasets/sides.js';
import { tableFiles, tableFormOf } from '../tables/table-files.js';

export interface DuplicateOptions {
  /** Columns by which rows are the same; empty: by all. */
  keys: string[];
  /** How many examples to give. */
  examples: number;
}

/** Groups of identical files, and paths in each, that one answer names. */
const IDENTICAL_MAX = 20;

/** Says of data sets which of their rows are there more than once. */
export class DuplicateReport {
  constructor(
    private readonly sides: Sides,
    private readonly duplicates: DuplicateCount,
    private readonly options: DuplicateOptions,
    private readonly job: Job,
    /** The name of the left side; undefined: there is none to compare with. */
    private readonly base: string | undefined
  ) {}

  /** @param pair whose right side is looked at; the left one is the base */
  async of({ left, right }: Pair & { right: NonNullable<Pair['right']> }): Promise<DuplicateDataSet> {
    const members = await this.sides.members(this.sides.right, right);
    const identical = identicalFiles(members);
    const found = await this.count({ left, right } as Pair, members);
    const exact = 'duplicates' in found ? found : undefined;
    const hasBase = this.base !== undefined;
    return {
      path: right.path,
      base_path: left?.path ?? null,
      format: right.format,
      rows: right.rows ?? null,
      duplicate_rows: exact?.duplicates ?? null,
      repeated_rows: exact?.repeated ?? null,
      base_duplicate_rows: hasBase ? (exact?.baseDuplicates ?? null) : null,
      added_duplicate_rows: hasBase ? (exact?.added ?? null) : null,
      basis: exact ? 'exact' : null,
      columns: exact?.columns ?? [],
      examples: (exact?.examples ?? []).map(({ rows, baseRows, cells }) => ({
        rows,
        base_rows: hasBase ? baseRows : null,
        cells
      })),
      identical_files: identical,
      message: duplicatesSentence({
        rows: right.rows,
        keys: this.options.keys,
        base: this.base,
        found: exact,
        reason: 'reason' in found ? found.reason : undefined,
        uncounted: members.filter(({ statistics }) => 'unreadable' in statistics).length,
        identical
      })
    };
  }

  private async count(
    { left, right }: Pair,
    members: KnownMember[]
  ): Promise<Duplicates | { reason: string }> {
    if (right?.rows === undefined) {
      return { reason: 'no file of it could be counted' };
    }
    try {
      const base = left ? await this.sides.members(this.sides.left, left) : [];
      const question = {
        files: tableFiles(base, members),
        form: tableFormOf(left, right, [...base, ...members]),
        ...this.options
      };
      return await this.duplicates.of(this.sides.right.ground.view, question, this.job);
    } catch (error) {
      if (error instanceof NotCompared) {
        return { reason: error.message };
      }
      throw error;
    }
  }
}

/** Contents that several files have, those with the most rows first. Costs nothing: contents are known by their ids. */
export function identicalFiles(members: KnownMember[]): IdenticalFiles[] {
  const byContent = new Map<string, KnownMember[]>();
  for (const member of members) {
    const id = rowsIdOf(member);
    byContent.set(id, [...(byContent.get(id) ?? []), member]);
  }
  const rowsOf = ({ statistics }: KnownMember) => ('rows' in statistics ? statistics.rows : null);
  return [...byContent.values()]
    .filter(files => files.length > 1 && rowsOf(files[0]!) !== 0)
    .sort((a, b) => (rowsOf(b[0]!) ?? 0) * b.length - (rowsOf(a[0]!) ?? 0) * a.length)
    .slice(0, IDENTICAL_MAX)
    .map(files => ({
      paths: files.slice(0, IDENTICAL_MAX).map(({ path }) => path),
      files: files.length,
      rows: rowsOf(files[0]!),
      bytes: files[0]!.entry.size
    }));
}
