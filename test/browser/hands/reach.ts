import type { Locator, Page } from 'playwright-core';
import type { Person } from '../person';

/** What is within reach of somebody, by mouse and by keyboard. */
export abstract class Reach {
  constructor(protected readonly _person: Person) {}

  protected get _page(): Page {
    return this._person.page;
  }

  protected get _panel(): Locator {
    return this._person.panel;
  }

  protected get _dialog(): Locator {
    return this._person.dialog;
  }

  /** The tab of the repository view that is shown. */
  protected get _view(): Locator {
    return this._person.page.locator('.jp-db-Repository-tab');
  }
}
