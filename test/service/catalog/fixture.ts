import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ImportRoots } from '../../../src/service/blocks/import-roots.js';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog.js';
import type { CatalogError } from '../../../src/service/catalog/errors.js';
import type { WriteOptions } from '../../../src/service/catalog/objects.js';
import type { Kv, KvWrite } from '../../../src/service/kv/kv.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';

/** A catalog over a real store in a temporary folder, with a repository "lake", and short forms of the verbs. */
export class Fixture {
  static async open(): Promise<Fixture> {
    const folder = await mkdtemp(join(tmpdir(), 'databranch-catalog-'));
    const fixture = new Fixture(folder);
    await fixture.start();
    await fixture.catalog.repositories.create({ name: 'lake', storageNamespace: 'local://lake' });
    return fixture;
  }

  kv!: Kv;
  catalog!: Catalog;
  /** Milliseconds; moves on by a second at each look. */
  time = 1_700_000_000_000;
  /** For the next start. */
  undoDays: number | undefined;
  private starts = 0;

  private constructor(readonly folder: string) {}

  async start(): Promise<void> {
    this.kv = await openLmdb(join(this.folder, 'kv'));
    const blocks = await openLocalBlocks({ folder: join(this.folder, 'blocks'), start: ++this.starts });
    const onError = (error: unknown) => {
      throw error;
    };
    await mkdir(this.source, { recursive: true });
    const importRoots = await ImportRoots.open([this.source], join(this.folder, 'blocks'));
    const now = () => (this.time += 1000);
    this.catalog = await openCatalog({
      kv: this.kv,
      blocks,
      now,
      importRoots,
      undoDays: this.undoDays,
      onError
    });
  }

  /** The folder from which files may be imported. */
  get source(): string {
    return join(this.folder, 'source');
  }

  async stop(): Promise<void> {
    await this.catalog.close();
    await this.kv.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async put(branch: string, path: string, content: string | Buffer, options: WriteOptions = {}) {
    const received = await this.catalog.contents.receive('lake', chunks(content));
    return this.catalog.objects.put('lake', branch, path, received, options);
  }

  async read(ref: string, path: string): Promise<string> {
    const entry = await this.catalog.objects.stat('lake', ref, path);
    const parts: Buffer[] = [];
    for await (const chunk of this.catalog.contents.read('lake', entry.contentId, 0, entry.size)) {
      parts.push(chunk);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** Puts `files` on a branch and commits them. */
  async commit(branch: string, files: Record<string, string | null>, message = 'a commit') {
    for (const [path, content] of Object.entries(files)) {
      await (content === null
        ? this.catalog.objects.delete('lake', branch, path)
        : this.put(branch, path, content));
    }
    return this.catalog.commits.create('lake', branch, { committer: 'test', message });
  }

  branch(name: string, source = 'main') {
    return this.catalog.branches.create('lake', { name, source });
  }

  /** Does `verb` when the next write for which `matches` holds is about to be made. */
  beforeWrite(matches: (write: KvWrite) => boolean, verb: () => Promise<unknown>): void {
    const { kv } = this;
    const write = kv.write.bind(kv);
    kv.write = async each => {
      if (matches(each)) {
        kv.write = write;
        await verb();
      }
      return write(each);
    };
  }

  /** All paths of a ref, by paging through its listing. */
  async paths(ref: string, prefix = ''): Promise<string[]> {
    const found: string[] = [];
    for (let after = ''; ;) {
      const page = await this.catalog.objects.list('lake', ref, { prefix, after });
      found.push(...page.results.map(item => item.path));
      if (!page.hasMore) {
        return found;
      }
      after = page.nextOffset;
    }
  }

  /** A branch's uncommitted changes as `type path`. */
  async uncommitted(branch: string): Promise<string[]> {
    const page = await this.catalog.diffs.uncommitted('lake', branch, { amount: 1000 });
    return page.results.map(change => `${change.type} ${change.path}`);
  }

  /** Records in the store whose key begins with `prefix`. */
  async records(prefix: string): Promise<number> {
    return (await this.kv.snapshot(reader => reader.scan({ prefix: Buffer.from(prefix) }))).length;
  }

  /** Their keys. */
  async keys(prefix: string): Promise<Buffer[]> {
    const records = await this.kv.snapshot(reader => reader.scan({ prefix: Buffer.from(prefix) }));
    return records.map(({ key }) => key);
  }

  /** How many finished block files there are. */
  async files(): Promise<number> {
    return (await this.blockFiles()).length;
  }

  /** Their paths. */
  async blockFiles(): Promise<string[]> {
    const folder = join(this.folder, 'blocks');
    const names = await readdir(folder, { recursive: true });
    return names.filter(name => /^[0-9a-f]{2}\/\d+-/.test(name)).map(name => join(folder, name));
  }
}

export async function* chunks(content: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 64 * 1024) {
    yield bytes.subarray(at, at + 64 * 1024);
  }
}

/** The code with which a verb refuses. */
export async function refusal(verb: Promise<unknown>): Promise<string> {
  return verb.then(
    () => 'no refusal',
    (error: CatalogError) => error.code ?? error
  );
}
