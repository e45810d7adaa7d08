import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openKeys } from '../../../src/service/auth/keys.js';
import type { Keys } from '../../../src/service/auth/keys.js';
import { ImportRoots } from '../../../src/service/blocks/import-roots.js';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog } from '../../../src/service/catalog/catalog.js';
import type { Catalog } from '../../../src/service/catalog/catalog.js';
import type { Kv } from '../../../src/service/kv/kv.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';
import { createS3 } from '../../../src/service/s3/handler.js';
import { createServer } from '../../../src/service/server.js';
import type { Server, ServerOptions } from '../../../src/service/server.js';

export const ACCESS_KEY = { accessKeyId: 'DBKITESTTESTTESTTEST', secretAccessKey: 'a-secret-for-tests' };
export const BASIC = `Basic ${Buffer.from(Object.values(ACCESS_KEY).join(':')).toString('base64')}`;

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else text. */
  body: any;
}

export interface StoreParts {
  catalog: Catalog;
  kv: Kv;
  folder: string;
}

/** What a test asks for beside what the service needs anyway; `withS3` brings its S3 side. */
type Options = Partial<ServerOptions> & { withS3?: true };

/** A real service in this process: LMDB in a temporary folder, a free port; its S3 side on request. */
export class Service {
  /** @param given may depend on the store @param importFolders from where local files may be imported */
  static async start(
    given: Options | ((store: StoreParts) => Promise<Options>) = {},
    importFolders: string[] = []
  ): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'databranch-rest-'));
    const kv = await openLmdb(join(folder, 'kv'));
    const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: 1 });
    const importRoots = await ImportRoots.open(importFolders);
    const catalog = await openCatalog({ kv, blocks, now: Date.now, importRoots });
    const keys = await openKeys({ kv, now: Date.now, initial: ACCESS_KEY });
    const { withS3, ...options } = typeof given === 'function' ? await given({ catalog, kv, folder }) : given;
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: line => void lines.push(line) });
    const s3 = withS3 ? createS3({ catalog, keys, log, now: options.now ?? Date.now }).handle : notS3;
    const server = createServer({
      catalog,
      keys,
      s3,
      s3AwaitingContinue: s3,
      version: '0.0.0-test',
      log,
      ...options
    });
    const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
    return new Service(folder, kv, catalog, keys, server, port, lines);
  }

  private constructor(
    private readonly folder: string,
    private readonly kv: Kv,
    readonly catalog: Catalog,
    readonly keys: Keys,
    readonly server: Server,
    readonly port: number,
    /** Of the log. */
    readonly lines: string[]
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.catalog.close();
    await this.kv.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `call('GET /repositories')`, below /api/v1, with the test's key; a plain object goes as JSON. */
  async call(operation: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const [method, path] = operation.split(' ') as [string, string];
    const plain = body !== undefined && (body as object).constructor === Object;
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: BASIC,
        ...(plain ? { 'content-type': 'application/json' } : {}),
        ...headers
      },
      body: plain ? JSON.stringify(body) : (body as RequestInit['body'])
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  /** A repository "lake" with an empty branch "main". */
  async lake(): Promise<void> {
    await this.call('POST /repositories', { name: 'lake', storage_namespace: 'local://lake' });
  }

  put(
    path: string,
    content: string | Uint8Array,
    headers?: Record<string, string>,
    branch = 'main'
  ): Promise<Answer> {
    const url = `/repositories/lake/branches/${branch}/objects?path=${encodeURIComponent(path)}`;
    return this.call(`POST ${url}`, content, { 'content-type': 'application/octet-stream', ...headers });
  }

  commit(message: string, branch = 'main'): Promise<Answer> {
    return this.call(`POST /repositories/lake/branches/${branch}/commits`, { message });
  }

  get(path: string, headers?: Record<string, string>, ref = 'main'): Promise<Answer> {
    return this.call(
      `GET /repositories/lake/refs/${ref}/objects?path=${encodeURIComponent(path)}`,
      undefined,
      headers
    );
  }
}

const notS3: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end('S3 was asked');
};
