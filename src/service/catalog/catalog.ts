import type { Blocks } from '../blocks/blocks.js';
import type { ImportRoots } from '../blocks/import-roots.js';
import type { Kv } from '../kv/kv.js';
import { Archives } from './archive/archives.js';
import { Branches } from './branches.js';
import { Collection } from './collection/collection.js';
import { Commits } from './commits.js';
import { Contents } from './contents.js';
import { Diffs } from './diffs.js';
import { Dumps } from './dumps.js';
import { Epochs } from './epochs.js';
import type { Events } from './events.js';
import { ExternalFiles } from './external-files.js';
import { HashingLanes } from './hashing/lanes.js';
import { History } from './history.js';
import { Imports } from './imports/imports.js';
import { Intake } from './intake.js';
import { Merges } from './merges.js';
import { Operations } from './operations.js';
import { Objects } from './objects.js';
import { Protection } from './protection.js';
import { Refs } from './refs.js';
import { Replays } from './replays.js';
import { Repositories } from './repositories.js';
import { Retention } from './retention.js';
import { Sandboxes } from './sandboxes.js';
import { Soundness } from './soundness/soundness.js';
import { Staging } from './staging.js';
import { Store } from './store.js';
import { Sweeper } from './sweeper.js';
import { Tags } from './tags.js';
import { Tasks } from './tasks.js';
import { Undo } from './undo.js';
import { Uploads } from './uploads.js';
import { Views } from './views.js';

/** What the catalog must not read from the process by itself. */
export interface CatalogOptions {
  kv: Kv;
  blocks: Blocks;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Where the bundle of hashing/hash-worker lies; without it everything is hashed on the caller's thread. */
  hashWorker?: URL;
  /** From where local files may be imported; without, from nowhere. */
  importRoots?: ImportRoots;
  /** How long verbs can be undone, in days; 7 unless given. */
  undoDays?: number;
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
  dumps: Dumps;
  tasks: Tasks;
  uploads: Uploads;
  externalFiles: ExternalFiles;
  imports: Imports;
  views: Views;
  retention: Retention;
  sandboxes: Sandboxes;
  collection: Collection;
  soundness: Soundness;
  archives: Archives;
  events: Events;
  /** Resolves when background work noted so far is done. */
  idle(): Promise<void>;
  /** Ends background work; the store itself stays open. */
  close(): Promise<void>;
}

/** Opens the catalog over a store and takes up what a crash interrupted. */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { kv, blocks, now, hashWorker, importRoots, onError = () => undefined } = options;
  const sweeper = new Sweeper(kv, blocks, onError);
  const store = new Store(kv, blocks, now, sweeper, await Epochs.open(kv));
  const history = new History(store);
  const refs = new Refs(store, history);
  const operations = await Operations.open(store);
  const staging = new Staging(store, history, operations);
  const lanes = hashWorker && new HashingLanes(hashWorker, onError);
  const contents = new Contents(store, new Intake(blocks, lanes));
  const objects = new Objects(store, refs, history, contents);
  const imports = new Imports(store, history, staging, contents, importRoots, onError);
  const tasks = new Tasks(store);
  const dumps = new Dumps(store, history, contents, tasks);
  const collection = new Collection(store, operations, dumps, options.undoDays);
  const soundness = new Soundness(store);
  const branches = new Branches(store, refs, staging, history, operations);
  const commits = new Commits(store, refs, staging, history, contents);
  const merges = new Merges(store, refs, staging, history);
  sweeper.wake();
  return {
    repositories: new Repositories(store, history),
    branches,
    tags: new Tags(store, refs, history),
    refs,
    commits,
    diffs: new Diffs(store, refs, history),
    merges,
    replays: new Replays(store, refs, staging, history),
    protection: new Protection(store),
    operations,
    undo: new Undo(store, history, staging, operations),
    objects,
    contents,
    dumps,
    tasks,
    uploads: new Uploads(store, objects, contents),
    externalFiles: new ExternalFiles(store, importRoots),
    imports,
    views: new Views(store, refs, history),
    retention: new Retention(store),
    sandboxes: new Sandboxes(store, branches, commits, merges, operations),
    collection,
    soundness,
    archives: new Archives(store, history, contents, soundness),
    events: store.events,
    idle: () => sweeper.idle(),
    close: async () => {
      await imports.close();
      // Together: a collection may be waiting for a task.
      await Promise.all([collection.close(), tasks.close()]);
      await sweeper.close();
      await lanes?.close();
    }
  };
}
