import type { NodeHash } from '../../../src/service/ids';
import { NodeCache } from '../../../src/service/tree/cache';
import type { Node } from '../../../src/service/tree/node';

const hash = (name: number): NodeHash => String(name) as NodeHash;
const node = (memory: number): Node => ({ memory }) as Node;

test('the nodes that are used go on being kept while others come and go', () => {
  const cache = new NodeCache(1_000);
  const used = node(100);
  cache.add(hash(0), used);
  for (let name = 1; name < 100; name++) {
    cache.add(hash(name), node(100));
    expect(cache.get(hash(0))).toBe(used);
  }
  expect(cache.get(hash(50))).toBeUndefined();
  expect(cache.get(hash(99))).toBeDefined();
});

test('the cache holds no more bytes than it may, but for the node that came last', () => {
  const cache = new NodeCache(1_000);
  const sizes = Array.from({ length: 200 }, (_, name) => 10 + ((name * 37) % 90));
  sizes.forEach((size, name) => {
    cache.add(hash(name), node(size));
    cache.add(hash(name), node(size));
  });
  // Looked at from the newest on: asking for an old one moves it to the young generation.
  let kept = 0;
  for (let name = 199; name >= 150; name--) kept += cache.get(hash(name))?.memory ?? 0;
  expect(kept).toBeGreaterThan(400);
  expect(kept).toBeLessThanOrEqual(1_000 + 100);
});

test('a node that is larger than the cache is kept until the next one comes', () => {
  const cache = new NodeCache(10);
  cache.add(hash(1), node(100));
  expect(cache.get(hash(1))).toBeDefined();
  cache.add(hash(2), node(100));
  expect(cache.get(hash(1))).toBeUndefined();
});
