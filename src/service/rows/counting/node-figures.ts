import { decodeEntry } from '../../catalog/entry.js';
import type { View } from '../../catalog/views.js';
import type { NodeHash } from '../../ids.js';
import type { Tree, TreeChild, TreeEntry } from '../../tree/tree.js';
import { FigureMap, KEPT_GROUPS_MAX } from './figures.js';
import { kindOf } from '../formats/format.js';
import { mapLimited, type Job } from './job.js';
import type { Keeping, Kept } from './kept.js';
import { nodeFiguresKey } from './keys.js';
import { isCounted } from './place.js';
import { READERS } from '../formats/reader.js';
import type { DataFile, FileStatistics, Statistics } from './statistics.js';

/** Raise it when what counts, or how figures are grouped, changes. */
const RULES_VERSION = 1;
/** Figures made by other rules or other readers are not used. */
const ROWS_VERSION = [RULES_VERSION, ...Object.values(READERS).map(reader => reader.version)].join('.');

/** Leaves counted at a time; each reads several files at a time, but after a small commit has few new ones. */
const LEAVES_AT_ONCE = 12;

/** What is kept at a node: its figures, or that they are too many groups to be kept. */
type KeptFigures = FigureMap | 'descend';

/** A subtree that has to be worked on, because nothing is kept for it or not all of it is wanted. */
interface Plan {
  hash: NodeHash;
  level: number;
  /** Whether every path below it is wanted; only then its figures are kept. */
  whole: boolean;
  /** Set where it is known already that its groups are too many. */
  kept?: 'descend';
  /** Figures of the children that need no work. */
  figures: FigureMap;
  parts: Plan[];
  /** Of a leaf that was read already. */
  entries?: TreeEntry[];
}

/**
 * Figures of whole subtrees, kept by node hash. Nodes are immutable, so what was found once stays true: after a
 * commit of k files, counting reads O(k · log n) nodes and k files; without changes it reads none.
 */
export class NodeFigures {
  constructor(
    private readonly records: Kept,
    private readonly statistics: Statistics
  ) {}

  /** Figures of the committed files of a view whose paths begin with `prefix`. */
  async of(view: View, tree: Tree, prefix: string, job: Job): Promise<FigureMap> {
    const range = Buffer.from(prefix);
    const keeping = this.records.keeping();
    if (range.length === 0) {
      const [kept] = await this.kept(view, [view.root]);
      if (kept instanceof FigureMap) {
        return kept;
      }
    }
    const plan = await this.plan(view, tree, { hash: view.root, whole: range.length === 0 }, range, job);
    const counted = new Map<Plan, Completed>();
    const count = { view, tree, range, job, keeping };
    await mapLimited(leavesOf(plan), job.atOnce(LEAVES_AT_ONCE), async leaf => {
      counted.set(leaf, await this.countLeaf(count, leaf));
    });
    return (await complete(count, plan, counted)).figures;
  }

  /** What is kept for some nodes, in one snapshot. */
  async kept(view: View, hashes: NodeHash[]): Promise<(KeptFigures | undefined)[]> {
    const values = await this.records.get(hashes.map(hash => nodeFiguresKey(view.uid, hash)));
    return values.map(value => value && decode(value));
  }

  /** Finds the leaves that have to be read, without reading them. */
  private async plan(
    view: View,
    tree: Tree,
    { hash, whole, kept }: Pick<Plan, 'hash' | 'whole' | 'kept'>,
    range: Buffer,
    job: Job
  ): Promise<Plan> {
    await job.pause();
    const node = await tree.node(hash);
    const plan: Plan = { hash, whole, kept, level: node.level, figures: new FigureMap(), parts: [] };
    if (!('children' in node)) {
      job.expect(node.entries.length);
      return { ...plan, entries: node.entries };
    }
    const wanted = whole ? node.children.map(child => ({ child, whole })) : within(node.children, range);
    const figures = await this.kept(
      view,
      wanted.map(({ child }) => child.hash)
    );
    for (const [i, { child, whole }] of wanted.entries()) {
      const found = figures[i];
      if (found instanceof FigureMap && whole) {
        plan.figures.addAll(found);
      } else if (node.level === 1) {
        job.expect(child.count);
        plan.parts.push({ hash: child.hash, whole, level: 0, figures: new FigureMap(), parts: [] });
      } else {
        const part = { hash: child.hash, whole, ...(found === 'descend' && { kept: found }) };
        plan.parts.push(await this.plan(view, tree, part, range, job));
      }
    }
    return plan;
  }

