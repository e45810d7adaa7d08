import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** A command of a menu, with arguments if it needs any; null is a line between commands. */
export type MenuEntry = string | { command: string; args: ReadonlyJSONObject } | null;

/** Opens a menu of commands below an element. */
export function openMenu(
  commands: CommandRegistry,
  anchor: HTMLElement,
  entries: readonly MenuEntry[]
): void {
  const menu = new MenuSvg({ commands });
  for (const entry of entries) {
    if (entry === null) {
      menu.addItem({ type: 'separator' });
    } else {
      menu.addItem(typeof entry === 'string' ? { command: entry, args: {} } : entry);
    }
  }
  menu.aboutToClose.connect(() => anchor.focus());
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.open(left, bottom);
}
