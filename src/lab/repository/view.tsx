import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import { repositoryIcon } from '../icons.js';
import { Observable } from '../model/observable.js';
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

  /** Changes parts of the place; what is undefined in `change` is forgotten. */
  go(change: Partial<ViewPlace>): void {
    this._place = { ...this._place, ...change };
    this.emitChanged();
  }
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
  }

  readonly state: ViewState;

  override dispose(): void {
    this._unview?.();
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <LabContext.Provider value={this._lab}>
        <RepositoryContent state={this.state} />
      </LabContext.Provider>
    );
  }

  protected override onAfterShow(_message: Message): void {
    this._unview ??= this._lab.databranch.notices.view();
  }

  protected override onAfterHide(_message: Message): void {
    this._unview?.();
    this._unview = undefined;
  }

  private _unview: (() => void) | undefined;
}
