import type { Pagination } from '../../../protocol/databranch.js';
import { invalid } from '../../catalog/errors.js';

/** Data sets on a page unless asked otherwise, and at most. */
const AMOUNT_DEFAULT = 100;
const AMOUNT_MAX = 1_000;

export interface PageQuery {
  after?: string;
  amount?: number;
}

/**
 * One page of items in the byte order of their paths, several of which may have one path. `after` is a path, all of
 * whose items are passed over, or what the page before gave as `next_offset`: a path, a tab, and how many of its
 * items were on pages before.
 */
export function pageOf<T>(
  items: T[],
  path: (item: T) => string,
  { after = '', amount = -1 }: PageQuery
): { results: T[]; pagination: Pagination } {
  const size = amount < 0 ? AMOUNT_DEFAULT : Math.min(amount, AMOUNT_MAX);
  const offset = parse(after);
  const places = placed(items, path);
  const start = offset ? places.findIndex(place => isBehind(place, offset)) : 0;
  const page = start < 0 ? [] : places.slice(start, start + size);
  const last = page.at(-1);
  const has_more = start >= 0 && start + page.length < places.length;
  const next_offset = has_more && last ? `${last.path}\t${last.ordinal}` : '';
  return {
    results: page.map(place => place.item),
    pagination: { has_more, next_offset, results: page.length, max_per_page: AMOUNT_MAX }
  };
}

/** One page of `total` lines that have no names: `after` is how many were on pages before. */
export function numberedPage(
  total: number,
  { after = '', amount = -1 }: PageQuery
): { start: number; count: number; pagination: Pagination } {
  if (!/^\d{0,15}$/.test(after)) {
    throw invalid(`"${after}" is no place to go on from: pass the next_offset of the page before.`);
  }
  const size = amount < 0 ? AMOUNT_DEFAULT : Math.min(amount, AMOUNT_MAX);
  const start = Math.min(Number(after), total);
  const count = Math.min(size, total - start);
  const has_more = start + count < total;
  const next_offset = has_more ? String(start + count) : '';
  return { start, count, pagination: { has_more, next_offset, results: count, max_per_page: AMOUNT_MAX } };
}

interface Place {
  path: string;
  /** 1 for the first item of its path. */
  ordinal: number;
}

function placed<T>(items: T[], pathOf: (item: T) => string): (Place & { item: T })[] {
  const counts = new Map<string, number>();
  return items.map(item => {
    const path = pathOf(item);
    const ordinal = (counts.get(path) ?? 0) + 1;
    counts.set(path, ordinal);
    return { item, path, ordinal };
  });
}

function parse(after: string): Place | undefined {
  const found = /^(.*)\t(\d+)$/s.exec(after);
  if (found) {
    return { path: found[1]!, ordinal: Number(found[2]) };
  }
  return after === '' ? undefined : { path: after, ordinal: Infinity };
}

function isBehind(place: Place, offset: Place): boolean {
  const order = Buffer.compare(Buffer.from(place.path), Buffer.from(offset.path));
  return order > 0 || (order === 0 && place.ordinal > offset.ordinal);
}
