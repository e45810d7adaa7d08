import { decodeEntry } from '../../catalog/entry.js';
import type { Entry } from '../../catalog/model.js';
import { foreignFolder, isCounted, placeOf } from './place.js';
import { changesIn, inScope, type Ground, type Scope } from './scope.js';
import type { DataFile } from './statistics.js';

/**
 * The files of a view that count and lie in one data set's folder or its partitions, uncommitted changes included,
 * by path bytes. Cost: those files, and O(log n) for each other folder in there, which is passed over.
 */
export async function* filesIn(ground: Ground, folder: string, scope: Scope): AsyncGenerator<DataFile> {
  const changes = changesIn(scope, ground.view).filter(({ path }) => placeOf(path).dataSet === folder);
  let next = 0;
  for await (const file of committedIn(ground, folder, scope)) {
    const key = Buffer.from(file.path);
    for (; next < changes.length && changes[next]!.key.compare(key) < 0; next++) {
      yield* present(changes[next]!);
    }
    if (changes[next]?.key.equals(key)) {
      continue;
    }
    yield* present(file);
  }
  for (; next < changes.length; next++) {
    yield* present(changes[next]!);
  }
}

async function* committedIn({ view, tree }: Ground, folder: string, scope: Scope): AsyncGenerator<DataFile> {
  const from = folder.length > scope.prefix.length ? folder : scope.prefix;
  const cursor = tree.cursor(view.root);
  await cursor.seek(Buffer.from(from));
  while (cursor.entry) {
    const path = cursor.entry.key.toString('utf8');
    if (!path.startsWith(from) || (scope.single && path !== scope.prefix)) {
      return;
    }
    const foreign = foreignFolder(path, folder);
    if (foreign !== undefined) {
      // '0' is the byte behind '/': the first key that is not below that folder.
      await cursor.seek(Buffer.from(`${foreign.slice(0, -1)}0`));
      continue;
    }
    yield { path, entry: decodeEntry(cursor.entry.value) };
    await cursor.next();
  }
}

function* present({ path, entry }: { path: string; entry: Entry | undefined }): Generator<DataFile> {
  if (entry && isCounted(path)) {
    yield { path, entry };
  }
}

/** A path whose content is not the same on both sides. */
export interface FileChange {
  path: string;
  left: Entry | undefined;
  right: Entry | undefined;
}

/** The files in a scope that count and differ in content between two views. Order and cost as of {@link changes}. */
export async function* changedFiles(left: Ground, right: Ground, scope: Scope): AsyncGenerator<FileChange> {
  for await (const change of changes(left, right, scope)) {
    if (isCounted(change.path)) {
      yield change;
    }
  }
}

/**
 * The objects in a scope that differ in content between two views, in no order.
 * Cost: O(differences · log n) for the commits, and the uncommitted changes of both.
 */
export async function* changes(left: Ground, right: Ground, scope: Scope): AsyncGenerator<FileChange> {
  const staged = {
    left: new Map(changesIn(scope, left.view).map(change => [change.path, change.entry])),
    right: new Map(changesIn(scope, right.view).map(change => [change.path, change.entry]))
  };
  const overlaid = (path: string, leftEntry: Entry | undefined, rightEntry: Entry | undefined) => ({
    path,
    left: staged.left.has(path) ? staged.left.get(path) : leftEntry,
    right: staged.right.has(path) ? staged.right.get(path) : rightEntry
  });
  const seen = new Set<string>();
  const committed = left.tree.diff(left.view.root, right.view.root, { prefix: Buffer.from(scope.prefix) });
  for await (const difference of committed) {
    const path = difference.key.toString('utf8');
    seen.add(path);
    const change = overlaid(path, decoded(difference.left), decoded(difference.right));
    if (inScope(scope, path) && isChange(change)) {
      yield change;
    }
  }
  for (const path of new Set([...staged.left.keys(), ...staged.right.keys()])) {
    if (!seen.has(path)) {
      // Not in the difference: both commits have the same entry there, or none.
      const both = decoded((await left.tree.get(left.view.root, Buffer.from(path))) ?? null);
      const change = overlaid(path, both, both);
      if (isChange(change)) {
        yield change;
      }
    }
  }
}

function isChange({ left, right }: FileChange): boolean {
  return left?.contentId !== right?.contentId;
}

const decoded = (value: Buffer | null) => (value ? decodeEntry(value) : undefined);
