import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog } from '../../../src/service/catalog/catalog.js';
import type { Catalog } from '../../../src/service/catalog/catalog.js';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';

/** Kills in one run, unless the time is over before. */
const KILLS = 200;
const RUN_MS_MAX = 100_000;
/** On the slowest machine. */
const KILLS_MIN = 10;
/** After how many lines of acknowledged writes a process dies, at most. */
const LINES_MAX = 80;
const ROOT = join(__dirname, '../../..');

let folder: string;
let script: string;
let starts = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-faults-'));
  script = join(folder, 'child.cjs');
  execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
    join(__dirname, 'child.ts'),
    '--bundle',
    '--platform=node',
    '--format=cjs',
    '--packages=external',
    '--log-level=warning',
    `--outfile=${script}`
  ]);
  await opened(catalog => catalog.repositories.create({ name: 'lake', storageNamespace: 'local://lake' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Opens the store here, as a service that starts again would. */
async function opened<T>(work: (catalog: Catalog) => Promise<T>): Promise<T> {
  const kv = await openLmdb(join(folder, 'kv'));
  try {
    const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: ++starts });
    const catalog = await openCatalog({ kv, blocks, now: Date.now });
    try {
      return await work(catalog);
    } finally {
      await catalog.close();
    }
  } finally {
    await kv.close();
  }
}

/** Runs the child and kills it in the middle of its work; gives its lines. */
async function killed(collect: boolean): Promise<string[][]> {
  const args = [script, folder, String(++starts), collect ? 'collect' : 'no'];
  const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules') };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = 1 + Math.floor(Math.random() * LINES_MAX);
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > lines) {
      child.kill('SIGKILL');
    }
  });
  await once(child, 'close');
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => line.split(' '));
}

const numberOf = (name: string) => name.split('-').map(Number) as [number, number, number];

/** Whether a content is that of an acknowledged write, or of the one after it, which the kill left undecided. */
function isAsNew(content: string, acknowledged: string): boolean {
  const name = content.split(' ')[0]!;
  const [start, , i] = numberOf(name);
  const [startAcknowledged, , iAcknowledged] = numberOf(acknowledged);
  const whole = content === name || content === `${name} `.repeat(2_000);
  return whole && (start > startAcknowledged || (start === startAcknowledged && i >= iAcknowledged));
}

async function expectWhole(catalog: Catalog, acknowledged: Map<string, string>): Promise<void> {
  for (const [place, name] of acknowledged) {
    const [branch, path] = place.split(' ') as [string, string];
    const { contentId, size } = await catalog.objects.stat('lake', branch, path);
    const parts: Buffer[] = [];
    for await (const part of catalog.contents.read('lake', contentId, 0, size)) {
      parts.push(part);
    }
    const content = Buffer.concat(parts).toString();
    expect([place, name, content.slice(0, 40), isAsNew(content, name)]).toEqual([
      place,
      name,
      content.slice(0, 40),
      true
    ]);
  }
}

test('processes killed at any instant, half of them while they collect, lose nothing acknowledged', async () => {
  const acknowledged = new Map<string, string>();
  const begin = performance.now();
  let kills = 0;
  for (; kills < KILLS && performance.now() - begin < RUN_MS_MAX; kills++) {
    const lines = await killed(kills % 2 === 0);
    for (const [branch, path, name] of lines) {
      expect([branch, path]).not.toEqual(['failed', path]);
      acknowledged.set(`${branch} ${path}`, name!);
    }
    await opened(async catalog => {
      const { report, damage } = await checked(catalog);
      expect(damage).toEqual([]);
      expect(report.sound).toBe(true);
      await expectWhole(catalog, acknowledged);
    });
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS_MIN);
  await opened(async catalog => {
    await catalog.collection.run({ undoDays: 0 });
    await catalog.idle();
    const { report, findings } = await checked(catalog);
    // Uploads that were under way belong to branches that live: they may still be completed.
    expect(findings).toEqual([]);
    expect(report.collectable).toBe(0);
    await expectWhole(catalog, acknowledged);
  });
}, 300_000);

async function checked(catalog: Catalog) {
  const findings: Finding[] = [];
  const report = await catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
  return { report, findings, damage: findings.filter(({ severity }) => severity === 'damage') };
}
