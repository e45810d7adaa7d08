import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Observable } from '../model/observable.js';
import type { IDatabranch } from '../tokens.js';
import type { BranchChoice } from './choice.js';
import { keepChoice, readChoice } from './choice.js';
import { askKernel, applyToKernel } from './kernel.js';

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
    sessionContext.kernelChanged.connect(this._onKernelStarts, this);
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

  /** Chooses the branch, for the notebook and for the kernel that runs. */
  choose(choice: BranchChoice): void {
    const { model } = this._panel.content;
    if (model) {
      keepChoice(model, choice);
      this._unapplied = true;
      this._apply();
      this.emitChanged();
    }
  }

  /** Sends the choice to the kernel, once per start of the kernel. */
  private _apply(): void {
    const { choice } = this;
    const kernel = this._kernel;
    if (kernel && choice && this._unapplied) {
      this._unapplied = false;
      applyToKernel(kernel, choice).catch(() => {
        // The kernel died meanwhile; the next one gets it.
        this._unapplied = true;
      });
    }
  }

  private get _kernel(): Kernel.IKernelConnection | null {
    return this._panel.sessionContext.session?.kernel ?? null;
  }

  private _onKernelStarts(): void {
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
    const used = this._kernel && (await askKernel(this._kernel));
    if (used && model && !this.isDisposed) {
      keepChoice(model, used);
    }
  }

  private _unapplied = true;
}
