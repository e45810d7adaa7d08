import fc from 'fast-check';

import { INLINE_BYTES_MAX } from '../../../src/service/catalog/intake.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const large = (fill: string) => Buffer.alloc(INLINE_BYTES_MAX + 1, fill);

test('an object reads back as it was written, small and large, and across a restart', async () => {
  await lake.put('main', 'a/small', 'hello', { contentType: 'text/plain', metadata: { kind: 'greeting' } });
  await lake.put('main', 'a/large', large('x'));
  await lake.stop();
  await lake.start();
  expect(await lake.read('main', 'a/small')).toBe('hello');
  expect(await lake.read('main', 'a/large')).toBe(large('x').toString());
  expect(await lake.catalog.objects.stat('lake', 'main', 'a/small')).toMatchObject({
    path: 'a/small',
    size: 5,
    checksum: '5d41402abc4b2a76b9719d911017c592',
    contentType: 'text/plain',
    metadata: { kind: 'greeting' }
  });
});

test('any range of a content can be read', async () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
  const { contentId } = await lake.put('main', 'x', bytes);
  for (const [start, end] of [
    [0, 1],
    [65_535, 65_537],
    [199_999, 200_000],
    [5, 5]
  ] as const) {
    const parts: Buffer[] = [];
    for await (const chunk of lake.catalog.contents.read('lake', contentId, start, end)) {
      parts.push(chunk);
    }
    expect(Buffer.concat(parts)).toEqual(bytes.subarray(start, end));
  }
});

test('the same bytes are stored once', async () => {
  await lake.put('main', 'a', large('x'));
  await lake.put('main', 'b', large('x'));
  await lake.branch('other');
  await lake.put('other', 'c', large('x'));
  expect(await lake.files()).toBe(1);
  expect(await lake.read('other', 'c')).toBe(large('x').toString());
});

test('a body that breaks off leaves nothing', async () => {
  async function* broken() {
    yield* chunks(large('x'));
    throw new Error('connection reset');
  }
  await expect(lake.catalog.contents.receive('lake', broken())).rejects.toThrow('connection reset');
  expect(await lake.files()).toBe(0);
});

test('a refused write gives its bytes up', async () => {
  expect(await refusal(lake.put('nowhere', 'a', large('x')))).toBe('branch-not-found');
  expect(await refusal(lake.put('main', '', large('x')))).toBe('invalid-input');
  expect(await refusal(lake.put('main', 'a', large('x'), { conditions: { ifMatch: ['*'] } }))).toBe(
    'precondition-failed'
  );
  expect(await lake.files()).toBe(0);
});

test('If-None-Match: * lets exactly one of many writers win', async () => {
  const tries = Array.from({ length: 16 }, (_, i) =>
    lake.put('main', 'lock', `writer ${i}`, { conditions: { ifNoneMatch: ['*'] } }).then(
      () => i,
      () => -1
    )
  );
  const winners = (await Promise.all(tries)).filter(i => i >= 0);
  expect(winners).toHaveLength(1);
  expect(await lake.read('main', 'lock')).toBe(`writer ${winners[0]}`);
});

test('conditional writes never lose an update', async () => {
  await lake.put('main', 'counter', '0');
  const increment = async (): Promise<void> => {
    const { checksum } = await lake.catalog.objects.stat('lake', 'main', 'counter');
    const value = Number(await lake.read('main', 'counter'));
    const conditions = { ifMatch: [checksum] };
    if ((await refusal(lake.put('main', 'counter', String(value + 1), { conditions }))) !== 'no refusal') {
      return increment();
    }
  };
  await Promise.all(Array.from({ length: 8 }, increment));
  expect(await lake.read('main', 'counter')).toBe('8');
});

test('a removed object is gone on its branch only', async () => {
  await lake.commit('main', { a: '1', b: '2' });
  await lake.branch('dev');
  await lake.catalog.objects.delete('lake', 'dev', 'a');
  expect(await lake.paths('dev')).toEqual(['b']);
  expect(await refusal(lake.catalog.objects.stat('lake', 'dev', 'a'))).toBe('object-not-found');
  expect(await lake.paths('main')).toEqual(['a', 'b']);
  expect(await lake.uncommitted('dev')).toEqual(['removed a']);
  await lake.catalog.objects.delete('lake', 'dev', 'never-there');
  expect(await lake.uncommitted('dev')).toEqual(['removed a']);
});

