import type { NodeHash } from '../ids.js';
import { EMPTY_ROOT } from '../tree/empty.js';
import type { Difference as TreeDifference, Tree } from '../tree/tree.js';
import { decodeEntry } from './entry.js';
import type { History } from './history.js';
import { successor } from './keys.js';
import type { Difference, ListQuery, Page } from './model.js';
import { amountOf, groupOf, pageOf, rangeOf, startsWith, type ListRange } from './paging.js';
import type { Refs } from './refs.js';
import { StagedCursor } from './staged-cursor.js';
import { layersOf } from './layers.js';
import type { Store } from './store.js';
import { sameValue, uncommittedChanges } from './uncommitted.js';

/** An ordered stream of differences that can be begun anywhere. */
type DifferenceSource = (start: Buffer) => AsyncIterable<TreeDifference & { conflict?: boolean }>;

export class Diffs {
  constructor(
    private readonly store: Store,
    private readonly expressions: Refs,
    private readonly history: History
  ) {}

  /** A branch's uncommitted changes against its commit. Cost: O(changes · log entries). */
  async uncommitted(repository: string, branch: string, query: ListQuery): Promise<Page<Difference>> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const record = await this.store.branch(reader, uid, branch);
      const { root } = await this.history.get(uid, record.commitId, reader);
      const tree = this.store.tree(uid);
      const range = rangeOf(query);
      async function* source(start: Buffer): AsyncGenerator<TreeDifference> {
        const cursor = new StagedCursor(reader, layersOf(record));
        for await (const change of uncommittedChanges(cursor, tree, root, start)) {
          if (!startsWith(change.key, range.prefix)) {
            return;
          }
          yield change;
        }
      }
      return pageDifferences(source, range, amountOf(query));
    });
  }

  /**
   * What differs between two refs' commits. `two_dot`: left's against right's entries. `three_dot` (default):
   * what right changed since the merge base, as far as left has not changed it to the same.
   */
  async refs(
    repository: string,
    left: string,
    right: string,
    query: ListQuery & { type?: 'two_dot' | 'three_dot' }
  ): Promise<Page<Difference>> {
    const [leftRef, rightRef] = await this.store.kv.snapshot(async reader => [
      await this.expressions.open(reader, repository, left),
      await this.expressions.open(reader, repository, right)
    ]);
    const { uid } = leftRef!;
    const tree = this.store.tree(uid);
    const leftRoot = await this.history.root(uid, leftRef!.commitId);
    const rightRoot = await this.history.root(uid, rightRef!.commitId);
    const range = rangeOf(query);
    let source: DifferenceSource = start => tree.diff(leftRoot, rightRoot, { prefix: range.prefix, start });
    if (query.type !== 'two_dot') {
      const base = await this.history.mergeBase(uid, leftRef!.commitId, rightRef!.commitId);
      const baseRoot = base?.root ?? EMPTY_ROOT.hash;
      if (baseRoot !== leftRoot) {
        source = start => threeDot(tree, { baseRoot, leftRoot, rightRoot, prefix: range.prefix, start });
      }
    }
    return pageDifferences(source, range, amountOf(query));
  }
}

interface ThreeDot {
  baseRoot: NodeHash;
  leftRoot: NodeHash;
  rightRoot: NodeHash;
  prefix: Buffer;
  start: Buffer;
}

/** Right's changes since the base, held against left: what left has already is none, what left changed otherwise is a conflict. */
async function* threeDot(
  tree: Tree,
  { baseRoot, leftRoot, rightRoot, prefix, start }: ThreeDot
): AsyncGenerator<TreeDifference & { conflict?: boolean }> {
  for await (const { key, left: base, right } of tree.diff(baseRoot, rightRoot, { prefix, start })) {
    const left = (await tree.get(leftRoot, key)) ?? null;
    if (!sameValue(left, right)) {
      yield { key, left, right, conflict: !sameValue(left, base) };
    }
  }
}

/** Collects a page; a group of paths with a common prefix is one line, and what else is in it is skipped. */
async function pageDifferences(
  source: DifferenceSource,
  range: ListRange,
  amount: number
): Promise<Page<Difference>> {
  const found: Difference[] = [];
  let start: Buffer | undefined = range.start;
  collecting: while (start && found.length <= amount) {
    for await (const difference of source(start)) {
      const group = groupOf(difference.key, range);
      found.push(group ? grouped(group) : single(difference));
      if (group) {
        start = successor(group);
        continue collecting;
      }
      if (found.length > amount) {
        break;
      }
    }
    break;
  }
  return pageOf(found, amount, difference => difference.path);
}

function grouped(prefix: Buffer): Difference {
  return { type: 'prefix_changed', kind: 'prefix', path: prefix.toString('utf8') };
}

function single({ key, left, right, conflict }: TreeDifference & { conflict?: boolean }): Difference {
  const type = conflict ? 'conflict' : !left ? 'added' : !right ? 'removed' : 'changed';
  const entry = decodeEntry((right ?? left)!);
  return { type, kind: 'object', path: key.toString('utf8'), entry };
}
