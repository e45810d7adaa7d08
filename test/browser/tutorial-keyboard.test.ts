import type { Locator, Page } from 'playwright-core';
import { watchDevices } from './devices';
import { hasFocus, Person } from './person';
import { story } from './story';
import type { Hands } from './tutorial';
import { NOTEBOOK, Tutorial } from './tutorial';

jest.setTimeout(300_000);

/** Entries of a menu. */
const ENTRIES_MAX = 20;

/** Buttons in a notebook's toolbar. */
const TOOLS_MAX = 30;

let tutorial: Tutorial;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await tutorial?.end();
});

story('every task of the tutorial is done by keyboard alone, and the keyboard is never lost', async () => {
  tutorial = await Tutorial.begin();
  person = await Person.at(tutorial.jupyter);
  const used = await watchDevices(person.page);
  await tutorial.follow(new Keyboard(person), async words => {
    expect({ words, mouse: (await used()).mouse }).toEqual({ words, mouse: [] });
    expect({ words, at: await person.keyboardIsAt() }).not.toEqual({ words, at: 'body' });
  });
  expect((await used()).keys).not.toEqual([]);
  expect(person.complaints).toEqual([]);
});

/** Does the tasks with Tab, arrows, Enter, Escape, shortcuts and the command palette. */
class Keyboard implements Hands {
  constructor(private readonly _person: Person) {}

  async createRepository(name: string): Promise<void> {
    await this._press('Control+Alt+d');
    await this._go(this._panel.getByRole('button', { name: 'Create repository' }));
    await this._type(this._dialog.getByRole('textbox', { name: 'Repository name' }), name);
    await this._accept();
    await this._panel.getByRole('button', { name: `Repository: ${name}` }).waitFor();
  }

  async uploadObject(file: string): Promise<void> {
    await this._person.commandByKeyboard('Open Repository View');
    await this._person.isAt(this._person.repositoryTab('Objects'));
    const chooser = this._page.waitForEvent('filechooser');
    await this._go(this._view.getByRole('button', { name: 'Upload Object' }).first());
    await (await chooser).setFiles(file);
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Folder' }));
    await this._accept();
    await this._view.getByRole('row').first().waitFor();
  }

  async commit(message: string, [key, value]: readonly [string, string]): Promise<void> {
    await this._person.commandByKeyboard('Commit Changes');
    const form = this._panel.getByRole('form', { name: 'Commit' });
    await this._type(form.getByRole('textbox', { name: 'Commit message' }), message);
    await this._go(form.getByRole('button', { name: 'Add metadata' }));
    await this._type(form.getByRole('textbox', { name: 'Metadata key 1' }), key);
    await this._press('Tab');
    await this._type(form.getByRole('textbox', { name: 'Metadata value 1' }), value);
    await this._press('Enter');
    await this._panel.getByText('Nothing to commit').waitFor();
  }

  async createBranch(name: string, from: string): Promise<void> {
    await this._press('Control+Alt+d');
    await this._go(this._panel.getByRole('button', { name: `Branch: ${from}` }));
    await this._type(this._page.getByRole('combobox', { name: 'Search: Branch' }), name);
    await this._go(this._page.getByRole('button', { name: 'Create branch …' }));
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Branch name' }));
    await this._accept();
    await this._panel.getByRole('button', { name: `Branch: ${name}` }).waitFor();
  }

  async lookAtObject(branch: string, path: string): Promise<void> {
    await this._press('Control+Alt+r');
    await this._person.openTabByKeyboard('Objects');
    await this._pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    await this._goToRow(this._view.getByRole('grid', { name: 'Objects' }), path);
    await this._press('Enter');
    const detail = this._view.getByRole('region', { name: `Object ${path}` });
    await detail.getByText(/modified/).waitFor();
    await this._go(detail.getByRole('button', { name: 'Close' }));
    await detail.waitFor({ state: 'detached' });
  }

  async copyCode(branch: string, path: string, library: string): Promise<string> {
    await this._person.openTabByKeyboard('Objects');
    await this._pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    await this._goToRow(this._view.getByRole('grid', { name: 'Objects' }), path);
    await this._press('Shift+F10');
    await this._choose('Copy Path As');
    await this._choose(`Copy ${library} Code`);
    return this._person.copied();
  }

  async openNotebookOn(branch: string): Promise<void> {
    await this._person.commandByKeyboard('Open from Path');
    await this._person.isAt(this._dialog.getByRole('textbox'));
    await this._page.keyboard.type(NOTEBOOK);
    await this._accept();
    await this._person.kernelIsIdle();
    const picker = this._page.getByRole('button', { name: /^Data branch of this notebook: / });
    await this._goInToolbar(picker);
    await this._pick(picker, branch);
    await this._page.getByRole('button', { name: `Data branch of this notebook: ${branch}` }).waitFor();
  }

  async runCell(index: number): Promise<void> {
    await this._person.tabTo(this._page.locator('.jp-Notebook .jp-Cell.jp-mod-active'));
    for (let at; (at = await this._activeCell()) !== index;) {
      await this._press(at < index ? 'ArrowDown' : 'ArrowUp');
    }
    await this._person.afterRun(index, () => this._press('Shift+Enter'));
  }

  async compare(sentence: string | RegExp): Promise<void> {
    await this._person.commandByKeyboard('Compare');
    await this._person.isAt(this._person.repositoryTab('Compare'));
    await this._view.getByText(sentence).first().waitFor();
  }

  async seeUncommitted(branch: string, path: string): Promise<void> {
    await this._person.openTabByKeyboard('Uncommitted Changes');
    await this._pick(this._view.getByRole('button', { name: /^Branch: / }), branch);
    await this._goToRow(this._view.getByRole('tree', { name: 'Uncommitted changes' }), path);
  }

