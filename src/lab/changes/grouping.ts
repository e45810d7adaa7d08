import type { Diff } from '../../protocol/lakefs.js';

/** A folder of changes, or one change, as a line of the tree. */
export type ChangeLine =
  | { kind: 'folder'; path: string; count: number; folded: boolean }
  | { kind: 'object'; change: Diff; name: string; depth: 1 | 2 };

/**
 * The folder under which a change is shown: its data set's, that is the parent folder without trailing
 * `key=value` segments; '' at the top of the branch.
 */
export function folderOf(path: string): string {
  const segments = path.split('/').slice(0, -1);
  while (segments.length > 0 && segments[segments.length - 1]!.includes('=')) {
    segments.pop();
  }
  return segments.length === 0 ? '' : `${segments.join('/')}/`;
}

/**
 * Changes as the lines of a tree: one level of folders, in the order in which the changes come.
 *
 * @param changes - ordered by path
 * @param folded - paths of the folders whose changes are hidden
 */
export function linesOf(changes: readonly Diff[], folded: ReadonlySet<string>): ChangeLine[] {
  const groups = new Map<string, Diff[]>();
  for (const change of changes) {
    const folder = folderOf(change.path);
    const group = groups.get(folder);
    if (group) {
      group.push(change);
    } else {
      groups.set(folder, [change]);
    }
  }
  const lines: ChangeLine[] = [];
  for (const [folder, group] of groups) {
    const isFolded = folded.has(folder);
    if (folder !== '') {
      lines.push({ kind: 'folder', path: folder, count: group.length, folded: isFolded });
    }
    if (folder === '' || !isFolded) {
      const depth = folder === '' ? 1 : 2;
      lines.push(
        ...group.map<ChangeLine>(change => ({
          kind: 'object',
          change,
          name: change.path.slice(folder.length),
          depth
        }))
      );
    }
  }
  return lines;
}
