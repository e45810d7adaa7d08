import { Tree } from '../../../src/service/tree/tree';
import type { Edit } from '../../../src/service/tree/tree';
import { MemoryNodes, entriesOf, rules } from './memory';

const edit = (key: string, value: string | null = 'v'): Edit => ({
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value)
});

test.each([
  ['descend', ['b', 'a']],
  ['repeat a key', ['a', 'a']],
  ['descend beyond the BMP, where strings would ascend', ['\u{1f600}', '\ufffd']]
])('edits that %s are refused', async (_, keys) => {
  const tree = new Tree(new MemoryNodes(), rules);
  await expect(
    tree.edit(
      await tree.emptyRoot(),
      keys.map(key => edit(key))
    )
  ).rejects.toThrow('ascend');
});

test('keys are ordered by bytes, also beyond the BMP', async () => {
  const tree = new Tree(new MemoryNodes(), rules);
  const keys = ['a', '\ufffd', '\u{1f600}'];
  const root = await tree.edit(
    await tree.emptyRoot(),
    keys.map(key => edit(key))
  );
  expect((await entriesOf(tree, root)).map(entry => entry.key.toString())).toEqual(keys);
  expect((await entriesOf(tree, root, Buffer.from('\u{ffff}'))).map(entry => entry.key.toString())).toEqual([
    '\u{1f600}'
  ]);
});

test('an edit rejects when the store cannot write, and can be tried again', async () => {
  const nodes = new MemoryNodes();
  const tree = new Tree(nodes, rules);
  const root = await tree.emptyRoot();
  const write = nodes.write.bind(nodes);
  nodes.write = () => Promise.reject(new Error('disk full'));
  const edits = Array.from({ length: 60_000 }, (_, i) => edit(String(i).padStart(6, '0'), 'v'.repeat(500)));
  await expect(tree.edit(root, edits)).rejects.toThrow('disk full');
  nodes.write = write;
  const edited = await tree.edit(root, edits);
  expect((await new Tree(nodes, rules).summary(edited)).count).toBe(60_000);
  expect(await entriesOf(new Tree(nodes, rules), edited)).toHaveLength(60_000);
});

test('an edit rejects when its source fails', async () => {
  async function* source(): AsyncGenerator<Edit> {
    yield edit('a');
    throw new Error('source gone');
  }
  const tree = new Tree(new MemoryNodes(), rules);
  await expect(tree.edit(await tree.emptyRoot(), source())).rejects.toThrow('source gone');
});
