import type { Browser, Locator, Page } from 'playwright-core';
import { chromium, errors } from 'playwright-core';
import type { Jupyter } from './jupyter';
import { CHROMIUM, pictureFile } from './machine';

export type Theme = 'JupyterLab Light' | 'JupyterLab Dark' | 'JupyterLab Dark High Contrast';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

/**
 * How long to wait for anything to appear: a kernel that starts, or a service that is looked for every half minute, on a
 * machine that does much else.
 */
const PATIENCE_MS = 90_000;

/** What was loaded is looked up in what the browser keeps of it, by default not even JupyterLab's own files. */
const RESOURCES_KEPT = 10_000;

/** How long to wait for what is there, unless something has moved. */
const GLANCE_MS = 5_000;

/** Stops of the Tab key before something is called unreachable, and tabs of a view. */
const STOPS_MAX = 120;
const TABS_MAX = 8;

/** Whether an element has the keyboard. */
export function hasFocus(where: Locator): Promise<boolean> {
  return where.evaluate(node => node === document.activeElement);
}

/** Someone in front of JupyterLab: sees by role and name, clicks, types and drags. */
export class Person {
  private constructor(
    private readonly _browser: Browser,
    readonly page: Page,
    /** What the browser complained about. */
    readonly complaints: readonly string[],
    private readonly _jupyter: Jupyter
  ) {}

