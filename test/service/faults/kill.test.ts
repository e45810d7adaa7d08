import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog } from '../../../src/service/catalog/catalog.js';
import type { Catalog } from '../../../src/service/catalog/catalog.js';
import { CatalogError } from '../../../src/service/catalog/errors.js';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';
import { contentOf, plannedWrite } from './plan';
import { randomness, seedOfRun, type Random } from './random';

/** Kills in one run: of processes on several stores side by side, as each of them mostly waits for the disk. */
const KILLS = 200;
const STORES = 4;
/** After how many lines of acknowledged writes a process dies, at most, and how much later, in milliseconds. */
const LINES_MAX = 60;
const LATER_MS_MAX = 20;
const ROOT = join(__dirname, '../../..');
const seed = seedOfRun();

let folder: string;
let script: string;
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
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A store on which processes work until they are killed, and what they said that they wrote. */
class Victim {
  private starts = 0;
  /** By branch and path: the last acknowledged content. */
  private readonly acknowledged = new Map<string, string>();

  constructor(
    private readonly folder: string,
    private readonly random: Random
  ) {}

  async make(): Promise<void> {
    await mkdir(this.folder);
    const repository = { name: 'lake', storageNamespace: 'local://lake' };
    await this.opened(catalog => catalog.repositories.create(repository));
  }

  /** Starts a process, kills it in the middle of its work, and looks at what it leaves. */
  async kill(): Promise<void> {
    const lines = await this.killed();
    await this.opened(async catalog => {
      const { report, findings } = await checked(catalog);
      expect(findings.filter(({ severity }) => severity === 'damage')).toEqual([]);
      expect(report.sound).toBe(true);
      for (const line of lines) {
        const [branch, path, name] = line as [string, string, string];
        expect([branch, path]).not.toEqual(['failed', path]);
        this.acknowledged.set(`${branch} ${path}`, name);
      }
      await this.expectWhole(catalog, lines);
    });
  }

  /** Collects, and looks whether everything that is left is needed. */
  async end(): Promise<void> {
    await this.opened(async catalog => {
      await catalog.collection.run({ undoDays: 0 });
      await catalog.idle();
      const { report, findings } = await checked(catalog);
      // Uploads that were under way belong to branches that live: they may still be completed.
      expect(findings).toEqual([]);
      expect(report.collectable).toBe(0);
      await this.expectWhole(catalog, []);
    });
  }

  /** Opens the store here, as a service that starts again would. */
  private async opened<T>(work: (catalog: Catalog) => Promise<T>): Promise<T> {
    const kv = await openLmdb(join(this.folder, 'kv'));
    try {
      const blocks = await openLocalBlocks({ folder: join(this.folder, 'blocks'), start: ++this.starts });
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

  /** Half of the processes collect garbage while they work; some die before their first write. */
  private async killed(): Promise<string[][]> {
    const args = [script, this.folder, String(++this.starts), this.random(2) === 0 ? 'collect' : 'no'];
    const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules') };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = 1 + this.random(LINES_MAX);
    const later = this.random(LATER_MS_MAX);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const before = text.split('\n').length;
      text += chunk;
      if (before <= lines && text.split('\n').length > lines) {
        void setTimeout(later).then(() => child.kill('SIGKILL'));
      }
    });
    await once(child, 'close');
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => line.split(' '));
  }

  /**
   * Each place holds what was acknowledged last, or what the process wrote when it was killed; then that is what it
   * has to hold from now on.
   */
  private async expectWhole(catalog: Catalog, lines: string[][]): Promise<void> {
    for (const [place, name] of this.acknowledged) {
      const [branch, path] = place.split(' ') as [string, string];
      const content = await contentAt(catalog, branch, path);
      const found = content.split(' ')[0]!;
      expect([place, content]).toEqual([place, found === '-' ? '-' : contentOf(found)]);
      const underWay = this.underWay(branch, path, name, lines);
      expect([place, name, [name, ...underWay]]).toEqual([place, name, expect.arrayContaining([found])]);
      this.acknowledged.set(place, found);
    }
  }

  /** What a write or a merge that was under way may have brought to a place. */
  private underWay(branch: string, path: string, acknowledged: string, lines: string[][]): string[] {
    const writer = path.split('/')[0]!;
    if (branch === 'main') {
      const written = lines.filter(line => line[0] === writer && line[1] === path).map(([, , name]) => name!);
      return written.slice(written.lastIndexOf(acknowledged) + 1);
    }
    const done = lines.filter(line => line[0] === writer).length;
    const next = plannedWrite(this.starts - 1, Number(writer.split('-')[1]), done);
    return next.path === path ? [next.name] : [];
  }
}

/** What an object holds; '-' where there is none. */
async function contentAt(catalog: Catalog, branch: string, path: string): Promise<string> {
  try {
    const { contentId, size } = await catalog.objects.stat('lake', branch, path);
    const parts: Buffer[] = [];
    for await (const part of catalog.contents.read('lake', contentId, 0, size)) {
      parts.push(part);
    }
    return Buffer.concat(parts).toString();
  } catch (error) {
    if (error instanceof CatalogError && error.code === 'object-not-found') {
      return '-';
    }
    throw error;
  }
}

async function checked(catalog: Catalog) {
  const findings: Finding[] = [];
  const report = await catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
  return { report, findings };
}

test(`${KILLS} processes killed at any instant, half of them while they collect, lose nothing acknowledged (seed ${seed})`, async () => {
  let kills = 0;
  const victims = Array.from(
    { length: STORES },
    (_, i) => new Victim(join(folder, `store-${i}`), randomness(seed + i))
  );
  await Promise.all(
    victims.map(async victim => {
      await victim.make();
      while (kills < KILLS) {
        kills++;
        await victim.kill();
      }
      await victim.end();
    })
  );
  expect(kills).toBe(KILLS);
}, 600_000);
