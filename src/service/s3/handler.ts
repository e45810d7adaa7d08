import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Keys } from '../auth/keys.js';
import type { Catalog } from '../catalog/catalog.js';
import { checkKey } from './address.js';
import { answerError } from './answer.js';
import { RequestBody } from './body.js';
import type { Exchange } from './call.js';
import { withHoistedHeaders } from './canonical.js';
import { toS3Error } from './errors.js';
import { RawBody } from './raw-body.js';
import { route } from './routes.js';
import { authenticate, isSigned } from './signature.js';
import { authenticateV2, isSignedV2 } from './signature-v2.js';
import { SigningKeys } from './signing-keys.js';
import { parseAddress, parseTarget } from './uri.js';

export interface S3Options {
  catalog: Catalog;
  keys: Keys;
  log: Logger;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** The region that buckets are said to lie in; requests may be signed for any. */
  region?: string;
}

/** As Node itself looks for it. */
const EXPECTS_CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** The S3 protocol on a plain Node server. */
export interface S3 {
  /** Whether a request is signed in S3's way, in its header or its query. */
  isS3(request: IncomingMessage): boolean;
  /**
   * Answers a request; never throws. To be bound to both events of a server that bring one, since it says
   * "100 Continue" itself, once it is clear that the body is wanted:
   *
   * ```ts
   * const { handle } = createS3({ catalog, keys, log, now: Date.now });
   * http.createServer().on('request', handle).on('checkContinue', handle);
   * ```
   */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export function createS3(options: S3Options): S3 {
  const signingKeys = new SigningKeys();
  const instance = randomBytes(4).toString('hex').toUpperCase();
  let requests = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = readHeaders(request.rawHeaders);
    const exchange: Exchange = {
      request,
      response,
      headers,
      raw: new RawBody(request, response, headers, EXPECTS_CONTINUE.test(headers.get('expect') ?? '')),
      requestId: instance + (requests++).toString(16).toUpperCase().padStart(8, '0')
    };
    try {
      await serveSigned(exchange);
    } catch (error) {
      refuse(exchange, error);
    }
  }

  async function serveSigned(exchange: Exchange): Promise<void> {
    const { catalog, keys, now, region = 'us-east-1' } = options;
    const { request, response, raw, requestId } = exchange;
    const method = request.method ?? '';
    const { rawPath, query } = parseTarget(request.url ?? '');
    const signed = { method, rawPath, query, headers: exchange.headers };
    const identity = isSignedV2(signed)
      ? await authenticateV2(signed, keys, now())
      : await authenticate(signed, keys, signingKeys, now());
    const headers = identity.presigned ? withHoistedHeaders(exchange.headers, query) : exchange.headers;
    const { bucket, key } = parseAddress(rawPath);
    checkKey(key);
    await route({
      request,
      response,
      headers,
      raw,
      requestId,
      catalog,
      keys,
      region,
      method,
      bucket,
      key,
      query: new Map(query),
      identity,
      body: new RequestBody(raw, headers, identity)
    });
  }

  function refuse(exchange: Exchange, cause: unknown): void {
    const { request, response, requestId } = exchange;
    const { method, url } = request;
    if (response.destroyed || request.errored) {
      options.log.debug({ requestId, method, url }, 'the client went away');
      response.destroy();
      return;
    }
    const error = toS3Error(cause);
    if (error.status === 500 || response.headersSent) {
      options.log.error({ err: cause, requestId, method, url }, 'an S3 request failed');
    } else {
      options.log.debug(
        { requestId, method, url, code: error.code, reason: error.message },
        'an S3 request was refused'
      );
    }
    // An answer that breaks off must not look whole.
    if (response.headersSent) {
      response.destroy();
    } else {
      answerError(exchange, error);
    }
  }

  return {
    isS3: request => isSigned(request.headers.authorization, request.url ?? ''),
    handle: (request, response) => {
      serve(request, response).catch((error: unknown) => {
        options.log.error({ err: error }, 'an S3 request could not be answered');
        response.destroy();
      });
    }
  };
}

/** Headers as sent, by lower-case name. Node's own view drops repeated ones, which a signature covers. */
function readHeaders(rawHeaders: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? rawHeaders[i + 1]! : `${earlier},${rawHeaders[i + 1]!}`);
  }
  return headers;
}
