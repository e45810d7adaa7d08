import files, { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { inOrder } from '../../../src/service/catalog/archive/in-order.js';
import { tarFiles } from '../../../src/service/catalog/archive/tar.js';
import { contentIdIn } from '../../../src/service/catalog/entry.js';
import { decodeNode, LeafNode } from '../../../src/service/tree/node.js';
import { Fixture, refusal } from './fixture.js';

describe('work whose results are taken in order', () => {
  /** Work that ends when it is told to. */
  class Work {
    readonly begun: number[] = [];
    private readonly ends = new Map<number, (error?: Error) => void>();
    run = (item: number): Promise<number> => {
      this.begun.push(item);
      return new Promise((resolve, reject) =>
        this.ends.set(item, error => (error ? reject(error) : resolve(item * 10)))
      );
    };
    end(item: number, error?: Error): void {
      this.ends.get(item)!(error);
    }
  }
  async function* upTo(count: number): AsyncGenerator<number> {
    for (let i = 0; i < count; i++) {
      yield i;
    }
  }

  test('begins so many, and one more for each that is taken', async () => {
    const work = new Work();
    const results = inOrder(upTo(5), 3, work.run);
    const first = results.next();
    await Promise.resolve();
    [2, 1, 0].forEach(item => setImmediate(() => work.end(item)));
    expect(await first).toEqual({ value: 0, done: false });
    expect(work.begun).toEqual([0, 1, 2]);
    expect(await results.next()).toEqual({ value: 10, done: false });
    expect(work.begun).toEqual([0, 1, 2, 3]);
    [3, 4].forEach(item => setImmediate(() => setImmediate(() => work.end(item))));
    const rest: number[] = [];
    for await (const result of results) {
      rest.push(result);
    }
    expect(rest).toEqual([20, 30, 40]);
  });

  test('fails at its turn, and leaves nothing under way', async () => {
    const work = new Work();
    const results = inOrder(upTo(3), 3, work.run);
    const first = results.next();
    setImmediate(() => {
      work.end(1, new Error('the second'));
      work.end(0);
    });
    expect(await first).toEqual({ value: 0, done: false });
    let failed = false;
    const second = results.next().catch((error: Error) => {
      failed = true;
      return error.message;
    });
    await new Promise(setImmediate);
    expect(failed).toBe(false);
    work.end(2);
    expect(await second).toBe('the second');
  });
});

describe('an archive of many small files elsewhere', () => {
  const FILES = 300;
  const LARGE = 70_000;
  let lake: Fixture;
  beforeEach(async () => {
    lake = await Fixture.open();
    await mkdir(join(lake.source, 'many'));
    const sizeOf = (i: number) => (i % 100 === 50 ? LARGE : i % 10);
    const names = Array.from({ length: FILES }, (_, i) => String(i).padStart(3, '0'));
    await Promise.all(
      names.map((name, i) => writeFile(join(lake.source, 'many', name), Buffer.alloc(sizeOf(i), name)))
    );
    const id = await lake.catalog.imports.start('lake', 'main', {
      locations: [{ type: 'common_prefix', path: `local://${lake.source}/many/`, destination: 'm/' }],
      commit: { message: '', committer: 'test' }
    });
    while (!(await lake.catalog.imports.status('lake', 'main', id)).completed) {
      await new Promise(setImmediate);
    }
  });
  afterEach(() => lake.close());

  async function exported(): Promise<{ name: string; bytes: Buffer }[]> {
    const { bytes } = await lake.catalog.archives.write('lake');
    const found: { name: string; bytes: Buffer }[] = [];
    for await (const file of tarFiles(bytes, () => undefined)) {
      const chunks: Buffer[] = [];
      for await (const chunk of file.bytes) {
        chunks.push(chunk);
      }
      found.push({ name: file.name, bytes: Buffer.concat(chunks) });
    }
    return found;
  }

  test('reads a bounded number of them beside each other', async () => {
    const open = files.open;
    let now = 0;
    let most = 0;
    const spy = jest.spyOn(files, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      most = Math.max(most, ++now);
      const close = file.close.bind(file);
      file.close = () => {
        now--;
        return close();
      };
      return file;
    });
    try {
      await exported();
    } finally {
      spy.mockRestore();
    }
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(16 + 1 /* a large one, at its turn */);
    expect(now).toBe(0);
  });

  test('has them behind the node that names them, in its order', async () => {
    const archive = await exported();
    const order = archive.map(({ name }) => name).filter(name => name.startsWith('external/'));
    const wanted = archive
      .filter(({ name }) => name.startsWith('nodes/'))
      .flatMap(({ bytes }) => {
        const node = decodeNode(bytes);
        return node instanceof LeafNode
          ? Array.from({ length: node.length }, (_, i) =>
              contentIdIn(node.value(i) as Buffer).toString('hex')
            )
          : [];
      });
    expect(wanted).toHaveLength(FILES);
    expect(order).toEqual(wanted.map(id => `external/${id.slice(0, 2)}/${id}`));
    for (const [i, { name }] of archive.entries()) {
      if (name.startsWith('external/')) {
        expect(archive[i + 1]!.name).toBe(name.replace('external/', 'copied/'));
      }
    }
  });

  test('ends with the name of the first one that has changed', async () => {
    await writeFile(join(lake.source, 'many', '200'), 'changed');
    expect(await refusal(exported())).toBe('source-changed');
    await expect(exported()).rejects.toMatchObject({ data: { path: join(lake.source, 'many', '200') } });
  });
});
