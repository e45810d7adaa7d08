import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Observable } from '../model/observable.js';
import type { IDatabranch } from '../tokens.js';
import type { BranchChoice } from './choice.js';
import { keepChoice, readChoice } from './choice.js';
import type { SpokenTo } from './kernel.js';
import { applyToKernel, askKernel, isSpoken } from './kernel.js';

/**
 * Keeps a notebook's branch, its kernel's and the one shown in its toolbar the same: the choice in the metadata
 * is applied to every kernel that (re)starts, and `%branch` in a cell changes the choice.
 */
export class NotebookFollower extends Observable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _databranch: IDatabranch
  ) {
    super();
    const { sessionContext } = _panel;
    sessionContext.kernelChanged.connect(this._onKernelChanged, this);
    sessionContext.statusChanged.connect(this._onStatus, this);
    NotebookActions.executionScheduled.connect(this._onScheduled, this);
    NotebookActions.executed.connect(this._onExecuted, this);
    void _panel.context.ready.then(() => {
      if (!this.isDisposed) {
        _panel.content.model?.metadataChanged.connect(this.emitChanged, this);
        this.emitChanged();
      }
    });
    _panel.disposed.connect(this.dispose, this);
  }

  /** The notebook's branch; null when none was chosen. */
  get choice(): BranchChoice | null {
    return readChoice(this._panel.content.model);
  }

  /** The notebook's kernel; null while there is none. */
  get spokenTo(): SpokenTo | null {
    const { session, specsManager } = this._panel.sessionContext;
    const kernel = session?.kernel;
    if (!kernel) {
      return null;
    }
    // From its specification: the kernel itself tells its language only after it takes requests.
    const language = specsManager.specs?.kernelspecs[kernel.name]?.language ?? '';
    return { kernel, language: language.toLowerCase() };
  }

  /** Chooses the branch, for the notebook and for the kernel that runs. */
  choose(choice: BranchChoice): void {
    const { model } = this._panel.content;
    if (model) {
      this._keep(model, choice);
      this._unapplied = true;
      this._chosen++;
      if (this.spokenTo?.kernel.connectionStatus === 'connected') {
        this._apply();
      } // else when it is idle for the first time, or before its first cell
      this.emitChanged();
    }
  }

  /** Sends the choice to the kernel, once per start of the kernel. */
  private _apply(): void {
    const { choice, spokenTo } = this;
    if (this._unapplied && choice && spokenTo && isSpoken(spokenTo.language)) {
      this._unapplied = false;
      applyToKernel(spokenTo, choice).catch(() => {
        // The kernel died meanwhile; the next one gets it.
        this._unapplied = true;
      });
    }
  }

  private _onKernelChanged(): void {
    this._unapplied = true;
  }

  private _onStatus(_context: ISessionContext, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') {
      this._unapplied = true;
    } else if (status === 'idle') {
      this._apply();
    }
  }

  /** Comes before the cell's request is sent: what is sent here runs first, also after "Restart and run all". */
  private _onScheduled(_actions: unknown, { notebook }: { notebook: unknown }): void {
    if (notebook === this._panel.content) {
      this._apply();
    }
  }

  private _onExecuted(_actions: unknown, { notebook }: { notebook: unknown }): void {
    if (notebook === this._panel.content) {
      void this._takeOver().catch(() => {
        // The kernel died meanwhile.
      });
      // The cell may have written to the branch in the panel: one cheap request tells.
      void this._databranch.current?.refresh();
    }
  }

  /** Takes over the branch that a cell has chosen. */
  private async _takeOver(): Promise<void> {
    const { model } = this._panel.content;
    const chosen = this._chosen;
    const used = this.spokenTo && (await askKernel(this.spokenTo));
    // A kernel that has other cells to run answers late: what somebody chose meanwhile is newer.
    if (used && model && !this.isDisposed && chosen === this._chosen) {
      this._keep(model, used);
    }
  }

  /** Keeps the choice, and lets the side panel show the branch on which the user now works. */
  private _keep(model: INotebookModel, choice: BranchChoice): void {
    if (keepChoice(model, choice) && this._panel.isVisible && this._databranch.preferences.followNotebook) {
      this._databranch.select(choice.repository, choice.branch).catch(() => {
        // The panel stays where it is; it tells by itself when the service is away.
      });
    }
  }

  private _unapplied = true;
  /** How often somebody chose. */
  private _chosen = 0;
}
