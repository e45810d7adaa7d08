import type { Blocks } from '../blocks/blocks.js';
import type { Kv } from '../kv/kv.js';
import { Branches } from './branches.js';
import { Commits } from './commits.js';
import { Contents } from './contents.js';
import { Diffs } from './diffs.js';
import { Merges } from './merges.js';
import { Objects } from './objects.js';
import { Refs } from './refs.js';
import { Repositories } from './repositories.js';
import { Tags } from './tags.js';
import { Uploads } from './uploads.js';

/** What the catalog must not read from the process by itself. */
export interface CatalogOptions {
  kv: Kv;
  blocks: Blocks;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** All verbs, by noun. The only door to the store for everything that speaks to the outside. */
export interface Catalog {
  repositories: Repositories;
  branches: Branches;
  tags: Tags;
  refs: Refs;
  commits: Commits;
  diffs: Diffs;
  merges: Merges;
  objects: Objects;
  contents: Contents;
  uploads: Uploads;
  /** Ends background work; the caller closes kv. */
  close(): Promise<void>;
}
