import { Observable } from './observable.js';

/** Something that failed, as the user reads it. */
export interface Notice {
  /** What was being done, e.g. "Committing to test-env failed". */
  title: string;
  /** Why, and what to do about it. */
  detail: string;
  /** Does it again. */
  retry?: () => void;
}

/** What went wrong last; shown until it is dismissed or the next attempt begins. */
export class Notices extends Observable {
  get notice(): Notice | null {
    return this._notice;
  }

  /** Whether a view is open that shows notices. */
  get seen(): boolean {
    return this._viewers > 0;
  }

  set(notice: Notice): void {
    this._notice = notice;
    this.emitChanged();
  }

  clear(): void {
    if (this._notice) {
      this._notice = null;
      this.emitChanged();
    }
  }

  /** Counts a view that shows notices, until the function it gives is called. */
  view(): () => void {
    this._viewers++;
    return () => {
      this._viewers--;
    };
  }

  private _notice: Notice | null = null;
  private _viewers = 0;
}
