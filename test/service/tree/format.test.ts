import fc from 'fast-check';
import type { NodeHash } from '../../../src/service/ids';
import { Tree } from '../../../src/service/tree/tree';
import type { TreeOptions } from '../../../src/service/tree/tree';
import { VarintReader, varintLength, writeVarint } from '../../../src/service/tree/varint';
import { MemoryNodes, entriesOf, rules } from './memory';

const entry = (key: string, value: string): { key: Buffer; value: Buffer } => ({
  key: Buffer.from(key),
  value: Buffer.from(value)
});

async function treeOf(
  nodes: MemoryNodes,
  entries: { key: Buffer; value: Buffer }[],
  options?: TreeOptions
): Promise<[Tree, NodeHash]> {
  const tree = new Tree(nodes, rules, options);
  return [tree, await tree.edit(await tree.emptyRoot(), entries)];
}

describe('the layout on disk stays as docs/format.md has it', () => {
  test('of the empty tree', async () => {
    const nodes = new MemoryNodes();
    const root = await new Tree(nodes, rules).emptyRoot();
    expect(nodes.records.get(root)?.toString('hex')).toBe('01000000');
    expect(root).toBe('67abdd721024f0ff4e0b3f4c2fc13bc5bad42d0b7851d456d88d203d15aaa450');
  });

  test('of a leaf', async () => {
    const nodes = new MemoryNodes();
    const [, root] = await treeOf(nodes, [entry('a/1', 'x'), entry('a/2', 'yz')]);
    expect(nodes.records.get(root)?.toString('hex')).toBe(
      ['01', '00', '02', '02612f', '0131', '0278', '0132', '04797a'].join('')
    );
  });

  test('of a value that lies outside of its leaf', async () => {
    const nodes = new MemoryNodes();
    const long = Buffer.alloc(1_025, 'v');
    const [tree, root] = await treeOf(nodes, [{ key: Buffer.from('k'), value: long }]);
    const { outside } = (await tree.node(root)) as { outside: NodeHash[] };
    expect(nodes.records.get(root)?.toString('hex')).toBe(
      ['01', '00', '01', '016b', '00', '01', outside[0]!, '8108'].join('')
    );
    expect(nodes.records.get(outside[0]!)).toEqual(Buffer.concat([Buffer.of(2), long]));
  });

  test('of an inner node', async () => {
    const nodes = new MemoryNodes();
    const tree = new Tree(nodes, rules, { entriesAverage: 1_000_000, entriesMax: 2 });
    const root = await tree.edit(await tree.emptyRoot(), [
      entry('a', '1'),
      entry('b', '22'),
      entry('c', '333')
    ]);
    const node = await tree.node(root);
    if (!('children' in node)) throw new Error('a leaf');
    const [first, second] = node.children;
    expect(nodes.records.get(root)?.toString('hex')).toBe(
      ['01', '01', '02', '00', '0162', first!.hash, '02', '03', '0163', second!.hash, '01', '03'].join('')
    );
    expect(node.children).toEqual([
      { lastKey: Buffer.from('b'), hash: first!.hash, count: 2, bytes: 3 },
      { lastKey: Buffer.from('c'), hash: second!.hash, count: 1, bytes: 3 }
    ]);
  });

  test('of a tree with three levels', async () => {
    const entries = Array.from({ length: 10_000 }, (_, i) =>
      entry(`part-${String(i).padStart(5, '0')}`, `${i}`)
    );
    const nodes = new MemoryNodes();
    const [tree, root] = await treeOf(nodes, entries);
    expect((await tree.node(root)).level).toBe(2);
    expect(root).toBe('57fa3caf574af3231063ee13862ad965a3fedfc51ae1501c2278795d6fb7cfec');
  });
});

