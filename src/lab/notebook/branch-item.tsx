import { ReactWidget } from '@jupyterlab/ui-components';
import { Suspense, lazy } from 'react';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import type { NotebookFollower } from './follower.js';

/** What draws it is loaded with the first notebook. */
const NotebookBranch = lazy(async () => ({ default: (await import('./notebook-branch.js')).NotebookBranch }));

/** The notebook toolbar's item: shows the notebook's branch and changes it. */
export class BranchItem extends ReactWidget {
  constructor(
    private readonly _lab: Lab,
    private readonly _follower: NotebookFollower
  ) {
    super();
    this.addClass('jp-db-BranchItem');
  }

  protected override render(): JSX.Element {
    return (
      <LabContext.Provider value={this._lab}>
        <Suspense>
          <NotebookBranch follower={this._follower} />
        </Suspense>
      </LabContext.Provider>
    );
  }
}
