import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { watchDevices } from './devices';
import type { Hands } from './hands/hands';
import { Keyboard } from './hands/keyboard';
import { Mouse } from './hands/mouse';
import type { Jupyter } from './jupyter';
import { Person } from './person';

/** Something that a person does, and what shows that it is done. */
export interface Task {
  words: string;
  do(hands: Hands, where: Ground): Promise<void>;
  /** What the service says of it afterwards. */
  then?(jupyter: Jupyter): Promise<void>;
}

/** Where tasks are done: a JupyterLab, the person in front of it, and files on the person's own disk. */
export class Ground {
  private constructor(
    readonly jupyter: Jupyter,
    readonly person: Person,
    private readonly _files: string
  ) {}

  /** @param prepare - starts JupyterLab, after it wrote what the person has on disk to a folder */
  static async lay(prepare: (files: string) => Promise<Jupyter>): Promise<Ground> {
    const files = mkdtempSync(join(tmpdir(), 'databranch-files-'));
    const jupyter = await prepare(files);
    try {
      return new Ground(jupyter, await Person.at(jupyter), files);
    } catch (error) {
      await jupyter.stop(); // nobody else could, and the tests would never end
      throw error;
    }
  }

  /** A file or folder on the person's own disk. */
  file(name: string): string {
    return join(this._files, name);
  }

  /** Does tasks by mouse alone, but for names that are typed into fields. */
  async byMouse(tasks: readonly Task[]): Promise<void> {
    const used = await watchDevices(this.person.page);
    await this._do(tasks, new Mouse(this.person), async () => expect((await used()).keys).toEqual([]));
    expect((await used()).mouse).not.toEqual([]);
  }

  /** Does tasks by keyboard alone, which is never lost. */
  async byKeyboard(tasks: readonly Task[]): Promise<void> {
    const used = await watchDevices(this.person.page);
    await this._do(tasks, new Keyboard(this.person), async () => {
      expect((await used()).mouse).toEqual([]);
      expect(await keyboardIsAt(this.person.page)).not.toBe('body');
    });
    expect((await used()).keys).not.toEqual([]);
  }

  async leave(): Promise<void> {
    await this.person.leave();
    await this.jupyter.stop();
    rmSync(this._files, { recursive: true, force: true });
  }

  private async _do(tasks: readonly Task[], hands: Hands, after: () => Promise<void>): Promise<void> {
    for (const { words, do: act, then } of tasks) {
      try {
        await act(hands, this);
        await then?.(this.jupyter);
        await after();
      } catch (error) {
        throw new Error(`“${words}”: ${String(error)}`, { cause: error });
      }
    }
    expect(this.person.complaints).toEqual([]);
  }
}

/** Which element has the keyboard, in a word: `body` when none has. */
function keyboardIsAt(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement: at } = document;
    return !at || at === document.body ? 'body' : (at.ariaLabel ?? `${at.localName}.${at.className}`);
  });
}
