import type { Locator } from 'playwright-core';
import type { Person } from '../person';
import type { Hands } from './hands';
import { Keys } from './keys';
import { Reach } from './reach';

/** Files in the file browser. */
const FILES_MAX = 20;

/** Does the tasks with Tab, arrows, Enter, Escape, shortcuts and the command palette. */
export class Keyboard extends Reach implements Hands {
  constructor(person: Person) {
    super(person);
    this._keys = new Keys(person);
  }

  async createRepository(name: string): Promise<void> {
    await this._keys.press('Control+Alt+d');
    await this._keys.go(this._panel.getByRole('button', { name: 'Create repository' }));
    await this._keys.type(this._dialog.getByRole('textbox', { name: 'Repository name' }), name);
    await this._keys.accept();
    await this._panel.getByRole('button', { name: `Repository: ${name}` }).waitFor();
  }

  async uploadObject(file: string): Promise<void> {
    await this._person.commandByKeyboard('Open Repository View');
    await this._person.isAt(this._person.repositoryTab('Objects'));
    const chooser = this._page.waitForEvent('filechooser');
    await this._keys.go(this._view.getByRole('button', { name: 'Upload Object' }).first());
    await (await chooser).setFiles(file);
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Folder' }));
    await this._keys.accept();
    await this._view.getByRole('row').first().waitFor();
  }

  async commit(message: string, [key, value]: readonly [string, string]): Promise<void> {
    await this._person.commandByKeyboard('Commit Changes');
    const form = this._panel.getByRole('form', { name: 'Commit' });
    await this._keys.type(form.getByRole('textbox', { name: 'Commit message' }), message);
    await this._keys.go(form.getByRole('button', { name: 'Add metadata' }));
    await this._keys.type(form.getByRole('textbox', { name: 'Metadata key 1' }), key);
    await this._keys.press('Tab');
    await this._keys.type(form.getByRole('textbox', { name: 'Metadata value 1' }), value);
    await this._keys.press('Enter');
    await this._panel.getByText('Nothing to commit').waitFor();
  }

  async createBranch(name: string, from: string): Promise<void> {
    await this._keys.press('Control+Alt+d');
    await this._keys.go(this._panel.getByRole('button', { name: `Branch: ${from}` }));
    await this._keys.type(this._page.getByRole('combobox', { name: 'Search: Branch' }), name);
    await this._keys.go(this._page.getByRole('button', { name: 'Create branch …' }));
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Branch name' }));
    await this._keys.accept();
    await this._panel.getByRole('button', { name: `Branch: ${name}` }).waitFor();
  }

  async lookAtObject(branch: string, path: string): Promise<void> {
    await this._keys.press('Control+Alt+r');
    await this._person.openTabByKeyboard('Objects');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    await this._keys.goToRow(this._view.getByRole('grid', { name: 'Objects' }), path);
    await this._keys.press('Enter');
    const detail = this._view.getByRole('region', { name: `Object ${path}` });
    await detail.getByText(/modified/).waitFor();
    await this._keys.go(detail.getByRole('button', { name: 'Close' }));
    await detail.waitFor({ state: 'detached' });
  }

  async copyCode(branch: string, path: string, library: string): Promise<string> {
    await this._person.openTabByKeyboard('Objects');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
    await this._keys.goToRow(this._view.getByRole('grid', { name: 'Objects' }), path);
    await this._keys.press('Shift+F10');
    await this._keys.choose('Copy Path As');
    await this._keys.choose(`Copy ${library} Code`);
    return this._person.copied();
  }

  async openNotebookOn(branch: string, name: string): Promise<void> {
    await this._person.commandByKeyboard('Open from Path');
    await this._person.isAt(this._dialog.getByRole('textbox'));
    await this._page.keyboard.type(name);
    await this._keys.accept();
    await this._person.kernelIsIdle();
    const picker = this._page.getByRole('button', { name: /^Data branch of this notebook: / });
    await this._keys.goInToolbar(picker);
    await this._keys.pick(picker, branch);
    await this._page.getByRole('button', { name: `Data branch of this notebook: ${branch}` }).waitFor();
  }

  async runCell(index: number): Promise<void> {
    await this._keys.goToCell(index);
    await this._person.afterRun(index, () => this._keys.press('Shift+Enter'));
  }

  async compare(sentence: string | RegExp): Promise<void> {
    await this._person.commandByKeyboard('Compare');
    await this._person.isAt(this._person.repositoryTab('Compare'));
    await this._view.getByText(sentence).first().waitFor();
  }

