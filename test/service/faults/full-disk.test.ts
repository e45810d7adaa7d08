import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CommandLine } from '../life/service-process';

const NAMESPACE = ['--user', '--map-root-user', '--mount'];
const KEY = { accessKeyId: 'DBKIFULLDISKFULLDISK', secretAccessKey: 'full-disk' };
const FULL = 'The disk with the data folder is full: free some space and try again.';
const MEBIBYTE = 1024 * 1024;

const canMount = process.platform === 'linux' && spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;

(canMount ? test : test.skip)(
  'a full disk is one sentence over REST and S3, keeps what is there, and passes (needs unshare)',
  async () => {
    const commandLine = await CommandLine.build();
    const folder = await mkdtemp(join(tmpdir(), 'databranch-full-'));
    let service: ChildProcess | undefined;
    try {
      const disk = join(folder, 'disk');
      await mkdir(disk);
      service = serveOn(disk, commandLine.program);
      const url = await ready(service);
      await call(url, 'POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });

      const statuses: number[] = [];
      for (let i = 0; i < 6; i++) {
        statuses.push((await put(url, `file-${i}`, randomBytes(5 * MEBIBYTE))).status);
      }
      const stored = statuses.filter(status => status === 201).length;
      expect(stored).toBeGreaterThan(0);
      const refused = await put(url, 'one-more', randomBytes(5 * MEBIBYTE));
      expect([refused.status, await refused.json()]).toEqual([507, { message: FULL }]);

      const s3 = new S3Client({
        endpoint: url,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: KEY,
        maxAttempts: 1
      });
      const Body = randomBytes(5 * MEBIBYTE);
      await expect(
        s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'main/over-s3', Body }))
      ).rejects.toThrow(FULL);

      // Nothing half done, nothing lost, still up.
      expect((await paths(url)).filter(path => path.startsWith('file-'))).toHaveLength(stored);
      expect(await paths(url)).toHaveLength(stored);
      const whole = await call(url, 'GET', '/repositories/lake/refs/main/objects?path=file-0');
      expect((await whole.arrayBuffer()).byteLength).toBe(5 * MEBIBYTE);
      await s3.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'main/file-0' }));
      expect(await paths(url)).toHaveLength(stored - 1);

      // A collection gives the space back, and the service goes on without a restart.
      expect((await call(url, 'POST', '/databranch/gc', {})).status).toBe(200);
      expect((await put(url, 'one-more', randomBytes(4 * MEBIBYTE))).status).toBe(201);
    } finally {
      if (service && service.exitCode === null) {
        service.kill('SIGTERM');
        await once(service, 'exit');
      }
      await commandLine.remove();
      await rm(folder, { recursive: true, force: true });
    }
  },
  180_000
);

/** A service whose data folder lies on a disk of 24 MiB that only it sees. */
function serveOn(disk: string, program: string): ChildProcess {
  const commands = `mount -t tmpfs -o size=24m none "$1" && exec "$2" "$3" serve --listen 127.0.0.1:0 --data "$1/data" --log-level silent`;
  const args = [...NAMESPACE, 'sh', '-c', commands, 'sh', disk, process.execPath, program];
  const env = {
    PATH: process.env.PATH,
    DATABRANCH_ACCESS_KEY_ID: KEY.accessKeyId,
    DATABRANCH_SECRET_ACCESS_KEY: KEY.secretAccessKey
  };
  return spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'], env });
}

async function ready(service: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of service.stdout!) {
    said += chunk;
    const [url] = /http:\/\/[\d.:]+/.exec(said) ?? [];
    if (url) {
      return url;
    }
  }
  throw new Error(`The service did not start: ${said}`);
}

function call(url: string, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: basic(), ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body)
  });
}

function put(url: string, path: string, body: Buffer): Promise<Response> {
  return fetch(`${url}/api/v1/repositories/lake/branches/main/objects?path=${path}`, {
    method: 'POST',
    headers: { authorization: basic(), 'content-type': 'application/octet-stream' },
    body: new Uint8Array(body)
  });
}

async function paths(url: string): Promise<string[]> {
  const answer = await call(url, 'GET', '/repositories/lake/refs/main/objects/ls');
  return ((await answer.json()) as { results: { path: string }[] }).results.map(({ path }) => path);
}

function basic(): string {
  return `Basic ${Buffer.from(`${KEY.accessKeyId}:${KEY.secretAccessKey}`).toString('base64')}`;
}
