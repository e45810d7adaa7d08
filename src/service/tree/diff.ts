import type { NodeHash } from '../ids.js';
import type { TreeReader } from './reader.js';
import { ENTRY, Walker } from './walker.js';
import type { KeyRange } from './walker.js';

/** An entry that two trees do not share; null where it is missing. */
export interface Difference {
  key: Buffer;
  left: Buffer | null;
  right: Buffer | null;
}

/**
 * The entries in `range` in which two trees differ, ascending by key. Subtrees with the same hash are passed over
 * on both sides: it costs O(differences · log n) reads.
 */
export async function* diffTrees(
  reader: TreeReader,
  leftRoot: NodeHash,
  rightRoot: NodeHash,
  range: KeyRange = {}
): AsyncGenerator<Difference> {
  if (leftRoot === rightRoot) return;
  const [leftNode, rightNode] = await Promise.all([reader.node(leftRoot), reader.node(rightRoot)]);
  const left = new Walker(reader, leftNode, range);
  const right = new Walker(reader, rightNode, range);
  while (!left.isDone && !right.isDone) {
    if (left.level > ENTRY || right.level > ENTRY) {
      if (left.standsBeforeTheSameAs(right)) {
        left.pass();
        right.pass();
      } else {
        await enterHigher(left, right);
      }
      continue;
    }
    const key = left.key;
    const order = Buffer.compare(key, right.key);
    const same = order === 0 && reader.same(left.value, right.value);
    if (!(typeof same === 'boolean' ? same : await same)) {
      yield {
        key: order <= 0 ? key : right.key,
        left: order <= 0 ? await reader.value(left.value) : null,
        right: order >= 0 ? await reader.value(right.value) : null
      };
    }
    if (order <= 0) left.pass();
    if (order >= 0) right.pass();
  }
  for (; await findEntry(left); left.pass()) {
    yield { key: left.key, left: await reader.value(left.value), right: null };
  }
  for (; await findEntry(right); right.pass()) {
    yield { key: right.key, left: null, right: await reader.value(right.value) };
  }
}

/** Enters the higher of the two subtrees, or both, so that they meet at one level. */
async function enterHigher(left: Walker, right: Walker): Promise<void> {
  const [leftLevel, rightLevel] = [left.level, right.level];
  await Promise.all([
    leftLevel >= rightLevel ? left.enter() : undefined,
    rightLevel >= leftLevel ? right.enter() : undefined
  ]);
}

/** Enters subtrees until the walker stands at an entry; false at the end. */
async function findEntry(walker: Walker): Promise<boolean> {
  while (!walker.isDone && walker.level > ENTRY) await walker.enter();
  return !walker.isDone;
}
