import { setTimeout } from 'node:timers/promises';

import type { RepositoryUid } from '../../ids.js';
import type { Version } from '../../kv/kv.js';
import { HashSet } from '../hash-set.js';
import { dropLayerKey, dropRepositoryKey, dropUploadKey, repositoryKey, REPOSITORIES } from '../keys.js';
import { leftoverFiles, leftoverLayers, leftoverParts, leftoverRepositories } from '../leftovers.js';
import type { Dumps } from '../dumps.js';
import { UNDO_DAYS_DEFAULT, youngerThan, type Operations } from '../operations.js';
import { Pace } from '../pace.js';
import { decodeRecord, type RepositoryRecord } from '../records.js';
import { endOf, readRoots, rootsOf, type Roots } from '../roots.js';
import { scanWhole } from '../scan.js';
import { TOMBSTONE } from '../layers.js';
import type { Store } from '../store.js';
import { sweepBlocks } from './block-sweep.js';
import { sweepCommits } from './commit-sweep.js';
import { noFigures, type CollectionReport, type RepositoryFigures } from './figures.js';
import { DanglingReference, Marks } from './marks.js';
import { sweepNodes } from './node-sweep.js';

/** How long a reader of bytes that nobody refers to any more is waited for, in milliseconds. */
const READERS_WAIT_MS_MAX = 60_000;

export interface CollectionOptions {
  /** Only says what would be removed. */
  dryRun?: boolean;
  /** Operations older than this are dropped first, and with them what only their undo needs. */
  undoDays?: number;
  /** Hears of each repository when it is done. */
  onRepository?: (figures: RepositoryFigures) => void | Promise<void>;
  signal?: AbortSignal;
}

/**
 * Garbage collection beside live traffic. docs/garbage-collection.md has the rules and says why they are safe.
 * Memory: some 70 bytes for each node and content of the largest repository.
 */
export class Collection {
  private readonly closing = new AbortController();
  private last: Promise<unknown> = Promise.resolve();

  /** @param undoDays where a collection is not told another number */
  constructor(
    private readonly store: Store,
    private readonly operations: Operations,
    private readonly dumps: Dumps,
    private readonly undoDays = UNDO_DAYS_DEFAULT
  ) {}

  /** Collects the whole store; one collection at a time. @throws the signal's reason once it has fired */
  run(options: CollectionOptions = {}): Promise<CollectionReport> {
    return this.next(options);
  }

  /** What a collection would free in one repository. @throws repository-not-found */
  async estimate(repository: string, options: { signal?: AbortSignal } = {}): Promise<RepositoryFigures> {
    await this.store.kv.snapshot(reader => this.store.repository(reader, repository));
    const { repositories } = await this.next({ ...options, dryRun: true }, repository);
    return repositories[0] ?? noFigures(repository);
  }

  /** Ends the collection under way, between two writes. */
  async close(): Promise<void> {
    this.closing.abort(new Error('The service stops.'));
    await this.last;
  }