describe('what cannot be read is named', () => {
  test('a node that is damaged', async () => {
    const nodes = new MemoryNodes();
    const [, root] = await treeOf(nodes, [entry('a', '1')]);
    const bytes = Buffer.from(nodes.records.get(root)!);
    bytes[bytes.length - 1]! ^= 1;
    nodes.records.set(root, bytes);
    await expect(new Tree(nodes, rules).get(root, Buffer.from('a'))).rejects.toThrow(`${root} is damaged`);
  });

  test('a node that is missing, until it is there', async () => {
    const [, root] = await treeOf(new MemoryNodes(), [entry('a', '1')]);
    const nodes = new MemoryNodes(false);
    const tree = new Tree(nodes, rules);
    await expect(tree.get(root, Buffer.from('a'))).rejects.toThrow(`no node ${root}`);
    await treeOf(nodes, [entry('a', '1')]);
    expect((await tree.get(root, Buffer.from('a')))?.toString()).toBe('1');
  });

  test('a node of a newer format', async () => {
    const nodes = new MemoryNodes();
    const { createHash } = await import('node:crypto');
    const bytes = Buffer.from('63000000', 'hex');
    const hash = createHash('sha256').update(bytes).digest('hex') as NodeHash;
    nodes.records.set(hash, bytes);
    await expect(new Tree(nodes, rules).get(hash, Buffer.from('a'))).rejects.toThrow('format 99');
  });
});

describe('long values', () => {
  const oneLeaf = { entriesAverage: 1_000_000 };
  const long = (text: string): Buffer => Buffer.from(`${text}${'x'.repeat(2_000)};0`);
  const entries = Array.from({ length: 20 }, (_, i) => ({
    key: Buffer.from(`k${10 + i}`),
    value: long(String(i))
  }));

  test('are given back whole by get, cursor and node', async () => {
    const nodes = new MemoryNodes(false);
    const [tree, root] = await treeOf(nodes, entries, oneLeaf);
    expect(await tree.get(root, Buffer.from('k13'))).toEqual(long('3'));
    expect(await entriesOf(tree, root)).toEqual(entries);
    expect(((await tree.node(root)) as { entries: unknown }).entries).toEqual(entries);
  });

  test('need not be read to sum up their weights, nor to change a neighbour', async () => {
    const nodes = new MemoryNodes();
    const [, root] = await treeOf(nodes, entries, oneLeaf);
    const tree = new Tree(nodes, rules, oneLeaf);
    nodes.reset();
    expect((await tree.summary(root)).bytes).toBe(entries.reduce((sum, { value }) => sum + value.length, 0));
    await tree.edit(root, [entry('k15', 'short')]);
    expect(nodes.reads).toBe(2); // the leaf, and the value that was replaced
  });

  test('are read for a comparison only where their hashes differ', async () => {
    const nodes = new MemoryNodes();
    const [tree, left] = await treeOf(nodes, entries, oneLeaf);
    const later = Buffer.from(`3${'x'.repeat(2_000)};1`);
    const changes = [
      { key: Buffer.from('k12'), value: long('other') },
      { key: Buffer.from('k30'), value: long('new') }
    ];
    const right = await tree.edit(left, changes);
    expect(await tree.edit(right, [{ key: Buffer.from('k13'), value: later }])).toBe(right);
    nodes.reset();
    const found = [];
    for await (const difference of tree.diff(left, right)) found.push(difference.key.toString());
    expect(found).toEqual(['k12', 'k30']);
    expect(nodes.reads).toBe(2 + 2 + 1); // two leaves, both values of one key and the new one of the other
  });
});

test('whole numbers up to 2^53 - 1 are read as they were written', () => {
  const number = fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));
  fc.assert(
    fc.property(fc.array(number), numbers => {
      const bytes = Buffer.alloc(numbers.reduce((sum, value) => sum + varintLength(value), 0));
      let at = 0;
      for (const value of numbers) at = writeVarint(bytes, at, value);
      const reader = new VarintReader(bytes, 0);
      expect(numbers.map(() => reader.next())).toEqual(numbers);
      expect(reader.at).toBe(bytes.length);
      expect(() => reader.next()).toThrow(RangeError);
    })
  );
});
