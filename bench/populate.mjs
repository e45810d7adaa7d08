import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openLocalBlocks } from '../lib/service/blocks/local.js';
import { openCatalog } from '../lib/service/catalog/catalog.js';
import { openLmdb } from '../lib/service/kv/lmdb.js';
import { openDataFolder } from '../lib/service/life/data-folder.js';
import { countStart } from '../lib/service/life/last-start.js';
import { inParallel } from './measure.mjs';

const WRITERS = 500;
const CONTENT = Buffer.alloc(4096, 'z');

/**
 * Fills a data folder on which no service runs with repositories of many objects, by the catalog's own verbs without
 * the wire between. The objects have one content, so that what is measured is their number and not their bytes.
 *
 *   node bench/populate.mjs FOLDER NAME=OBJECTS[,flat][,uncommitted][,branches=NUMBER][,content=FILE]…
 *
 * `flat` puts all objects into one folder. `branches` are made of the main one.
 */
async function populate(path, repositories) {
  const folder = await openDataFolder(path);
  const { start } = await countStart(folder.lastStart);
  const kv = await openLmdb(folder.store);
  const blocks = await openLocalBlocks({ folder: folder.blocks, start });
  const catalog = await openCatalog({ kv, blocks, now: Date.now });
  for (const { name, objects, flat, uncommitted, branches, file } of repositories) {
    await catalog.repositories.create({ name, storageNamespace: `local://${name}` });
    const content = await catalog.contents.receive(name, [file ? readFileSync(file) : CONTENT]);
    await inParallel(numbered(objects, flat ? flatPath : objectPath), WRITERS, object =>
      catalog.objects.link(name, 'main', object, content, content.md5, {})
    );
    if (!uncommitted) {
      await catalog.commits.create(name, 'main', { message: 'all of it', committer: 'bench' });
    }
    await inParallel(numbered(branches, branchName), WRITERS, branch =>
      catalog.branches.create(name, { name: branch, source: 'main' })
    );
  }
  await catalog.idle();
  await catalog.close();
  await kv.close();
}

/** The path of the nth object, in the order of bytes. */
export function objectPath(n) {
  const digits = String(n).padStart(7, '0');
  return `tables/reviews/part=${digits.slice(0, 4)}/${digits}.parquet`;
}

/** The same, with all objects in one folder. */
function flatPath(n) {
  return `tables/reviews/${String(n).padStart(7, '0')}.parquet`;
}

function* numbered(count, pathOf) {
  for (let n = 0; n < count; n++) {
    yield pathOf(n);
  }
}

function branchName(n) {
  return `try-${String(n).padStart(4, '0')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, ...described] = process.argv.slice(2);
  await populate(path, described.map(repositoryFrom));
}

/** What an argument asks for. */
function repositoryFrom(text) {
  const [, name, objects, options] = /^([^=]+)=(\d+)(.*)$/.exec(text);
  const option = pattern => new RegExp(`,${pattern}(?=,|$)`).exec(options)?.at(-1);
  return {
    name,
    objects: Number(objects),
    flat: option('flat') !== undefined,
    uncommitted: option('uncommitted') !== undefined,
    branches: Number(option('branches=(\\d+)') ?? 0),
    file: option('content=([^,]+)')
  };
}
