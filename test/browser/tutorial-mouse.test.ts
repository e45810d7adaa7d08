import type { Locator, Page } from 'playwright-core';
import { watchDevices } from './devices';
import { Person } from './person';
import { story } from './story';
import type { Hands } from './tutorial';
import { NOTEBOOK, Tutorial } from './tutorial';

jest.setTimeout(300_000);

let tutorial: Tutorial;
let person: Person;

afterEach(async () => {
  await person?.leave();
  await tutorial?.end();
});

story('every task of the tutorial is done by mouse alone, but for the names that are typed', async () => {
  tutorial = await Tutorial.begin();
  person = await Person.at(tutorial.jupyter);
  const used = await watchDevices(person.page);
  await tutorial.follow(new Mouse(person), async words => {
    expect({ words, keys: (await used()).keys }).toEqual({ words, keys: [] });
  });
  expect((await used()).mouse).not.toEqual([]);
  expect(person.complaints).toEqual([]);
});

/** Does the tasks by clicking. */
class Mouse implements Hands {
  constructor(private readonly _person: Person) {}

  async createRepository(name: string): Promise<void> {
    await this._page.getByRole('tab', { name: 'Data branches' }).click();
    await this._panel.getByRole('button', { name: 'Create repository' }).click();
    await this._type(this._dialog.getByRole('textbox', { name: 'Repository name' }), name);
    await this._accept('Create repository');
    await this._panel.getByRole('button', { name: `Repository: ${name}` }).waitFor();
  }

  async uploadObject(file: string): Promise<void> {
    await this._panel.getByRole('button', { name: 'Open repository view' }).click();
    const chooser = this._page.waitForEvent('filechooser');
    await this._view.getByRole('button', { name: 'Upload Object' }).first().click();
    await (await chooser).setFiles(file);
    await this._person.pictureOf(this._form, 'upload-light');
    await this._accept('Upload');
    await this._view.getByRole('row').first().waitFor();
  }

  async commit(message: string, [key, value]: readonly [string, string]): Promise<void> {
    await this._showTab('Uncommitted Changes');
    const form = this._view.getByRole('form', { name: /^Commit in / });
    await this._type(form.getByRole('textbox', { name: 'Commit message' }), message);
    await form.getByRole('button', { name: 'Add metadata' }).click();
    await this._type(form.getByRole('textbox', { name: 'Metadata key 1' }), key);
    await this._type(form.getByRole('textbox', { name: 'Metadata value 1' }), value);
    await form.getByRole('button', { name: /^Commit \d+ changes? to / }).click();
    await this._view.getByText('Nothing to commit').waitFor();
  }

  async createBranch(name: string, from: string): Promise<void> {
    await this._showTab('Branches');
    await this._view.getByRole('button', { name: 'Create Branch', exact: true }).click();
    await this._type(this._dialog.getByRole('textbox', { name: 'Branch name' }), name);
    await this._dialog.getByRole('button', { name: `From: ${from}` }).waitFor();
    await this._person.pictureOf(this._form, 'create-branch-light');
    await this._accept('Create branch');
    await this._panel.getByRole('button', { name: `Branch: ${name}` }).waitFor();
  }

  async lookAtObject(branch: string, path: string): Promise<void> {
    await this._showTab('Objects');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    await this._view.getByRole('button', { name: path, exact: true }).click();
    const detail = this._view.getByRole('region', { name: `Object ${path}` });
    await detail.getByText(/modified/).waitFor();
    await detail.getByRole('button', { name: 'Close' }).click();
  }

  async copyCode(branch: string, path: string, library: string): Promise<string> {
    await this._showTab('Objects');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    const object = this._view.getByRole('button', { name: path, exact: true });
    const entry = await this._person.openSubmenu(object, 'Copy Path As', `Copy ${library} Code`);
    await this._person.pictureOfMenu('copy-path-light');
    await entry.click();
    return this._person.copied();
  }

