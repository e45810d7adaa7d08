import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type {
  ColumnsResult,
  DuplicatesResult,
  MergePreview,
  RowDiffResult,
  RowLogResult,
  RowsComparison,
  RowsResult
} from '../../protocol/databranch.js';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogError, invalid } from '../catalog/errors.js';
import type { MergeCheck } from '../catalog/merges.js';
import type { CommitId } from '../ids.js';
import type { Kv } from '../kv/kv.js';
import { Comparison } from './comparing/comparison.js';
import { CountedRefs, namedPairs, nothingAt, type SidePaths } from './datasets/counted-refs.js';
import { CountingAhead, type AheadFigures } from './counting-ahead.js';
import { Counting } from './counting/counting.js';
import { shown, type CountedDataSet } from './datasets/datasets.js';
import { DeletionVectors } from './delta/deletion-vectors.js';
import { DeltaLogs } from './delta/log.js';
import { Breakdown } from './answers/breakdown.js';
import { DiffReport, onlyPair } from './answers/diff-report.js';
import { DuplicateReport } from './answers/duplicate-report.js';
import { DuplicateCount } from './tables/duplicates.js';
import { Engine, type EngineOptions } from './engine/engine.js';
import { EngineFiles } from './engine/engine-files.js';
import { Fingerprints } from './tables/fingerprints.js';
import { Footers } from './counting/footers.js';
import { FooterThreads } from './formats/footer-threads.js';
import { kindOf } from './formats/format.js';
import { guardsOf, type BranchGuards } from './guards/guards-file.js';
import { Job, mapLimited, type Observer } from './counting/job.js';
import { Kept } from './counting/kept.js';
import type { Log } from './counting/log.js';
import { MergeGuard, type GuardedMerge } from './guards/merge-guard.js';
import { conflictPreview, previewOf } from './answers/merge-preview.js';
import { pageOf } from './answers/paging.js';
import { LookedAtCommits } from './datasets/looked-at.js';
import { pathOf, type Pair } from './datasets/pairs.js';
import { Previews } from './preview/preview.js';
import { PreviewThread } from './preview/preview-thread.js';
import type { PreviewQuery } from './preview/question.js';
import type {
  ColumnsQuery,
  DuplicatesQuery,
  MergePreviewQuery,
  RowDiffQuery,
  Rows,
  RowsComparisonQuery,
  RowsQuery
} from './questions.js';
import { RowDiffs } from './tables/row-diff.js';
import { RowLog } from './answers/row-log.js';
import { RowComparison } from './comparing/row-comparison.js';
import { entryAt } from './counting/scope.js';
import { Shapes } from './counting/shape.js';
import type { Sides } from './datasets/sides.js';
import { Statistics } from './counting/statistics.js';
import { columnNames, refuseUnknown } from './tables/table-files.js';

export type { Rows, RowsComparisonQuery, RowsQuery } from './questions.js';

export interface RowsOptions {
  catalog: Pick<Catalog, 'views' | 'contents' | 'commits' | 'merges' | 'refs' | 'events'>;
  kv: Kv;
  /** For temporary files; this room uses its sub-folder `rows`, and empties it now and then. */
  dataFolder: string;
  /** The bundle of engine-process.ts. */
  enginePath: string;
  /** Where the bundle of footer-worker lies; without it Parquet files are read one by one on the main thread. */
  footerWorker?: URL;
  engine?: Partial<EngineOptions>;
  /** The bundle of preview/preview-worker.ts. */
  previewWorker: URL;
  /** How long a merge waits for the figures that its guards ask for, in milliseconds. */
  guardMs?: number;
  log: Log;
}

const EXAMPLES_DEFAULT = 5;
const EXAMPLES_MAX = 100;

/** A pair whose right side is there. */
type CountedPair = Pair & { right: CountedDataSet };

/** Opens the room over a store. Left-over temporary files of a service that crashed are removed. */
export async function openRows(options: RowsOptions): Promise<Rows> {
  const folder = join(options.dataFolder, 'rows');
  await rm(folder, { recursive: true, force: true });
  return new RowsOverCatalog(options, folder);
}

class RowsOverCatalog implements Rows {
  private readonly catalog: RowsOptions['catalog'];
  private readonly kept: Kept;
  private readonly footerThreads: FooterThreads | undefined;
  private readonly counting: Counting;
  private readonly refs: CountedRefs;
  private readonly countingAhead: CountingAhead;
  private readonly engine: Engine;
  private readonly engineFiles: EngineFiles;
  private readonly fingerprints: Fingerprints;
  private readonly diffs: RowDiffs;
  private readonly rowLog: RowLog;
  private readonly mergeGuard: MergeGuard;
  private readonly previews: Previews;
  private readonly previewThread: PreviewThread;
  private readonly duplicateCount: DuplicateCount;

