import type { Blocks } from '../blocks/blocks.js';
import type { ImportRoots } from '../blocks/import-roots.js';
import type { Kv } from '../kv/kv.js';
import { Archives } from './archive/archives.js';
import { Branches } from './branches.js';
import { Collection } from './collection/collection.js';
import { Commits } from './commits.js';
import { Contents } from './contents.js';
import { Diffs } from './diffs.js';
import { Epochs } from './epochs.js';
import { ExternalFiles } from './external-files.js';
import { History } from './history.js';
import { Imports } from './imports/imports.js';
import { Merges } from './merges.js';
import { Operations } from './operations.js';
import { Objects } from './objects.js';
import { Protection } from './protection.js';
import { Refs } from './refs.js';
import { Replays } from './replays.js';
import { Repositories } from './repositories.js';
import { Retention } from './retention.js';
import { Soundness } from './soundness/soundness.js';
import { Staging } from './staging.js';
import { Store } from './store.js';
import { Sweeper } from './sweeper.js';
import { Tags } from './tags.js';
import { Undo } from './undo.js';
import { Uploads } from './uploads.js';
import { Views } from './views.js';

/** What the catalog must not read from the process by itself. */
export interface CatalogOptions {
  kv: Kv;
  blocks: Blocks;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** From where local files may be imported; without, from nowhere. */
  importRoots?: ImportRoots;
  /** Hears of failures in background work. */
  onError?: (error: unknown) => void;
}

/** All verbs, by noun: the only door to the store for everything that speaks to the outside. */
export interface Catalog {
  repositories: Repositories;
  branches: Branches;
  tags: Tags;
  refs: Refs;
  commits: Commits;
  diffs: Diffs;
  merges: Merges;
  replays: Replays;
  protection: Protection;
  operations: Operations;
  undo: Undo;
  objects: Objects;
  contents: Contents;
  uploads: Uploads;
  externalFiles: ExternalFiles;
  imports: Imports;
  views: Views;
  retention: Retention;
  collection: Collection;
  soundness: Soundness;
  archives: Archives;
  /** Resolves when background work noted so far is done. */
  idle(): Promise<void>;
  /** Ends background work; the store itself stays open. */
  close(): Promise<void>;
}

/** Opens the catalog over a store and takes up what a crash interrupted. */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { kv, blocks, now, importRoots, onError = () => undefined } = options;
  const sweeper = new Sweeper(kv, blocks, onError);
  const store = new Store(kv, blocks, now, sweeper, await Epochs.open(kv));
  const history = new History(store);
  const refs = new Refs(store, history);
  const operations = new Operations(store);
  const staging = new Staging(store, history, operations);
  const contents = new Contents(store);
  const objects = new Objects(store, refs, history, contents);
  const imports = new Imports(store, history, staging, contents, importRoots, onError);
  const collection = new Collection(store, operations);
  const soundness = new Soundness(store);
  sweeper.wake();
  return {
    repositories: new Repositories(store, history),
    branches: new Branches(store, refs, staging, history, operations),
    tags: new Tags(store, refs, history),
    refs,
    commits: new Commits(store, refs, staging, history),
    diffs: new Diffs(store, refs, history),
    merges: new Merges(store, refs, staging, history),
    replays: new Replays(store, refs, staging, history),
    protection: new Protection(store),
    operations,
    undo: new Undo(store, history, staging, operations),
    objects,
    contents,
    uploads: new Uploads(store, objects, contents),
    externalFiles: new ExternalFiles(store, importRoots),
    imports,
    views: new Views(store, refs, history),
    retention: new Retention(store),
    collection,
    soundness,
    archives: new Archives(store, history, contents, soundness),
    idle: () => sweeper.idle(),
    close: async () => {
      await imports.close();
      await collection.close();
      await sweeper.close();
    }
  };
}
