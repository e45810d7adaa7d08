import { decodeEntry } from '../../catalog/entry.js';
import type { View } from '../../catalog/views.js';
import type { Entry } from '../../catalog/model.js';
import type { Tree } from '../../tree/tree.js';

/** A view with its tree. */
export interface Ground {
  view: View;
  tree: Tree;
}

/** Which paths of a view are looked at: those that begin with `prefix`, or the one object of that name. */
export interface Scope {
  prefix: string;
  single: boolean;
}

/**
 * What a path means that a person gives: one object if there is one of that name, else a folder, with or without
 * the '/' at its end.
 */
export async function scopeOf(ground: Ground, path: string): Promise<Scope> {
  if (path === '' || path.endsWith('/')) {
    return { prefix: path, single: false };
  }
  const single = (await entryAt(ground, path)) !== undefined;
  return { prefix: single ? path : `${path}/`, single };
}

/** An object of a view, uncommitted changes included. */
export async function entryAt({ view, tree }: Ground, path: string): Promise<Entry | undefined> {
  const change = view.changes.find(change => change.path === path);
  if (change) {
    return change.entry;
  }
  const value = await tree.get(view.root, Buffer.from(path));
  return value && decodeEntry(value);
}

export function inScope({ prefix, single }: Scope, path: string): boolean {
  return single ? path === prefix : path.startsWith(prefix);
}

/** Whether an object is, or lies below, what a path means that a person gives, whatever else there is. */
export function isAt(path: string, asked: string): boolean {
  return path === asked || asked === '' || path.startsWith(asked.endsWith('/') ? asked : `${asked}/`);
}

/** The folder that a scope's data sets are shown below; ends with '/' or is ''. */
export function folderOf({ prefix }: Scope): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

/** Uncommitted changes in a scope, by path bytes. */
export function changesIn(scope: Scope, view: View) {
  return view.changes
    .filter(change => inScope(scope, change.path))
    .map(change => ({ ...change, key: Buffer.from(change.path) }));
}