  constructor(options: RowsOptions, folder: string) {
    const { catalog, kv, enginePath, footerWorker, engine, previewWorker, guardMs, log } = options;
    this.catalog = catalog;
    this.kept = new Kept(kv, log);
    const shapes = new Shapes(this.kept);
    this.footerThreads =
      footerWorker &&
      new FooterThreads(footerWorker, error => log.warn({ err: error }, 'a thread that counts rows failed'));
    const footers = this.footerThreads && new Footers(catalog.contents, this.footerThreads);
    const statistics = new Statistics(this.kept, catalog.contents, shapes, footers, log);
    this.counting = new Counting(this.kept, statistics);
    this.engine = new Engine({ entry: enginePath, spillFolder: join(folder, 'spill'), ...engine });
    this.engineFiles = new EngineFiles(catalog.contents, shapes, this.engine, folder);
    const deltaLogs = new DeltaLogs(catalog.contents, statistics, this.engineFiles, log);
    const lookedAt = new LookedAtCommits();
    const vectors = new DeletionVectors(catalog.contents);
    this.refs = new CountedRefs(
      catalog.views,
      this.counting,
      statistics,
      shapes,
      deltaLogs,
      vectors,
      lookedAt
    );
    this.countingAhead = new CountingAhead({ ...catalog, refs: this.refs, statistics, lookedAt, log });
    this.fingerprints = new Fingerprints(this.kept, this.engineFiles);
    this.duplicateCount = new DuplicateCount(this.kept, this.engineFiles);
    this.diffs = new RowDiffs(this.engine, this.engineFiles, join(folder, 'diffs'));
    this.previewThread = new PreviewThread({ entry: previewWorker });
    this.previews = new Previews(catalog.contents, statistics, shapes, this.previewThread);
    this.rowLog = new RowLog(catalog, this.refs, statistics);
    this.mergeGuard = new MergeGuard({
      contents: catalog.contents,
      refs: this.refs,
      duplicates: this.duplicateCount,
      engineFiles: this.engineFiles,
      shapes,
      log,
      ...(guardMs !== undefined && { checkMs: guardMs })
    });
  }