  private async countLeaf(count: Count, plan: Plan): Promise<Completed> {
    const { view, tree, range, job, keeping } = count;
    await job.pause();
    const entries = plan.entries ?? (await leafAt(tree, plan.hash));
    const files = entries
      .filter(({ key }) => plan.whole || key.subarray(0, range.length).equals(range))
      .map(fileOf)
      .filter(file => isCounted(file.path));
    const data = files.filter(isData);
    const found = await this.statistics.gather(view, data, job, keeping);
    const completed = figuresOf(files, data, found);
    job.advance(entries.length);
    return keep(count, plan, completed);
  }
}

/** Puts figures together from the leaves up, and keeps them at every node that was worked on. */
async function complete(count: Count, plan: Plan, counted: Map<Plan, Completed>): Promise<Completed> {
  const leaf = counted.get(plan);
  if (leaf) {
    return leaf;
  }
  await count.job.pause();
  let lasting = true;
  for (const part of plan.parts) {
    const completed = await complete(count, part, counted);
    plan.figures.addAll(completed.figures);
    lasting &&= completed.lasting;
  }
  return keep(count, plan, { figures: plan.figures, lasting });
}

function keep({ view, keeping }: Count, plan: Plan, completed: Completed): Completed {
  const { figures, lasting } = completed;
  if (plan.whole && lasting && !plan.kept) {
    const value = encode(figures.size > KEPT_GROUPS_MAX ? 'descend' : figures);
    keeping.add([{ key: nodeFiguresKey(view.uid, plan.hash), value }]);
  }
  return completed;
}

/** One count under way. */
interface Count {
  view: View;
  tree: Tree;
  range: Buffer;
  job: Job;
  keeping: Keeping;
}

/** `lasting` is false when a file could not be reached this time: then nothing above it is kept. */
interface Completed {
  figures: FigureMap;
  lasting: boolean;
}

/** Figures of single files. */
export async function countFiles(
  statistics: Statistics,
  view: View,
  files: DataFile[],
  job: Job
): Promise<Completed> {
  const data = files.filter(isData);
  return figuresOf(files, data, await statistics.of(view, data, job));
}

const isData = ({ path }: DataFile) => kindOf(path) !== undefined;

/** @param data those of `files` that have rows, in their order, and what was found of each */
function figuresOf(files: DataFile[], data: DataFile[], found: FileStatistics[]): Completed {
  const figures = new FigureMap();
  let next = 0;
  for (const file of files) {
    figures.addFile(file, file === data[next] ? found[next++] : undefined);
  }
  return { figures, lasting: found.every(one => !('passing' in one)) };
}

export function fileOf({ key, value }: TreeEntry): DataFile {
  return { path: key.toString('utf8'), entry: decodeEntry(value) };
}

/** The children that may hold keys in `range`, and whether all of their keys are in it. */
export function within(children: TreeChild[], range: Buffer): { child: TreeChild; whole: boolean }[] {
  const found: { child: TreeChild; whole: boolean }[] = [];
  for (const [i, child] of children.entries()) {
    const before = i > 0 ? children[i - 1]!.lastKey : undefined;
    // Keys in the range are at or behind the prefix itself, and begin with it.
    if (child.lastKey.compare(range) < 0) {
      continue;
    }
    if (before && before.compare(range) > 0 && !before.subarray(0, range.length).equals(range)) {
      break;
    }
    const startsInside = before !== undefined && before.compare(range) >= 0;
    found.push({ child, whole: startsInside && child.lastKey.subarray(0, range.length).equals(range) });
  }
  return found;
}

async function leafAt(tree: Tree, hash: NodeHash): Promise<TreeEntry[]> {
  const node = await tree.node(hash);
  if (!('entries' in node)) {
    throw new Error(`Tree node ${hash} is no leaf, as its parent says it is.`);
  }
  return node.entries;
}

function leavesOf(plan: Plan): Plan[] {
  return plan.level === 0 ? [plan] : plan.parts.flatMap(leavesOf);
}

function encode(kept: KeptFigures): Buffer {
  return Buffer.from(JSON.stringify({ version: ROWS_VERSION, figures: kept }));
}

/** undefined where other rules or readers made it. */
function decode(value: Buffer): KeptFigures | undefined {
  const { version, figures } = JSON.parse(value.toString()) as {
    version: string;
    figures: 'descend' | ReturnType<FigureMap['toJSON']>;
  };
  if (version !== ROWS_VERSION) {
    return undefined;
  }
  return figures === 'descend' ? figures : FigureMap.fromJSON(figures);
}
