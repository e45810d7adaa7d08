import type { Catalog } from '../catalog/catalog.js';
import { CatalogError } from '../catalog/errors.js';

/** Branch names read at a time. */
const PAGE = 1_000;

/** Of the characters in branch names, `-` alone comes before `/`. */
const BEFORE_SLASH = '-';

/**
 * Branches of a repository in the order of their *keys*, which is not that of their names: `a-b/x` comes before
 * `a/x`. Yields, from those whose name begins with `prefix`, every branch that may have keys behind `after`.
 *
 * A name is held back as long as names follow that continue it with a hyphen; no more than one name per hyphen
 * of the current one is held at a time.
 */
export async function* branchesInKeyOrder(
  catalog: Catalog,
  repository: string,
  { prefix, after }: { prefix: string; after: string }
): AsyncGenerator<string> {
  // Branch names are ASCII: JavaScript's order is the order of bytes.
  const from = after > prefix ? after.slice(0, after.indexOf('/') + 1) || after : '';
  const held: string[] = [];
  for (const name of continuedNames(from)) {
    if (name.startsWith(prefix) && (await isVisible(catalog, repository, name))) {
      held.push(name);
    }
  }
  // A place inside `a` lies behind all of `a-b`, and "a/" comes behind all names that begin with "a-".
  for await (const name of names(catalog, repository, prefix, from)) {
    while (held.length > 0 && !name.startsWith(held[held.length - 1]! + BEFORE_SLASH)) {
      yield held.pop()!;
    }
    held.push(name);
  }
  while (held.length > 0) {
    yield held.pop()!;
  }
}

/** The names up to `from` that may have keys behind it: its own, and those that it continues with a hyphen. */
function* continuedNames(from: string): Generator<string> {
  const name = from.split('/', 1)[0]!;
  for (let at = name.indexOf(BEFORE_SLASH, 1); at >= 0; at = name.indexOf(BEFORE_SLASH, at + 1)) {
    yield name.slice(0, at);
  }
  if (name !== '') {
    yield name;
  }
}

async function isVisible(catalog: Catalog, repository: string, name: string): Promise<boolean> {
  try {
    return !(await catalog.branches.get(repository, name)).hidden;
  } catch (error) {
    if (error instanceof CatalogError && error.code === 'branch-not-found') {
      return false;
    }
    throw error;
  }
}

async function* names(
  catalog: Catalog,
  repository: string,
  prefix: string,
  after: string
): AsyncGenerator<string> {
  let page;
  do {
    page = await catalog.branches.list(repository, {
      prefix,
      after: page?.nextOffset ?? after,
      amount: PAGE
    });
    for (const branch of page.results) {
      yield branch.name;
    }
  } while (page.hasMore);
}
