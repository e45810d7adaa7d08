import type { ServerResponse } from 'node:http';
import type { Exchange } from './call.js';
import { errorDocument, type S3Error } from './errors.js';

/** Unread bytes of a body up to which draining them costs less than a new connection. */
const DRAIN_BYTES_MAX = 1024 * 1024;
/**
 * How long, and for how much, a larger unread body is still taken in after the answer was sent. Closing at once
 * would make the kernel reset the connection, and the client would never see why it was refused.
 */
const LINGER_BYTES_MAX = 64 * 1024 * 1024;
const LINGER_MS_MAX = 5_000;

type Headers = Record<string, string | number>;

/** Answers with a document. */
export function answerXml(exchange: Exchange, xml: string, status = 200, headers: Headers = {}): void {
  answer(exchange, status, { ...headers, 'content-type': 'application/xml' }, xml);
}

/** Answers without a body. */
export function answerEmpty(exchange: Exchange, status: number, headers: Headers = {}): void {
  answer(exchange, status, headers, '');
}

/** Answers HEAD: the headers that GET would have, `content-length` among them. */
export function answerHead(exchange: Exchange, status: number, headers: Headers): void {
  answer(exchange, status, headers, undefined);
}

/** Answers with an error; to HEAD without the document, as HTTP has it. */
export function answerError(exchange: Exchange, error: S3Error): void {
  const { request, requestId } = exchange;
  if (request.method === 'HEAD') {
    return answerHead(exchange, error.status, error.headers);
  }
  const resource = (request.url ?? '').split('?', 1)[0] ?? '';
  answerXml(exchange, errorDocument(error, resource, requestId), error.status, error.headers);
}

/**
 * Streams bytes with back-pressure. The head goes out with the first bytes, so that content which cannot be read
 * at all is still answered with an error; when it breaks off later, so does the connection.
 */
export async function answerBytes(
  exchange: Exchange,
  status: number,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>
): Promise<void> {
  const { response, raw, requestId } = exchange;
  const head: Headers = { ...headers, 'x-amz-request-id': requestId };
  // Nobody sends a body with GET; who does cannot use the connection again.
  if (!raw.ended) {
    head.connection = 'close';
  }
  for await (const piece of bytes) {
    if (response.destroyed) {
      return;
    }
    if (!response.headersSent) {
      response.writeHead(status, head);
    }
    if (!response.write(piece) && !response.destroyed) {
      await writable(response);
    }
  }
  if (response.headersSent) {
    response.end();
  } else {
    answerHead(exchange, status, headers);
  }
}

/** Until the client has taken what was written, or has gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function answer(exchange: Exchange, status: number, headers: Headers, text: string | undefined): void {
  const { request, response, raw, requestId } = exchange;
  // Encoded once: its length is needed before it is sent.
  const body = text === undefined ? undefined : Buffer.from(text);
  const head: Headers = { ...headers, 'x-amz-request-id': requestId };
  // 204 and 304 have no length; an answer to HEAD tells that of GET, if any.
  if (body !== undefined && status !== 204 && status !== 304) {
    head['content-length'] = body.length;
  }
  if (raw.ended) {
    response.writeHead(status, head).end(body);
  } else if (raw.awaitsContinue) {
    // The client may or may not send its body now: only a new connection is sure to begin with a request.
    response.writeHead(status, { ...head, connection: 'close' }).end(body);
  } else if (raw.remaining <= DRAIN_BYTES_MAX) {
    response.writeHead(status, head).end(body);
    request.resume();
  } else {
    response.writeHead(status, { ...head, connection: 'close' });
    if (body?.length) {
      response.write(body);
    } else {
      response.flushHeaders();
    }
    void raw.drain(LINGER_BYTES_MAX, LINGER_MS_MAX).then(() => response.end());
  }
}
