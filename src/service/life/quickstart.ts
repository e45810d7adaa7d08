import type { Catalog } from '../catalog/catalog.js';
import { CatalogError } from '../catalog/errors.js';
import { aboutTheSample } from '../sample/about.js';
import { reviewParts } from '../sample/part-threads.js';
import { productsCsv } from '../sample/products.js';

export const QUICKSTART = 'quickstart';
const PARQUET = 'application/vnd.apache.parquet';

export interface SampleOptions {
  rows: number;
  committer: string;
  /** Where the bundle of sample/part-worker lies. */
  workerUrl: URL;
}

/**
 * Makes repository `quickstart` with the sample data committed on `main`, unless it is there. What an
 * interrupted start left unfinished is finished; what a user has changed since is left alone.
 *
 * @returns whether anything was made.
 */
export async function makeQuickstart(catalog: Catalog, options: SampleOptions): Promise<boolean> {
  const found = await existing(catalog);
  if (!found) {
    const creation = { name: QUICKSTART, storageNamespace: `local://${QUICKSTART}/`, defaultBranch: 'main' };
    await catalog.repositories.create(creation, options.committer);
  } else if (found.filled) {
    return false;
  }
  await commitSample(catalog, QUICKSTART, options);
  return true;
}

/** Puts the sample data on a repository's default branch and commits it. */
export async function commitSample(
  catalog: Catalog,
  repository: string,
  options: SampleOptions
): Promise<void> {
  const { rows, committer, workerUrl } = options;
  const { defaultBranch: branch } = await catalog.repositories.get(repository);
  const put = async (path: string, contentType: string, bytes: AsyncIterable<Uint8Array>) => {
    const received = await catalog.contents.receive(repository, bytes);
    await catalog.objects.put(repository, branch, path, received, { contentType });
  };
  for await (const { part, bytes } of reviewParts(rows, workerUrl)) {
    await put(`reviews/${part.name}`, PARQUET, whole(bytes));
  }
  await put('products/products.csv', 'text/csv', productsCsv());
  await put('README.md', 'text/markdown', whole(aboutTheSample(rows)));
  await catalog.commits.create(repository, branch, {
    committer,
    message: 'Add sample data: product reviews and products',
    metadata: { source: 'databranch sample', rows: String(rows) }
  });
}

/** Filled: there is a commit after the first one, which is empty. */
async function existing(catalog: Catalog): Promise<{ filled: boolean } | undefined> {
  try {
    const { defaultBranch } = await catalog.repositories.get(QUICKSTART);
    const head = await catalog.commits.get(QUICKSTART, defaultBranch);
    return { filled: head.parents.length > 0 };
  } catch (error) {
    if (error instanceof CatalogError && error.code === 'repository-not-found') {
      return undefined;
    }
    throw error;
  }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