  private next(options: CollectionOptions, only?: string): Promise<CollectionReport> {
    const signals = [this.closing.signal, ...(options.signal ? [options.signal] : [])];
    const pace = new Pace(AbortSignal.any(signals));
    const mine = this.last.then(() =>
      new Run(
        this.store,
        this.operations,
        this.dumps,
        { ...options, undoDays: options.undoDays ?? this.undoDays },
        pace
      ).collect(only)
    );
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

/** One collection. */
class Run {
  private readonly dryRun: boolean;
  private readonly undoDays: number;
  /** The tokens of all layers that a repository names. */
  private readonly layers = new HashSet();
  private readonly report: CollectionReport;

  constructor(
    private readonly store: Store,
    private readonly operations: Operations,
    private readonly dumps: Dumps,
    private readonly options: CollectionOptions & { undoDays: number },
    private readonly pace: Pace
  ) {
    this.dryRun = options.dryRun ?? false;
    this.undoDays = options.undoDays;
    const leftovers = { layers: 0, uploads: 0, repositories: 0, files: 0, bytes: 0 };
    this.report = { dryRun: this.dryRun, repositories: [], leftovers };
  }

  async collect(only?: string): Promise<CollectionReport> {
    const { epochs, kv, sweeper } = this.store;
    await this.pace.step();
    if (!this.dryRun) {
      await this.operations.expire(this.undoDays);
      await this.dumps.expire(this.undoDays);
    }
    epochs.marking = true;
    try {
      const line = await epochs.raise();
      const repositories = await kv.snapshot(reader => scanWhole(reader, REPOSITORIES));
      for (const { key } of repositories) {
        const name = key.subarray(REPOSITORIES.length).toString('utf8');
        if (only === undefined || name === only) {
          await sweeper.rest(() => this.repository(name, line));
        }
      }
      // A repository that cannot be read might name any of them.
      if (only === undefined && this.report.repositories.every(({ refused }) => !refused)) {
        await sweeper.rest(() => this.leftovers(line));
      }
    } finally {
      epochs.marking = false;
    }
    return this.report;
  }

  private async repository(name: string, line: Version): Promise<void> {
    const figures = noFigures(name);
    try {
      if (!(await this.collectRepository(name, line, figures))) {
        return;
      }
    } catch (error) {
      if (!(error instanceof DanglingReference)) {
        throw error;
      }
      figures.refused = error.message;
    }
    this.report.repositories.push(figures);
    await this.options.onRepository?.(figures);
  }

  /** Answers whether the repository is still there. */
  private async collectRepository(name: string, line: Version, figures: RepositoryFigures): Promise<boolean> {
    const { kv, blocks, now, epochs } = this.store;
    const { dryRun, pace } = this;
    const found = await kv.snapshot(async reader => {
      const record = await reader.get(repositoryKey(name));
      if (!record) {
        return undefined;
      }
      const { uid, retention } = decodeRecord<RepositoryRecord>(record.value);
      return { uid, retention, records: await readRoots(reader, uid) };
    });
    if (!found) {
      return false;
    }
    const { uid, retention, records } = found;
    const operations = dryRun ? youngerThan(this.undoDays, now(), records.operations) : records.operations;
    const roots = rootsOf(uid, { ...records, operations });
    roots.layers.forEach(({ token }) => this.layers.add(Buffer.from(token, 'hex')));
    const marks = new Marks(kv, uid, retention, now(), pace);
    await marks.roots(roots);
    const sweep = { kv, blocks, uid, marks, line, pace, figures, dryRun };
    await sweepCommits(sweep);
    if (!dryRun) {
      // Whoever found an unmarked commit before it was gone has come to its end, or has made it a root.
      await epochs.verbs.turn();
      await Promise.race([
        epochs.readings.turn(),
        setTimeout(READERS_WAIT_MS_MAX, undefined, { ref: false })
      ]);
    }
    await sweepNodes(sweep);
    await sweepBlocks(sweep);
    await this.uploads(uid, roots, line);
    return true;
  }

  private async uploads(uid: RepositoryUid, roots: Roots, line: Version): Promise<void> {
    const { kv, now } = this.store;
    const time = now();
    for (const upload of roots.uploads) {
      const { id, key, version } = upload;
      if (endOf(upload, roots, time)) {
        this.report.leftovers.uploads++;
        if (!this.dryRun) {
          const put = [{ key: dropUploadKey(uid, id), value: TOMBSTONE }];
          await kv.write({ expect: [{ key, version }], delete: [key], put });
        }
      }
    }
    const uploads = new Set(roots.uploads.map(({ id }) => id));
    for await (const id of leftoverParts(kv, uid, uploads, line)) {
      this.report.leftovers.uploads++;
      await this.drop(dropUploadKey(uid, id));
    }
  }

  private async leftovers(line: Version): Promise<void> {
    const { kv, blocks } = this.store;
    const { leftovers } = this.report;
    for await (const uid of leftoverRepositories(kv, line)) {
      leftovers.repositories++;
      await this.drop(dropRepositoryKey(uid));
    }
    for await (const token of leftoverLayers(kv, this.layers, line)) {
      leftovers.layers++;
      await this.drop(dropLayerKey(token));
    }
    for await (const name of leftoverFiles(kv, blocks, this.pace)) {
      leftovers.files++;
      leftovers.bytes += (await blocks.size(name)) ?? 0;
      if (!this.dryRun) {
        await blocks.remove(name);
      }
    }
  }

  /** Leaves the removal to the sweeper. */
  private async drop(key: Buffer): Promise<void> {
    if (!this.dryRun) {
      await this.store.kv.write({ put: [{ key, value: TOMBSTONE }] });
    }
  }
}