  async openNotebookOn(branch: string): Promise<void> {
    await this._page.getByRole('tab', { name: 'File Browser' }).click();
    await this._page.getByRole('listitem', { name: new RegExp(`^Name: ${NOTEBOOK}`) }).dblclick();
    await this._person.kernelIsIdle();
    const picker = this._page.getByRole('button', { name: /^Data branch of this notebook: / });
    await this._person.pick(picker, branch);
    await this._page.getByRole('button', { name: `Data branch of this notebook: ${branch}` }).waitFor();
    await this._page.getByRole('tab', { name: 'Data branches' }).click();
    await this._person.picture('notebook-branch-light');
  }

  async runCell(index: number): Promise<void> {
    await this._person.cell(index).locator('.jp-InputArea-editor').click();
    await this._person.afterRun(index, () =>
      this._page.getByRole('button', { name: /^Run this cell and advance/ }).click()
    );
  }

  async compare(sentence: string | RegExp): Promise<void> {
    await this._panel.getByRole('button', { name: 'Compare', exact: true }).click();
    await this._view.getByText(sentence).first().waitFor();
  }

  async seeUncommitted(branch: string, path: string): Promise<void> {
    await this._showTab('Uncommitted Changes');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch: / }), branch);
    await this._view.getByRole('treeitem').filter({ hasText: path }).waitFor();
    await this._person.picture('uncommitted-light');
  }

  async reset(): Promise<void> {
    await this._view.getByRole('button', { name: 'Reset …' }).click();
    await this._accept('Discard');
    await this._view.getByText('Nothing to commit').waitFor();
  }

  async merge(branch: string): Promise<void> {
    await this._view.getByRole('button', { name: 'Merge into main …' }).click();
    await this._dialog.getByText(`Merge ${branch} into main`).waitFor();
    await this._dialog.getByText('Looking at the rows …').waitFor({ state: 'detached' });
    await this._person.pictureOf(this._form, 'merge-light');
    await this._accept('Merge');
  }

  async tag(name: string): Promise<void> {
    await this._showTab('Tags');
    await this._view.getByRole('button', { name: 'Create Tag' }).click();
    await this._type(this._dialog.getByRole('textbox', { name: 'Tag name' }), name);
    await this._person.pick(this._dialog.getByRole('button', { name: /^At: / }), 'main');
    await this._accept('Create tag');
  }

  async revert(message: string | RegExp): Promise<void> {
    await this._showTab('Commits');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), 'main');
    await this._view.getByRole('listitem').filter({ hasText: message }).click();
    await this._view.getByRole('region').getByRole('button', { name: 'Revert …' }).click();
    await this._accept('Revert');
  }

  async undo(words: string): Promise<void> {
    await this._showTab('Operations');
    await this._view.getByRole('button', { name: `Undo: ${words}` }).click();
    await this._accept('Undo');
    await this._view.getByText(`Undone: ${words}`).waitFor();
  }

  async deleteBranch(name: string): Promise<void> {
    await this._showTab('Branches');
    const row = this._view.getByRole('row').filter({ hasText: name });
    await row.hover();
    await row.getByRole('button', { name: `Delete branch ${name}` }).click();
    await this._accept('Delete branch');
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

  /** What a dialog asks, without the dimmed page around it. */
  private get _form(): Locator {
    return this._dialog.locator('.jp-Dialog-content');
  }

  /** The tab of the repository view that is shown. */
  private get _view(): Locator {
    return this._person.page.locator('.jp-db-Repository-tab');
  }

  private async _showTab(name: string): Promise<void> {
    const tab = this._person.repositoryTab(name);
    if (!(await tab.isVisible())) {
      await this._panel.getByRole('button', { name: 'Open repository view' }).click();
    }
    await tab.click();
    await this._page.getByRole('tabpanel', { name: new RegExp(`^${name}`) }).waitFor();
  }

  private async _type(field: Locator, text: string): Promise<void> {
    await field.click();
    await this._page.keyboard.type(text);
  }

  private async _accept(label: string): Promise<void> {
    await this._dialog.getByRole('button', { name: label, exact: true }).click();
    await this._dialog.waitFor({ state: 'detached' });
  }
}
