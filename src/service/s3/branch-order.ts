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
  const reached = after > prefix ? (after.split('/', 1)[0] ?? '') : '';
  const held: string[] = [];
  for (const name of continuedNames(reached)) {
    if (name.startsWith(prefix) && (await isVisible(catalog, repository, name))) {
      held.push(name);
    }
  }
  for await (const name of names(catalog, repository, prefix, reached)) {
    while (held.length > 0 && !name.startsWith(held[held.length - 1]! + BEFORE_SLASH)) {
      yield held.pop()!;
    }
    held.push(name);
  }
  while (held.length > 0) {
    yield held.pop()!;
  }
}

/** The names whose keys are not all behind us when `reached` is: itself, and those that it continues with a hyphen. */
function* continuedNames(reached: string): Generator<string> {
  for (let at = reached.indexOf(BEFORE_SLASH); at >= 0; at = reached.indexOf(BEFORE_SLASH, at + 1)) {
    if (at > 0) {
      yield reached.slice(0, at);
    }
  }
  if (reached !== '') {
    yield reached;
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
