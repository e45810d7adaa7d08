import type { NodeHash } from '../../../src/service/ids';
import { Tree } from '../../../src/service/tree/tree';
import type { Edit } from '../../../src/service/tree/tree';
import { MemoryNodes, collect, rules } from './memory';

const ENTRIES = 100_000;
/** Leaves, two levels above them, and room for a third one. */
const LEVELS = 4;

function nth(i: number): Buffer {
  return Buffer.from(
    `reviews/year=${2000 + Math.floor(i / 5_000)}/part-${String(i).padStart(7, '0')}.parquet`
  );
}

/** `k` changes far from each other: new values, new keys and removals. */
function scattered(k: number): Edit[] {
  return Array.from({ length: k }, (_, i) => {
    const name = nth(Math.floor(((i + 0.5) * ENTRIES) / k));
    if (i % 3 === 0) return { key: name, value: Buffer.from(`changed ${i}`) };
    return i % 3 === 1
      ? { key: Buffer.from(`${name}.new`), value: Buffer.from(`new ${i}`) }
      : { key: name, value: null };
  });
}

describe(`in a tree of ${ENTRIES} entries`, () => {
  const nodes = new MemoryNodes();
  let root: NodeHash;
  /** A tree over the same nodes that has read none of them yet. */
  const coldTree = (): Tree => {
    nodes.reset();
    return new Tree(nodes, rules);
  };

  beforeAll(async () => {
    const tree = new Tree(nodes, rules);
    const entries = Array.from({ length: ENTRIES }, (_, i) => ({
      key: nth(i),
      value: Buffer.from(`value ${i}`)
    }));
    root = await tree.edit(await tree.emptyRoot(), entries);
  });

  test('an entry is found by reading one node per level, and again by reading none', async () => {
    const tree = coldTree();
    expect((await tree.get(root, nth(77_777)))?.toString()).toBe('value 77777');
    expect(nodes.reads).toBeLessThanOrEqual(LEVELS);
    nodes.reset();
    await tree.get(root, nth(77_777));
    expect(nodes.reads).toBe(0);
  });

  test('many who miss the same nodes at once read them once', async () => {
    const slow = new MemoryNodes(false);
    for (const [hash, bytes] of nodes.records) slow.records.set(hash, bytes);
    const tree = new Tree(slow, rules);
    await Promise.all(Array.from({ length: 50 }, () => tree.get(root, nth(5))));
    expect(slow.reads).toBeLessThanOrEqual(LEVELS);
  });

  test.each([1, 10, 100, 1_000])('a commit of %d changes reads and writes a few nodes for each', async k => {
    const tree = coldTree();
    await tree.edit(root, scattered(k));
    expect(nodes.reads).toBeLessThanOrEqual(k * LEVELS + 2);
    expect(nodes.writes).toBeLessThanOrEqual(k * LEVELS + LEVELS);
    expect(nodes.writes).toBeGreaterThanOrEqual(Math.min(k, 10));
  });

  test('a commit of entries that are the same reads their leaves and writes nothing', async () => {
    const tree = coldTree();
    const same = [1, 30_000, 60_000].map(i => ({ key: nth(i), value: Buffer.from(`value ${i};later`) }));
    expect(await tree.edit(root, same)).toBe(root);
    expect(nodes.reads).toBeLessThanOrEqual(3 * LEVELS);
    expect(nodes.writes).toBe(0);
  });

  test('appending behind the last entry touches one way down', async () => {
    const tree = coldTree();
    await tree.edit(root, [{ key: Buffer.from('zzz'), value: Buffer.from('last') }]);
    expect(nodes.reads).toBeLessThanOrEqual(LEVELS + 1);
    expect(nodes.writes).toBeLessThanOrEqual(2 * LEVELS);
  });

  test.each([1, 10, 100])(
    'the difference of %d changes is found by reading a few nodes for each',
    async k => {
      const changed = await new Tree(nodes, rules).edit(root, scattered(k));
      const tree = coldTree();
      expect(await collect(tree.diff(root, changed))).toHaveLength(k);
      expect(nodes.reads).toBeLessThanOrEqual(2 * k * LEVELS + 2);
    }
  );

  test('a difference asked for from a place on, or in a prefix, reads nothing before or behind', async () => {
    const changed = await new Tree(nodes, rules).edit(root, scattered(100));
    let tree = coldTree();
    expect(await collect(tree.diff(root, changed, { start: nth(99_000) }))).toHaveLength(1);
    expect(nodes.reads).toBeLessThanOrEqual(4 * LEVELS);
    tree = coldTree();
    expect(
      await collect(tree.diff(root, changed, { prefix: Buffer.from('reviews/year=2003/') }))
    ).toHaveLength(5);
    // On each side the root, three nodes above leaves, and the five leaves.
    expect(nodes.reads).toBeLessThanOrEqual(2 * (1 + 3 + 5));
  });

  test('a merge of ten changes of each side reads a few nodes for each', async () => {
    const warm = new Tree(nodes, rules);
    const ours = await warm.edit(root, scattered(10));
    const theirs = await warm.edit(root, scattered(7));
    const tree = coldTree();
    const steps = await collect(tree.merge(root, ours, theirs));
    const merged = await tree.edit(ours, steps.filter(step => !step.conflict) as Edit[]);
    expect(steps).toHaveLength(7);
    expect(nodes.reads).toBeLessThanOrEqual((10 + 7) * 3 * LEVELS);
    expect(await collect(tree.diff(ours, merged))).toHaveLength(steps.filter(step => !step.conflict).length);
  });

  test('trees that are equal are compared and merged without reading', async () => {
    const tree = coldTree();
    const other = await new Tree(nodes, rules).edit(root, scattered(1));
    nodes.reset();
    expect(await collect(tree.diff(root, root))).toEqual([]);
    expect(await collect(tree.merge(root, other, root))).toEqual([]);
    expect(await collect(tree.merge(root, other, other))).toEqual([]);
    expect(nodes.reads).toBe(0);
  });

  test('a summary reads one node', async () => {
    const tree = coldTree();
    expect((await tree.summary(root)).count).toBe(ENTRIES);
    expect(nodes.reads).toBe(1);
  });

  test('a page of 1,000 entries reads its leaves and the way to them, and waits only between leaves', async () => {
    const cursor = coldTree().cursor(root);
    await cursor.seek(nth(50_000));
    let waits = 0;
    for (let i = 0; i < 1_000; i++) {
      expect(cursor.entry!.key).toEqual(nth(50_000 + i));
      const moved = cursor.next();
      if (moved) waits++;
      await moved;
    }
    expect(nodes.reads).toBeLessThanOrEqual(60);
    expect(waits).toBeLessThanOrEqual(50);
  });

  test('seeking nearby reads only what lies between', async () => {
    const cursor = coldTree().cursor(root);
    await cursor.seek(nth(500));
    nodes.reset();
    for (let i = 500; i < 600; i++) await cursor.seek(nth(i));
    expect(nodes.reads).toBeLessThanOrEqual(8);
  });
});

test('a stream of edits is never held whole: the source waits while a batch is written', async () => {
  const total = 200_000;
  const value = Buffer.alloc(100, 1);
  const entryBytes = nth(0).length + value.length;
  let given = 0;
  let written = 0;
  let writing = 0;
  let mostAhead = 0;
  const nodes = new MemoryNodes();
  const write = nodes.write.bind(nodes);
  nodes.write = async records => {
    expect(++writing).toBe(1);
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
    await write(records);
    written += records.reduce((sum, record) => sum + record.bytes.length, 0);
    writing--;
  };
  async function* source(): AsyncGenerator<Edit> {
    for (let i = 0; i < total; i++) {
      given += entryBytes;
      mostAhead = Math.max(mostAhead, given - written);
      yield { key: nth(i), value };
    }
  }
  const tree = new Tree(nodes, rules);
  const root = await tree.edit(await tree.emptyRoot(), source());
  expect((await tree.summary(root)).count).toBe(total);
  expect(given).toBeGreaterThan(20_000_000);
  expect(mostAhead).toBeLessThan(15_000_000);
  expect(nodes.largestBatchBytes).toBeLessThan(5_000_000);
  expect(nodes.batches).toBeGreaterThan(3);
});
