import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { load } from './load.mjs';
import { rest, restRequest, s3Request } from './requests.mjs';

const SIZES = [10, 20_000];
const REPEATS = 50;
const LOADERS = 16;

/** Branches and commits, beside one durable put of the key-value store below; and that their cost does not grow. */
export async function* versions({ service }) {
  const put = await durablePut();
  for (const size of SIZES) {
    const repository = await repositoryOf(service, size);
    yield {
      work: `create a branch of ${size.toLocaleString('en-US')} objects`,
      unit: 'ms',
      value: await milliseconds(service, i => [branchRequest(service, repository, `b${i}`)]),
      yardstick: { name: 'durable kv put', value: put },
      atMost: 2
    };
    yield {
      work: `commit one object into ${size.toLocaleString('en-US')}`,
      unit: 'ms',
      value: await milliseconds(
        service,
        i => [commitRequest(service, repository, i)],
        i => [s3Request(service, 'PUT', `/${repository}/main/new`, Buffer.from(`content ${i}`))]
      ),
      yardstick: { name: 'durable kv put', value: put },
      atMost: 10
    };
  }
}

async function repositoryOf(service, size) {
  const name = `versions-${size}`;
  await rest(service, 'POST', '/repositories', { name, storage_namespace: `local://${name}` });
  const paths = Array.from({ length: size }, (_, i) => `/${name}/main/data/${String(i).padStart(8, '0')}`);
  const requests = Array.from({ length: LOADERS }, (_, client) =>
    paths
      .filter((_, i) => i % LOADERS === client)
      .map(path => s3Request(service, 'PUT', path, Buffer.from(path)))
  );
  await load({ port: service.port, requests: requests.filter(list => list.length > 0) });
  await rest(service, 'POST', `/repositories/${name}/branches/main/commits`, { message: 'all of it' });
  return name;
}

const branchRequest = (service, repository, name) =>
  restRequest(service, 'POST', `/repositories/${repository}/branches`, { name, source: 'main' });

const commitRequest = (service, repository, i) =>
  restRequest(service, 'POST', `/repositories/${repository}/branches/main/commits`, {
    message: `commit ${i}`
  });

/** The median time of one request, each after `before` was done. */
async function milliseconds(service, requests, before) {
  const times = [];
  for (let i = 0; i < REPEATS; i++) {
    if (before) {
      await load({ port: service.port, requests: [before(i)] });
    }
    const { seconds } = await load({ port: service.port, requests: [requests(i)] });
    times.push(seconds * 1000);
  }
  return median(times);
}

/** One put to LMDB that is on disk when it resolves: what any durable verb costs at least. Milliseconds. */
async function durablePut() {
  const folder = mkdtempSync(join(tmpdir(), 'bare-kv-'));
  const store = open({ path: folder, encoding: 'binary', overlappingSync: false });
  const times = [];
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now();
    await store.put(`key ${i}`, Buffer.alloc(200));
    times.push(performance.now() - began);
  }
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return median(times);
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
