import type { Entry } from '../catalog/model.js';
import { splitKey } from './address.js';
import { branchesInKeyOrder } from './branch-order.js';
import type { S3Call } from './call.js';
import { notImplemented } from './errors.js';

/** Which keys to list. `after` is exclusive. */
export interface ListRequest {
  prefix: string;
  delimiter: string;
  after: string;
  /** At most 1,000. */
  amount: number;
}

export type Listed = { kind: 'object'; key: string; entry: Entry } | { kind: 'prefix'; key: string };

/** One page of keys, ordered by bytes. */
export interface KeyPage {
  items: Listed[];
  truncated: boolean;
  /** What to pass as `after` for the next page; '' when there is none. */
  next: string;
}

/** Branches that one page of a listing over branches looks into: with many empty ones it may come back short. */
const BRANCHES_PER_PAGE_MAX = 1_000;

/** Lists keys of a repository: below one ref when the prefix names it whole, else over all branches. */
export async function listKeys(call: S3Call, request: ListRequest): Promise<KeyPage> {
  if (request.amount === 0) {
    await call.catalog.repositories.get(call.bucket);
    return { items: [], truncated: false, next: '' };
  }
  return request.prefix.includes('/') ? listBelowRef(call, request) : listOverBranches(call, request);
}

async function listBelowRef(call: S3Call, request: ListRequest): Promise<KeyPage> {
  const { ref, path: prefix } = splitKey(request.prefix);
  const after = pathBehind(request.after, ref);
  if (after === undefined) {
    await call.catalog.refs.resolve(call.bucket, ref);
    return { items: [], truncated: false, next: '' };
  }
  return listRef(call, ref, { ...request, prefix, after });
}

/** A page of one ref's paths, as keys. */
async function listRef(call: S3Call, ref: string, query: ListRequest): Promise<KeyPage> {
  const page = await call.catalog.objects.list(call.bucket, ref, query);
  return {
    items: page.results.map(item => {
      const key = `${ref}/${item.path}`;
      return item.kind === 'object' ? { kind: item.kind, key, entry: item.entry } : { kind: item.kind, key };
    }),
    truncated: page.hasMore,
    next: page.hasMore ? `${ref}/${page.nextOffset}` : ''
  };
}

/**
 * Lists a repository from its root, where the first segment of a key is not given or not whole. With the
 * delimiter "/" branches are the common prefixes, empty ones too: that is how clients browse a repository.
 */
async function listOverBranches(call: S3Call, request: ListRequest): Promise<KeyPage> {
  const { prefix, delimiter, amount } = request;
  checkRootDelimiter(delimiter);
  const items: Listed[] = [];
  let looked = 0;
  let previous = '';
  for await (const branch of branchesInKeyOrder(call.catalog, call.bucket, request)) {
    if (looked++ === BRANCHES_PER_PAGE_MAX) {
      return truncatedAt(items, behind(previous));
    }
    previous = branch;
    const group = groupOf(branch, prefix, delimiter);
    if (group === undefined) {
      // When the page is full already, one key more tells whether it is the last page.
      const left = Math.max(amount - items.length, 1);
      const after = pathBehind(request.after, branch) ?? '';
      const page = await listRef(call, branch, { prefix: '', delimiter, after, amount: left });
      if (page.items.length > 0 && items.length === amount) {
        return truncatedAt(items, items.at(-1)!.key);
      }
      items.push(...page.items);
      if (page.truncated) {
        return truncatedAt(items, page.next);
      }
    } else if (isBehind(group, request.after) && items.at(-1)?.key !== group) {
      // As a folder a branch is there also when it is empty; other groups are made of keys.
      if (delimiter !== '/' && (await isEmpty(call, branch))) {
        continue;
      }
      if (items.length === amount) {
        return truncatedAt(items, items.at(-1)!.key);
      }
      items.push({ kind: 'prefix', key: group });
    }
  }
  return { items, truncated: false, next: '' };
}

/** @throws S3Error NotImplemented for a common prefix that would end in the middle of a path */
export function checkRootDelimiter(delimiter: string): void {
  if (delimiter.slice(0, -1).includes('/')) {
    throw notImplemented('At the root of a repository the delimiter may hold "/" at its end only.');
  }
}

async function isEmpty({ catalog, bucket }: S3Call, branch: string): Promise<boolean> {
  return (await catalog.objects.list(bucket, branch, { amount: 1 })).results.length === 0;
}

function truncatedAt(items: Listed[], next: string): KeyPage {
  return { items, truncated: true, next };
}

/** The common prefix of all keys of a branch, where the delimiter stands in its name or right behind it. */
export function groupOf(branch: string, prefix: string, delimiter: string): string | undefined {
  const segment = `${branch}/`;
  const at = delimiter === '' ? -1 : segment.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : segment.slice(0, at + delimiter.length);
}

/** A place behind all keys of a branch and before all others: "0" is the character that follows "/". */
export function behind(branch: string): string {
  return `${branch}0`;
}

/** The part of `after` that counts among a ref's paths; undefined when all of them come before it. */
export function pathBehind(after: string, ref: string): string | undefined {
  const segment = `${ref}/`;
  if (after.startsWith(segment)) {
    return after.slice(segment.length);
  }
  return isBehind(segment, after) ? '' : undefined;
}

/** Order of UTF-8 bytes, in which S3 lists. */
export function isBehind(key: string, after: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}
