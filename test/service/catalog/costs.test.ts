import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import type { Checksums } from '../../../src/service/catalog/checksums.js';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';
import { CountingKv } from './counting-kv.js';
import { chunks } from './fixture.js';

/** What each verb reads and writes, counted: it holds on any machine, as times do not. */
const SMALL = 500;
const LARGE = 30_000;
const REPOSITORIES = { small: SMALL, large: LARGE };
/** Leaves, two levels above them, and room for one more. */
const LEVELS = 4;
/** Nodes that hold a page of 100 entries, of 60 each on average. */
const PAGE_LEAVES = 6;

let folder: string;
let kv: CountingKv;
let catalog: Catalog;
let starts = 0;

function nth(i: number): string {
  const digits = String(i).padStart(6, '0');
  return `tables/part=${digits.slice(0, 3)}/${digits}`;
}

async function start(): Promise<void> {
  kv = new CountingKv(await openLmdb(join(folder, 'kv')));
  const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: ++starts });
  const onError = (error: unknown) => {
    throw error;
  };
  catalog = await openCatalog({ kv, blocks, now: Date.now, onError });
}

async function stop(): Promise<void> {
  await catalog.close();
  await kv.close();
}

/** As after a restart: nothing is in memory, and nothing is left to be swept. */
async function cold(): Promise<void> {
  await catalog.idle();
  await stop();
  await start();
  await catalog.idle();
  kv.reset();
}

async function put(
  repository: string,
  branch: string,
  path: string,
  content: string,
  checksums?: Checksums
): Promise<void> {
  const received = await catalog.contents.receive(repository, chunks(content));
  await catalog.objects.put(repository, branch, path, { ...received, checksums });
}

/** Writes `k` objects far from each other: every other one is new, the others replace one that is there. */
async function change(repository: keyof typeof REPOSITORIES, branch: string, k: number): Promise<void> {
  for (let i = 0; i < k; i++) {
    const path = nth(Math.floor(((i + 0.5) * REPOSITORIES[repository]) / k));
    await put(repository, branch, i % 2 === 0 ? path : `${path}.new`, `${branch} ${i}`);
  }
}

const commit = (repository: string, branch: string) =>
  catalog.commits.create(repository, branch, { committer: 'test', message: 'a commit' });

const branchOff = (repository: string, name: string) =>
  catalog.branches.create(repository, { name, source: 'main' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-costs-'));
  await start();
  for (const [name, objects] of Object.entries(REPOSITORIES)) {
    await catalog.repositories.create({ name, storageNamespace: `local://${name}` });
    const content = await catalog.contents.receive(name, chunks('content'));
    const paths = Array.from({ length: objects }, (_, i) => nth(i));
    const link = (path: string) => catalog.objects.link(name, 'main', path, content, content.md5, {});
    await Promise.all(paths.map(link));
    await commit(name, 'main');
  }
});
afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(cold);

/** What `verb` reads and writes in the small and in the large repository, each time as after a restart. */
async function costs(verb: (repository: keyof typeof REPOSITORIES) => Promise<unknown>) {
  const measured = [];
  for (const repository of ['small', 'large'] as const) {
    await cold();
    await verb(repository);
    const { writes, otherReads } = kv;
    measured.push({ writes, otherReads, nodes: kv.reads.get('n') ?? 0, puts: Object.fromEntries(kv.puts) });
  }
  return { small: measured[0]!, large: measured[1]! };
}

test('a branch is made and deleted by one write of its record and a line of the log, whatever the size', async () => {
  const made = await costs(repository => branchOff(repository, 'counted'));
  expect(made.large).toEqual(made.small);
  expect(made.large).toMatchObject({ writes: 1, nodes: 0, puts: { b: 1, o: 1 } });
  expect(made.large.puts).not.toHaveProperty('n');
  expect(made.large.otherReads).toBeLessThanOrEqual(8);
  const deleted = await costs(repository => catalog.branches.delete(repository, 'counted'));
  expect(deleted.large).toEqual(deleted.small);
  expect(deleted.large).toMatchObject({ writes: 1, nodes: 0, puts: { o: 1 } });
});

test('a tag is made and deleted by one write of one record, whatever the size', async () => {
  const made = await costs(repository => catalog.tags.create(repository, { name: 'v1', ref: 'main' }));
  expect(made.large).toEqual(made.small);
  expect(made.large).toMatchObject({ writes: 1, nodes: 0, puts: { t: 1 } });
  const deleted = await costs(repository => catalog.tags.delete(repository, 'v1'));
  expect(deleted.large).toEqual(deleted.small);
  expect(deleted.large.nodes).toBe(0);
});

test('creating a branch reads as little beside a thousand others', async () => {
  const { large: alone } = await costs(repository => branchOff(repository, 'before-many'));
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => branchOff('large', `crowd-${i}`)));
  const { large: crowded } = await costs(repository => branchOff(repository, 'after-many'));
  expect(crowded).toEqual(alone);
});

test('an object is found by reading one node per level, and again by reading none', async () => {
  const { large } = await costs(repository => catalog.objects.stat(repository, 'main', nth(321)));
  expect(large.nodes).toBeLessThanOrEqual(LEVELS);
  expect(large.nodes).toBeGreaterThan(1);
  expect(large.otherReads).toBeLessThanOrEqual(5);
  kv.reset();
  await catalog.objects.stat('large', 'main', nth(321));
  expect(kv.reads.get('n') ?? 0).toBe(0);
  expect(kv.writes).toBe(0);
});

