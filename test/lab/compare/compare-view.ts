import type { BranchModel } from '../../../src/lab/model/branch';
import { RepositoryView } from '../../../src/lab/repository/view';
import { act } from '../act';
import { FakeService } from '../fake-service';
import type { TestLab } from '../lab';
import { labOn } from '../lab';
import { show } from '../screen';

/** The Compare tab with `main` as the base of `test-env`, on a fake service. */
export class CompareView {
  readonly service = new FakeService();
  readonly lab: TestLab;

  constructor() {
    this.service.branches.set('test-env', structuredClone(this.service.branches.get('main')!));
    this.lab = labOn(this.service);
  }

  async open(): Promise<void> {
    const place = { repository: 'quickstart', tab: 'compare', left: 'main', right: 'test-env' } as const;
    this._view = new RepositoryView(this.lab, place);
    await show(this._view);
    await act();
    await act();
  }

  get node(): HTMLElement {
    return this._view!.node;
  }

  get text(): string {
    return this.node.textContent ?? '';
  }

  get branch(): BranchModel {
    return this.lab.databranch.repository('quickstart').branch('test-env');
  }

  async leave(): Promise<void> {
    await act(() => this._view?.dispose());
    this.lab.databranch.dispose();
    document.body.replaceChildren();
  }

  private _view: RepositoryView | undefined;
}
