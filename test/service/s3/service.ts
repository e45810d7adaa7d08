import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import pino from 'pino';
import type { AccessKey, Keys } from '../../../src/service/auth/keys.js';
import { ImportRoots } from '../../../src/service/blocks/import-roots.js';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import { openCatalog, type Catalog } from '../../../src/service/catalog/catalog.js';
import { openLmdb } from '../../../src/service/kv/lmdb.js';
import { createS3 } from '../../../src/service/s3/handler.js';

export const KEY: AccessKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  user: 'admin',
  createdAt: 0
};

/** The repository that every test finds, with branch `main`. */
export const BUCKET = 'lake';

/** The one key that tests have. */
export const keys = {
  find: async (accessKeyId: string) => (accessKeyId === KEY.accessKeyId ? KEY : undefined)
} as Keys;

/** The S3 handler on a real server over a real store in a temporary folder. */
export class Service {
  /** Added to the clock that the handler reads. */
  clockOffsetMs = 0;
  private readonly clients: S3Client[] = [];

  private constructor(
    readonly catalog: Catalog,
    private readonly server: http.Server,
    private readonly cleanUp: () => Promise<void>
  ) {}

  /** @param importFolders from where local files may be imported */
  static async start(importFolders: string[] = []): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'databranch-s3-'));
    const kv = await openLmdb(join(folder, 'kv'));
    const blocks = await openLocalBlocks({ folder: join(folder, 'blocks'), start: 1 });
    const importRoots = await ImportRoots.open(importFolders);
    const catalog = await openCatalog({ kv, blocks, now: Date.now, importRoots });
    await catalog.repositories.create({ name: BUCKET, storageNamespace: 'local://lake' });
    const server = http.createServer();
    const service: Service = new Service(catalog, server, async () => {
      await catalog.close();
      await kv.close();
      await rm(folder, { recursive: true, force: true });
    });
    const { handle } = createS3({
      catalog,
      keys,
      log: pino({ level: 'silent' }),
      now: () => Date.now() + service.clockOffsetMs
    });
    server.on('request', handle).on('checkContinue', handle);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  client(config: S3ClientConfig = {}): S3Client {
    const client = new S3Client({
      endpoint: this.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: KEY,
      ...config
    });
    this.clients.push(client);
    return client;
  }

  /** Puts an object past the protocol. */
  async put(branch: string, path: string, content: string | Buffer = path): Promise<void> {
    const bytes = Buffer.from(content as string);
    const received = await this.catalog.contents.receive(
      BUCKET,
      (async function* () {
        yield bytes;
      })()
    );
    await this.catalog.objects.put(BUCKET, branch, path, received);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.destroy();
    }
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
    await this.cleanUp();
  }
}
