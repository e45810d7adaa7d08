import { keptConnection, layOut, load } from './load.mjs';
import { median } from './measure.mjs';
import { key } from './servers.mjs';
import { sha256, signedHeaders, UNSIGNED } from './sign.mjs';

const AUTHORIZATION = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}`;

/** An S3 request, laid out for the wire. @param {{ unsigned?: boolean }} [options] leave the body's hash out */
export function s3Request(server, method, path, body, { unsigned = false } = {}) {
  const payload = unsigned ? UNSIGNED : sha256(body ?? '');
  return layOut({
    method,
    path,
    headers: signedHeaders({ method, path, host: server.host, payload, key }),
    body
  });
}

/** The head of an S3 PUT whose body of so many bytes follows, its hash left out. */
export function s3UploadHead(server, path, length) {
  const headers = signedHeaders({ method: 'PUT', path, host: server.host, payload: UNSIGNED, key });
  return layOut({ method: 'PUT', path, headers: { ...headers, 'content-length': length } });
}

/** A request of the REST API, laid out for the wire; `body` is sent as JSON. */
export function restRequest(server, method, path, body) {
  const headers = {
    host: server.host,
    authorization: AUTHORIZATION,
    ...(body && { 'content-type': 'application/json' })
  };
  return layOut({ method, path: `/api/v1${path}`, headers, body: body && Buffer.from(JSON.stringify(body)) });
}

/** How long one request takes on a connection that is open already, in milliseconds. */
export async function timed(server, request) {
  const { seconds } = await load({ port: server.port, requests: [[request]] });
  return seconds * 1000;
}

/** How long one request takes when it is asked again and again on one connection: the median, in milliseconds. */
export async function timedAgain(server, request, times = 50) {
  const connection = await keptConnection(server.port);
  const taken = [];
  for (let i = 0; i < times; i++) {
    taken.push(await connection.ask(request));
  }
  connection.close();
  return median(taken);
}

/** Sends one REST request and answers its body, parsed. */
export async function rest(server, method, path, body) {
  const answer = await fetch(`http://${server.host}/api/v1${path}`, {
    method,
    headers: { authorization: AUTHORIZATION, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body)
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
  return text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}

/** The service's metrics, as it tells them to Prometheus. */
export async function metrics(service) {
  const answer = await fetch(`http://${service.host}/metrics`, { headers: { authorization: AUTHORIZATION } });
  return answer.text();
}
