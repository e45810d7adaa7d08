import { layOut } from './load.mjs';
import { key } from './servers.mjs';
import { sha256, signedHeaders, UNSIGNED } from './sign.mjs';

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

/** A request of the REST API, laid out for the wire; `body` is sent as JSON. */
export function restRequest(server, method, path, body) {
  const authorization = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}`;
  const headers = { host: server.host, authorization, ...(body && { 'content-type': 'application/json' }) };
  return layOut({ method, path: `/api/v1${path}`, headers, body: body && Buffer.from(JSON.stringify(body)) });
}

/** Sends one REST request and answers its body, parsed. */
export async function rest(server, method, path, body) {
  const answer = await fetch(`http://${server.host}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}`,
      ...(body && { 'content-type': 'application/json' })
    },
    body: body && JSON.stringify(body)
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
  return text && JSON.parse(text);
}
