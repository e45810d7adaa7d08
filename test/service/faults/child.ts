import { join } from 'node:path';
import { openLocalBlocks } from '../../../src/service/blocks/local';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog';
import { openLmdb } from '../../../src/service/kv/lmdb';
import { contentOf, plannedWrite } from './plan';

/**
 * A process that works on a store until it is killed:
 *
 *     child <folder> <start> <collect>
 *
 * It prints `<branch> <path> <content>` for each acknowledged write, `-` being the content of what was removed. With
 * `collect` it collects garbage all the time.
 */
const CLIENTS = 4;
const [folder, start, collecting] = process.argv.slice(2) as [string, string, string];

async function* chunksOf(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}

const say = (branch: string, path: string, name: string) =>
  process.stdout.write(`${branch} ${path} ${name}\n`);

async function work(catalog: Catalog, client: number): Promise<never> {
  const { branches, commits, contents, merges, objects, uploads } = catalog;
  const branch = `client-${client}`;
  await branches.create('lake', { name: branch, source: 'main' }).catch(() => undefined);
  /** What this start knows to be on the branch, and in its last commit. */
  const written = new Map<string, string>();
  let committed: [path: string, name: string][] = [];
  const receive = (content: string) => contents.receive('lake', chunksOf(content));

  const write = async (i: number): Promise<void> => {
    const { path, name } = plannedWrite(Number(start), client, i);
    if (name === '-') {
      await objects.delete('lake', branch, path);
    } else if (i % 7 === 5) {
      const upload = await uploads.create('lake', branch, path);
      const { etag } = await uploads.putPart('lake', upload, 1, await receive(contentOf(name)));
      await uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
    } else {
      await objects.put('lake', branch, path, await receive(contentOf(name)));
    }
    written.set(path, name);
    say(branch, path, name);
  };
  for (let i = 0; ; i++) {
    await write(i);
    if (i % 4 === 3) {
      committed = [...written];
      await commits.create('lake', branch, { committer: branch, message: `${start} ${i}`, allowEmpty: true });
    }
    if (i % 8 === 7) {
      await merges.merge('lake', branch, 'main', {
        committer: branch,
        strategy: 'source-wins',
        allowEmpty: true
      });
      committed.forEach(([path, name]) => say('main', path, name));
    }
    if (i % 12 === 11) {
      const scratch = `scratch-${start}-${client}-${i}`;
      await branches.create('lake', { name: scratch, source: branch });
      await objects.put('lake', scratch, 'x', await receive(`${scratch} `.repeat(2_000)));
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
    process.stdout.write(`failed ${(error as Error).message.replaceAll(' ', '_')} -\n`);
    process.exit(1);
  };
  const catalog = await openCatalog({ kv, blocks, now: Date.now, onError: fail });
  const clients = Array.from({ length: CLIENTS }, (_, client) => work(catalog, client));
  await Promise.race([...clients, ...(collecting === 'collect' ? [collect(catalog)] : [])]).catch(fail);
}

void main();
