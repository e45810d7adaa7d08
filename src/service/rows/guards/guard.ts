import type { GuardFinding, GuardRule } from '../../../protocol/databranch.js';
import { Bag } from '../datasets/bag.js';
import type { CountedPairs } from '../datasets/counted-refs.js';
import type { DuplicateCount } from '../tables/duplicates.js';
import { nullsIn } from '../tables/column-statistics.js';
import { NotCompared, type EngineFiles } from '../engine/engine-files.js';
import { matchesFolder } from './guard-pattern.js';
import type { Guard, Limit } from './guard-rules.js';

import type { Job } from '../counting/job.js';
import { columnInWords, group, rowsOf } from '../comparing/message.js';
import { pathOf, type Pair } from '../datasets/pairs.js';
import { repeatedFiles, type RepeatedFiles } from '../comparing/repeated-files.js';
import { isWidened, schemaChanges } from '../datasets/schema.js';
import type { Shapes } from '../counting/shape.js';
import type { KnownMember, Sides } from '../datasets/sides.js';
import { columnNames, tableFiles, tableFormOf } from '../tables/table-files.js';
import { tableOf } from '../tables/table.js';

/** What takes part in a look at a pair. */
interface Look {
  pair: Pair;
  removed: KnownMember[];
  added: KnownMember[];
  /** Of `added`, those that are more than what is left of a file that was there. */
  brought: KnownMember[];
}

/** What one rule has against a pair; undefined: nothing. */
type Objection = Pick<GuardFinding, 'rule' | 'basis' | 'message'>;

/** Says what guards have against what a merge would make of a branch: the left side before it, the right after it. */
export class GuardCheck {
  private readonly sides: Sides;
  private readonly pairs: Pair[];

  constructor(
    { sides, pairs }: CountedPairs,
    private readonly duplicates: DuplicateCount,
    private readonly engineFiles: EngineFiles,
    private readonly shapes: Shapes,
    private readonly job: Job
  ) {
    this.sides = sides;
    this.pairs = pairs;
  }

  /** Data sets that the merge leaves alone are not looked at. Cost: as `Rows.duplicates` for the others, at most. */
  async findings(guards: Guard[]): Promise<GuardFinding[]> {
    const findings: GuardFinding[] = [];
    for (const pair of this.pairs) {
      const path = pathOf(pair);
      const matching = guards.filter(guard => matchesFolder(guard.path, path));
      if (matching.length === 0) {
        continue;
      }
      const { removed, added } = await this.sides.differing(pair);
      if (removed.length + added.length === 0) {
        continue;
      }
      const look = { pair, removed, added, brought: broughtBy(removed, added) };
      for (const guard of matching) {
        const objections = await this.objections(look, guard);
        findings.push(...objections.map(objection => ({ path, level: guard.level, ...objection })));
      }
    }
    return findings;
  }

  private async objections(look: Look, guard: Guard): Promise<Objection[]> {
    const broken = look.added.filter(({ statistics }) => 'unreadable' in statistics);
    const found: (Objection | undefined)[] = [uncounted(broken)];
    if (guard.maxRowLoss && look.pair.left) {
      found.push(lossOf(look.pair, guard.maxRowLoss));
    }
    if (guard.maxRowGrowth && look.pair.left) {
      found.push(growthOf(look.pair, guard.maxRowGrowth));
    }
    if (guard.schema) {
      found.push(schemaOf(this.withCounterpart(look.pair), guard.schema));
    }
    if (guard.requiredColumns && look.pair.right) {
      found.push(await this.missingColumns(look.brought, guard.requiredColumns));
    }
    // Those that cost something come last.
    if (guard.noAddedDuplicates && look.pair.right) {
      found.push(await this.orUncounted('no_added_duplicates', () => this.duplicatesIn(look, guard)));
    }
    if (guard.notNull && look.pair.right) {
      found.push(await this.orUncounted('not_null', () => this.nulls(look, guard.notNull!)));
    }
    return found.filter(objection => objection !== undefined);
  }

