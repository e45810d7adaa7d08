import fc from 'fast-check';
import { Tree } from '../../../src/service/tree/tree';
import type { Difference, Edit, MergeStep } from '../../../src/service/tree/tree';
import { MemoryNodes, readable, collect, entriesOf, rules } from './memory';
import { ascending, build, edited, edits, key, options, sorted } from './shapes';
import type { Model } from './shapes';

const RUNS = { numRuns: 200 };

test('the root depends on the entries alone, whatever the order and batching of edits', async () => {
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.array(edits, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (shape, batches, atOnce) => {
        const tree = new Tree(new MemoryNodes(atOnce), rules, shape);
        let root = await tree.emptyRoot();
        let model: Model = new Map();
        for (const batch of batches) {
          root = await tree.edit(root, ascending(batch));
          model = edited(model, batch);
          expect(readable(await entriesOf(tree, root))).toEqual(readable(sorted(model)));
          expect(await build(tree, model)).toBe(root);
        }
      }
    ),
    RUNS
  );
});

test('taking everything out again, in any order, gives the empty tree', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, fc.integer({ min: 1, max: 7 }), async (shape, batch, parts) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const model = edited(new Map(), batch);
      let root = await build(tree, model);
      for (let part = 0; part < parts; part++) {
        const gone = sorted(model).filter((_, i) => i % parts === part);
        root = await tree.edit(
          root,
          gone.map(entry => ({ key: entry.key, value: null }))
        );
      }
      expect(root).toBe(await tree.emptyRoot());
    }),
    RUNS
  );
});

test('edits that change nothing give the same root and write nothing', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, edits, async (shape, batch, more) => {
      const nodes = new MemoryNodes();
      const tree = new Tree(nodes, rules, shape);
      const model = edited(new Map(), batch);
      const root = await build(tree, model);
      const touched: Edit[] = sorted(model).map(entry => ({
        key: entry.key,
        value: Buffer.concat([entry.value, Buffer.from('9')])
      }));
      const missing = ascending(more).filter(edit => !model.has(edit.key.toString('hex')));
      nodes.reset();
      expect(
        await tree.edit(root, ascending([...touched, ...missing.map(edit => ({ ...edit, value: null }))]))
      ).toBe(root);
      expect(nodes.writes).toBe(0);
    }),
    RUNS
  );
});

test('summaries count the entries and sum up their weights', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, edits, async (shape, first, second) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const model = edited(edited(new Map(), first), second);
      const root = await tree.edit(
        await tree.edit(await tree.emptyRoot(), ascending(first)),
        ascending(second)
      );
      const bytes = sorted(model).reduce((sum, entry) => sum + rules.weight(entry.value), 0);
      expect(await tree.summary(root)).toEqual({ count: model.size, bytes });
    }),
    RUNS
  );
});

test('a cursor stands where a sorted array says, whatever it was asked before', async () => {
  const moves = fc.array(fc.oneof(key, fc.constant('next' as const)), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(options, edits, moves, async (shape, batch, path) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const model = sorted(edited(new Map(), batch));
      const cursor = tree.cursor(
        await build(tree, new Map(model.map(entry => [entry.key.toString('hex'), entry])))
      );
      let at = model.length;
      for (const move of path) {
        if (move === 'next') {
          await cursor.next();
          at = Math.min(at + 1, model.length);
        } else {
          await cursor.seek(move);
          const found = model.findIndex(entry => Buffer.compare(entry.key, move) >= 0);
          at = found < 0 ? model.length : found;
        }
        expect(readable(cursor.entry)).toEqual(readable(model[at]));
      }
    }),
    RUNS
  );
});

test('get finds what is there and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, fc.array(key, { maxLength: 30 }), async (shape, batch, more) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const model = edited(new Map(), batch);
      const root = await build(tree, model);
      for (const name of [...sorted(model).map(entry => entry.key), ...more]) {
        expect(readable(await tree.get(root, name))).toEqual(
          readable(model.get(name.toString('hex'))?.value)
        );
      }
    }),
    RUNS
  );
});

