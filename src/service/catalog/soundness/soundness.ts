import type { RepositoryUid, StagingToken } from '../../ids.js';
import type { Version } from '../../kv/kv.js';
import { EMPTY_ROOT } from '../../tree/empty.js';
import { HashSet } from '../hash-set.js';
import { branchKey, DELETED, familyOf, partsOf, REPOSITORIES, stagedLayer } from '../keys.js';
import { leftoverFiles, leftoverLayers, leftoverParts, leftoverRepositories } from '../leftovers.js';
import { Pace } from '../pace.js';
import { decodeRecord, type DeletedRecord, type PartRecord, type RepositoryRecord } from '../records.js';
import { endOf, readRoots, rootsOf, type Roots } from '../roots.js';
import { scanPages, scanWhole } from '../scan.js';
import type { Store } from '../store.js';
import { BlockCheck, messageOf } from './block-check.js';
import type { CheckContext } from './context.js';
import { HistoryCheck } from './history-check.js';
import { Tally, type Finding, type SoundnessOptions, type SoundnessReport } from './report.js';
import { TreeCheck } from './tree-check.js';

/** Records per page: a page of block records, the largest, has at most 8 MiB. */
const RECORDS_PER_PAGE = 500;

/** Families of which every record must be reachable, by what a record of them is called. */
const COUNTED = { c: 'commits', n: 'tree nodes', k: 'block records' } as const;

/** `databranch fsck`: whether everything that can be reached is there and is what it should be. */
export class Soundness {
  constructor(private readonly store: Store) {}

  /**
   * Checks the whole store beside live traffic, in memory that grows by some 100 bytes for each node and content of
   * the largest repository. Changes made meanwhile may or may not be seen.
   * @throws the signal's reason once it has fired
   */
  check(options: SoundnessOptions = {}): Promise<SoundnessReport> {
    return this.store.sweeper.rest(() => this.checkAll(options));
  }

  /**
   * The first thing that is missing or wrong in what lies under a uid, if there is any: for who is about to make a
   * repository of it. Objects are not read.
   */
  async firstDamage(uid: RepositoryUid, defaultBranch: string): Promise<Finding | undefined> {
    const { kv, blocks } = this.store;
    let first: Finding | undefined;
    const found = new AbortController();
    const tally = new Tally(finding => {
      if (finding.severity === 'damage') {
        first ??= finding;
        found.abort(finding);
      }
    });
    const context = { kv, blocks, uid, where: 'in it', tally, pace: new Pace(found.signal) };
    try {
      const scope = { contents: false, line: 0, layers: new HashSet(), now: this.store.now() };
      await new RepositoryCheck(context, scope).check(defaultBranch);
    } catch (error) {
      if (!first) {
        throw error;
      }
    }
    return first;
  }

  private async checkAll({ contents = true, onFinding, signal }: SoundnessOptions): Promise<SoundnessReport> {
    const { kv, blocks, epochs } = this.store;
    const tally = new Tally(onFinding);
    const pace = new Pace(signal);
    // What verbs at work have written and not yet published is older than this line only once they are through.
    const line = await epochs.raise();
    const now = this.store.now();
    const layers = new HashSet();
    const repositories = await kv.snapshot(reader => scanWhole(reader, REPOSITORIES));
    for (const { key, value } of repositories) {
      const name = key.subarray(REPOSITORIES.length).toString('utf8');
      const where = `repository ${name}`;
      let record: RepositoryRecord;
      try {
        record = decodeRecord<RepositoryRecord>(value);
      } catch (error) {
        await tally.damage(where, `Its record cannot be read: ${messageOf(error)}`);
        continue;
      }
      const { uid, defaultBranch, bare } = record;
      const context = { kv, blocks, uid, where, tally, pace };
      await new RepositoryCheck(context, { contents, line, now, layers }).check(
        bare ? undefined : defaultBranch
      );
    }
    for (const { key, value } of await kv.snapshot(reader => scanWhole(reader, DELETED))) {
      const uid = key.subarray(DELETED.length).toString('utf8') as RepositoryUid;
      const where = `deleted repository ${deletedName(value)}`;
      const context = { kv, blocks, uid, where, tally, pace };
      await new RepositoryCheck(context, { contents, line, now, layers }).checkDumps();
    }
    for await (const uid of leftoverRepositories(kv, line)) {
      await tally.collectable('store', `Records under ${uid} belong to no repository.`);
    }
    for await (const token of leftoverLayers(kv, layers, line)) {
      await tally.collectable('store', `No branch and no operation names the staged layer ${token}.`);
    }
    for await (const name of leftoverFiles(kv, blocks, pace)) {
      await tally.collectable('store', `No block record names the file ${name}.`);
    }
    return tally.report;
  }
}

/** For a person; a record that cannot be read keeps the repository all the same. */
function deletedName(value: Buffer): string {
  try {
    return decodeRecord<DeletedRecord>(value).name;
  } catch {
    return 'without a name';
  }
}

/** Every repository keeps the empty tree's node: verbs compare with it where there is no commit. */
const EMPTY_TREE = Buffer.from(EMPTY_ROOT.hash, 'hex');