test('an object is written by one write of its entry and its content', async () => {
  const written = await costs(repository => put(repository, 'main', 'one/more', 'bytes'));
  expect(written.large).toEqual(written.small);
  expect(written.large).toMatchObject({ writes: 1, nodes: 0, puts: { s: 1, k: 1 } });
  await Promise.all((['small', 'large'] as const).map(repository => commit(repository, 'main')));
});

test('a checksum is kept without a read or write more; new to a content that is there, by writing its record', async () => {
  const bytes = 'bytes with a checksum';
  const checksums = (digests: Checksums['digests']): Checksums => ({ type: 'FULL_OBJECT', digests });
  const without = await costs(repository => put(repository, 'main', 'plain', 'bytes without a checksum'));
  const crc32 = { crc32: 'AAAAAA==' };
  const first = await costs(repository => put(repository, 'main', 'sum', bytes, checksums(crc32)));
  expect(first).toEqual(without);
  const again = await costs(repository => put(repository, 'main', 'sum', bytes, checksums(crc32)));
  expect(again.large).toMatchObject({ writes: 1, puts: { s: 1 } });
  expect(again.large.puts).not.toHaveProperty('k');
  const other = await costs(repository =>
    put(repository, 'main', 'sum', bytes, checksums({ crc32c: 'AAAAAA==' }))
  );
  expect(other.large).toMatchObject({ writes: 1, puts: { s: 1, k: 1 } });
  await Promise.all((['small', 'large'] as const).map(repository => commit(repository, 'main')));
});

test.each([1, 10, 100])('a commit of %d objects reads and writes a few nodes for each', async k => {
  for (const repository of ['small', 'large'] as const) {
    await branchOff(repository, `commit-${k}`);
    await change(repository, `commit-${k}`, k);
  }
  const { small, large } = await costs(repository => commit(repository, `commit-${k}`));
  expect(large.nodes).toBeLessThanOrEqual(k * LEVELS + 2);
  expect(large.puts['n']).toBeLessThanOrEqual(k * LEVELS + LEVELS);
  // The layer is sealed, the nodes are written, the branch is moved; more only where nodes fill several writes.
  expect(large.writes).toBe(3);
  expect(large.puts).toMatchObject({ b: 2, c: 1, o: 1 });
  expect(large.otherReads).toBeLessThanOrEqual(small.otherReads);
});

test.each([1, 10, 100])('the difference of %d objects is found by reading a few nodes for each', async k => {
  for (const repository of ['small', 'large'] as const) {
    await branchOff(repository, `diff-${k}`);
    await change(repository, `diff-${k}`, k);
    await commit(repository, `diff-${k}`);
  }
  const { small, large } = await costs(async repository => {
    const page = await catalog.diffs.refs(repository, 'main', `diff-${k}`, { amount: 1000 });
    expect(page.results).toHaveLength(k);
  });
  expect(large.nodes).toBeLessThanOrEqual(2 * k * LEVELS + 2);
  expect(large.writes).toBe(0);
  expect(large.otherReads).toBe(small.otherReads);
});

test('refs of the same tree are compared without reading a node', async () => {
  await branchOff('large', 'same');
  await cold();
  expect((await catalog.diffs.refs('large', 'main', 'same', {})).results).toEqual([]);
  expect(kv.reads.get('n') ?? 0).toBe(0);
});

test.each([1, 10, 100])('a merge of %d objects reads and writes a few nodes for each', async k => {
  for (const repository of ['small', 'large'] as const) {
    await branchOff(repository, `merge-${k}`);
    await change(repository, `merge-${k}`, k);
    await commit(repository, `merge-${k}`);
    // The other side has moved too, so that nothing can be taken over whole.
    await put(repository, 'main', `beside/${k}`, 'moved');
    await commit(repository, 'main');
  }
  const { large } = await costs(repository =>
    catalog.merges.merge(repository, `merge-${k}`, 'main', { committer: 'test' })
  );
  expect(large.nodes).toBeLessThanOrEqual(3 * (k + 1) * LEVELS);
  expect(large.puts['n']).toBeLessThanOrEqual((k + 1) * LEVELS + LEVELS);
  expect(large.writes).toBe(2);
  expect(large.puts).toMatchObject({ b: 1, c: 1, o: 1 });
});

describe('a page of 100 entries', () => {
  test('reads the leaves that hold it and the way to them', async () => {
    const { large } = await costs(async repository => {
      const page = await catalog.objects.list(repository, 'main', { amount: 100, after: nth(150) });
      expect(page.results).toHaveLength(100);
    });
    expect(large.nodes).toBeLessThanOrEqual(PAGE_LEAVES + LEVELS);
  });

  test('below a prefix reads nothing beside it', async () => {
    const { large } = await costs(async repository => {
      const page = await catalog.objects.list(repository, 'main', {
        amount: 100,
        prefix: 'tables/part=000/000'
      });
      expect(page.results).toHaveLength(100);
    });
    expect(large.nodes).toBeLessThanOrEqual(PAGE_LEAVES + LEVELS);
  });

  test('by folder reads a way down for each folder, however many objects are in it', async () => {
    const { large } = await costs(async repository => {
      const page = await catalog.objects.list(repository, 'main', {
        amount: 100,
        prefix: 'tables/',
        delimiter: '/'
      });
      expect(page.results).toHaveLength(Math.ceil(REPOSITORIES[repository] / 1000));
    });
    expect(large.nodes).toBeLessThanOrEqual((LARGE / 1000 + 1) * 2 + LEVELS);
  });
});
