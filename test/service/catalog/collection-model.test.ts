import { createHash } from 'node:crypto';
import type { CatalogError } from '../../../src/service/catalog/errors.js';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { chunks, Fixture } from './fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const CLIENTS = 4;
const STEPS = 60;

/** A pseudorandom number generator (mulberry32): the same seed, the same run as far as one client goes. */
function randomness(seed: number): (below: number) => number {
  return below => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A few contents that all clients share, so that what one gives up another sends again. Some lie in files. */
const contentOf = (i: number) => (i % 5 === 0 ? `large ${i} `.repeat(3_000) : `content ${i}`);

const UNFOUND = ['commit-not-found', 'ref-not-found'];
const NOTHING = ['nothing-to-commit', 'nothing-to-merge', 'uncommitted-changes'];

/** Works on a branch of its own, and knows what it must hold. Commits are shared by their bare ids. */
class Client {
  private model = new Map<string, string>();
  private readonly branch: string;

  constructor(
    private readonly lake: Fixture,
    private readonly number: number,
    private readonly random: (below: number) => number,
    private readonly commits: string[]
  ) {
    this.branch = `client-${number}`;
  }

  async run(): Promise<void> {
    await this.lake.branch(this.branch);
    for (let i = 0; i < STEPS; i++) {
      await this.step();
      await this.readOne();
    }
    await this.readAll();
  }

  private step(): Promise<void> {
    const steps = [
      () => this.put(),
      () => this.put(),
      () => this.put(),
      () => this.multipart(),
      () => this.remove(),
      () => this.commit(),
      () => this.commit(),
      () => this.undone(),
      () => this.reset(),
      () => this.fromBareCommit(),
      () => this.merge(),
      () => this.copy(),
      () => this.recreate()
    ];
    return steps[this.random(steps.length)]!();
  }

  private path = () => `p/${this.random(12)}`;

  private async put(): Promise<void> {
    const [path, content] = [this.path(), contentOf(this.random(25))];
    await this.lake.put(this.branch, path, content);
    this.model.set(path, content);
  }

  private async multipart(): Promise<void> {
    const { uploads, contents } = this.lake.catalog;
    const [path, content] = [this.path(), contentOf(this.random(25))];
    const upload = await uploads.create('lake', this.branch, path);
    const { etag } = await uploads.putPart(
      'lake',
      upload,
      1,
      await contents.receive('lake', chunks(content))
    );
    await uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
    this.model.set(path, content);
  }

  private async remove(): Promise<void> {
    const path = this.path();
    await this.lake.catalog.objects.delete('lake', this.branch, path);
    this.model.delete(path);
  }

  private async commit(): Promise<void> {
    const commit = { committer: 'test', message: 'm' };
    const made = await this.unless(NOTHING, this.lake.catalog.commits.create('lake', this.branch, commit));
    if (made) {
      this.commits.push(made.id);
    }
  }

  /** Something, and its undo. */
  private async undone(): Promise<void> {
    const { branches, commits, operations, undo } = this.lake.catalog;
    const [verb, work] = (
      [
        ['commit', () => commits.create('lake', this.branch, { committer: 'test', message: 'undone' })],
        ['reset', () => branches.reset('lake', this.branch, { kind: 'reset' })],
        ['reset', () => branches.reset('lake', this.branch, { kind: 'common_prefix', path: 'p/1' })],
        ['delete-branch', () => branches.delete('lake', this.branch)]
      ] as const
    )[this.random(4)]!;
    const last = async () => (await operations.list('lake', { branch: this.branch, amount: 1 })).results[0];
    const before = await last();
    await this.unless(
      NOTHING,
      Promise.resolve(work()).then(() => undefined)
    );
    const operation = await last();
    if (operation && operation.id !== before?.id && operation.verb === verb) {
      if (await this.unless(['operation-not-found'], undo.apply('lake', operation.id, 'test'))) {
        return;
      }
      // It has expired already: what it did stays.
      await this.unless(['branch-exists'], this.lake.branch(this.branch));
      await this.adopt();
    }
  }

  private async reset(): Promise<void> {
    const path = this.path();
    await this.lake.catalog.branches.reset('lake', this.branch, { kind: 'object', path });
    await this.adopt();
  }

  /** Stands on a commit of anyone's, which may be collected at any moment. */
  private async fromBareCommit(): Promise<void> {
    const { branches } = this.lake.catalog;
    const id = this.commits[this.random(this.commits.length)];
    if (!id) {
      return;
    }
    const name = `other-${this.number}`;
    if (!(await this.unless(UNFOUND, this.lake.branch(name, id)))) {
      return;
    }
    await this.readEverything(name);
    await branches.reset('lake', this.branch, { kind: 'reset' });
    await branches.hardReset('lake', this.branch, name);
    await branches.delete('lake', name);
    await this.adopt();
  }

  private async merge(): Promise<void> {
    const id = this.commits[this.random(this.commits.length)];
    if (id) {
      const options = { committer: 'test', strategy: 'source-wins' as const, squash: this.random(2) === 0 };
      const merged = this.lake.catalog.merges.merge('lake', id, this.branch, options);
      await this.unless([...UNFOUND, ...NOTHING], merged);
      await this.adopt();
    }
  }

  private async copy(): Promise<void> {
    const ref = this.commits[this.random(this.commits.length)];
    const [path, to] = [this.path(), this.path()];
    if (ref) {
      const { objects } = this.lake.catalog;
      const copied = objects.copy('lake', { ref, path }, { branch: this.branch, path: to });
      await this.unless([...UNFOUND, 'object-not-found'], copied);
      await this.adopt();
    }
  }

  private async recreate(): Promise<void> {
    await this.commit();
    await this.lake.catalog.branches.delete('lake', this.branch);
    await this.lake.branch(this.branch);
    await this.adopt();
  }

  /** Takes what the branch holds for what it must hold from now on, having read all of it. */
  private async adopt(): Promise<void> {
    this.model = await this.readEverything(this.branch);
  }

  private async readEverything(ref: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const path of await this.lake.paths(ref)) {
      const content = await this.lake.read(ref, path);
      const { contentId, checksum } = await this.lake.catalog.objects.stat('lake', ref, path);
      if (!checksum.includes('-')) {
        expect(createHash('sha256').update(content).digest('hex')).toBe(contentId);
      }
      found.set(path, content);
    }
    return found;
  }

  private async readOne(): Promise<void> {
    const paths = [...this.model.keys()];
    const path = paths[this.random(paths.length)];
    if (path) {
      expect(await this.lake.read(this.branch, path)).toBe(this.model.get(path));
    }
  }

  async readAll(): Promise<void> {
    expect(await this.readEverything(this.branch)).toEqual(this.model);
  }

  private async unless<T>(codes: string[], verb: Promise<T>): Promise<T | undefined> {
    try {
      return await verb;
    } catch (error) {
      if (codes.includes((error as CatalogError).code)) {
        return undefined;
      }
      throw error;
    }
  }
}

test.each([1, 2, 3])(
  'random verbs beside collections lose nothing and leave nothing (seed %i)',
  async seed => {
    const lake = await Fixture.open();
    try {
      const commits: string[] = [];
      const clients = Array.from(
        { length: CLIENTS },
        (_, i) => new Client(lake, i, randomness(seed * 100 + i), commits)
      );
      let working = true;
      let collections = 0;
      const collect = async () => {
        while (working) {
          // Operations expire fast, so that many commits are named by their bare ids only.
          lake.time += DAY_MS / 2;
          const { repositories } = await lake.catalog.collection.run({ undoDays: 0.4 });
          expect(repositories.filter(({ refused }) => refused)).toEqual([]);
          collections++;
        }
      };
      const ended = Promise.all(clients.map(client => client.run())).finally(() => (working = false));
      await Promise.all([ended, collect()]);
      expect(collections).toBeGreaterThan(3);
      lake.time += 30 * DAY_MS;
      await lake.catalog.collection.run();
      await lake.catalog.idle();
      const findings: Finding[] = [];
      await lake.catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
      expect(findings).toEqual([]);
      for (const client of clients) {
        await client.readAll();
      }
    } finally {
      await lake.close();
    }
  }
);
