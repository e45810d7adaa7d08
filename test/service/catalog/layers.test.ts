import fc from 'fast-check';
import { Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeAll(async () => (lake = await Fixture.open()));
afterAll(() => lake.close());

/** Paths that meet: prefixes of each other, groups, two and four bytes of UTF-8, one and two code units. */
const path = fc.stringMatching(/^[ab/é\uFFFD\u{1F600}]{1,5}$/u);
/** What is written in one layer; null removes. */
const layer = fc.uniqueArray(fc.tuple(path, fc.constantFrom('1', '2', null)), {
  maxLength: 8,
  selector: ([name]) => name
});
const query = fc.record({
  prefix: fc.stringMatching(/^[ab/é\u{1F600}]{0,2}$/u),
  after: fc.oneof(fc.constant(''), path),
  delimiter: fc.constantFrom('', '/', 'ab', '\u{1F600}'),
  amount: fc.integer({ min: 1, max: 5 })
});
type Query = { prefix: string; after: string; delimiter: string; amount: number };
type Contents = Map<string, string>;

const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Every path behind `after`, or the group that holds it; a group that is `after` itself has been seen. */
function naivePage(paths: string[], { prefix, after, delimiter, amount }: Query) {
  const lines = paths
    .filter(each => each.startsWith(prefix) && inBytes(each, after) > 0)
    .map(each => {
      const at = delimiter ? each.indexOf(delimiter, prefix.length) : -1;
      return at < 0 ? each : each.slice(0, at + delimiter.length);
    })
    .filter(line => line !== after);
  const all = [...new Set(lines)].sort(inBytes);
  return { paths: all.slice(0, amount), hasMore: all.length > amount };
}

let branches = 0;
/** A branch with a commit, several sealed layers, and an open one; and what it must then hold. */
async function staged(commit: [string, string | null][], layers: [string, string | null][][]) {
  const branch = `b${branches++}`;
  await lake.branch(branch);
  const committed: Contents = new Map();
  const live: Contents = new Map();
  const write = async (changes: [string, string | null][]) => {
    for (const [name, content] of changes) {
      if (content === null) {
        await lake.catalog.objects.delete('lake', branch, name);
        live.delete(name);
      } else {
        await lake.put(branch, name, content);
        live.set(name, content);
      }
    }
  };
  await write(commit);
  if (live.size > 0) {
    await lake.catalog.commits.create('lake', branch, { committer: 'test', message: 'base' });
    live.forEach((content, name) => committed.set(name, content));
  }
  for (const [i, changes] of layers.entries()) {
    await write(changes);
    // A verb that refuses uncommitted changes seals the layer that they are in.
    if (i < layers.length - 1) {
      await refusal(lake.catalog.branches.hardReset('lake', branch, branch));
    }
  }
  return { branch, committed, live };
}

test('a listing over any number of layers equals the naive answer, and its pages the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      layer,
      fc.array(layer, { minLength: 1, maxLength: 4 }),
      fc.array(query, { minLength: 4 }),
      async (base, layers, queries) => {
        const { branch, live } = await staged(base, layers);
        const paths = [...live.keys()];
        for (const each of queries) {
          const page = await lake.catalog.objects.list('lake', branch, each);
          const found = { paths: page.results.map(item => item.path), hasMore: page.hasMore };
          expect(found).toEqual(naivePage(paths, each));
          const pages: string[] = [];
          for (let after = '', more = true; more;) {
            const next = await lake.catalog.objects.list('lake', branch, { ...each, after });
            pages.push(...next.results.map(item => item.path));
            [after, more] = [next.nextOffset, next.hasMore];
          }
          expect(pages).toEqual(naivePage(paths, { ...each, after: '', amount: Infinity }).paths);
        }
        for (const [name, content] of live) {
          expect(await lake.read(branch, name)).toBe(content);
        }
      }
    ),
    { numRuns: 30 }
  );
});

test('uncommitted changes over any number of layers are what differs from the commit, and a commit leaves none', async () => {
  await fc.assert(
    fc.asyncProperty(
      layer,
      fc.array(layer, { minLength: 1, maxLength: 4 }),
      query,
      async (base, layers, each) => {
        const { branch, committed, live } = await staged(base, layers);
        const changed = [...new Set([...committed.keys(), ...live.keys()])].filter(
          name => committed.get(name) !== live.get(name)
        );
        const page = await lake.catalog.diffs.uncommitted('lake', branch, each);
        expect(page.results.map(change => change.path)).toEqual(naivePage(changed, each).paths);
        const whole = await lake.catalog.diffs.uncommitted('lake', branch, { amount: 1_000 });
        expect(whole.results.map(({ type, path: name }) => `${type} ${name}`)).toEqual(
          changed.sort(inBytes).map(name => {
            const type = !committed.has(name) ? 'added' : live.has(name) ? 'changed' : 'removed';
            return `${type} ${name}`;
          })
        );
        const commit = lake.catalog.commits.create('lake', branch, { committer: 'test', message: 'all' });
        expect(await refusal(commit)).toBe(changed.length > 0 ? 'no refusal' : 'nothing-to-commit');
        expect(await lake.uncommitted(branch)).toEqual([]);
        expect(await lake.paths(branch)).toEqual([...live.keys()].sort(inBytes));
      }
    ),
    { numRuns: 30 }
  );
});
