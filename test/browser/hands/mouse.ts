import type { Locator } from 'playwright-core';
import type { Hands } from './hands';
import { Reach } from './reach';

/** Does the tasks by clicking. */
export class Mouse extends Reach implements Hands {
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

  async openNotebookOn(branch: string, name: string): Promise<void> {
    await this._page.getByRole('tab', { name: 'File Browser' }).click();
    await this._page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) }).dblclick();
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
    await this._person.pressIn(row, `Delete branch ${name}`);
    await this._accept('Delete branch');
    await row.waitFor({ state: 'detached' });
  }

  async openBranch(repository: string, branch: string): Promise<void> {
    await this._page.getByRole('tab', { name: 'Data branches' }).click();
    await this._person.pick(this._panel.getByRole('button', { name: /^Repository: / }), repository);
    await this._person.switchTo(branch);
    await this._showTab('Objects');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
  }

  async uploadFolder(folder: string): Promise<void> {
    const chooser = this._page.waitForEvent('filechooser');
    await this._view.getByRole('button', { name: 'Upload Folder' }).click();
    await (await chooser).setFiles(folder);
    await this._accept('Upload');
    await this._view.getByRole('row').filter({ hasText: 'report/' }).waitFor();
  }

  async uploadFromFileBrowser(name: string, folder: string): Promise<void> {
    await this._page.getByRole('tab', { name: 'File Browser' }).click();
    await this._page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) }).click({ button: 'right' });
    await this._page.getByRole('menuitem', { name: /^Upload to Branch / }).click();
    await this._type(this._dialog.getByRole('textbox', { name: 'Folder' }), folder);
    await this._accept('Upload');
    await this._page.getByRole('tab', { name: 'Data branches' }).click();
    await this._change(`${folder}/${name}`).waitFor();
  }

  async discard(path: string): Promise<void> {
    const change = this._change(path);
    await this._person.pressIn(change, `Discard changes of ${path}`);
    await this._accept('Discard');
    await change.waitFor({ state: 'detached' });
  }

  async rename(folder: string, name: string, path: string): Promise<void> {
    await this._view.getByRole('button', { name: folder, exact: true }).click();
    await this._view.getByRole('button', { name, exact: true }).click();
    await this._view.getByRole('region').getByRole('button', { name: 'Rename …' }).click();
    const field = this._dialog.getByRole('textbox', { name: 'Path' });
    await field.click({ clickCount: 3 });
    await this._page.keyboard.type(path);
    await this._accept('Rename');
    await this._view.getByRole('navigation', { name: 'Folder' }).getByRole('button').first().click();
  }

  async remove(folder: string, name: string): Promise<void> {
    await this._view.getByRole('button', { name: folder, exact: true }).click();
    const row = this._view.getByRole('row').filter({ hasText: name });
    await this._person.pressIn(row, `Delete ${name}`);
    await this._accept('Delete');
    await row.waitFor({ state: 'detached' });
  }

  async seeRows(dataSet: string, key: string, texts: readonly string[]): Promise<void> {
    await this._panel.getByRole('button', { name: 'Compare', exact: true }).click();
    const row = this._view.getByRole('button', { name: dataSet, exact: true });
    if ((await row.getAttribute('aria-expanded')) !== 'true') {
      await row.click();
    }
    await this._view.getByRole('button', { name: 'Show rows' }).click();
    const answer = this._view.getByRole('region', { name: 'Rows that differ', exact: true });
    // The key suggests itself: it is taken away, and chosen again.
    await answer.getByText(`Key columns: ${key}`).click();
    for (const chosen of ['none', key]) {
      await answer.getByRole('checkbox', { name: key, exact: true }).click();
      await answer.getByRole('button', { name: 'Compare by these' }).click();
      await answer.getByText(`Key columns: ${chosen}`).waitFor();
    }
    await answer.getByRole('row', { name: new RegExp(`modified.*${texts.join('.*')}`) }).waitFor();
  }

  async mergeDeciding(sides: Readonly<Record<string, string>>): Promise<void> {
    await this._view.getByRole('button', { name: 'Merge into main …' }).click();
    for (const [path, side] of Object.entries(sides)) {
      const choice = this._dialog.getByRole('radiogroup', { name: `Take ${path} from` });
      await choice.getByRole('radio', { name: side }).click();
    }
    await this._accept('Merge');
  }

  async cherryPick(from: string, message: string, onto: string): Promise<void> {
    await this._showTab('Commits');
    await this._person.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), from);
    await this._view.getByRole('listitem').filter({ hasText: message }).click({ button: 'right' });
    await this._page.getByRole('menuitem', { name: 'Cherry-Pick Commit…' }).click();
    await this._person.pick(this._dialog.getByRole('button', { name: /^Onto branch: / }), onto);
    await this._accept('Cherry-pick');
  }

  async protect(branch: string): Promise<void> {
    await this._showTab('Branches');
    const row = this._view.getByRole('row').filter({ hasText: branch });
    await this._person.pressIn(row, `Protect ${branch}`);
    await row.getByText('protected').waitFor();
  }

  async runInSandbox(index: number): Promise<void> {
    await this._person.cell(index).locator('.jp-InputArea-editor').click();
    await this._page.getByRole('button', { name: /^Run this cell on a throw-away data branch/ }).click();
    await this._person.card(index).waitFor();
  }

  async keepSandbox(index: number, branch: string): Promise<void> {
    await this._person.card(index).getByRole('button', { name: 'Keep as branch …' }).click();
    await this._type(this._dialog.getByRole('textbox', { name: 'Branch name' }), branch);
    await this._accept('Keep');
    await this._person.card(index).getByText(`Kept as branch ${branch}.`).waitFor();
  }

  async mergeSandbox(index: number, into: string): Promise<void> {
    await this._person
      .card(index)
      .getByRole('button', { name: `Merge into ${into}` })
      .click();
    await this._person.card(index).getByText(`Merged into ${into}`).waitFor();
  }

  async discardSandbox(index: number): Promise<void> {
    await this._person.card(index).getByRole('button', { name: 'Discard' }).click();
    await this._person.card(index).getByText('Discarded.').waitFor();
  }

  /** What a dialog asks, without the dimmed page around it. */
  private get _form(): Locator {
    return this._dialog.locator('.jp-Dialog-content');
  }

  /** An uncommitted change in the side panel. */
  private _change(path: string): Locator {
    return this._panel.locator(`.jp-db-Change[data-path="${path}"]`);
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
