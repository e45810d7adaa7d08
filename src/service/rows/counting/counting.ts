import { decodeEntry } from '../../catalog/entry.js';
import type { UnreadableFile } from '../../../protocol/databranch.js';
import type { NodeHash } from '../../ids.js';
import { FigureMap } from './figures.js';
import { kindOf } from '../formats/format.js';
import type { Job } from './job.js';
import type { Kept } from './kept.js';
import { countFiles, fileOf, NodeFigures, within } from './node-figures.js';
import { isCounted } from './place.js';
import type { DataFile, Statistics } from './statistics.js';
import { changesIn, entryAt, type Ground, type Scope } from './scope.js';

/** Broken files that one answer names. */
export const UNREADABLE_MAX = 100;

/** Counts what is in a scope of a view: its commit by kept figures, and the uncommitted changes on top. */
export class Counting {
  private readonly nodes: NodeFigures;

  constructor(
    kept: Kept,
    private readonly statistics: Statistics
  ) {
    this.nodes = new NodeFigures(kept, statistics);
  }

  /** Cost: what was never counted, O(log n) nodes, and the uncommitted changes. */
  async figures(ground: Ground, scope: Scope, job: Job): Promise<FigureMap> {
    const { view, tree } = ground;
    if (scope.single) {
      return (await countFiles(this.statistics, view, await singleFile(ground, scope), job)).figures;
    }
    const figures = new FigureMap();
    figures.addAll(await this.nodes.of(view, tree, scope.prefix, job));
    const changes = changesIn(scope, view).filter(change => isCounted(change.path));
    job.expect(changes.length);
    const replaced: DataFile[] = [];
    for (const { path, key } of changes) {
      const value = await tree.get(view.root, key);
      if (value) {
        replaced.push({ path, entry: decodeEntry(value) });
      }
    }
    const staged = changes.flatMap(({ path, entry }) => (entry ? [{ path, entry }] : []));
    figures.subtractAll((await countFiles(this.statistics, view, replaced, job)).figures);
    figures.addAll((await countFiles(this.statistics, view, staged, job)).figures);
    job.advance(changes.length);
    return figures;
  }

  /**
   * The files in a scope that could not be counted, at most {@link UNREADABLE_MAX}, by path bytes. Goes down
   * only where kept figures say that there are any.
   */
  async unreadable(ground: Ground, scope: Scope, job: Job): Promise<UnreadableFile[]> {
    if (scope.single) {
      return this.broken(ground, await singleFile(ground, scope), job);
    }
    const changes = changesIn(scope, ground.view);
    const changed = new Set(changes.map(change => change.path));
    const staged = changes.flatMap(({ path, entry }) => (entry && isCounted(path) ? [{ path, entry }] : []));
    const found = await this.broken(ground, staged, job);
    await this.search(ground, ground.view.root, Buffer.from(scope.prefix), job, changed, found);
    return found
      .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
      .slice(0, UNREADABLE_MAX);
  }

  private async search(
    ground: Ground,
    hash: NodeHash,
    range: Buffer,
    job: Job,
    except: Set<string>,
    found: UnreadableFile[]
  ): Promise<void> {
    const node = await ground.tree.node(hash);
    if ('entries' in node) {
      const files = node.entries
        .filter(({ key }) => key.subarray(0, range.length).equals(range))
        .map(fileOf)
        .filter(({ path }) => isCounted(path) && !except.has(path));
      found.push(...(await this.broken(ground, files, job)));
      return;
    }
    const children = within(node.children, range);
    const kept = await this.nodes.kept(
      ground.view,
      children.map(({ child }) => child.hash)
    );
    for (const [i, { child }] of children.entries()) {
      const figures = kept[i];
      const clean = figures instanceof FigureMap && !figures.hasUncounted();
      if (!clean && found.length < UNREADABLE_MAX + except.size) {
        await this.search(ground, child.hash, range, job, except, found);
      }
    }
  }

  private async broken({ view }: Ground, files: DataFile[], job: Job): Promise<UnreadableFile[]> {
    const data = files.filter(file => kindOf(file.path) !== undefined);
    const statistics = await this.statistics.of(view, data, job);
    return data.flatMap(({ path }, i) => {
      const found = statistics[i]!;
      return 'unreadable' in found ? [{ path, reason: found.unreadable }] : [];
    });
  }
}

async function singleFile(ground: Ground, { prefix: path }: Scope): Promise<DataFile[]> {
  const entry = isCounted(path) ? await entryAt(ground, path) : undefined;
  return entry ? [{ path, entry }] : [];
}
