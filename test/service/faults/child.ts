import { join } from 'node:path';
import { openLocalBlocks } from '../../../src/service/blocks/local';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog';
import { openLmdb } from '../../../src/service/kv/lmdb';

/**
 * A process that works on a store until it is killed:
 *
 *     child <folder> <start> <collect>    prints `<branch> <path> <content>` for each acknowledged write
 *
 * With `collect` it works less and collects garbage all the time.
 */
const CLIENTS = 4;
const PATHS = 6;
const [folder, start, collecting] = process.argv.slice(2) as [string, string, string];

async function* chunksOf(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}

/** Everything that a client writes; every third content is large enough for a file. */
const contentOf = (name: string, i: number) => (i % 3 === 0 ? `${name} `.repeat(2_000) : name);

async function work(catalog: Catalog, client: number): Promise<never> {
  const { branches, commits, contents, merges, objects, uploads } = catalog;
  const branch = `client-${client}`;
  await branches.create('lake', { name: branch, source: 'main' }).catch(() => undefined);
  for (let i = 0; ; i++) {
    const path = `${branch}/${i % PATHS}`;
    const name = `${start}-${client}-${i}`;
    if (i % 7 === 5) {
      const upload = await uploads.create('lake', branch, path);
      const part = await contents.receive('lake', chunksOf(contentOf(name, i)));
      const { etag } = await uploads.putPart('lake', upload, 1, part);
      await uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
    } else {
      const received = await contents.receive('lake', chunksOf(contentOf(name, i)));
      await objects.put('lake', branch, path, received);
    }
    process.stdout.write(`${branch} ${path} ${name} ${i}\n`);
    if (i % 4 === 3) {
      await commits.create('lake', branch, { committer: branch, message: name });
    }
    if (i % 16 === 15) {
      await merges.merge('lake', branch, 'main', {
        committer: branch,
        strategy: 'source-wins',
        squash: i % 32 === 15
      });
    }
    if (i % 12 === 11) {
      const scratch = `scratch-${name}`;
      await branches.create('lake', { name: scratch, source: branch });
      await objects.put('lake', scratch, 'x', await contents.receive('lake', chunksOf(`scratch ${name}`)));
      await branches.delete('lake', scratch);
    }
  }
}

async function collect(catalog: Catalog): Promise<never> {
  for (;;) {
    const { repositories } = await catalog.collection.run({ undoDays: 0 });
    if (repositories.some(({ refused }) => refused)) {
      throw new Error(repositories[0]!.refused);
    }
  }
}

async function main(): Promise<void> {
  const kv = await openLmdb(join(folder, 'kv'));
  const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: Number(start) });
  const fail = (error: unknown) => {
    process.stdout.write(`failed ${(error as Error).message.replaceAll(' ', '_')} - 0\n`);
    process.exit(1);
  };
  const catalog = await openCatalog({ kv, blocks, now: Date.now, onError: fail });
  const clients = Array.from({ length: CLIENTS }, (_, client) => work(catalog, client));
  await Promise.race([...clients, ...(collecting === 'collect' ? [collect(catalog)] : [])]).catch(fail);
}

void main();
