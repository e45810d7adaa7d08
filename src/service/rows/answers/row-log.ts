import type { LoggedFile, RowLogEntry, RowLogResult } from '../../../protocol/databranch.js';
import type { Catalog } from '../../catalog/catalog.js';
import type { Commit } from '../../catalog/model.js';
import type { View } from '../../catalog/views.js';
import { EMPTY_ROOT } from '../../tree/empty.js';
import type { CountedRefs } from '../datasets/counted-refs.js';
import { nothingAt } from '../datasets/counted-refs.js';
import type { Figures } from '../counting/figures.js';
import { LOG_FOLDER } from '../delta/log.js';
import { kindOf } from '../formats/format.js';
import { isCounted } from '../counting/place.js';
import type { Job } from '../counting/job.js';
import { emptyInWords, filesOf, group, rowsOf, timesAsMany } from '../comparing/message.js';
import type { PageQuery } from './paging.js';
import type { Ground, Scope } from '../counting/scope.js';
import { changes } from '../counting/view-files.js';
import type { DataFile, Statistics } from '../counting/statistics.js';

/** Commits on a page unless asked otherwise, and at most: each is counted. */
const AMOUNT_DEFAULT = 20;
const AMOUNT_MAX = 1_000;
/** Files of one commit that are named. */
const FILES_NAMED_MAX = 10;

/** The number of rows along the history of a ref. */
export class RowLog {
  constructor(
    private readonly catalog: Pick<Catalog, 'commits' | 'views'>,
    private readonly refs: CountedRefs,
    private readonly statistics: Statistics
  ) {}

  /**
   * The commits that changed files at a path, following first parents, newest first; before them the uncommitted
   * changes. Cost: as counting each of them, and the differences between them.
   * @throws repository-not-found, ref-not-found; object-not-found where nothing ever was at the path
   */
  async of(
    repository: string,
    ref: string,
    { path, after = '', amount = -1 }: PageQuery & { path: string },
    job: Job
  ): Promise<RowLogResult> {
    const tip = await this.refs.side(repository, ref, path);
    const { view } = tip.ground;
    const { prefix, single } = tip.scope;
    const committed: View = { ...view, changes: [] };
    const results: RowLogEntry[] = [];
    if (after === '' && view.changes.length > 0) {
      const entry = await this.entry(committed, view, tip.scope, job);
      results.push(...(entry ? [{ ...UNCOMMITTED, ...entry }] : []));
    }
    const page = await this.catalog.commits.log(repository, view.commitId, {
      after: after || undefined,
      amount: amount < 0 ? AMOUNT_DEFAULT : Math.min(amount, AMOUNT_MAX),
      firstParent: true,
      ...(single ? { objects: [prefix] } : prefix === '' ? {} : { prefixes: [prefix] })
    });
    for (const commit of page.results) {
      job.check();
      const entry = await this.entry(
        await this.parent(commit, committed),
        viewOf(commit, committed),
        tip.scope,
        job
      );
      results.push(...(entry ? [{ ...described(commit), ...entry }] : []));
    }
    if (path !== '' && results.length === 0 && after === '' && !page.hasMore) {
      throw nothingAt(path, [ref]);
    }
    return {
      path,
      ref,
      results,
      pagination: {
        has_more: page.hasMore,
        next_offset: page.nextOffset,
        results: results.length,
        max_per_page: AMOUNT_MAX
      }
    };
  }

  private async parent({ parents }: Commit, like: View): Promise<View> {
    const [first] = parents;
    return first === undefined
      ? { ...like, root: EMPTY_ROOT.hash }
      : viewOf(await this.catalog.commits.get(like.repository, first), like);
  }

  /** undefined where no file that counts is another one, nor a Delta log says something else of their rows. */
  private async entry(before: View, after: View, scope: Scope, job: Job): Promise<Told | undefined> {
    const [left, right] = [this.ground(before), this.ground(after)];
    const removed: DataFile[] = [];
    const added: DataFile[] = [];
    let isLogged = false;
    for await (const change of changes(left, right, scope)) {
      job.check();
      isLogged ||= change.path.includes(LOG_FOLDER);
      if (isCounted(change.path) && kindOf(change.path) !== undefined) {
        removed.push(...(change.left ? [{ path: change.path, entry: change.left }] : []));
        added.push(...(change.right ? [{ path: change.path, entry: change.right }] : []));
      }
    }
    const areSame = removed.length + added.length === 0;
    if (areSame && !isLogged) {
      return undefined;
    }
    const then = await this.totals(left, scope, job);
    const now = await this.totals(right, scope, job);
    if (areSame && then.rows === now.rows && then.files === now.files) {
      return undefined;
    }
    const named = await this.named(after, added, job);
    return {
      rows_before: then.rows,
      rows: now.rows,
      files_before: then.files,
      files: now.files,
      added_files: named,
      removed_files: await this.named(before, removed, job),
      added_files_total: added.length,
      removed_files_total: removed.length,
      message: `${sentence(then.rows, now.rows, added, removed)}${withoutRows(named)}`
    };
  }

  private ground(view: View): Ground {
    return { view, tree: this.catalog.views.tree(view) };
  }

  private async totals(ground: Ground, scope: Scope, job: Job): Promise<Pick<Figures, 'rows' | 'files'>> {
    const { dataSets } = await this.refs.dataSets({ ref: '', ground, scope }, job);
    return {
      rows: dataSets.reduce((sum, { rows = 0 }) => sum + rows, 0),
      files: dataSets.reduce((sum, { files }) => sum + files, 0)
    };
  }

  private async named(view: View, files: DataFile[], job: Job): Promise<LoggedFile[]> {
    const some = files
      .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
      .slice(0, FILES_NAMED_MAX);
    const statistics = await this.statistics.of(view, some, job);
    return some.map(({ path }, i) => {
      const found = statistics[i]!;
      return { path, rows: 'rows' in found ? found.rows : null };
    });
  }
}

type Told = Omit<RowLogEntry, keyof typeof UNCOMMITTED>;

const UNCOMMITTED = { commit_id: null, date: null, committer: null, commit_message: null };

function described({ id, date, committer, message }: Commit) {
  return { commit_id: id, date, committer, commit_message: message };
}

function viewOf({ id, root }: Commit, like: View): View {
  return { ...like, commitId: id, root, changes: [] };
}

function withoutRows(added: LoggedFile[]): string {
  const [first, ...more] = added.filter(({ rows }) => rows === 0);
  return first ? `; ${emptyInWords({ path: first.path, files: 1 + more.length })}` : '';
}

/** "972,000 rows, 486,000 more, twice as many: 8 files added" */
function sentence(before: number, after: number, added: DataFile[], removed: DataFile[]): string {
  const more = after - before;
  const difference =
    more === 0 ? 'as many as before' : `${group(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'}`;
  const ratio = timesAsMany(before, after);
  const paths = new Set(removed.map(({ path }) => path));
  const replaced = added.filter(({ path }) => paths.has(path)).length;
  const files = [
    replaced > 0 ? `${filesOf(replaced)} replaced` : undefined,
    added.length > replaced ? `${filesOf(added.length - replaced)} added` : undefined,
    removed.length > replaced ? `${filesOf(removed.length - replaced)} removed` : undefined
  ].filter(part => part !== undefined);
  const by = files.length > 0 ? files.join(', ') : 'the same files, by what a Delta log says of them';
  return `${rowsOf(after)}, ${difference}${ratio ? `, ${ratio}` : ''}: ${by}`;
}
