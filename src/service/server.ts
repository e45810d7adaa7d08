import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Keys } from './auth/keys.js';
import { Tokens } from './auth/tokens.js';
import { LOOPBACK_HOSTS, refuseVisitor } from './auth/visitors.js';
import type { Catalog } from './catalog/catalog.js';
import { createRest } from './rest/app.js';
import type { Leases } from './rest/context.js';
import { Metrics } from './rest/metrics.js';
import type { Protocol } from './rest/metrics.js';
import type { Rows } from './rows/rows.js';
import { Presigner } from './s3/presign.js';
import { isSigned } from './s3/signature.js';

/** A client that sends its head this slowly is none. */
const HEAD_TIMEOUT_MS = 30_000;
/** A body or an answer may take hours, but not stand still for longer than this. */
const STALL_TIMEOUT_MS = 120_000;
/** Longer than the clients' own pools keep a connection, so that it is they who close it. */
const KEEP_ALIVE_MS = 75_000;
/** With the farewell, what is in flight is over within 10 seconds of a stop. */
const GRACE_MS = 9_000;
/** For a last 503 to reach its client. */
const FAREWELL_MS = 500;

/** First segments of paths that REST answers on; everything else is a bucket's. */
const REST_PATHS = /^\/(api|metrics|_health|health|databranch)?([/?]|$)/;

export interface ServerOptions {
  catalog: Catalog;
  keys: Keys;
  /** Without it the routes that count rows answer 501. */
  rows?: Rows;
  /** Without it nobody can take a lease. */
  leases?: Leases;
  /** Fills a repository that was created with `sample_data`. */
  sampleData?: (repository: string) => Promise<void>;
  /** Answers S3's requests. */
  s3: RequestListener;
  /** Answers those of them that wait for "100 Continue", which it has to send. Without it they are all continued. */
  s3AwaitingContinue?: RequestListener;
  /** Names (without port, in lower case) that the service may be asked for; loopback ones unless given. */
  hosts?: readonly string[];
  log: Logger;
  version: string;
  now?: () => number;
  /** How long requests in flight may go on when the service stops, in milliseconds. */
  graceMs?: number;
}

export interface Server {
  /** Resolves to the address once connections are accepted. @throws as `net.Server` does, e.g. EADDRINUSE */
  listen(address: Pick<ListenOptions, 'host' | 'port' | 'path'>): Promise<AddressInfo | string>;
  /** Takes no more requests and waits for those in flight, 10 seconds at most. */
  close(): Promise<void>;
}

/** REST and S3 on one port. */
export function createServer(options: ServerOptions): Server {
  return new TwoProtocolServer(options);
}

