import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { CommandIDs } from '../commands/ids.js';
import type { Lab } from '../context.js';
import { iconAsHtml } from '../controls/icon-html.js';
import { isGone } from '../errors.js';
import { formatCount } from '../format.js';
import { branchIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';

/**
 * The status bar's item; a click shows the panel. It is there from JupyterLab's start, and one line of text: drawn without
 * React, which would take several times as long.
 */
export class BranchStatus extends Widget {
  constructor(private readonly _lab: Lab) {
    super();
    this.addClass('jp-db-Status');
    this.addClass('jp-mod-highlighted');
    const { commands, databranch, trans } = _lab;
    this._button.type = 'button';
    this._button.className = 'jp-StatusBar-TextItem';
    this._button.title = trans.__('Show Data Branches');
    this._button.innerHTML = `<span class="jp-db-Icon" aria-hidden="true">${iconAsHtml(branchIcon)}</span>`;
    this._button.append(this._text);
    this._button.onclick = () => void commands.execute(CommandIDs.showPanel);
    databranch.currentChanged.connect(this._follow, this);
    this._follow();
  }

  override dispose(): void {
    this._branch?.state.changed.disconnect(this.update, this);
    this._lab.databranch.currentChanged.disconnect(this._follow, this);
    super.dispose();
  }

  protected override onUpdateRequest(_message: Message): void {
    if (this._branch) {
      this._text.data = wordsOf(this._branch, this._lab);
      this.node.append(this._button);
    } else {
      this._button.remove();
    }
  }

  /** Shows the branch that is the current one now, and from now on. */
  private _follow(): void {
    this._branch?.state.changed.disconnect(this.update, this);
    this._branch = this._lab.databranch.current;
    this._branch?.state.changed.connect(this.update, this);
    this._branch?.state.want();
    this.update();
  }

  private _branch: BranchModel | null = null;
  private readonly _button = document.createElement('button');
  private readonly _text = document.createTextNode('');
}

/** Repository, branch, and how many changes lie there uncommitted or why that is not known. */
function wordsOf({ repository, name, state }: BranchModel, { trans }: Lab): string {
  const { value, error } = state;
  const number = value && formatCount(value.uncommitted, value.uncommitted_more);
  const note = isGone(error)
    ? trans.__('gone')
    : error
      ? trans.__('no connection')
      : number !== undefined && trans.__('%1 uncommitted', number);
  return `${repository.name} / ${name}${note ? ` · ${note}` : ''}`;
}
