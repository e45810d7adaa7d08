import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { attemptBeside } from '../commands/context.js';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import type { NotebookFollower } from './follower.js';
import type { NotebookBranch } from './notebook-branch.js';

/** The notebook toolbar's item: shows the notebook's branch and changes it. */
export class BranchItem extends ReactWidget {
  constructor(
    private readonly _lab: Lab,
    private readonly _follower: NotebookFollower
  ) {
    super();
    this.addClass('jp-db-BranchItem');
  }

  /** What draws it is loaded with the first notebook. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void attemptBeside(
      this._lab,
      this._lab.trans.__('The branch of the notebook could not be shown.'),
      async () => {
        const { NotebookBranch } = await import('./notebook-branch.js');
        if (!this.isDisposed) {
          this._Content = NotebookBranch;
          this.update();
        }
      }
    );
  }

  protected override render(): JSX.Element | null {
    const { _Content: Content } = this;
    return (
      Content && (
        <LabContext.Provider value={this._lab}>
          <Content follower={this._follower} />
        </LabContext.Provider>
      )
    );
  }

  private _Content: typeof NotebookBranch | null = null;
}
