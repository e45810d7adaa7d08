import type { Locator } from 'playwright-core';
import type { Person } from '../person';
import { hasFocus } from '../person';

/** Entries of a menu. */
const ENTRIES_MAX = 20;

/** Buttons in a notebook's toolbar. */
const TOOLS_MAX = 30;

/** How somebody gets about in JupyterLab by keyboard: with Tab, the arrow keys and Enter. */
export class Keys {
  constructor(private readonly _person: Person) {}

  press(key: string): Promise<void> {
    return this._person.page.keyboard.press(key);
  }

  /** Goes to a button with Tab and presses it. */
  async go(button: Locator): Promise<void> {
    await this._person.tabTo(button);
    await this.press('Enter');
  }

  /** Types into a field that has the keyboard. */
  async type(field: Locator, text: string): Promise<void> {
    await this._person.isAt(field);
    await this._person.page.keyboard.type(text);
  }

  /** Goes to a button of the notebook's toolbar: the toolbar is one stop of Tab, in it the arrows go on. */
  async goInToolbar(button: Locator): Promise<void> {
    await button.waitFor();
    const toolbar = this._person.page.locator('.jp-NotebookPanel-toolbar');
    await this._person.tabTo(toolbar.locator('[tabindex="0"]:visible'));
    for (let step = 0; step < TOOLS_MAX && !(await hasFocus(button)); step++) {
      await this.press('ArrowRight');
    }
    await this._person.isAt(button);
  }

  /** Goes to a cell of the notebook with Tab and the arrow keys. */
  async goToCell(index: number): Promise<void> {
    await this._person.tabTo(this._person.page.locator('.jp-Notebook .jp-Cell.jp-mod-active'));
    for (let at; (at = await this._activeCell()) !== index;) {
      await this.press(at < index ? 'ArrowDown' : 'ArrowUp');
    }
  }

  /** Which cell of the notebook is active. */
  private _activeCell(): Promise<number> {
    return this._person.page
      .locator('.jp-Notebook .jp-Cell')
      .evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
  }

  /** Opens a picker, types a name and takes what it finds. */
  async pick(picker: Locator, name: string): Promise<void> {
    await this.go(picker);
    await this.type(this._person.page.getByRole('combobox', { name: /^Search: / }), name);
    await this.press('Enter');
    await this._person.isAt(picker);
  }

  /** Goes to a row of a list with Tab and the arrow keys. */
  async goToRow(list: Locator, text: string | RegExp): Promise<Locator> {
    const row = list.locator('[data-index]').filter({ hasText: text }).first();
    await row.waitFor();
    const active = list.locator('[data-index][tabindex="0"]');
    await this._person.tabTo(active);
    const indexOf = async (which: Locator): Promise<number> => Number(await which.getAttribute('data-index'));
    // Both are looked up at each step: the list may be read again meanwhile, and have other rows above this one.
    for (let at, index; (at = await indexOf(active)) !== (index = await indexOf(row));) {
      await this.press(at < index ? 'ArrowDown' : 'ArrowUp');
    }
    await this._person.isAt(row);
    return row;
  }

  /** Goes to an entry of a menu with the arrow keys and takes it; Enter opens a further menu, too. */
  async choose(entry: string): Promise<void> {
    const active = this._person.page.locator('.lm-Menu-item.lm-mod-active');
    await this._person.page.locator('.lm-Menu-item').filter({ hasText: entry }).waitFor();
    for (
      let step = 0;
      step < ENTRIES_MAX && !(await active.allTextContents()).at(-1)?.includes(entry);
      step++
    ) {
      await this.press('ArrowDown');
    }
    await active.filter({ hasText: entry }).waitFor();
    await this.press('Enter');
  }

  /** Enter in a field of a form does what the form is for. */
  async accept(): Promise<void> {
    await this.press('Enter');
    await this._person.dialog.waitFor({ state: 'detached' });
  }

  /** Goes to a dialog's button and presses it. */
  async confirm(label: string): Promise<void> {
    await this._person.dialog.waitFor();
    await this.go(this._person.dialog.getByRole('button', { name: label, exact: true }));
    await this._person.dialog.waitFor({ state: 'detached' });
  }
}
