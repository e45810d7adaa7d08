import { load, upload } from './load.mjs';
import { inTurns } from './measure.mjs';
import { rest, s3Request, s3UploadHead } from './requests.mjs';

const CLIENTS = 16;
const REQUESTS_PER_CLIENT = 200;
const MIB = 1024 * 1024;
const SMALL = Buffer.alloc(4096, 'x');
const LARGE_BYTES = 256 * MIB;
const HUGE_BYTES = 5 * 1024 * MIB;
/** What 5 GiB may take more than 256 MiB: a collector of garbage is not bound to come at the same instant. */
const MEMORY_SLACK = 1.5;

/** Objects over S3, beside the bare server: requests per second of small ones, bytes per second of a large one. */
export async function* objects({ service, bare }) {
  await rest(service, 'POST', '/repositories', { name: 'objects', storage_namespace: 'local://objects' });
  const small = { PUT: SMALL, GET: undefined, HEAD: undefined };
  const wanted = { PUT: 0.9, GET: 1.0, HEAD: 0.25 };
  for (const [method, body] of Object.entries(small)) {
    const measured = await inTurns({
      service: () => rate(service, method, body),
      bare: () => rate(bare, method, body)
    });
    yield row(`4 KiB ${method}, ${CLIENTS} clients`, 'requests/s', measured, wanted[method]);
  }
  yield row(
    '256 MiB PUT',
    'MB/s',
    await inTurns({ service: r => put(service, r), bare: r => put(bare, r) }),
    1.2
  );
  yield row(
    '256 MiB GET',
    'MB/s',
    await inTurns({ service: r => get(service, r), bare: r => get(bare, r) }),
    1.0
  );
  yield* flatMemory(service);
}

function row(work, unit, { service, bare }, atLeast) {
  return { work, unit, value: service, yardstick: { name: 'bare server', value: bare }, atLeast };
}

async function rate(server, method, body) {
  const requests = Array.from({ length: CLIENTS }, (_, client) =>
    Array.from({ length: REQUESTS_PER_CLIENT }, (_, i) =>
      s3Request(server, method, `/objects/main/small/${client}-${i}`, body)
    )
  );
  const { answers, seconds } = await load({ port: server.port, requests, bodiless: method === 'HEAD' });
  return answers / seconds;
}

/** Other bytes each time: what is there already would not be kept again. */
async function put(server, round) {
  const seconds = await uploadOf(server, `/objects/main/large-${round}`, LARGE_BYTES, round);
  return LARGE_BYTES / 1e6 / seconds;
}

async function get(server, round) {
  const request = s3Request(server, 'GET', `/objects/main/large-${round}`, undefined, { unsigned: true });
  const { seconds } = await load({ port: server.port, requests: [[request]] });
  return LARGE_BYTES / 1e6 / seconds;
}

function uploadOf(server, path, length, fill) {
  const head = s3UploadHead(server, path, length);
  return upload({ port: server.port, head, piece: Buffer.alloc(MIB, fill), pieces: length / MIB });
}

/** The most anonymous memory that the service has while 5 GiB go up and come down, beside that for 256 MiB. */
async function* flatMemory(service) {
  if (service.anonymousBytes === undefined) {
    yield { work: 'memory for 5 GiB', skipped: 'this system does not say what a process holds' };
    return;
  }
  const transfers = {
    up: bytes => uploadOf(service, '/objects/main/huge', bytes, 'h'),
    down: () => load({ port: service.port, requests: [[s3Request(service, 'GET', '/objects/main/huge')]] })
  };
  const large = {};
  for (const [way, transfer] of Object.entries(transfers)) {
    large[way] = await mostMemory(service, () => transfer(LARGE_BYTES));
  }
  for (const [way, transfer] of Object.entries(transfers)) {
    yield {
      work: `memory while 5 GiB go ${way}`,
      unit: 'MB',
      value: await mostMemory(service, () => transfer(HUGE_BYTES)),
      yardstick: { name: '256 MiB', value: large[way] },
      atMost: MEMORY_SLACK
    };
  }
}

async function mostMemory(service, work) {
  let most = service.anonymousBytes;
  const look = setInterval(() => (most = Math.max(most, service.anonymousBytes)), 50);
  await work();
  clearInterval(look);
  return most / 1e6;
}
