import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { DataSetComparison, RowsComparison, RowsResult } from '../../../src/protocol/databranch.js';
import { ImportRoots } from '../../../src/service/blocks/import-roots.js';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';
import type { EngineOptions } from '../../../src/service/rows/engine/engine.js';
import type { Observer } from '../../../src/service/rows/counting/job.js';
import {
  openRows,
  type Rows,
  type RowsComparisonQuery,
  type RowsOptions
} from '../../../src/service/rows/rows.js';
import { CountingKv } from '../catalog/counting-kv.js';

/** Guards are waited for as long as a test may take: how long that is depends on what else the machine does. */
export const GUARD_MS = 10 * 60 * 1000;

/** A real store with a repository "lake", and the room for rows over it, which counts what it reads. */
export class Lake {
  static async open(
    enginePath: string,
    engine: Partial<EngineOptions> = {},
    options: Pick<RowsOptions, 'guardMs' | 'footerWorker'> = {}
  ): Promise<Lake> {
    const folder = await mkdtemp(join(tmpdir(), 'databranch-lake-'));
    const kv = new CountingKv(await openLmdb(join(folder, 'kv')));
    const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: 1 });
    await mkdir(join(folder, 'source'));
    const importRoots = await ImportRoots.open([join(folder, 'source')]);
    const catalog = await openCatalog({ kv, blocks, now: Date.now, importRoots });
    await catalog.repositories.create({ name: 'lake', storageNamespace: 'local://lake' });
    const lake = new Lake(folder, kv, catalog);
    lake.rows = await openRows({
      catalog: lake.counted(),
      kv,
      dataFolder: folder,
      enginePath,
      // The bundles lie side by side.
      previewWorker: new URL('./preview-worker.mjs', pathToFileURL(enginePath)),
      engine,
      guardMs: GUARD_MS,
      ...options,
      log: {
        warn: (data, message) => lake.warnings.push({ data, message }),
        debug: (data, message) => lake.notes.push({ data, message })
      }
    });
    return lake;
  }

  rows!: Rows;
  readonly warnings: { data: object; message: string }[] = [];
  readonly notes: { data: object; message: string }[] = [];
  /** Since the last call of `reads`. */
  private nodesRead = 0;
  private contentsRead = 0;
  private bytesRead = 0;
  private branches = 0;
  private held: { released: Promise<void>; wanted: () => void } | undefined;

  private constructor(
    readonly folder: string,
    readonly kv: CountingKv,
    readonly catalog: Catalog
  ) {}

  /** Tree nodes looked at and contents read since this was last asked. */
  reads(): { nodes: number; contents: number } {
    const reads = { nodes: this.nodesRead, contents: this.contentsRead };
    this.nodesRead = this.contentsRead = 0;
    return reads;
  }

  /** Bytes of contents read since this was last asked. */
  bytes(): number {
    const bytes = this.bytesRead;
    this.bytesRead = 0;
    return bytes;
  }

  private counted(): Parameters<typeof openRows>[0]['catalog'] {
    const { views, contents, commits, merges, refs, events } = this.catalog;
    const counting = <T extends object>(target: T, onCall: Record<string, (...args: unknown[]) => void>): T =>
      new Proxy(target, {
        get: (object, name) => {
          const value = Reflect.get(object, name, object) as unknown;
          if (typeof value !== 'function') {
            return value;
          }
          return (...args: unknown[]) => {
            onCall[String(name)]?.(...args);
            return (value as (...args: unknown[]) => unknown).apply(object, args);
          };
        }
      });
    return {
      commits,
      merges,
      refs,
      events,
      contents: counting(this.holdable(contents), {
        read: (_repository, _contentId, start, end) => {
          this.contentsRead++;
          this.bytesRead += Number(end) - Number(start);
        },
        // Whose footers a thread is to read.
        localFiles: (_repository, ids) => (this.contentsRead += (ids as unknown[]).length)
      }),
      views: new Proxy(views, {
        get: (object, name) => {
          if (name !== 'tree') {
            return (Reflect.get(object, name, object) as () => unknown).bind(object);
          }
          return (view: Parameters<typeof views.tree>[0]) =>
            counting(views.tree(view), { node: () => this.nodesRead++ });
        }
      })
    };
  }

  private holdable(contents: Catalog['contents']): Catalog['contents'] {
    const begun = async () => {
      this.held?.wanted();
      await this.held?.released;
    };
    async function* read(...args: Parameters<typeof contents.read>) {
      await begun();
      yield* contents.read(...args);
    }
    const localFiles = async (...args: Parameters<typeof contents.localFiles>) => {
      await begun();
      return contents.localFiles(...args);
    };
    const overrides: Record<string, unknown> = { read, localFiles };
    return new Proxy(contents, {
      get: (object, name) => {
        const value = overrides[String(name)] ?? (Reflect.get(object, name, object) as unknown);
        return typeof value === 'function' ? (value.bind(object) as unknown) : value;
      }
    });
  }

  /** From now on contents are read once `release` is called; `wanted` resolves when somebody waits for one. */
  hold(): { wanted: Promise<void>; release: () => void } {
    let release!: () => void;
    let wanted!: () => void;
    const released = new Promise<void>(resolve => (release = resolve));
    const waiting = new Promise<void>(resolve => (wanted = resolve));
    this.held = { released, wanted };
    return { wanted: waiting, release };
  }

  async put(branch: string, path: string, content: string | Uint8Array): Promise<void> {
    const received = await this.catalog.contents.receive('lake', once(Buffer.from(content as Uint8Array)));
    await this.catalog.objects.put('lake', branch, path, received, {});
  }

  /** As a multipart upload. */
  async putInParts(branch: string, path: string, content: Buffer, partBytes: number): Promise<void> {
    const { uploads, contents } = this.catalog;
    const upload = await uploads.create('lake', branch, path, {});
    const parts: { partNumber: number; etag: string }[] = [];
    for (let at = 0; at < content.length; at += partBytes) {
      const partNumber = parts.length + 1;
      const received = await contents.receive('lake', once(content.subarray(at, at + partBytes)));
      parts.push({ partNumber, ...(await uploads.putPart('lake', upload, partNumber, received)) });
    }
    await uploads.complete('lake', upload, parts);
  }

  /** The folder from which files may be imported. */
  get source(): string {
    return join(this.folder, 'source');
  }

  /** Links a path to a file of {@link source}, whose bytes are not read. */
  async link(branch: string, path: string, name: string): Promise<void> {
    const file = join(this.source, name);
    const content = await this.catalog.externalFiles.contentAt(`local://${file}`, (await stat(file)).size);
    await this.catalog.objects.link('lake', branch, path, content, content.checksum, {});
  }

  /** Makes all blocks unreachable until the function that comes back is called. */
  async hideBlocks(): Promise<() => Promise<void>> {
    const [blocks, hidden] = [join(this.folder, 'blocks'), join(this.folder, 'hidden')];
    await rename(blocks, hidden);
    return () => rename(hidden, blocks);
  }

  /** Files that the room made and did not remove. */
  async temporaryFiles(): Promise<string[]> {
    await this.rows.idle();
    await mkdir(join(this.folder, 'rows'), { recursive: true });
    const names = await readdir(join(this.folder, 'rows'), { recursive: true, withFileTypes: true });
    return names.filter(name => name.isFile()).map(name => name.name);
  }

  /** Records in the store whose key begins with `prefix`. */
  async records(prefix: string): Promise<number> {
    return (await this.kv.snapshot(reader => reader.scan({ prefix: Buffer.from(prefix) }))).length;
  }

  delete(branch: string, path: string): Promise<void> {
    return this.catalog.objects.delete('lake', branch, path);
  }

  async commit(branch: string, files: Record<string, string | Uint8Array | null> = {}): Promise<void> {
    const changes = Object.entries(files);
    // Many at a time, which the store writes together.
    for (let i = 0; i < changes.length; i += 100) {
      await Promise.all(
        changes
          .slice(i, i + 100)
          .map(([path, content]) =>
            content === null ? this.delete(branch, path) : this.put(branch, path, content)
          )
      );
    }
    await this.catalog.commits.create('lake', branch, { committer: 'test', message: 'a commit' });
  }

  async branch(name: string, source = 'main'): Promise<void> {
    await this.catalog.branches.create('lake', { name, source });
  }

  /** A new branch of main, and its name. */
  async branchForTest(): Promise<string> {
    const name = `test-${++this.branches}`;
    await this.branch(name);
    return name;
  }

  count(ref: string, path = '', observer: Observer = {}): Promise<RowsResult> {
    return this.rows.count('lake', ref, { path, amount: 1000 }, observer);
  }

  compare(left: string, right: string, query: Partial<RowsComparisonQuery> = {}): Promise<RowsComparison> {
    return this.rows.compare('lake', left, right, { path: '', ...query });
  }

  /** The only data set of a comparison. */
  async compareOne(
    left: string,
    right: string,
    query: Partial<RowsComparisonQuery> = {}
  ): Promise<DataSetComparison> {
    const { datasets } = await this.compare(left, right, query);
    expect(datasets).toHaveLength(1);
    return datasets[0]!;
  }

  async close(): Promise<void> {
    await this.rows.close();
    await this.catalog.close();
    await this.kv.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
