import type { Client, DataSetSides } from '../client.js';
import { Observable } from './observable.js';
import { RowDiff } from './row-diff.js';

/**
 * Questions about the single rows of one data set on two refs. An answer may take the service a while: nothing is
 * asked before somebody wants it, nor again only because a side has moved.
 */
export class RowQuestions extends Observable {
  constructor(client: Client, sides: DataSetSides) {
    super();
    this.diff = new RowDiff(page => client.rowDiff(sides, page));
    this.diff.changed.connect(() => this.emitChanged());
  }

  /** Which rows differ. */
  readonly diff: RowDiff;

  /** Whether a side has moved since something that is still shown was answered. */
  get isOutdated(): boolean {
    return this._hasMoved && this._asked.length > 0;
  }

  /** Notes that a side has other rows than before. */
  sidesMoved(): void {
    this._hasMoved = this._asked.length > 0;
    this.emitChanged();
  }

  /** Asks again whatever is shown. */
  askAgain(): void {
    this._hasMoved = false;
    this._asked.forEach(question => void question.refresh());
    this.emitChanged();
  }

  override dispose(): void {
    this.diff.dispose();
    super.dispose();
  }

  private get _asked() {
    return [this.diff.lines].filter(question => question.wanted);
  }

  private _hasMoved = false;
}
