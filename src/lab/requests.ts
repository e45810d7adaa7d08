import { ServerConnection } from '@jupyterlab/services';
import type { RowsProgress } from '../protocol/databranch.js';
import { eventsOf } from './events.js';
import { unpressed } from './pressed.js';
import { fetchTelling } from './sending.js';

/** What may accompany a request to the service. */
export interface RequestInitial {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters; those that are undefined are left out, lists repeat their name. */
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  /** A body sent as JSON. */
  json?: unknown;
  /** A body sent as it is, e.g. a file: the browser streams it from disk. */
  body?: Blob;
  /** Called with the bytes of `body` that have gone out so far. */
  onSent?(bytes: number): void;
  /** Asks the service to tell how far it is, and is called with that. */
  onProgress?(progress: RowsProgress): void;
  signal?: AbortSignal;
}

/**
 * The lab's way to the service, and the only place that touches the network: tests put a fake in its place.
 * Requests go to the Jupyter server, whose extension adds the service's key.
 */
export interface IRequests {
  /**
   * Sends one request and gives its JSON answer (undefined where the answer has no body), or refusal, as soon as nobody is
   * about to click.
   *
   * @param path - segments below `/api/v1`, each escaped here
   * @throws RequestError - when refused, or when no answer came (`status` 0)
   */
  send<T>(path: readonly string[], initial?: RequestInitial): Promise<T>;

  /**
   * The first bytes of something that is no JSON.
   *
   * @param bytesMax - so many at most
   * @throws RequestError - as `send`
   */
  read(
    path: readonly string[],
    query: RequestInitial['query'],
    bytesMax: number,
    signal?: AbortSignal
  ): Promise<Uint8Array>;

  /** The address of something that the browser itself fetches, e.g. a download. */
  address(path: readonly string[], query?: RequestInitial['query']): string;
}

/** A request that failed. `message` is the service's own sentence, or '' where none came. */
export class RequestError extends Error {
  override name = 'RequestError';

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    message: string,
    /** Everything else that the error's body held. */
    readonly data: Record<string, unknown> = {}
  ) {
    super(message);
  }
}

/** Requests through the Jupyter server. */
export class Requests implements IRequests {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async send<T>(path: readonly string[], initial: RequestInitial = {}): Promise<T> {
    try {
      return await this._send(path, initial);
    } finally {
      await unpressed();
    }
  }

  async read(
    path: readonly string[],
    query: RequestInitial['query'],
    bytesMax: number,
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    const headers = { Range: `bytes=0-${bytesMax - 1}` };
    try {
      const response = await this._fetch(this.address(path, query), { signal, headers, cache: 'no-cache' });
      return new Uint8Array(await response.arrayBuffer());
    } finally {
      await unpressed();
    }
  }

  address(path: readonly string[], query: RequestInitial['query'] = {}): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) {
          parameters.append(name, String(one));
        }
      }
    }
    const escaped = path.map(encodeURIComponent).join('/');
    const tail = parameters.size > 0 ? `?${parameters}` : '';
    return `${this._settings.baseUrl}databranch/api/v1/${escaped}${tail}`;
  }

  private async _send<T>(path: readonly string[], initial: RequestInitial): Promise<T> {
    const { method = 'GET', query, json, body, onSent, onProgress, signal } = initial;
    // 'no-cache' instead of Jupyter's 'no-store': the latter adds a number to every address.
    const init: RequestInit = { method, signal, cache: 'no-cache' };
    if (json !== undefined) {
      init.body = JSON.stringify(json);
      init.headers = { 'Content-Type': 'application/json' };
    } else if (body) {
      init.body = body;
      init.headers = { 'Content-Type': 'application/octet-stream' };
    }
    if (onProgress) {
      init.headers = { ...init.headers, Accept: 'text/event-stream' };
    }
    const fetch = body && onSent ? fetchTelling(body, onSent) : this._settings.fetch;
    const response = await this._fetch(this.address(path, query), init, fetch);
    const tells = response.headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
    return (await (tells ? followed(response, onProgress, signal) : parse(response))) as T;
  }

  /** @throws RequestError - unless the answer is a success */
  private async _fetch(address: string, init: RequestInit, fetch = this._settings.fetch): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(address, init, { ...this._settings, fetch });
    } catch (error) {
      if (init.signal?.aborted) {
        throw init.signal.reason;
      }
      throw new RequestError(0, '', { cause: String(error) });
    }
    if (!response.ok) {
      throw refusal(response.status, await parse(response));
    }
    return response;
  }
}

/** The result at the end of a stream of events. @throws RequestError - which a stream may end with as well */
async function followed(
  response: Response,
  onProgress: RequestInitial['onProgress'],
  signal: AbortSignal | undefined
): Promise<unknown> {
  try {
    for await (const { event, data } of eventsOf(response)) {
      switch (event) {
        case 'progress':
          onProgress?.(data as RowsProgress);
          break;
        case 'result':
          return data;
        case 'error': {
          const { status, ...answer } = data as { status: number };
          throw refusal(status, answer);
        }
      }
    }
  } catch (error) {
    if (signal?.aborted) {
      throw signal.reason;
    }
    throw error instanceof RequestError ? error : new RequestError(0, '', { cause: String(error) });
  }
  throw new RequestError(0, '', { cause: 'The stream ended without a result.' });
}

function refusal(status: number, answer: unknown): RequestError {
  const { message, ...data } = isRecord(answer) ? answer : {};
  return new RequestError(status, typeof message === 'string' ? message : '', data);
}

/** The answer's JSON; undefined for an empty answer or one that is no JSON, e.g. a proxy's error page. */
async function parse(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