  async seeUncommitted(branch: string, path: string): Promise<void> {
    await this._person.openTabByKeyboard('Uncommitted Changes');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch: / }), branch);
    await this._keys.goToRow(this._view.getByRole('tree', { name: 'Uncommitted changes' }), path);
  }

  async reset(): Promise<void> {
    await this._keys.go(this._view.getByRole('button', { name: 'Reset …' }));
    await this._keys.confirm('Discard');
    await this._view.getByText('Nothing to commit').waitFor();
  }

  async merge(branch: string): Promise<void> {
    await this._keys.go(this._view.getByRole('button', { name: 'Merge into main …' }));
    await this._dialog.getByText(`Merge ${branch} into main`).waitFor();
    await this._keys.confirm('Merge');
  }

  async tag(name: string): Promise<void> {
    await this._person.openTabByKeyboard('Tags');
    await this._keys.go(this._view.getByRole('button', { name: 'Create Tag' }));
    await this._keys.type(this._dialog.getByRole('textbox', { name: 'Tag name' }), name);
    await this._keys.pick(this._dialog.getByRole('button', { name: /^At: / }), 'main');
    await this._keys.confirm('Create tag');
  }

  async revert(message: string | RegExp): Promise<void> {
    await this._person.openTabByKeyboard('Commits');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), 'main');
    await this._keys.goToRow(this._view.getByRole('list', { name: 'Commits' }), message);
    await this._keys.press('Enter');
    await this._keys.go(this._view.getByRole('region').getByRole('button', { name: 'Revert …' }));
    await this._keys.confirm('Revert');
  }

  async undo(words: string): Promise<void> {
    await this._person.openTabByKeyboard('Operations');
    await this._keys.go(this._view.getByRole('button', { name: `Undo: ${words}` }));
    await this._keys.confirm('Undo');
    await this._view.getByText(`Undone: ${words}`).waitFor();
  }

  async deleteBranch(name: string): Promise<void> {
    await this._person.openTabByKeyboard('Branches');
    const row = await this._keys.goToRow(this._view.getByRole('grid', { name: 'Branches' }), name);
    await this._keys.go(row.getByRole('button', { name: `Delete branch ${name}` }));
    await this._keys.confirm('Delete branch');
    await row.waitFor({ state: 'detached' });
  }

  async openBranch(repository: string, branch: string): Promise<void> {
    await this._keys.press('Control+Alt+d');
    await this._keys.pick(this._panel.getByRole('button', { name: /^Repository: / }), repository);
    await this._keys.pick(this._panel.getByRole('button', { name: /^Branch: / }), branch);
    await this._panel.getByRole('button', { name: `Branch: ${branch}` }).waitFor();
    await this._keys.press('Control+Alt+r');
    await this._person.openTabByKeyboard('Objects');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), branch);
  }

  async uploadFolder(folder: string): Promise<void> {
    const chooser = this._page.waitForEvent('filechooser');
    await this._keys.go(this._view.getByRole('button', { name: 'Upload Folder' }));
    await (await chooser).setFiles(folder);
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Folder' }));
    await this._keys.accept();
    await this._view.getByRole('row').filter({ hasText: 'report/' }).waitFor();
  }

  async uploadFromFileBrowser(name: string, folder: string): Promise<void> {
    await this._keys.press('Control+Shift+f');
    const file = this._page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) });
    const at = this._page.locator('.jp-DirListing-content [tabindex="0"]');
    await this._person.tabTo(at.first());
    for (let step = 0; step < FILES_MAX && !(await isSelected(file)); step++) {
      await this._keys.press('ArrowDown');
    }
    await this._keys.press('Shift+F10');
    await this._keys.choose('Upload to Branch ');
    await this._keys.type(this._dialog.getByRole('textbox', { name: 'Folder' }), folder);
    await this._keys.accept();
    await this._keys.press('Control+Alt+d');
    await this._panel.getByRole('treeitem').filter({ hasText: name }).waitFor();
  }

  async discard(path: string): Promise<void> {
    await this._keys.press('Control+Alt+d');
    const list = this._panel.getByRole('tree', { name: 'Uncommitted changes' });
    const change = await this._keys.goToRow(list, path.slice(path.lastIndexOf('/') + 1));
    await this._keys.press('Delete');
    await this._keys.confirm('Discard');
    await change.waitFor({ state: 'detached' });
  }

  async rename(folder: string, name: string, path: string): Promise<void> {
    await this._keys.press('Control+Alt+r');
    const list = this._view.getByRole('grid', { name: 'Objects' });
    await this._keys.goToRow(list, folder);
    await this._keys.press('Enter');
    await this._keys.goToRow(list, name);
    await this._keys.press('Shift+F10');
    await this._keys.choose('Rename…');
    await this._person.isAt(this._dialog.getByRole('textbox', { name: 'Path' }));
    await this._keys.press('Control+a');
    await this._page.keyboard.type(path);
    await this._keys.accept();
    await this._keys.go(this._view.getByRole('navigation', { name: 'Folder' }).getByRole('button').first());
  }

  async remove(folder: string, name: string): Promise<void> {
    const list = this._view.getByRole('grid', { name: 'Objects' });
    await this._keys.goToRow(list, folder);
    await this._keys.press('Enter');
    const row = await this._keys.goToRow(list, name);
    await this._keys.press('Delete');
    await this._keys.confirm('Delete');
    await row.waitFor({ state: 'detached' });
  }

  async seeRows(dataSet: string, key: string, texts: readonly string[]): Promise<void> {
    await this._person.commandByKeyboard('Compare');
    await this._person.isAt(this._person.repositoryTab('Compare'));
    const row = this._view.getByRole('button', { name: dataSet, exact: true });
    await this._person.tabTo(row);
    if ((await row.getAttribute('aria-expanded')) !== 'true') {
      await this._keys.press('Enter');
    }
    await this._keys.go(this._view.getByRole('button', { name: 'Show rows' }));
    const answer = this._view.getByRole('region', { name: 'Rows that differ', exact: true });
    // The key suggests itself: it is taken away, and chosen again.
    await this._keys.go(answer.getByText(`Key columns: ${key}`));
    for (const chosen of ['none', key]) {
      await this._person.tabTo(answer.getByRole('checkbox', { name: key, exact: true }));
      await this._keys.press('Space');
      await this._keys.go(answer.getByRole('button', { name: 'Compare by these' }));
      await answer.getByText(`Key columns: ${chosen}`).waitFor();
    }
    await answer.getByRole('row', { name: new RegExp(`modified.*${texts.join('.*')}`) }).waitFor();
  }

  async mergeDeciding(sides: Readonly<Record<string, string>>): Promise<void> {
    await this._keys.go(this._view.getByRole('button', { name: 'Merge into main …' }));
    for (const [path, side] of Object.entries(sides)) {
      const row = await this._keys.goToRow(this._dialog.getByRole('list', { name: 'Conflicts' }), path);
      const choice = row.getByRole('radiogroup');
      await this._person.tabTo(choice.getByRole('radio').first());
      await this._keys.press('Space');
      const wanted = choice.getByRole('radio', { name: side });
      if (!(await wanted.isChecked())) {
        await this._keys.press('ArrowRight');
      }
      await this._person.isAt(wanted);
    }
    await this._keys.confirm('Merge');
  }

  async cherryPick(from: string, message: string, onto: string): Promise<void> {
    await this._person.openTabByKeyboard('Commits');
    await this._keys.pick(this._view.getByRole('button', { name: /^Branch, tag or commit: / }), from);
    await this._keys.goToRow(this._view.getByRole('list', { name: 'Commits' }), message);
    await this._keys.press('Shift+F10');
    await this._keys.choose('Cherry-Pick Commit…');
    await this._keys.pick(this._dialog.getByRole('button', { name: /^Onto branch: / }), onto);
    await this._keys.confirm('Cherry-pick');
  }

  async protect(branch: string): Promise<void> {
    await this._person.openTabByKeyboard('Branches');
    const row = await this._keys.goToRow(this._view.getByRole('grid', { name: 'Branches' }), branch);
    await this._keys.go(row.getByRole('button', { name: `Protect ${branch}` }));
    await row.getByText('protected').waitFor();
  }

  async runInSandbox(index: number): Promise<void> {
    await this._keys.goToCell(index);
    await this._person.commandByKeyboard('Run Cell in a Sandbox Branch');
    await this._person.card(index).waitFor();
  }

  async keepSandbox(index: number, branch: string): Promise<void> {
    await this._keys.go(this._person.card(index).getByRole('button', { name: 'Keep as branch …' }));
    await this._keys.type(this._dialog.getByRole('textbox', { name: 'Branch name' }), branch);
    await this._keys.accept();
    await this._person.card(index).getByText(`Kept as branch ${branch}.`).waitFor();
  }

  async mergeSandbox(index: number, into: string): Promise<void> {
    await this._keys.go(this._person.card(index).getByRole('button', { name: `Merge into ${into}` }));
    await this._person.card(index).getByText(`Merged into ${into}`).waitFor();
  }

  async discardSandbox(index: number): Promise<void> {
    await this._keys.go(this._person.card(index).getByRole('button', { name: 'Discard' }));
    await this._person.card(index).getByText('Discarded.').waitFor();
  }

  private readonly _keys: Keys;
}

/** Whether a file of the file browser is chosen. */
function isSelected(file: Locator): Promise<boolean> {
  return file.evaluate(node => node.classList.contains('jp-mod-selected'));
}
