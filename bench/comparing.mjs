import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitRequest } from './commits.mjs';
import { upload, writeFiles } from './counting.mjs';
import { load } from './load.mjs';
import { inTurns } from './measure.mjs';
import { objectPath } from './populate.mjs';
import { metrics, rest, restRequest, s3Request, timed } from './requests.mjs';
import { dataFolder, startService } from './servers.mjs';

const FILES = 100_000;
const CHANGES = 10;
const REPEATS = 15;
const SMALL_FILE = Buffer.alloc(4096, 'z');
/** Of the mixed work: files that were never counted, puts, comparisons. */
const UNCOUNTED = 500;
const PUTS = 2_000;
const COMPARISONS = 50;

/**
 * Two refs of 100,000 files of which ten differ, beside a GET of 4 KiB; and how long the service's event loop is held
 * while it counts, compares and takes objects in at the same time.
 */
export async function* comparing({ duckdb, folder, columns }) {
  const write = (name, count, rows) =>
    writeFiles({ duckdb, folder: join(folder, name), columns, count, rows });
  const files = await write('compared', UNCOUNTED);
  const longer = await write('compared-longer', REPEATS * CHANGES, n => 501 + (n % 7));
  const data = dataFolder();
  let service;
  try {
    populate(data.path, files[0]);
    service = await startService(data.path);
    await prepare(service, files);
    const { ofService, ofIdle } = await held(service);
    yield {
      work: 'event loop held, counting, comparing, puts',
      unit: 'ms',
      value: ofService,
      yardstick: { name: 'wanted', value: 50 },
      atMost: 1
    };
    yield { work: 'the same meanwhile in a process that does nothing', unit: 'ms', value: ofIdle };
    const figures = await inTurns(
      {
        get: () => timed(service, s3Request(service, 'GET', '/other/main/small')),
        counts: round => compare(service, `longer-${round}`, round, longer),
        rows: round => compare(service, `changed-${round}`, round, files.slice(1))
      },
      REPEATS
    );
    yield {
      work: `compare ${FILES.toLocaleString('en-US')} files, ${CHANGES} changed`,
      unit: 'ms',
      value: figures.counts,
      yardstick: { name: '4 KiB GET', value: figures.get },
      atMost: 20
    };
    yield { work: 'the same, as many rows: they are compared', unit: 'ms', value: figures.rows };
  } finally {
    await service?.end();
    data.remove();
  }
}

function populate(data, content) {
  const program = fileURLToPath(new URL('populate.mjs', import.meta.url));
  const described = `compared=${FILES},content=${content}`;
  const { status } = spawnSync(process.execPath, [program, data, described], { stdio: 'inherit' });
  if (status !== 0) {
    throw new Error('The repository to compare in could not be made.');
  }
}

async function prepare(service, files) {
  await rest(service, 'POST', '/repositories', { name: 'other', storage_namespace: 'local://other' });
  await load({
    port: service.port,
    requests: [[s3Request(service, 'PUT', '/other/main/small', SMALL_FILE)]]
  });
  await upload(service, 'other', files);
}

/**
 * The longest time in milliseconds between two turns of the event loop while everything happens at once; of a process
 * that does nothing, too, which is the wait for a core alone.
 */
async function held(service) {
  await branch(service, 'mixed', 0, [SMALL_FILE]);
  const idle = fork(fileURLToPath(new URL('idle-process.mjs', import.meta.url)));
  const longestIdle = async () => {
    idle.send('');
    const [longest] = await once(idle, 'message');
    return longest;
  };
  try {
    await Promise.all([longestTurn(service), longestIdle()]);
    const send = (count, request) =>
      load({ port: service.port, requests: [Array.from({ length: count }, (_, i) => request(i))] });
    await Promise.all([
      send(1, () => countRequest(service, 'compared')),
      send(1, () => countRequest(service, 'other')),
      send(COMPARISONS, () => compareRequest(service, 'mixed')),
      send(PUTS, i => s3Request(service, 'PUT', `/other/main/puts/${i}`, SMALL_FILE))
    ]);
    const [ofService, ofIdle] = await Promise.all([longestTurn(service), longestIdle()]);
    return { ofService, ofIdle };
  } finally {
    idle.disconnect();
  }
}

/** What the service's own metrics say since they were asked last. */
async function longestTurn(service) {
  const text = await metrics(service);
  return 1000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)[1]);
}

/** Compares `main` with a branch on which ten files, far from each other, were changed and committed just now. */
async function compare(service, name, round, files) {
  await branch(
    service,
    name,
    round + 1,
    files.slice(round * CHANGES, (round + 1) * CHANGES).map(file => readFileSync(file))
  );
  return timed(service, compareRequest(service, name));
}

async function branch(service, name, round, contents) {
  await rest(service, 'POST', '/repositories/compared/branches', { name, source: 'main' });
  const puts = Array.from({ length: CHANGES }, (_, i) => {
    const path = objectPath(((i * FILES) / CHANGES + round * 31) % FILES);
    return s3Request(service, 'PUT', `/compared/${name}/${path}`, contents[i % contents.length]);
  });
  await load({ port: service.port, requests: [puts] });
  await timed(service, commitRequest(service, 'compared', name, `${CHANGES} changes`));
}

function compareRequest(service, name) {
  return restRequest(service, 'GET', `/databranch/repositories/compared/refs/main/rows/${name}`);
}

function countRequest(service, repository) {
  return restRequest(service, 'GET', `/databranch/repositories/${repository}/refs/main/rows`);
}
