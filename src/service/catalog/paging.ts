import { successor } from './keys.js';
import type { ListQuery, Page, PageQuery } from './model.js';

export const AMOUNT_DEFAULT = 100;
export const AMOUNT_MAX = 1_000;

/** How many results a query asks for, within the limits of the API description. */
export function amountOf(query: PageQuery): number {
  const amount = query.amount ?? -1;
  return amount < 0 ? AMOUNT_DEFAULT : Math.min(amount, AMOUNT_MAX);
}

/** A page of `amount` results from up to `amount + 1` that were read. */
export function pageOf<T>(results: T[], amount: number, offset: (item: T) => string): Page<T> {
  const hasMore = results.length > amount;
  const page = hasMore ? results.slice(0, amount) : results;
  return { results: page, hasMore, nextOffset: hasMore && amount > 0 ? offset(page[amount - 1]!) : '' };
}

/** Which bytes of an ordered list a query speaks of, and how it groups them. */
export interface ListRange {
  prefix: Buffer;
  delimiter: Buffer;
  /** Where to begin, inclusive. undefined: nothing can come. */
  start: Buffer | undefined;
}

/** Turns prefix, delimiter and (exclusive) after into a place to begin. */
export function rangeOf(query: ListQuery): ListRange {
  const prefix = Buffer.from(query.prefix ?? '');
  const delimiter = Buffer.from(query.delimiter ?? '');
  const after = Buffer.from(query.after ?? '');
  if (after.length === 0 || after.compare(prefix) < 0) {
    return { prefix, delimiter, start: prefix };
  }
  // After a common prefix comes what follows everything below it; after an object its immediate successor.
  const group = groupOf(after, { prefix, delimiter });
  const start = group?.equals(after) ? successor(after) : Buffer.concat([after, Buffer.of(0)]);
  return { prefix, delimiter, start };
}

/** The common prefix that `path` falls under, if any: up to the first delimiter behind the query's prefix. */
export function groupOf(path: Buffer, range: Pick<ListRange, 'prefix' | 'delimiter'>): Buffer | undefined {
  if (range.delimiter.length === 0 || !startsWith(path, range.prefix)) {
    return undefined;
  }
  const at = path.indexOf(range.delimiter, range.prefix.length);
  return at < 0 ? undefined : path.subarray(0, at + range.delimiter.length);
}

export function startsWith(path: Buffer, prefix: Buffer): boolean {
  return path.length >= prefix.length && path.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}
