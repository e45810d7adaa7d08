import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitRequest } from './commits.mjs';
import { load } from './load.mjs';
import { rest, restRequest, s3Request } from './requests.mjs';

const BRANCHES = 2_000;
const COMMITS = 10_000;
const OBJECTS = 1_000;
const LOADERS = 16;
const LARGE = Buffer.alloc(8 * 1024 * 1024, 's');

/** What verbs leave on the disk. */
export async function* storage({ service, data }) {
  const name = 'storage';
  await rest(service, 'POST', '/repositories', { name, storage_namespace: `local://${name}` });
  const objects = Array.from({ length: OBJECTS }, (_, i) =>
    s3Request(service, 'PUT', `/${name}/main/data/${String(i).padStart(5, '0')}`, Buffer.from(`object ${i}`))
  );
  await spread(service, objects);
  await rest(service, 'POST', `/repositories/${name}/branches/main/commits`, { message: 'all of it' });

  const before = usedBytes(data);
  const created = Array.from({ length: BRANCHES }, (_, i) =>
    restRequest(service, 'POST', `/repositories/${name}/branches`, { name: `branch-${i}`, source: 'main' })
  );
  await spread(service, created);
  yield {
    work: 'a branch on the disk, its log entry included',
    unit: 'bytes',
    value: (usedBytes(data) - before) / BRANCHES,
    yardstick: { name: 'wanted', value: 1_000 },
    atMost: 1
  };

  const put = path => s3Request(service, 'PUT', `/${name}/main/${path}`, LARGE);
  await load({ port: service.port, requests: [[put('once')]] });
  const once = blockBytes(data);
  await load({ port: service.port, requests: [[put('twice')]] });
  yield {
    work: 'the same bytes sent a second time',
    unit: 'bytes',
    value: blockBytes(data) - once,
    yardstick: { name: 'sent', value: LARGE.length },
    atMost: 0
  };
  yield* manyCommits(service, data, name);
}

async function* manyCommits(service, data, name) {
  const before = usedBytes(data);
  const requests = Array.from({ length: COMMITS }, (_, i) => [
    s3Request(
      service,
      'PUT',
      `/${name}/main/data/${String(i % OBJECTS).padStart(5, '0')}`,
      Buffer.from(`change ${i}`)
    ),
    commitRequest(service, name, 'main', `commit ${i}`)
  ]);
  const { seconds } = await load({ port: service.port, requests: [requests.flat()] });
  const unit = 'bytes';
  const value = (usedBytes(data) - before) / COMMITS;
  yield { work: `one of 10,000 commits of one object into 1,000`, unit, value };
  yield { work: '10,000 such puts and commits, one after the other', unit: 's', value: seconds };
  const { repositories } = await rest(service, 'POST', '/databranch/gc', { dry_run: true });
  const garbage = repositories.find(({ repository }) => repository === name).bytes;
  yield { work: 'of it garbage, for each of them', unit, value: garbage / COMMITS };
}

function spread(service, requests) {
  const lists = Array.from({ length: LOADERS }, (_, i) => requests.filter((_, n) => n % LOADERS === i));
  return load({ port: service.port, requests: lists });
}

/** Bytes that the key-value store's file and the blocks take on the disk. */
function usedBytes(data) {
  return statSync(join(data, 'store', 'data.mdb')).size + blockBytes(data);
}

function blockBytes(data) {
  const files = readdirSync(join(data, 'blocks'), { recursive: true, withFileTypes: true });
  return files
    .filter(file => file.isFile())
    .reduce((sum, { parentPath, path, name }) => sum + statSync(join(parentPath ?? path, name)).size, 0);
}