test('diff tells what two trees do not share, within a prefix and from a start', async () => {
  const range = fc.record({ prefix: key, start: key }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(options, edits, edits, range, async (shape, first, second, limits) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const left = edited(new Map(), first);
      const right = edited(left, second);
      const found = await collect(tree.diff(await build(tree, left), await build(tree, right), limits));
      const expected = naiveDiff(left, right).filter(({ key: name }) => isInside(name, limits));
      expect(readable(found)).toEqual(readable(expected));
    }),
    RUNS
  );
});

test('diff of unrelated trees, applied to the left, gives the right', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, edits, async (shape, first, second) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const [left, right] = [edited(new Map(), first), edited(new Map(), second)];
      const [leftRoot, rightRoot] = [await build(tree, left), await build(tree, right)];
      const found = await collect(tree.diff(leftRoot, rightRoot));
      expect(readable(found)).toEqual(readable(naiveDiff(left, right)));
      const patched = await tree.edit(
        leftRoot,
        found.map(({ key: name, right: after }) => ({ key: name, value: after }))
      );
      expect(await collect(tree.diff(patched, rightRoot))).toEqual([]);
    }),
    RUNS
  );
});

test('merge agrees with the naive three-way merge, conflicts too', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, edits, edits, edits, async (shape, first, mine, both, other) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const base = edited(new Map(), first);
      const ours = edited(edited(base, mine), both);
      const theirs = edited(edited(base, both), other);
      const roots = await Promise.all([build(tree, base), build(tree, ours), build(tree, theirs)]);
      expect(readable(await collect(tree.merge(...roots)))).toEqual(readable(naiveMerge(base, ours, theirs)));
    }),
    RUNS
  );
});

test('a merge where only one side changed takes that side', async () => {
  await fc.assert(
    fc.asyncProperty(options, edits, edits, async (shape, first, second) => {
      const tree = new Tree(new MemoryNodes(), rules, shape);
      const base = edited(new Map(), first);
      const changed = edited(base, second);
      const [baseRoot, changedRoot] = [await build(tree, base), await build(tree, changed)];
      expect(await collect(tree.merge(baseRoot, changedRoot, baseRoot))).toEqual([]);
      const steps = (await collect(tree.merge(baseRoot, baseRoot, changedRoot))) as Edit[];
      expect(await tree.edit(baseRoot, steps)).toBe(changedRoot);
    }),
    RUNS
  );
});

function isInside(name: Buffer, { prefix, start }: { prefix?: Buffer; start?: Buffer }): boolean {
  return (
    (!prefix || name.subarray(0, prefix.length).equals(prefix)) &&
    (!start || Buffer.compare(name, start) >= 0)
  );
}

function allKeys(...models: Model[]): [string, Buffer][] {
  const all = new Map(models.flatMap(model => [...model].map(([name, entry]) => [name, entry.key] as const)));
  return [...all].sort(([, a], [, b]) => Buffer.compare(a, b));
}

function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : rules.same(a, b);
}

function naiveDiff(left: Model, right: Model): Difference[] {
  return allKeys(left, right)
    .map(([name, key]) => ({
      key,
      left: left.get(name)?.value ?? null,
      right: right.get(name)?.value ?? null
    }))
    .filter(difference => !isSame(difference.left, difference.right));
}

function naiveMerge(base: Model, ours: Model, theirs: Model): MergeStep[] {
  return allKeys(base, ours, theirs).flatMap(([name, key]): MergeStep[] => {
    const [before, own, after] = [base, ours, theirs].map(model => model.get(name)?.value ?? null) as [
      Buffer | null,
      Buffer | null,
      Buffer | null
    ];
    if (isSame(before, after) || isSame(own, after)) return [];
    return isSame(before, own)
      ? [{ key, value: after }]
      : [{ key, conflict: { base: before, ours: own, theirs: after } }];
  });
}