  async count(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowsResult> {
    const job = new Job(observer);
    const side = await this.refs.side(repository, ref, query.path);
    const { figures, dataSets } = await this.refs.dataSets(side, job);
    if (query.path !== '' && figures.size === 0) {
      throw nothingAt(query.path, [ref]);
    }
    const groups = figures.groups();
    const total = (field: 'bytes' | 'files') => groups.reduce((sum, group) => sum + group[field], 0);
    const { results, pagination } = pageOf(dataSets, dataSet => dataSet.path, query);
    return {
      path: query.path,
      ref,
      commit_id: side.ground.view.commitId,
      rows: dataSets.reduce((sum, { rows = 0 }) => sum + rows, 0),
      bytes: total('bytes'),
      files: total('files'),
      unreadable: figures.hasUncounted() ? await this.counting.unreadable(side.ground, side.scope, job) : [],
      datasets: results.map(shown),
      pagination
    };
  }

  async compare(
    repository: string,
    left: string,
    right: string,
    query: RowsComparisonQuery,
    observer?: Observer
  ): Promise<RowsComparison> {
    const job = new Job(observer);
    const { sides, pairs } = await this.refs.pairs(repository, { left, right }, query, job);
    const { datasets, pagination } = await this.compared(sides, pairs, query, job);
    const { by } = query;
    return {
      ...(by && by !== 'data-set' && { by }),
      left,
      right,
      left_commit_id: sides.left.ground.view.commitId,
      right_commit_id: sides.right.ground.view.commitId,
      datasets,
      pagination
    };
  }

  private async compared(
    sides: Sides,
    pairs: Pair[],
    query: RowsComparisonQuery,
    job: Job
  ): Promise<Pick<RowsComparison, 'datasets' | 'pagination'>> {
    const { by = 'data-set' } = query;
    if (by === 'data-set') {
      const { results, pagination } = pageOf(pairs, pathOf, query);
      const comparison = this.comparison(sides, job);
      return { datasets: await mapLimited(results, 1, pair => comparison.of(pair)), pagination };
    }
    const breakdown = new Breakdown(this.refs, part => this.comparison(part, job), job);
    const parts = await breakdown.parts(sides, namedPairs({ sides, pairs }), by);
    const { results, pagination } = pageOf(parts, part => part.path, query);
    const datasets = await mapLimited(results, 1, part => breakdown.of(sides, part));
    return { datasets: datasets.flat(), pagination };
  }

  async duplicates(
    repository: string,
    ref: string,
    query: DuplicatesQuery,
    observer?: Observer
  ): Promise<DuplicatesResult> {
    const job = new Job(observer);
    const { base, keys, path } = query;
    // Without a base the ref stands for both sides; the left one is then not looked at.
    const refs = { left: base ?? ref, right: ref };
    const { sides, pairs } = await this.refs.pairs(repository, refs, query, job);
    const here = pairs.flatMap(({ left, right }) =>
      right ? [{ left: base === undefined ? undefined : left, right } as CountedPair] : []
    );
    if (here.length === 0 && path !== '') {
      throw nothingAt(path, [ref]);
    }
    if (here.length === 1) {
      refuseUnknown(keys, await this.columnNames(sides, here[0]!));
    }
    const { results, pagination } = pageOf(here, pathOf, query);
    const examples = Math.min(query.examples ?? EXAMPLES_DEFAULT, EXAMPLES_MAX);
    const report = new DuplicateReport(sides, this.duplicateCount, { keys, examples }, job, base);
    return {
      path,
      ref,
      commit_id: sides.right.ground.view.commitId,
      base: base ?? null,
      base_commit_id: base === undefined ? null : sides.left.ground.view.commitId,
      keys,
      datasets: await mapLimited(results, 1, pair => report.of(pair)),
      pagination
    };
  }

  async diff(
    repository: string,
    left: string,
    right: string,
    query: RowDiffQuery,
    observer?: Observer
  ): Promise<RowDiffResult> {
    const report = await this.diffReport(repository, { left, right }, query, new Job(observer));
    return report.rows(this.diffs, query.keys, query);
  }

  async diffFile(
    repository: string,
    left: string,
    right: string,
    query: RowDiffQuery,
    observer?: Observer
  ): Promise<{ file: string; bytes: number }> {
    const report = await this.diffReport(repository, { left, right }, query, new Job(observer));
    return report.file(this.diffs, query.keys);
  }

  async columns(
    repository: string,
    left: string,
    right: string,
    query: ColumnsQuery,
    observer?: Observer
  ): Promise<ColumnsResult> {
    const report = await this.diffReport(repository, { left, right }, query, new Job(observer));
    return report.columns(this.engineFiles, query.files);
  }

  log(repository: string, ref: string, query: RowsQuery, observer?: Observer): Promise<RowLogResult> {
    return this.rowLog.of(repository, ref, query, new Job(observer));
  }

  async guards(repository: string, ref: string): Promise<BranchGuards & { commitId: CommitId }> {
    const { views, contents } = this.catalog;
    const view = await views.open(repository, ref);
    const committed = { view: { ...view, changes: [] }, tree: views.tree(view) };
    return { commitId: view.commitId, ...(await guardsOf(contents, committed)) };
  }

  async mergePreview(
    repository: string,
    source: string,
    destination: string,
    query: MergePreviewQuery,
    observer?: Observer
  ): Promise<MergePreview> {
    const { merges, refs } = this.catalog;
    const job = new Job(observer);
    try {
      return await merges.consider(repository, source, destination, query.strategy, async candidate => {
        const before = await this.refs.sideOf(destination, candidate.before);
        const after = await this.refs.sideOf(source, candidate.after);
        const paired = await this.refs.pair(before, after, job);
        const guard = await this.mergeGuard.findings(paired, before.ground, job);
        return previewOf(candidate, paired, this.comparison(paired.sides, job), guard, query);
      });
    } catch (error) {
      if (!(error instanceof CatalogError && error.code === 'merge-conflict')) {
        throw error;
      }
      const [sourceCommitId, destinationCommitId] = await Promise.all(
        [source, destination].map(async ref => (await refs.resolve(repository, ref)).commitId)
      );
      const ends = {
        source,
        destination,
        sourceCommitId: sourceCommitId!,
        destinationCommitId: destinationCommitId!
      };
      return conflictPreview({ ...ends, baseCommitId: null }, error.data['paths'] as string[]);
    }
  }

  mergeCheck(merge: GuardedMerge): MergeCheck {
    return this.mergeGuard.check(merge);
  }

  async preview(
    repository: string,
    ref: string,
    path: string,
    query: PreviewQuery,
    observer?: Observer
  ): Promise<Uint8Array> {
    const { ground } = await this.refs.side(repository, ref, path);
    const entry = await entryAt(ground, path);
    if (!entry) {
      throw nothingAt(path, [ref]);
    }
    if (kindOf(path) === undefined) {
      throw invalid(`"${path}" is no file with rows: its name ends with none of the formats that are read.`);
    }
    return this.previews.of(ground.view, { path, entry }, query, new Job(observer));
  }

  get ahead(): AheadFigures {
    return this.countingAhead.figures;
  }

  async idle(): Promise<void> {
    await this.countingAhead.idle();
    await Promise.all([this.engine.idle(), this.kept.idle()]);
  }

  async close(): Promise<void> {
    await this.countingAhead.close();
    await Promise.all([this.engine.close(), this.previewThread.close(), this.footerThreads?.close()]);
    await this.kept.idle();
  }

  private comparison(sides: Sides, job: Job): Comparison {
    const rows = new RowComparison(sides, this.fingerprints, job);
    return new Comparison(sides, rows, this.duplicateCount, job);
  }

  private async columnNames(sides: Sides, { left, right }: CountedPair): Promise<string[]> {
    return columnNames([left, right], await sides.members(sides.right, right));
  }

  private async diffReport(
    repository: string,
    refs: { left: string; right: string },
    paths: SidePaths,
    job: Job
  ): Promise<DiffReport> {
    const counted = await this.refs.pairs(repository, refs, paths, job);
    return new DiffReport(counted.sides, onlyPair(counted), job);
  }
}