class TwoProtocolServer implements Server {
  private readonly http = createHttpServer();
  private readonly app;
  private rest!: RequestListener;
  private readonly s3: RequestListener;
  private readonly s3AwaitingContinue: RequestListener;
  private readonly hosts: readonly string[];
  private readonly graceMs: number;
  private readonly metrics: Metrics;
  private readonly stopping = new AbortController();
  /** What each connection is busy with. */
  private readonly inFlight = new Map<Socket, { request: IncomingMessage; response: ServerResponse }>();
  /** Connections that have not asked for anything yet; Node does not count them as idle. */
  private readonly silent = new Set<Socket>();
  private closed: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    const { catalog, keys, rows, leases, sampleData, version, log, now = Date.now } = options;
    this.s3 = options.s3;
    this.metrics = new Metrics(rows && (() => rows.ahead));
    this.s3AwaitingContinue = options.s3AwaitingContinue ?? continued(options.s3);
    this.hosts = options.hosts ?? LOOPBACK_HOSTS;
    this.graceMs = options.graceMs ?? GRACE_MS;
    const presigner = new Presigner(now);
    this.app = createRest(
      {
        catalog,
        keys,
        tokens: new Tokens(keys, now),
        rows,
        leases,
        presign: (key, request) => presigner.presign(key, request),
        sampleData,
        version,
        metrics: this.metrics,
        stopping: this.stopping.signal
      },
      {
        log,
        serverFactory: handler => {
          this.rest = handler as RequestListener;
          return this.http;
        }
      }
    );
    this.limitTimes();
    this.http.on('connection', (socket: Socket) => {
      this.silent.add(socket);
      socket.once('close', () => this.silent.delete(socket));
    });
    this.http.on('request', (request, response) => this.answer(request, response, this.s3));
    // As S3 does, and RFC 9110 allows: an expectation that nobody knows is no reason to refuse.
    this.http.on('checkExpectation', (request, response) => this.answer(request, response, this.s3));
    // Whoever answers says "100 Continue" once it wants the body; a refusal comes before the body then.
    this.http.on('checkContinue', (request, response) =>
      this.answer(request, response, this.s3AwaitingContinue)
    );
  }

  async listen(address: Pick<ListenOptions, 'host' | 'port' | 'path'>): Promise<AddressInfo | string> {
    await this.app.ready();
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(address, () => {
        this.http.off('error', reject);
        resolve();
      });
    });
    return this.http.address()!;
  }

  close(): Promise<void> {
    return (this.closed ??= this.drain());
  }

  private answer(request: IncomingMessage, response: ServerResponse, s3: RequestListener): void {
    const protocol = protocolOf(request);
    this.follow(protocol, request, response);
    if (this.stopping.signal.aborted) {
      refuse(protocol, response, 503, 'The service is stopping. Try again in a moment.');
      return;
    }
    const refusal = refuseVisitor(request.headers, this.hosts);
    if (refusal) {
      refuse(protocol, response, refusal.status, refusal.message);
      return;
    }
    (protocol === 's3' ? s3 : this.rest)(request, response);
  }

  private follow(protocol: Protocol, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const begin = performance.now();
    this.silent.delete(socket);
    this.inFlight.set(socket, { request, response });
    response.once('close', () => {
      // A client that pipelines may have begun the next one already.
      if (this.inFlight.get(socket)?.response === response) {
        this.inFlight.delete(socket);
      }
      const seconds = (performance.now() - begin) / 1000;
      this.metrics.observe(protocol, request.method ?? '', response.statusCode, seconds);
      if (this.stopping.signal.aborted) {
        setImmediate(() => this.http.closeIdleConnections());
      }
    });
  }

  private limitTimes(): void {
    this.http.headersTimeout = HEAD_TIMEOUT_MS;
    this.http.keepAliveTimeout = KEEP_ALIVE_MS;
    // Of a whole request: 5 GiB over a slow line are no fault. Instead, nothing may stand still.
    this.http.requestTimeout = 0;
    this.http.timeout = STALL_TIMEOUT_MS;
    this.http.on('timeout', (socket: Socket) => {
      const busy = this.inFlight.get(socket);
      // Silence while we work on a complete request is no fault of the client.
      if (!busy || !busy.request.complete || socket.writableLength > 0) {
        socket.destroy();
      }
    });
  }

  private async drain(): Promise<void> {
    this.stopping.abort();
    const ended = new Promise<void>(resolve => this.http.close(() => resolve()));
    for (const { response } of this.inFlight.values()) {
      response.shouldKeepAlive = false;
    }
    for (const socket of this.silent) {
      if (socket.bytesRead === 0) {
        socket.destroy();
      }
    }
    const deadline = setTimeout(() => this.giveUp(), this.graceMs);
    await ended;
    clearTimeout(deadline);
    await this.app.close();
  }

  private giveUp(): void {
    for (const { request, response } of this.inFlight.values()) {
      if (response.headersSent) {
        request.socket.destroy();
      } else {
        // Who still works on it may try to answer, too late.
        response.on('error', () => undefined);
        refuse(protocolOf(request), response, 503, 'The service stopped before this request was done.');
      }
    }
    setTimeout(() => this.http.closeAllConnections(), FAREWELL_MS).unref();
  }
}

function continued(answer: RequestListener): RequestListener {
  return (request, response) => {
    response.writeContinue();
    answer(request, response);
  };
}

/** A request with an AWS signature is S3's; otherwise the path decides. */
function protocolOf({ headers, url = '' }: IncomingMessage): Protocol {
  return !isSigned(headers.authorization, url) && REST_PATHS.test(url) ? 'rest' : 's3';
}

/** Answers without looking at the request, in the form that its protocol's clients read. */
function refuse(protocol: Protocol, response: ServerResponse, status: number, message: string): void {
  const xml = protocol === 's3';
  const code = status === 503 ? 'ServiceUnavailable' : 'AccessDenied';
  const body = xml
    ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`
    : JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': xml ? 'application/xml' : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close'
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`);
}
