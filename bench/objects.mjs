import { load } from './load.mjs';
import { rest, s3Request } from './requests.mjs';

const CLIENTS = 16;
const REQUESTS_PER_CLIENT = 500;
const SMALL = Buffer.alloc(4096, 'x');
const LARGE = Buffer.alloc(256 * 1024 * 1024, 'y');

/** Objects over S3, beside the bare server: requests per second of small ones, bytes per second of a large one. */
export async function* objects({ service, bare }) {
  await rest(service, 'POST', '/repositories', { name: 'objects', storage_namespace: 'local://objects' });
  const small = { PUT: SMALL, GET: undefined, HEAD: undefined };
  const wanted = { PUT: 0.9, GET: 1.0, HEAD: 0.25 };
  for (const [method, body] of Object.entries(small)) {
    yield {
      work: `4 KiB ${method}, ${CLIENTS} clients`,
      unit: 'requests/s',
      value: await rate(service, method, body),
      yardstick: { name: 'bare server', value: await rate(bare, method, body) },
      atLeast: wanted[method]
    };
  }
  for (const [method, atLeast] of [
    ['PUT', 1.2],
    ['GET', 1.0]
  ]) {
    yield {
      work: `256 MiB ${method}`,
      unit: 'MB/s',
      value: await throughput(service, method),
      yardstick: { name: 'bare server', value: await throughput(bare, method) },
      atLeast
    };
  }
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

async function throughput(server, method) {
  const request = s3Request(server, method, '/objects/main/large', method === 'PUT' ? LARGE : undefined, {
    unsigned: true
  });
  const { seconds } = await load({ port: server.port, requests: [[request]] });
  return LARGE.length / 1e6 / seconds;
}
