import type { DataSetComparison } from '../../protocol/databranch.js';
import type { Diff } from '../../protocol/lakefs.js';
import { DisposableSet } from '@lumino/disposable';
import type { BranchModel } from './branch.js';
import { Listing } from './listing.js';
import { Observable } from './observable.js';
import type { RepositoryModel } from './repository.js';

/** Two refs side by side; `left` is the base, `right` what would be merged into it. */
export class ComparisonModel extends Observable {
  constructor(
    readonly repository: RepositoryModel,
    readonly left: string,
    readonly right: string
  ) {
    super();
    const { client, name } = repository;
    this.rows = new Listing(async ({ after, amount, signal }) => {
      const query = { path: '', after, amount };
      const { datasets, pagination } = await client.compareRows(name, left, right, query, signal);
      return { results: datasets, pagination };
    }, 50);
    this.objects = new Listing(page => client.diff(name, left, right, page), 100);
    repository.moved.connect(this._refresh, this);
  }

  readonly rows: Listing<DataSetComparison>;
  /** What a merge of `right` into `left` would bring; committed changes only. */
  readonly objects: Listing<Diff>;

  /** The side's branch; null while unknown, and when it is a tag or a commit. */
  get leftBranch(): BranchModel | null {
    return this._branches[0];
  }

  get rightBranch(): BranchModel | null {
    return this._branches[1];
  }

  /** Reads both lists, and follows those sides that are branches until disposed. */
  async open(): Promise<void> {
    this._refresh();
    const branchOf = (ref: string): Promise<BranchModel | null> =>
      this.repository.branchNamed(ref).catch(() => null); // the lists tell what is wrong
    this._branches = await Promise.all([branchOf(this.left), branchOf(this.right)]);
    for (const branch of new Set(this._branches)) {
      if (branch && !this.isDisposed) {
        this._watches.add(branch.watch());
        branch.moved.connect(this._refresh, this);
        branch.state.changed.connect(this.emitChanged, this);
      }
    }
    this.emitChanged();
  }

  override dispose(): void {
    this._watches.dispose();
    this.rows.dispose();
    this.objects.dispose();
    super.dispose();
  }

  private _refresh(): void {
    void this.rows.refresh();
    void this.objects.refresh();
  }

  private _branches: readonly [BranchModel | null, BranchModel | null] = [null, null];
  private readonly _watches: DisposableSet = new DisposableSet();
}
