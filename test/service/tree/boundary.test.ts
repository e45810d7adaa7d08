import { BoundaryRule, ENTRIES_AVERAGE, ENTRIES_MAX, hash32 } from '../../../src/service/tree/boundary';

test.each([
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['abc', 0, 0xb3dd93fa],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['hello', 0, 0x248bfa47],
  ['hello, world', 0, 0x149bbb7f],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723]
])('the hash of %j with seed %d is that of the published MurmurHash3', (text, seed, hash) => {
  expect(hash32(Buffer.from(text), seed)).toBe(hash);
});

test('hashes depend on bytes above 0x7f and on where the key lies in memory no more than they should', () => {
  const key = Buffer.from('f09f9880ff00efbfbd', 'hex');
  const elsewhere = Buffer.concat([Buffer.from('x'), key]).subarray(1);
  expect(hash32(key, 3)).toBe(hash32(elsewhere, 3));
  expect(hash32(key, 3)).not.toBe(hash32(Buffer.from('f09f9880ff00efbfbe', 'hex'), 3));
});

test.each([0, 1, 2])('nodes of level %d have 60 items on average and 240 at most', level => {
  const rule = new BoundaryRule(ENTRIES_AVERAGE, ENTRIES_MAX);
  const lengths: number[] = [];
  let count = 0;
  for (let i = 0; i < 100_000; i++) {
    if (!rule.endsNode(level, Buffer.from(`folder/part-${i}.parquet`), ++count)) continue;
    lengths.push(count);
    count = 0;
  }
  const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  expect(average).toBeGreaterThan(56);
  expect(average).toBeLessThan(63);
  expect(Math.max(...lengths)).toBe(240);
  const forced = lengths.filter(length => length === 240).length / lengths.length;
  expect(forced).toBeLessThan(0.03);
});

test('an inner node never ends behind its first child, so that levels shrink', () => {
  const always = new BoundaryRule(1, 100);
  expect(always.endsNode(0, Buffer.from('a'), 1)).toBe(true);
  expect(always.endsNode(1, Buffer.from('a'), 1)).toBe(false);
  expect(always.endsNode(1, Buffer.from('a'), 2)).toBe(true);
});
