import '../../../style/views.js';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import { repositoryIcon } from '../icons.js';
import { keepFocus } from '../keep-focus.js';
import { Observable } from '../model/observable.js';
import type { RepositoryModel } from '../model/repository.js';
import type { ViewPlace } from './place.js';
import { RepositoryContent } from './content.js';

/** Where a view is, and the way to go elsewhere. */
export class ViewState extends Observable {
  constructor(private _place: ViewPlace) {
    super();
  }

  get place(): ViewPlace {
    return this._place;
  }

  /** Whether the view is in sight. */
  get isShown(): boolean {
    return this._isShown;
  }

  set isShown(isShown: boolean) {
    if (isShown !== this._isShown) {
      this._isShown = isShown;
      this.emitChanged();
    }
  }

  /** Changes parts of the place; what is undefined in `change` is forgotten. */
  go(change: Partial<ViewPlace>): void {
    this._place = { ...this._place, ...change };
    this.emitChanged();
  }

  private _isShown = false;
}

/** A repository in the main area: objects, changes, commits, branches, tags, comparison, settings. */
export class RepositoryView extends ReactWidget {
  constructor(
    private readonly _lab: Lab,
    place: ViewPlace
  ) {
    super();
    this.state = new ViewState(place);
    this.id = `jp-databranch-repository-${place.repository}`;
    this.addClass('jp-db-Repository');
    this.title.label = place.repository;
    this.title.caption = _lab.trans.__('Repository %1', place.repository);
    this.title.icon = repositoryIcon;
    this.title.closable = true;
    _lab.databranch.repository(place.repository).branchDeleted.connect(this._onBranchDeleted, this);
  }

  readonly state: ViewState;

  override dispose(): void {
    this._unview?.();
    Signal.clearData(this);
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <LabContext.Provider value={this._lab}>
        <RepositoryContent state={this.state} />
      </LabContext.Provider>
    );
  }

  /** Gives the keyboard to the tab that is shown, unless it is in the view already. */
  protected override onActivateRequest(_message: Message): void {
    void this.renderPromise?.then(() => {
      const { activeElement } = document;
      if (activeElement === this.node || !this.node.contains(activeElement)) {
        this.node.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
      }
    });
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._focus = keepFocus(this.node);
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  protected override onBeforeDetach(message: Message): void {
    this._focus?.dispose();
    super.onBeforeDetach(message);
  }

  protected override onAfterShow(_message: Message): void {
    this.state.isShown = true;
    this._unview ??= this._lab.databranch.notices.view();
  }

  protected override onAfterHide(_message: Message): void {
    this.state.isShown = false;
    this._unview?.();
    this._unview = undefined;
  }

  /** Shows the default branch in place of one that was deleted here. */
  private _onBranchDeleted(_: RepositoryModel, branch: string): void {
    const { ref, left, right } = this.state.place;
    this.state.go({
      ...(ref === branch && { ref: undefined, object: undefined }),
      ...([left, right].includes(branch) && { left: undefined, right: undefined })
    });
  }

  private _focus: IDisposable | undefined;
  private _unview: (() => void) | undefined;
}