  static async at(jupyter: Jupyter, size = { width: 1400, height: 900 }): Promise<Person> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: PATIENCE_MS });
    try {
      const context = await browser.newContext({
        viewport: size,
        locale: 'en-US',
        permissions: ['clipboard-read', 'clipboard-write']
      });
      return await Person._in(await context.newPage(), jupyter, browser);
    } catch (error) {
      await browser.close(); // nobody else could, and the tests would never end
      throw error;
    }
  }

  private static async _in(page: Page, jupyter: Jupyter, browser: Browser): Promise<Person> {
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(error.stack ?? error.message));
    await page.addInitScript(kept => performance.setResourceTimingBufferSize(kept), RESOURCES_KEPT);
    await page.goto(jupyter.labAddress);
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Launcher' }).waitFor();
    const person = new Person(browser, page, complaints, jupyter);
    Person._present.add(person);
    return person;
  }

  /** Takes a picture of what everybody sees, where that can be had: it is taken of what has failed already. */
  static async pictureAll(name: string): Promise<void> {
    for (const person of Person._present) {
      await person.page.screenshot({ path: pictureFile(name) }).catch(() => undefined);
    }
  }

  async leave(): Promise<void> {
    Person._present.delete(this);
    await this._browser.close();
  }

  /** The side panel. */
  get panel(): Locator {
    return this.page.getByRole('region', { name: 'Data branches', exact: true });
  }

  /** A section of the side panel. */
  section(name: string): Locator {
    return this.panel.getByRole('region', { name, exact: true });
  }

  /** The form that asks something. */
  get dialog(): Locator {
    return this.page.locator('dialog.jp-Dialog');
  }

  async openPanel(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Data branches' }).click();
    await this.panel
      .getByRole('button', { name: /^(Repository|Branch): / })
      .first()
      .waitFor();
  }

  /** A tab of the repository view; some carry a number behind their name. */
  repositoryTab(name: string): Locator {
    return this.page.locator('.jp-db-Tabs').getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  /** Opens a tab of the repository view. */
  async openTab(name: string): Promise<void> {
    await this.repositoryTab(name).click();
    await this.page.getByRole('tabpanel', { name: new RegExp(`^${name}`) }).waitFor();
  }

  async createBranch(name: string, from: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'Create branch', exact: true }).click();
    await this.dialog.getByRole('textbox', { name: 'Branch name' }).fill(name);
    await this.pick(this.dialog.getByRole('button', { name: /^From: / }), from);
    await this.dialog.getByRole('button', { name: 'Create branch' }).click();
    await this.panel.getByRole('button', { name: `Branch: ${name}` }).waitFor();
  }

  async switchTo(branch: string): Promise<void> {
    await this.pick(this.panel.getByRole('button', { name: /^Branch: / }), branch);
    await this.panel.getByRole('button', { name: `Branch: ${branch}` }).waitFor();
  }

  /** Deletes the branch that the panel shows. */
  async deleteBranch(name: string): Promise<void> {
    await this.panel.getByRole('button', { name: `Branch: ${name}` }).click();
    await this.page.getByRole('button', { name: `Delete branch ${name} …` }).click();
    await this.dialog.getByRole('button', { name: 'Delete branch' }).click();
  }

  /** Takes back what was just done, where the message that tells of it offers that. */
  async undo(sentence: string | RegExp): Promise<void> {
    const message = this.page.locator('.Toastify__toast').filter({ hasText: sentence });
    await message.getByRole('button', { name: 'Undo' }).click();
  }

  /** Opens a picker, looks for a name and chooses it. */
  async pick(picker: Locator, name: string): Promise<void> {
    await picker.click();
    await this.page.getByRole('combobox', { name: /^Search/ }).fill(name);
    await this.page
      .getByRole('option', { name, exact: true })
      .or(this.page.getByRole('option').filter({ has: this.page.getByText(name, { exact: true }) }))
      .first()
      .click();
  }

  /**
   * Presses a button that a row shows while the pointer is on it. The row may move away from below the pointer, e.g. when
   * an upload above it has ended: then one goes after it.
   */
  async pressIn(row: Locator, name: string): Promise<void> {
    const button = row.getByRole('button', { name });
    await this._jupyter.until(async () => {
      await row.hover();
      return button.click({ timeout: GLANCE_MS }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof errors.TimeoutError) {
            return false;
          }
          throw error;
        }
      );
    });
  }

  /** Uploads files with the button and the browser's file dialog. */
  async upload(files: string[], folder: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.panel.getByRole('button', { name: 'Upload files' }).first().click();
    await (await chooser).setFiles(files);
    await this._confirmUpload(folder);
  }

  /** Drags files from outside the browser onto the panel. */
  async drop(files: string[], folder: string): Promise<void> {
    const box = (await this.panel.boundingBox())!;
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files, dragOperationsMask: 1 };
    const session = await this.page.context().newCDPSession(this.page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at, data });
    }
    await session.detach();
    await this._confirmUpload(folder);
  }

  async commit(message: string, metadata: Record<string, string> = {}): Promise<void> {
    const box = this.panel.getByRole('form', { name: 'Commit' });
    await box.getByRole('textbox', { name: 'Commit message' }).fill(message);
    let pair = 0;
    for (const [key, value] of Object.entries(metadata)) {
      pair++;
      await box.getByRole('button', { name: 'Add metadata' }).click();
      await box.getByRole('textbox', { name: `Metadata key ${pair}` }).fill(key);
      await box.getByRole('textbox', { name: `Metadata value ${pair}` }).fill(value);
    }
    await box.getByRole('button', { name: /^Commit \d+ change/ }).click();
    await this.section('Uncommitted changes').getByText('Nothing to commit').waitFor();
  }

  /** Opens a notebook from the file browser and waits for its kernel. */
  async openNotebook(name: string): Promise<void> {
    await this.page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) }).dblclick();
    await this.kernelIsIdle();
  }

  /** Waits until a notebook is open and its kernel has started. */
  async kernelIsIdle(): Promise<void> {
    await this.page.getByRole('button', { name: /^Data branch of this notebook: / }).waitFor();
    await this.page.locator('.jp-StatusBar-TextItem').filter({ hasText: '| Idle' }).waitFor();
  }

  /** A cell of the notebook that is open. */
  cell(index: number): Locator {
    return this.page.locator('.jp-Notebook .jp-Cell').nth(index);
  }

  /** The card below a cell that ran in a sandbox branch. */
  card(index: number): Locator {
    return this.cell(index).getByRole('region', { name: /^Sandbox sandbox-/ });
  }

  /** Runs a cell by whatever `run` does, and waits until it has ended. @throws Error - when it failed */
  async afterRun(index: number, run: () => Promise<void>): Promise<void> {
    const prompt = this.cell(index).locator('.jp-InputPrompt');
    const before = await prompt.textContent();
    await run();
    await prompt.filter({ hasText: /\d/, hasNotText: before?.trim() || '[*]' }).waitFor();
    const traceback = this.cell(index).locator('[data-mime-type="application/vnd.jupyter.stderr"]');
    if ((await traceback.count()) > 0) {
      throw new Error(`The cell failed: ${await traceback.first().textContent()}`);
    }
  }

  /** Runs the active cell and goes to the next. */
  async runCell(): Promise<void> {
    await this.page.locator('.jp-Notebook .jp-mod-active .jp-InputArea-editor').click();
    await this.page.keyboard.press('Shift+Enter');
  }

  /** Runs a command from the palette, by keyboard alone. */
  async commandByKeyboard(label: string): Promise<void> {
    await this.page.keyboard.press('Control+Shift+c');
    await this.isAt(this.page.locator('.lm-CommandPalette input'));
    await this.page.keyboard.type(label);
    await this.page.locator('.lm-CommandPalette-item.lm-mod-active').filter({ hasText: label }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Goes to a tab of the repository view with the arrow keys, from the one that is shown. */
  async openTabByKeyboard(name: string): Promise<void> {
    await this.tabTo(this.page.locator('.jp-db-Tabs').getByRole('tab', { selected: true }));
    const wanted = this.repositoryTab(name);
    for (let step = 0; step < TABS_MAX && !(await hasFocus(wanted)); step++) {
      await this.page.keyboard.press('ArrowRight');
    }
    await this.isAt(wanted);
  }

  /** Presses Tab until something has the keyboard. @throws Error - when it cannot be reached that way */
  async tabTo(where: Locator): Promise<void> {
    await where.waitFor();
    for (let step = 0; step < STOPS_MAX; step++) {
      if (await hasFocus(where)) {
        return;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${String(where)}.`);
  }

  /** Waits until something has the keyboard. */
  async isAt(where: Locator): Promise<void> {
    await where.waitFor();
    await this.page.waitForFunction(node => node === document.activeElement, await where.elementHandle());
  }

  /** Another window of the same browser. */
  async anotherWindow(): Promise<Person> {
    return Person._in(await this.page.context().newPage(), this._jupyter, this._browser);
  }

  /** Chooses an entry of a submenu of something's context menu. */
  async chooseFrom(what: Locator, submenu: string, entry: string): Promise<void> {
    await (await this.openSubmenu(what, submenu, entry)).click();
  }

  /** Opens a submenu of something's context menu. @returns an entry of it */
  async openSubmenu(what: Locator, submenu: string, entry: string): Promise<Locator> {
    await what.click({ button: 'right' });
    // Entries that open a further menu have no role of their own.
    await this.page.locator('.lm-Menu').getByText(submenu, { exact: true }).hover();
    const found = this.page.getByRole('menuitem', { name: entry });
    await found.waitFor();
    return found;
  }

  /** What lies in the clipboard. */
  copied(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Runs a command from the palette. */
  async command(label: string): Promise<void> {
    await this.page.keyboard.press('Control+Shift+c');
    const palette = this.page.locator('.lm-CommandPalette');
    await palette.locator('input').fill(label);
    await palette.getByText(label).first().click();
  }

  /** Brings another window before this one, or this one to the front: a browser without a screen knows no windows. */
  async turnsAway(isAway: boolean): Promise<void> {
    await this.page.evaluate(hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      const state = hidden ? 'hidden' : 'visible';
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isAway);
  }

  /** Waits until a part of the page says something. */
  async sees(where: Locator, text: string | RegExp): Promise<void> {
    await where.filter({ hasText: text }).first().waitFor();
  }

  async useTheme(theme: Theme): Promise<void> {
    await this.page.getByRole('menuitem', { name: 'Settings', exact: true }).click();
    // Entries that open a further menu have no role of their own.
    const entry = (text: string): Locator => this.page.locator('.lm-Menu').getByText(text, { exact: true });
    await entry('Theme').click();
    await entry(theme).click();
    await this.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    await this.page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  /** Takes a picture to be looked at; without the pointer, and when messages that pass are gone. */
  async picture(name: string): Promise<void> {
    await this.page.mouse.move(0, 0);
    // A message's time is an animation, which this ends.
    await this.page.screenshot({ path: pictureFile(name), animations: 'disabled' });
    await this._message.waitFor({ state: 'detached' });
    await this.page.screenshot({ path: pictureFile(name), animations: 'disabled' });
  }

  /** Takes a picture of a part of the page. */
  async pictureOf(part: Locator, name: string): Promise<void> {
    await part.screenshot({ path: pictureFile(name), animations: 'disabled' });
  }

  /** Takes a picture with the menus that are open: the pointer stays where it is. */
  async pictureOfMenu(name: string): Promise<void> {
    await this.page.screenshot({ path: pictureFile(name) });
  }

  /** Takes a picture with the message that passes. */
  async pictureOfMessage(name: string): Promise<void> {
    await this._message.hover({ trial: true }); // it slides in
    await this.page.screenshot({ path: pictureFile(name) });
  }

  private get _message(): Locator {
    return this.page.locator('.Toastify__toast').first();
  }

  private static readonly _present = new Set<Person>();

  private async _confirmUpload(folder: string): Promise<void> {
    await this.dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await this.dialog.getByRole('button', { name: 'Upload' }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}