  async reset(): Promise<void> {
    await this._go(this._view.getByRole('button', { name: 'Reset …' }));
    await this._confirm('Discard');
    await this._view.getByText('Nothing to commit').waitFor();
  }

  async merge(branch: string): Promise<void> {
    await this._go(this._view.getByRole('button', { name: 'Merge into main …' }));
    await this._dialog.getByText(`Merge ${branch} into main`).waitFor();
    await this._confirm('Merge');
  }

  async tag(name: string): Promise<void> {
    await this._person.openTabByKeyboard('Tags');
    await this._go(this._view.getByRole('button', { name: 'Create Tag' }));
    await this._type(this._dialog.getByRole('textbox', { name: 'Tag name' }), name);
    await this._pick(this._dialog.getByRole('button', { name: /^At: / }), 'main');
    await this._confirm('Create tag');
  }

  async revert(message: string | RegExp): Promise<void> {
    await this._person.openTabByKeyboard('Commits');
    await this._pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), 'main');
    await this._goToRow(this._view.getByRole('list', { name: 'Commits' }), message);
    await this._press('Enter');
    await this._go(this._view.getByRole('region').getByRole('button', { name: 'Revert …' }));
    await this._confirm('Revert');
  }

  async undo(words: string): Promise<void> {
    await this._person.openTabByKeyboard('Operations');
    await this._go(this._view.getByRole('button', { name: `Undo: ${words}` }));
    await this._confirm('Undo');
    await this._view.getByText(`Undone: ${words}`).waitFor();
  }

  async deleteBranch(name: string): Promise<void> {
    await this._person.openTabByKeyboard('Branches');
    const row = await this._goToRow(this._view.getByRole('grid', { name: 'Branches' }), name);
    await this._go(row.getByRole('button', { name: `Delete branch ${name}` }));
    await this._confirm('Delete branch');
    await row.waitFor({ state: 'detached' });
  }

  private get _page(): Page {
    return this._person.page;
  }

  private get _panel(): Locator {
    return this._person.panel;
  }

  private get _dialog(): Locator {
    return this._person.dialog;
  }

  /** The tab of the repository view that is shown. */
  private get _view(): Locator {
    return this._person.page.locator('.jp-db-Repository-tab');
  }

  private _press(key: string): Promise<void> {
    return this._page.keyboard.press(key);
  }

  /** Goes to a button with Tab and presses it. */
  private async _go(button: Locator): Promise<void> {
    await this._person.tabTo(button);
    await this._press('Enter');
  }

  /** Types into a field that has the keyboard. */
  private async _type(field: Locator, text: string): Promise<void> {
    await this._person.isAt(field);
    await this._page.keyboard.type(text);
  }

  /** Goes to a button of the notebook's toolbar: the toolbar is one stop of Tab, in it the arrows go on. */
  private async _goInToolbar(button: Locator): Promise<void> {
    await button.waitFor();
    const toolbar = this._page.locator('.jp-NotebookPanel-toolbar');
    await this._person.tabTo(toolbar.locator('[tabindex="0"]:visible'));
    for (let step = 0; step < TOOLS_MAX && !(await hasFocus(button)); step++) {
      await this._press('ArrowRight');
    }
    await this._person.isAt(button);
  }

  /** Which cell of the notebook is active. */
  private _activeCell(): Promise<number> {
    return this._page
      .locator('.jp-Notebook .jp-Cell')
      .evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
  }

  /** Opens a picker, types a name and takes what it finds. */
  private async _pick(picker: Locator, name: string): Promise<void> {
    await this._go(picker);
    await this._type(this._page.getByRole('combobox', { name: /^Search: / }), name);
    await this._press('Enter');
    await this._person.isAt(picker);
  }

  /** Goes to a row of a list with Tab and the arrow keys. */
  private async _goToRow(list: Locator, text: string | RegExp): Promise<Locator> {
    const row = list.locator('[data-index]').filter({ hasText: text }).first();
    await row.waitFor();
    await this._person.tabTo(list.locator('[data-index][tabindex="0"]'));
    for (const index = Number(await row.getAttribute('data-index')); ;) {
      const at = Number(await list.locator('[data-index][tabindex="0"]').getAttribute('data-index'));
      if (at === index) {
        break;
      }
      await this._press(at < index ? 'ArrowDown' : 'ArrowUp');
    }
    await this._person.isAt(row);
    return row;
  }

  /** Goes to an entry of a menu with the arrow keys and takes it; Enter opens a further menu, too. */
  private async _choose(entry: string): Promise<void> {
    const active = this._page.locator('.lm-Menu-item.lm-mod-active');
    await this._page.locator('.lm-Menu-item').filter({ hasText: entry }).waitFor();
    for (
      let step = 0;
      step < ENTRIES_MAX && !(await active.allTextContents()).at(-1)?.includes(entry);
      step++
    ) {
      await this._press('ArrowDown');
    }
    await active.filter({ hasText: entry }).waitFor();
    await this._press('Enter');
  }

  /** Enter in a field of a form does what the form is for. */
  private async _accept(): Promise<void> {
    await this._press('Enter');
    await this._dialog.waitFor({ state: 'detached' });
  }

  /** Goes to a dialog's button and presses it. */
  private async _confirm(label: string): Promise<void> {
    await this._dialog.waitFor();
    await this._go(this._dialog.getByRole('button', { name: label, exact: true }));
    await this._dialog.waitFor({ state: 'detached' });
  }
}
