import type { CountedDataSet } from '../datasets/datasets.js';
import { finding, type Finding } from './finding.js';
import { NotCompared, type CountedDataFile } from '../engine/engine-files.js';
import type { Fingerprint, Fingerprints } from '../tables/fingerprints.js';
import type { Form } from '../engine/form.js';
import type { Job } from '../counting/job.js';
import { schemaChanges } from '../datasets/schema.js';
import type { KnownMember, Side, Sides } from '../datasets/sides.js';
import { PartitionedSums, without, type Sums } from '../tables/sums.js';
import { isText, textForm } from '../tables/text-form.js';

/** How often the rows of the smaller side may be on the larger one, going by their numbers. */
interface Ratio {
  times: number;
  larger: 'left' | 'right';
}

type CountedMember = KnownMember & CountedDataFile;

/** Compares two data sets by their rows: by number first, and by fingerprint where the numbers allow it. */
export class RowComparison {
  constructor(
    private readonly sides: Sides,
    private readonly fingerprints: Fingerprints,
    private readonly job: Job
  ) {}

  /**
   * @param removed the files on the left side only
   * @param added the files on the right side only
   * @throws NotCompared
   */
  async compare(
    left: CountedDataSet,
    right: CountedDataSet,
    removed: KnownMember[],
    added: KnownMember[]
  ): Promise<Finding> {
    const comparedAs = isText(left, right) ? 'text' : null;
    const changes = comparedAs ? [] : schemaChanges(left.columns, right.columns);
    const rest = { comparedAs, schemaChanges: changes } as const;
    if (left.rows === 0 && right.rows === 0) {
      return finding(changes.length > 0 ? 'changed' : 'equal', 'count', rest);
    }
    if (comparedAs) {
      return this.compareText(left, right);
    }
    const ratio = ratioOf(left.rows!, right.rows!);
    const form = formOf(left, right, [...removed, ...added]);
    if (!ratio || (form.kind !== 'json' && changes.some(({ change }) => change !== 'retyped'))) {
      return finding('changed', 'count', rest);
    }
    const [before, after] =
      ratio.times === 1
        ? [counted(removed), counted(added)]
        : [await this.all(this.sides.left, left), await this.all(this.sides.right, right)];
    const sums = {
      left: await this.sums(this.sides.left, before, form, rowsOf),
      right: await this.sums(this.sides.right, after, form, rowsOf)
    };
    if (!holds(ratio, sums)) {
      return finding('changed', 'fingerprint', { ...rest, details: { compared: true } });
    }
    return changes.length > 0
      ? finding('changed', 'fingerprint', { ...rest, details: { sameRows: ratio } })
      : same(ratio, rest);
  }

  /** A CSV file's rows are compared with its header line and without it: who read it may have taken it for a row. */
  private async compareText(left: CountedDataSet, right: CountedDataSet): Promise<Finding> {
    const [before, after] = [await this.all(this.sides.left, left), await this.all(this.sides.right, right)];
    const headers = { left: headersOf(before), right: headersOf(after) };
    const readings = ([undefined, 'left', 'right'] as const)
      .filter(side => side === undefined || headers[side] > 0)
      .map(asData => {
        const rows = (side: 'left' | 'right', n: number) => (asData === side ? n + headers[side] : n);
        return { asData, ratio: ratioOf(rows('left', left.rows!), rows('right', right.rows!)) };
      });
    if (!readings.some(reading => reading.ratio)) {
      return finding('changed', 'count', { comparedAs: 'text' });
    }
    const form = textForm(left, right, [...before, ...after]);
    for (const { asData, ratio } of readings) {
      if (!ratio) {
        continue;
      }
      const pick = (side: 'left' | 'right') => (asData === side ? linesOf : rowsOf);
      const sums = {
        left: await this.sums(this.sides.left, before, form, pick('left')),
        right: await this.sums(this.sides.right, after, form, pick('right'))
      };
      if (holds(ratio, sums)) {
        return asData ? sameWithHeader(ratio, asData) : same(ratio, { comparedAs: 'text' });
      }
    }
    return finding('changed', 'fingerprint', { comparedAs: 'text', details: { compared: true } });
  }

  private async all(side: Side, dataSet: CountedDataSet): Promise<CountedMember[]> {
    return counted(await this.sides.members(side, dataSet));
  }

  private async sums(
    side: Side,
    members: CountedMember[],
    form: Form,
    pick: (fingerprint: Fingerprint) => Sums
  ): Promise<PartitionedSums> {
    const fingerprints = await this.fingerprints.of(side.ground.view, members, form, this.job);
    const sums = new PartitionedSums();
    members.forEach(({ partition }, i) => sums.add(partition, pick(fingerprints[i]!)));
    return sums;
  }
}

/** All lines; of a CSV file with its header. */
const linesOf = ({ all }: Fingerprint) => all;
const rowsOf = ({ all, header }: Fingerprint) => without(all, header);

/** @throws NotCompared where the numbers of rows are not known for all files */
function counted(members: KnownMember[]): CountedMember[] {
  return members.map(member => {
    if ('unreadable' in member.statistics) {
      throw new NotCompared(`${member.path} ${member.statistics.unreadable}`);
    }
    return { ...member, statistics: member.statistics };
  });
}

function headersOf(members: CountedMember[]): number {
  return members.filter(member => member.statistics.layout?.header).length;
}

/** undefined where neither side's rows can be on the other k times. */
function ratioOf(left: number, right: number): Ratio | undefined {
  const [smaller, larger] = left <= right ? [left, right] : [right, left];
  const times = larger / smaller;
  return smaller > 0 && Number.isInteger(times)
    ? { times, larger: left <= right ? 'right' : 'left' }
    : undefined;
}

/**
 * @throws NotCompared where the two are partitioned by different columns: their files lack different columns then
 */
function holds({ times, larger }: Ratio, sums: { left: PartitionedSums; right: PartitionedSums }): boolean {
  if (!sums.left.areAlike(sums.right)) {
    throw new NotCompared('they are partitioned by different columns');
  }
  return larger === 'right'
    ? sums.right.isMultiple(times, sums.left)
    : sums.left.isMultiple(times, sums.right);
}

function same({ times, larger }: Ratio, rest: Partial<Finding>): Finding {
  if (times === 1) {
    return finding('equal', 'fingerprint', rest);
  }
  return finding(larger === 'right' ? 'repeated' : 'deduplicated', 'fingerprint', { ...rest, times });
}

/** One line more is no equality, but said to be that and nothing else. */
function sameWithHeader(ratio: Ratio, headerAsData: 'left' | 'right'): Finding {
  const details = { headerAsData, sameRows: ratio };
  return ratio.times === 1
    ? finding('changed', 'fingerprint', { comparedAs: 'text', details })
    : { ...same(ratio, { comparedAs: 'text' }), details };
}

/** The form in which data sets of one kind are compared. */
function formOf(left: CountedDataSet, right: CountedDataSet, files: KnownMember[]): Form {
  if (left.format === 'json') {
    return { kind: 'json' };
  }
  const names = [...new Set([...left.columns, ...right.columns].map(column => column.name))];
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const fields = files.map(({ statistics }) => ('rows' in statistics && statistics.layout?.fields) || 0);
  return { kind: 'typed', names, extras: Math.max(0, ...fields.map(count => count - names.length)) };
}