test('an object written and removed before a commit leaves no trace', async () => {
  await lake.put('main', 'a', '1');
  await lake.catalog.objects.delete('lake', 'main', 'a');
  expect(await lake.uncommitted('main')).toEqual([]);
});

test('many objects are removed in one write, and bad paths are named', async () => {
  await lake.commit('main', { a: '1', b: '2', c: '3' });
  const refused = await lake.catalog.objects.deleteMany('lake', 'main', ['a', 'b', 'missing', '']);
  expect(refused.map(({ path, error }) => [path, error.code])).toEqual([['', 'invalid-input']]);
  expect(await lake.paths('main')).toEqual(['c']);
});

test('a copy names the same content and costs no bytes', async () => {
  const { checksum } = await lake.put('main', 'a', large('x'), { metadata: { k: 'v' } });
  await lake.branch('dev');
  const from = { ref: 'main', path: 'a' };
  const copy = await lake.catalog.objects.copy('lake', from, { branch: 'dev', path: 'b' });
  expect(copy).toMatchObject({ path: 'b', checksum, metadata: { k: 'v' } });
  expect(await lake.files()).toBe(1);
  const sourceConditions = { ifNoneMatch: [checksum] };
  const refused = lake.catalog.objects.copy('lake', from, { branch: 'dev', path: 'c' }, { sourceConditions });
  expect(await refusal(refused)).toBe('precondition-failed');
});

test('metadata that is set while the object is written again goes to what was written', async () => {
  await lake.put('main', 'a', 'old');
  lake.beforeWrite(
    () => true,
    () => lake.put('main', 'a', 'new')
  );
  await lake.catalog.objects.setMetadata('lake', 'main', 'a', { k: 'v' });
  expect(await lake.read('main', 'a')).toBe('new');
  expect(await lake.catalog.objects.stat('lake', 'main', 'a')).toMatchObject({ metadata: { k: 'v' } });
});

test('paths are ordered by bytes, also beyond the BMP', async () => {
  // U+FFFD comes before U+1F600 in bytes, after it in JavaScript's string order.
  await lake.commit('main', { '\u{1F600}': '1', '\uFFFD': '2' });
  await lake.put('main', '\uFFFC', '3');
  expect(await lake.paths('main')).toEqual(['\uFFFC', '\uFFFD', '\u{1F600}']);
});

test('a listing equals the naive answer for every mix of layers, prefix, delimiter, after and amount', async () => {
  const path = fc.stringMatching(/^[ab/é\u{1F600}]{1,5}$/u);
  const paths = fc.uniqueArray(path, { maxLength: 12 });
  const query = fc.record({
    prefix: fc.stringMatching(/^[ab/]{0,2}$/),
    after: fc.oneof(fc.constant(''), path),
    delimiter: fc.constantFrom('', '/', 'ab'),
    amount: fc.integer({ min: 1, max: 5 })
  });
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      paths,
      paths,
      paths,
      fc.array(query, { minLength: 3 }),
      async (base, put, gone, queries) => {
        const branch = `b${n++}`;
        await lake.branch(branch);
        if (base.length > 0) {
          await lake.commit(branch, Object.fromEntries(base.map(path => [path, path])));
        }
        for (const path of put) {
          await lake.put(branch, path, 'new');
        }
        for (const path of gone) {
          await lake.catalog.objects.delete('lake', branch, path);
        }
        const live = [...new Set([...base, ...put])].filter(path => !gone.includes(path));
        for (const q of queries) {
          const page = await lake.catalog.objects.list('lake', branch, q);
          const expected = naiveListing(live, q);
          expect(page.results.map(item => item.path)).toEqual(expected.slice(0, q.amount));
          expect(page.hasMore).toBe(expected.length > q.amount);
        }
      }
    ),
    { numRuns: 40 }
  );
});

/** Every key behind `after`, or the group that holds it; a group that is `after` itself has been seen. */
function naiveListing(paths: string[], q: { prefix: string; after: string; delimiter: string }): string[] {
  const bytes = (text: string) => Buffer.from(text);
  const lines = paths
    .filter(path => path.startsWith(q.prefix) && Buffer.compare(bytes(path), bytes(q.after)) > 0)
    .map(path => {
      const at = q.delimiter ? path.indexOf(q.delimiter, q.prefix.length) : -1;
      return at < 0 ? path : path.slice(0, at + q.delimiter.length);
    })
    .filter(line => line !== q.after);
  return [...new Set(lines)].sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
}
