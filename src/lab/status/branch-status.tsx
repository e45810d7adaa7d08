import { ReactWidget } from '@jupyterlab/ui-components';
import { useEffect } from 'react';
import { CommandIDs } from '../commands/ids.js';
import type { Lab } from '../context.js';
import { LabContext, useLab, useModel } from '../context.js';
import { Glyph } from '../controls/glyph.js';
import { isGone } from '../errors.js';
import { formatCount } from '../format.js';
import { branchIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';

/** The status bar's item; a click shows the panel. */
export class BranchStatus extends ReactWidget {
  constructor(private readonly _lab: Lab) {
    super();
    this.addClass('jp-db-Status');
    this.addClass('jp-mod-highlighted');
  }

  protected override render(): JSX.Element {
    return (
      <LabContext.Provider value={this._lab}>
        <Status />
      </LabContext.Provider>
    );
  }
}

function Status(): JSX.Element | null {
  const branch = useModel(useLab().databranch).current;
  return branch && <StatusOf branch={branch} />;
}

function StatusOf({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const state = useModel(branch.state);
  useEffect(() => state.want(), [state]);
  const number =
    state.value && formatCount(state.value.uncommitted) + (state.value.uncommitted_more ? '+' : '');
  const note = isGone(state.error)
    ? trans.__('gone')
    : state.error
      ? trans.__('no connection')
      : number !== undefined && trans.__('%1 uncommitted', number);
  return (
    <button
      type="button"
      className="jp-StatusBar-TextItem"
      title={trans.__('Show Data Branches')}
      onClick={() => void commands.execute(CommandIDs.showPanel)}
    >
      <Glyph of={branchIcon} />
      {branch.repository.name} / {branch.name}
      {note && ` · ${note}`}
    </button>
  );
}