/** The 32 bytes of an id, from the end of a key. */
function idIn(family: keyof typeof COUNTED, rest: Buffer): Buffer {
  return family === 'c' ? Buffer.from(rest.toString('utf8'), 'hex') : rest;
}

interface Scope {
  contents: boolean;
  line: Version;
  /** Milliseconds since the epoch. */
  now: number;
  /** Takes in the layers that this repository names. */
  layers: HashSet;
}

class RepositoryCheck {
  private readonly blocks: BlockCheck;
  private readonly trees: TreeCheck;
  private readonly history: HistoryCheck;

  constructor(
    private readonly context: CheckContext,
    private readonly scope: Scope
  ) {
    this.blocks = new BlockCheck(context, scope.contents);
    this.trees = new TreeCheck(context, this.blocks);
    this.history = new HistoryCheck(context, this.trees);
  }

  /** @param defaultBranch that must be there */
  async check(defaultBranch: string | undefined): Promise<void> {
    const { kv, uid, where, tally } = this.context;
    const records = await kv.snapshot(reader => readRoots(reader, uid));
    tally.checked.repositories++;
    tally.checked.branches += records.branches.length;
    tally.checked.tags += records.tags.length;
    tally.checked.operations += records.operations.length;
    tally.checked.uploads += records.uploads.length;
    let roots: Roots;
    try {
      roots = rootsOf(uid, records);
    } catch (error) {
      return tally.damage(where, `A branch, tag, operation or upload cannot be read: ${messageOf(error)}`);
    }
    const main = defaultBranch === undefined ? undefined : branchKey(uid, defaultBranch);
    if (main && !records.branches.some(({ key }) => key.equals(main))) {
      await tally.damage(where, `Its default branch ${defaultBranch} is missing.`);
    }
    await this.reached(roots);
    for (const layer of roots.layers) {
      if (this.scope.layers.add(Buffer.from(layer.token, 'hex'))) {
        await this.layer(layer.token, `${where}, uncommitted on ${layer.where}`);
      }
    }
    for (const upload of roots.uploads) {
      await this.parts(upload.id, `${where}, upload ${upload.id}`);
    }
    await this.unreferenced(roots);
  }

  /** Of a repository that was deleted: what its dumps reach. The rest goes when they go, and is not looked at. */
  async checkDumps(): Promise<void> {
    const { kv, uid, where, tally } = this.context;
    const { tasks } = await kv.snapshot(reader => readRoots(reader, uid));
    tally.checked.repositories++;
    let roots: Roots;
    try {
      roots = rootsOf(uid, { branches: [], tags: [], operations: [], uploads: [], tasks });
    } catch (error) {
      return tally.damage(where, `A dump cannot be read: ${messageOf(error)}`);
    }
    await this.reached(roots);
  }

  private async reached({ commits, contents }: Roots): Promise<void> {
    const { where } = this.context;
    for (const root of commits) {
      await this.history.check(root.id, `${where}, ${root.where}`);
    }
    for (const { contentId, size, where: of } of contents) {
      await this.blocks.need(contentId, size, `${where}, ${of}`);
    }
  }

  private async layer(token: StagingToken, where: string): Promise<void> {
    const prefix = stagedLayer(token);
    for await (const page of scanPages(this.context.kv, prefix, RECORDS_PER_PAGE)) {
      for (const { key, value } of page.filter(record => record.value.length > 0)) {
        this.context.tally.checked.entries++;
        await this.trees.entry(value, `${where}, object ${key.subarray(prefix.length).toString('utf8')}`);
      }
    }
  }

  private async parts(uploadId: string, where: string): Promise<void> {
    const { kv, uid } = this.context;
    for await (const page of scanPages(kv, partsOf(uid, uploadId), RECORDS_PER_PAGE)) {
      for (const { value } of page) {
        const { contentId, size } = decodeRecord<PartRecord>(value);
        await this.blocks.need(contentId, size, where);
      }
    }
  }

  private async unreferenced(roots: Roots): Promise<void> {
    const { kv, uid, where, tally, pace } = this.context;
    const seen = { c: this.history.seen, n: this.trees.seen, k: this.blocks.seen };
    for (const family of ['c', 'n', 'k'] as const) {
      const prefix = familyOf(family, uid);
      for await (const page of scanPages(kv, prefix, RECORDS_PER_PAGE)) {
        for (const { key } of page.filter(({ version }) => version <= this.scope.line)) {
          const id = idIn(family, key.subarray(prefix.length));
          if (!seen[family].has(id) && !id.equals(EMPTY_TREE)) {
            await tally.collectable(
              where,
              `${id.toString('hex')} of its ${COUNTED[family]} is not referred to.`
            );
          }
        }
        await pace.step();
      }
    }
    const uploads = new Set(roots.uploads.map(({ id }) => id));
    for await (const id of leftoverParts(kv, uid, uploads, this.scope.line)) {
      await tally.collectable(where, `Parts of upload ${id} remain, which is over.`);
    }
    for (const upload of roots.uploads) {
      const end = endOf(upload, roots, this.scope.now);
      if (end) {
        await tally.collectable(where, `Upload ${upload.id} ${end}.`);
      }
    }
  }
}