  /** What could not be found out is held against the merge: nothing goes unchecked. */
  private async orUncounted(
    rule: GuardRule,
    work: () => Promise<Objection | undefined>
  ): Promise<Objection | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotCompared) {
        return { rule, basis: 'files', message: `could not be checked: ${error.message}` };
      }
      throw error;
    }
  }

  /** Files whose columns do not fit are a data set of their own; they are measured by the one that was there. */
  private withCounterpart({ left, right }: Pair): Pair {
    const there = this.pairs.find(other => right && other.left?.path === right.path)?.left;
    return { left: left ?? there, right } as Pair;
  }

  private async missingColumns(added: KnownMember[], required: string[]): Promise<Objection | undefined> {
    const { uid } = this.sides.right.ground.view;
    const counted = added.flatMap(({ path, partition, statistics }) =>
      'shape' in statistics ? [{ path, partition, shape: statistics.shape }] : []
    );
    const shapes = await this.shapes.get(
      uid,
      counted.map(({ shape }) => shape)
    );
    for (const [i, file] of counted.entries()) {
      const names = columnNames([shapes[i]], [file]);
      const missing = required.filter(name => !names.includes(name));
      if (missing.length > 0) {
        const message = `${file.path} has no ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}`;
        return { rule: 'required_columns', basis: 'files', message };
      }
    }
    return undefined;
  }

  private async duplicatesIn({ pair, added }: Look, guard: Guard): Promise<Objection | undefined> {
    const { left, right } = pair;
    const { keys } = guard.noAddedDuplicates!;
    if (added.length === 0) {
      return undefined;
    }
    const base = left ? await this.sides.members(this.sides.left, left) : [];
    const members = await this.sides.members(this.sides.right, right!);
    const again = repeatedFiles(base, members);
    if (again) {
      return { rule: 'no_added_duplicates', basis: 'files', message: sameFiles(again) };
    }
    const form = tableFormOf(left, right, [...base, ...members]);
    const question = { files: tableFiles(base, members), form, keys, examples: 0 };
    const found = await this.duplicates.of(this.sides.right.ground.view, question, this.job);
    if (found.added === 0) {
      return undefined;
    }
    const by = keys.length > 0 ? ` by ${keys.join(', ')}` : '';
    const before = found.baseDuplicates > 0 ? `, ${group(found.baseDuplicates)} were there before` : '';
    return {
      rule: 'no_added_duplicates',
      basis: 'exact',
      message:
        `${rowsOf(found.added)} would be added that ${found.added === 1 ? 'is' : 'are'} there already${by}: ` +
        `${group(found.duplicates)} of ${rowsOf(right!.rows ?? 0)} would be duplicates${before}`
    };
  }

  /** NULLs that the merge brings: in files that it adds. */
  private async nulls({ pair, brought }: Look, columns: string[]): Promise<Objection | undefined> {
    const files = tableFiles([], brought);
    if (files.length === 0) {
      return undefined;
    }
    const rows = files.reduce((sum, file) => sum + file.statistics.rows * file.right, 0);
    const form = tableFormOf(undefined, pair.right, brought);
    const counts = await this.engineFiles.use(
      this.sides.right.ground.view,
      files,
      async (readied, queries) => {
        const table = await tableOf(files, readied, form, queries);
        const present = table.columns.filter(({ name }) => columns.includes(name));
        const nulls = await nullsIn(table, present, form.kind === 'text', queries);
        // A column that these files have not is NULL in all of their rows.
        return columns.map(name => {
          const at = present.findIndex(column => column.name === name);
          return { name, nulls: at < 0 ? rows : nulls[at]! };
        });
      },
      this.job
    );
    const wrong = counts.filter(({ nulls }) => nulls > 0);
    if (wrong.length === 0) {
      return undefined;
    }
    const words = wrong.map(({ name, nulls }) => `${name} is empty in ${rowsOf(nulls)}`);
    return {
      rule: 'not_null',
      basis: 'exact',
      message: `of the ${rowsOf(rows)} in new files, ${words.join(', ')}`
    };
  }
}

/** Files that only lost rows since, by deletion vectors, bring nothing. */
function broughtBy(removed: KnownMember[], added: KnownMember[]): KnownMember[] {
  const whole = new Bag(removed);
  return added.filter(member => !whole.has({ ...member, deletedRows: undefined }));
}

function uncounted(broken: KnownMember[]): Objection | undefined {
  const [first] = broken;
  if (!first || !('unreadable' in first.statistics)) {
    return undefined;
  }
  const more = broken.length > 1 ? `, and so for ${group(broken.length - 1)} more` : '';
  return { rule: 'counted', basis: 'files', message: `${first.path} ${first.statistics.unreadable}${more}` };
}

function lossOf({ left, right }: Pair, limit: Limit): Objection | undefined {
  const before = left?.rows ?? 0;
  const after = right?.rows ?? 0;
  const lost = before - after;
  return lost > 0 && isBeyond(lost, before, limit)
    ? {
        rule: 'max_row_loss',
        basis: 'files',
        message: `${rowsOf(after)} instead of ${group(before)}: ${change(lost, before)} fewer, allowed are ${allowed(limit)}`
      }
    : undefined;
}

function growthOf({ left, right }: Pair, limit: Limit): Objection | undefined {
  const before = left?.rows ?? 0;
  const after = right?.rows ?? 0;
  const more = after - before;
  // Of nothing, no share can be told.
  const applies = 'rows' in limit || before > 0;
  return applies && more > 0 && isBeyond(more, before, limit)
    ? {
        rule: 'max_row_growth',
        basis: 'files',
        message: `${rowsOf(after)} instead of ${group(before)}: ${change(more, before)} more, allowed are ${allowed(limit)}`
      }
    : undefined;
}

function isBeyond(rows: number, before: number, limit: Limit): boolean {
  return 'rows' in limit ? rows > limit.rows : rows * 100 > limit.percent * before;
}

function change(rows: number, before: number): string {
  const percent = before > 0 ? ` (${Number(((rows / before) * 100).toPrecision(3))}%)` : '';
  return `${group(rows)}${percent}`;
}

const allowed = (limit: Limit) => ('rows' in limit ? group(limit.rows) : `${limit.percent}%`);

function schemaOf({ left, right }: Pair, wanted: 'compatible' | 'identical'): Objection | undefined {
  if (!left || !right) {
    return undefined;
  }
  const changes = schemaChanges(left.columns, right.columns).filter(
    ({ change, left_type, right_type }) =>
      wanted === 'identical' ||
      change === 'removed' ||
      (change === 'retyped' && !isWidened(left_type!, right_type!))
  );
  const other = left.format === right.format ? [] : [`it is ${right.format} instead of ${left.format}`];
  const words = changes.map(columnInWords);
  const all = [...(wanted === 'identical' ? other : []), ...words];
  return all.length > 0
    ? { rule: 'schema', basis: 'files', message: `the columns would not be ${wanted}: ${all.join(', ')}` }
    : undefined;
}

function sameFiles({ file, like, rows, files }: RepeatedFiles): string {
  const more = files > 1 ? `, and so for ${group(files - 1)} more` : '';
  return (
    `at least ${rowsOf(rows)} would be added that ${rows === 1 ? 'is' : 'are'} there already: ` +
    `${file} has the same contents as ${like}${more}`
  );
}
