import { invalid } from './errors.js';
import { repositoryKey } from './keys.js';
import { encodeRecord, type RetentionRules } from './records.js';
import { checkWritable } from './repositories.js';
import { expecting, type Store } from './store.js';

/** More rules than this are refused. */
export const RETENTION_RULES_MAX = 1_000;
const DAYS_MAX = 36_500;
const DAY_SECONDS = 24 * 60 * 60;

/** How long a repository keeps the bytes of what its branches have no longer. */
export class Retention {
  constructor(private readonly store: Store) {}

  /** undefined where there are no rules: everything that a commit has is kept. */
  async get(repository: string): Promise<RetentionRules | undefined> {
    return (await this.store.kv.snapshot(reader => this.store.repository(reader, repository))).retention;
  }

  /** Replaces the rules; undefined removes them. What has expired stays so. @throws invalid-input */
  async set(repository: string, rules: RetentionRules | undefined): Promise<void> {
    if (rules) {
      check(rules);
    }
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record);
      const { version: _, ...rest } = record;
      const key = repositoryKey(repository);
      const value = encodeRecord({ ...rest, retention: rules });
      return { write: { expect: [expecting(key, record)], put: [{ key, value }] }, result: undefined };
    });
  }
}

function check({ defaultDays, branches }: RetentionRules): void {
  if (branches.length > RETENTION_RULES_MAX) {
    throw invalid(`Give at most ${RETENTION_RULES_MAX} rules for branches.`);
  }
  const days = [defaultDays, ...branches.map(rule => rule.days)];
  if (days.some(each => !Number.isInteger(each) || each < 1 || each > DAYS_MAX)) {
    throw invalid(`Retention is a whole number of days from 1 to ${DAYS_MAX}.`);
  }
  if (new Set(branches.map(({ branch }) => branch)).size < branches.length) {
    throw invalid('Give one rule for a branch.');
  }
}

/** The days for which a branch keeps what it had; for anything else than a branch the default. */
export function daysOf(rules: RetentionRules | undefined, branch: string | undefined): number {
  const rule = rules?.branches.find(each => each.branch === branch);
  return rule?.days ?? rules?.defaultDays ?? Infinity;
}

/**
 * The time, in seconds since the epoch, from which on a commit must have been replaced to be kept still.
 * @param now milliseconds since the epoch
 */
export function horizonOf(days: number, now: number): number {
  return days === Infinity ? -Infinity : Math.floor(now / 1000) - days * DAY_SECONDS;
}
