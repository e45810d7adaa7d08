import fc from 'fast-check';
import type { NodeHash } from '../../../src/service/ids';
import { Tree } from '../../../src/service/tree/tree';
import type { Edit } from '../../../src/service/tree/tree';
import { MemoryNodes, asText, entriesOf, rules } from './memory';

/** Keys from few bytes, so that edits meet each other; with shared prefixes, 0x00 and 0xff, and keys that begin others. */
const key = fc
  .array(fc.constantFrom('a', 'b', '/', '\u00ff', '\u0000', 'folder/', 'z'), { minLength: 1, maxLength: 5 })
  .map(parts => Buffer.from(parts.join(''), 'latin1'));
/** Long values go outside of the node. */
const value = fc
  .tuple(fc.nat(3), fc.nat(2), fc.constantFrom(0, 0, 0, 1_500))
  .map(([identity, mtime, padding]) => Buffer.from(`${identity}${'x'.repeat(padding)};${mtime}`));
const edits = fc
  .array(fc.tuple(key, fc.option(value, { freq: 3 })), { maxLength: 80 })
  .map(pairs => pairs.map(([k, v]) => ({ key: k, value: v })));
/** Small nodes, in which forced boundaries are as frequent as others. */
const shape = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 6 }))
  .map(([entriesAverage, entriesMax]) => ({ entriesAverage, entriesMax }));

type Model = Map<string, Edit>;

function ascending(batch: Edit[]): Edit[] {
  const last = new Map(batch.map(edit => [edit.key.toString('hex'), edit]));
  return [...last.values()].sort((a, b) => Buffer.compare(a.key, b.key));
}

/** What a batch makes of the entries: the same entry keeps its present value. */
function applied(model: Model, batch: Edit[]): Model {
  const next = new Map(model);
  for (const edit of ascending(batch)) {
    const name = edit.key.toString('hex');
    const present = next.get(name);
    if (edit.value === null) next.delete(name);
    else if (!present || !rules.same(present.value!, edit.value)) next.set(name, edit);
  }
  return next;
}

function contents(model: Model): [string, string][] {
  const sorted = [...model.values()].sort((a, b) => Buffer.compare(a.key, b.key));
  return asText(sorted.map(edit => ({ key: edit.key, value: edit.value! })));
}

async function build(tree: Tree, model: Model): Promise<NodeHash> {
  return tree.edit(await tree.emptyRoot(), ascending([...model.values()]));
}

test('the root depends on the entries alone, whatever the order and batching of edits', async () => {
  await fc.assert(
    fc.asyncProperty(
      shape,
      fc.array(edits, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (options, batches, atOnce) => {
        const tree = new Tree(new MemoryNodes(atOnce), rules, { ...options, cacheBytes: 4_000 });
        let root = await tree.emptyRoot();
        let model: Model = new Map();
        for (const batch of batches) {
          root = await tree.edit(root, ascending(batch));
          model = applied(model, batch);
          expect(asText(await entriesOf(tree, root))).toEqual(contents(model));
          expect(await build(tree, model)).toBe(root);
        }
      }
    ),
    { numRuns: 400 }
  );
});
