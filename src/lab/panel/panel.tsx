import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import type { ComponentType } from 'react';
import { attemptBeside } from '../commands/context.js';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import { branchIcon } from '../icons.js';
import { focusWhenThere, keepFocus } from '../keep-focus.js';

/** The field for the commit message, and what comes first. */
const MESSAGE = '.jp-db-CommitBox textarea';
const FIRST = '.jp-db-Pickers button';

/** The side panel "Data branches". It follows the current branch only while it is shown. */
export class DataBranchesPanel extends ReactWidget {
  constructor(private readonly _lab: Lab) {
    super();
    const name = _lab.trans.__('Data branches');
    this.id = 'jp-databranch-panel';
    this.addClass('jp-db-Panel');
    this.title.icon = branchIcon;
    this.title.caption = name;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', name);
  }

  /**
   * Takes the keyboard: to the field for the commit message, else to what comes first; it stays if it is here. What is
   * not drawn yet gets it when it is, unless somebody presses anything before.
   */
  takeKeyboard(part?: 'message'): void {
    this._awaited?.dispose();
    if (part || !this.node.contains(document.activeElement)) {
      this._awaited = focusWhenThere(this.node, part === 'message' ? MESSAGE : FIRST);
    }
  }

  override dispose(): void {
    this._awaited?.dispose();
    this._stopWatching();
    super.dispose();
  }

  /** Draws nothing, not even nothing by way of React, before it is shown: it is there from JupyterLab's start. */
  protected override onUpdateRequest(message: Message): void {
    if (this._Content) {
      super.onUpdateRequest(message);
    }
  }

  protected override render(): JSX.Element | null {
    const { _Content: Content } = this;
    return (
      Content && (
        <LabContext.Provider value={this._lab}>
          <Content />
        </LabContext.Provider>
      )
    );
  }

  protected override onAfterShow(_message: Message): void {
    this._focus ??= keepFocus(this.node);
    this._watch ??= this._lab.databranch.watch();
    if (this._Content) {
      this._unview ??= this._lab.databranch.notices.view();
    } else {
      this._load();
    }
  }

  /** What is in it is loaded, drawn and read when it is shown for the first time. */
  private _load(): void {
    const failed = this._lab.trans.__('The panel could not be loaded.');
    void attemptBeside(this._lab, failed, async () => {
      const { PanelContent } = await import('./content.js');
      if (this.isDisposed) {
        return;
      }
      this._Content = PanelContent;
      this.update();
      if (this.isVisible) {
        this._unview ??= this._lab.databranch.notices.view();
      }
    });
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  protected override onAfterHide(_message: Message): void {
    this._awaited?.dispose();
    this._stopWatching();
  }

  protected override onBeforeDetach(message: Message): void {
    this._stopWatching();
    this._focus?.dispose();
    this._focus = undefined;
    super.onBeforeDetach(message);
  }

  private _stopWatching(): void {
    this._watch?.dispose();
    this._unview?.();
    this._watch = this._unview = undefined;
  }

  private _Content: ComponentType | null = null;
  private _awaited: IDisposable | undefined;
  private _focus: IDisposable | undefined;
  private _watch: IDisposable | undefined;
  private _unview: (() => void) | undefined;
}
