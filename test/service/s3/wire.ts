import http from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { SigningKeys } from '../../../src/service/s3/signing-keys.js';
import type { SignatureChain } from '../../../src/service/s3/signature.js';
import { KEY } from './service.js';
import { signerOf } from './signer.js';

type Headers = Record<string, string>;

/** Signs a request by header, as the SDK does. The host is taken from `port`. */
export async function signed(
  port: number,
  method: string,
  path: string,
  headers: Headers = {},
  query: Headers = {}
): Promise<Headers> {
  const request = await signerOf().sign({
    protocol: 'http:',
    hostname: '127.0.0.1',
    method,
    path,
    query,
    headers: { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers }
  });
  return request.headers;
}

/** Where the chunk signatures of a request signed by {@link signed} begin. */
export function chainOf(headers: Headers): SignatureChain {
  const timestamp = headers['x-amz-date']!;
  const date = timestamp.slice(0, 8);
  return {
    signingKey: new SigningKeys().of(KEY, { date, region: 'us-east-1' }),
    timestamp,
    scope: `${date}/us-east-1/s3/aws4_request`,
    seed: /Signature=([0-9a-f]{64})/.exec(headers.authorization!)![1]!
  };
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** One request with exactly these headers; a body given in pieces goes out with chunked transfer encoding. */
export function send(
  port: number,
  method: string,
  path: string,
  headers: Headers,
  body?: Buffer | Buffer[]
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method, path, headers }, response => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(pieces).toString('utf8')
        })
      );
    });
    request.on('error', reject);
    for (const piece of Array.isArray(body) ? body : []) {
      request.write(piece);
    }
    request.end(Array.isArray(body) ? undefined : body);
  });
}

/** A bare connection: what is sent and what comes is up to the test. */
export class Wire {
  private received = '';
  private readonly waiting = new Set<() => void>();
  closed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (piece: Buffer) => {
      this.received += piece.toString('latin1');
      this.wake();
    });
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
    // A reset is one of the ways in which a connection ends.
    socket.on('error', () => undefined);
  }

  static open(port: number): Promise<Wire> {
    return new Promise(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Wire(socket)));
    });
  }

  head(method: string, path: string, headers: Headers): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** All that came so far, once `pattern` is in it. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.closed) {
        throw new Error(`the connection ended with: ${this.received}`);
      }
      await new Promise<void>(resolve => this.waiting.add(resolve));
    }
    return this.received;
  }

  /** All that came, once the service has ended the connection. */
  async end(): Promise<string> {
    while (!this.closed) {
      await new Promise<void>(resolve => this.waiting.add(resolve));
    }
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private wake(): void {
    for (const resolve of this.waiting) {
      resolve();
    }
    this.waiting.clear();
  }
}
