import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CommandLine, type ServiceProcess } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

const REPOSITORY = { name: 'example', storage_namespace: 's3://example/', default_branch: 'main' };

describe('a started service', () => {
  test('prints one ready line, tells where it is in the discovery file, and is gone without a trace at SIGTERM', async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    expect(service.stdout).toBe(`Databranch is ready at ${service.url} (data: ${data})\n`);
    const discovery = await service.discovery();
    expect(discovery).toMatchObject({ url: service.url, pid: service.child.pid, start: 1, format: 1 });
    expect((await stat(join(data, 'databranch.json'))).mode & 0o777).toBe(0o600);
    expect((await fetch(`${service.url}/_health`)).status).toBe(200);
    expect((await service.api('GET', '/user')).status).toBe(200);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(await readdir(data)).not.toContain('databranch.json');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with status 0 at %s', async signal => {
    const service = await databranch.serve(await databranch.newFolder()).ready();
    service.kill(signal);
    expect(await service.ended).toEqual({ code: 0, signal: null });
  });

  test('logs no secret, however much it logs', async () => {
    const service = await databranch.serve(await databranch.newFolder(), ['--log-level', 'trace']).ready();
    const { secret_access_key: secret } = await service.discovery();
    await service.api('GET', '/user');
    await service.json('POST', '/auth/login', {
      access_key_id: (await service.discovery()).access_key_id,
      secret_access_key: secret
    });
    await service.stop();
    expect(service.stderr).toContain('"answered"');
    expect(service.stdout + service.stderr).not.toContain(secret);
    expect(service.stderr).not.toMatch(/Basic |Bearer /);
  });

  test('uses the key that the operator gives', async () => {
    const service = await databranch
      .serve(await databranch.newFolder(), [], {
        DATABRANCH_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        DATABRANCH_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
      })
      .ready();
    expect((await service.discovery()).access_key_id).toBe('AKIAIOSFODNN7EXAMPLE');
    expect((await service.api('GET', '/user')).status).toBe(200);
    await service.stop();
  });
});

describe('after kill -9', () => {
  test('the next start counts on, replaces the stale discovery file and has everything', async () => {
    const data = await databranch.newFolder();
    const first = await databranch.serve(data).ready();
    await first.json('POST', '/repositories', REPOSITORY);
    first.kill('SIGKILL');
    await first.ended;
    expect(await readdir(data)).toContain('databranch.json');

    const stale = await databranch.run('status', '--data', data);
    expect(stale).toMatchObject({ code: 3, stdout: `No service runs on ${data}\n` });

    const second = await databranch.serve(data).ready();
    expect(await second.discovery()).toMatchObject({ pid: second.child.pid, start: 2 });
    expect(await second.json('GET', '/repositories/example')).toMatchObject({ id: 'example' });
    await second.stop();
  });

  test('a stale discovery file whose port another program has is not believed', async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    const discovery = await service.discovery();
    await service.stop();
    const other = await listening();
    try {
      const { port } = other.address() as AddressInfo;
      const stale = { ...discovery, url: `http://127.0.0.1:${port}`, pid: process.pid };
      await writeFile(join(data, 'databranch.json'), JSON.stringify(stale));
      await writeFile(join(data, 'lock'), `${process.pid}\n`);
      expect(await databranch.run('status', '--data', data)).toMatchObject({ code: 3 });
    } finally {
      other.close();
    }
  });
});

describe('one service per folder', () => {
  const runsAlready = ({ data, child, url }: ServiceProcess) =>
    `already runs on ${data}: process ${child.pid} at ${url}. Use that one`;

  test('of ten starters at once one lives, the others name it and end with status 75', async () => {
    const data = await databranch.newFolder();
    const starters = Array.from({ length: 10 }, () => databranch.serve(data));
    const outcomes = await Promise.all(
      starters.map(starter =>
        starter.ready().then(
          () => starter,
          () => undefined
        )
      )
    );
    const [winner, ...more] = outcomes.filter(outcome => outcome !== undefined);
    expect(more).toEqual([]);
    for (const loser of starters.filter(starter => starter !== winner)) {
      expect((await loser.ended).code).toBe(75);
      // Where it is is known once it is ready, for which they wait some seconds only.
      expect(loser.stderr).toMatch(
        new RegExp(
          `${runsAlready(winner!)}|Another Databranch service \\(process ${winner!.child.pid}\\) holds ${data} `
        )
      );
    }
    const late = databranch.serve(data);
    expect((await late.ended).code).toBe(75);
    expect(late.stderr).toMatch(runsAlready(winner!));
    expect((await winner!.discovery()).start).toBe(1);
    await winner!.stop();
  });

  test('when the holder is killed, the folder is free at once', async () => {
    const data = await databranch.newFolder();
    for (let start = 1; start <= 3; start++) {
      const service = await databranch.serve(data).ready();
      expect((await service.discovery()).start).toBe(start);
      service.kill('SIGKILL');
      await service.ended;
    }
  });
});

/** Containers have networks of their own: there the lock's name does not reach, only the locked file does. */
const unshare = spawnSync('unshare', ['--net', 'true']).status === 0;
(unshare ? test : test.skip)(
  'a starter in another network namespace finds the folder taken (needs unshare)',
  async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    const other = spawn('unshare', ['--net', process.execPath, databranch.program, 'serve', '--data', data], {
      stdio: 'ignore'
    });
    expect(await once(other, 'exit')).toEqual([75, null]);
    await service.stop();
  }
);

test('an uncaught exception is logged and ends the service with status 1; the next one starts', async () => {
  const data = await databranch.newFolder();
  const planted = `process.once('SIGUSR2', () => setImmediate(() => { throw new Error('planted') }))`;
  const service = await databranch
    .serve(data, [], { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` })
    .ready();
  service.kill('SIGUSR2');
  expect(await service.ended).toEqual({ code: 1, signal: null });
  expect(service.stderr).toMatch(/"level":60.*"message":"planted".*"msg":"uncaught exception"/);
  await (await databranch.serve(data).ready()).stop();
});

test('a signal before it is ready ends it cleanly', async () => {
  const data = await databranch.newFolder();
  const service = databranch.serve(data, ['--quickstart', '--quickstart-rows', '100000']);
  while (!(await readdir(data).catch((): string[] => [])).includes('store')) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect(service.stdout).toBe('');
  expect(await readdir(data)).not.toContain('databranch.json');
});

describe('a port in use', () => {
  let other: Server;
  let port: number;
  beforeEach(async () => {
    other = await listening();
    port = (other.address() as AddressInfo).port;
  });
  afterEach(() => other.close());

  test('is refused by a plain service, which says what to do and leaves the folder free', async () => {
    const data = await databranch.newFolder();
    const service = databranch.serve(data, ['--listen', `127.0.0.1:${port}`]);
    expect((await service.ended).code).toBe(69);
    expect(service.stderr.trim().split('\n').at(-1)).toBe(
      `databranch: Port ${port} on 127.0.0.1 is in use by another program. Stop that one, or choose another ` +
        'port with --listen 127.0.0.1:PORT (0: any that is free).'
    );
    await (await databranch.serve(data).ready()).stop();
  });

  test('makes a leased service take another', async () => {
    const service = databranch.serve(await databranch.newFolder(), [
      '--leased',
      '--listen',
      `127.0.0.1:${port}`
    ]);
    await service.ready();
    expect(service.url).not.toBe(`http://127.0.0.1:${port}`);
    await service.stop();
  });
});

test('a leased service takes its last port again', async () => {
  const data = await databranch.newFolder();
  const { server, port } = await outsideOfEphemeralPorts();
  server.close();
  const first = await databranch.serve(data, ['--leased', '--listen', `127.0.0.1:${port}`]).ready();
  expect(first.url).toBe(`http://127.0.0.1:${port}`);
  await first.stop();
  const second = await databranch.serve(data, ['--leased']).ready();
  expect(second.url).toBe(first.url);
  await second.stop();
});

describe('what cannot be served is refused in one sentence', () => {
  test.each([
    ['an address that is not this machine’s', ['--listen', '0.0.0.0:8000'], 64, /serves this machine only/],
    ['a bad log level', ['--log-level', 'loud'], 64, /Allowed choices are/]
  ])('%s', async (_, args, code, sentence) => {
    const service = databranch.serve(await databranch.newFolder(), args);
    expect((await service.ended).code).toBe(code);
    expect(service.stderr).toMatch(sentence);
    expect(service.stderr).not.toMatch(/\n\s+at /);
  });

  test('a folder whose key-value store is damaged, and so does a command on it', async () => {
    const data = await databranch.newFolder();
    await mkdir(join(data, 'store'), { recursive: true });
    await writeFile(join(data, 'format'), 'databranch 1\n');
    await writeFile(join(data, 'store', 'data.mdb'), Buffer.alloc(8_192));
    const service = databranch.serve(data);
    expect((await service.ended).code).toBe(78);
    expect(service.stderr).toMatch(/^databranch: .*data\.mdb is damaged.*from a backup.*\n$/);
    const fsck = await databranch.run('fsck', '--data', data);
    expect(fsck.code).toBe(78);
    expect(fsck.stderr).toMatch(/data\.mdb is damaged/);
  });

  test('a folder of a newer format', async () => {
    const data = await databranch.newFolder();
    await mkdir(data);
    await writeFile(join(data, 'format'), 'databranch 9\n');
    const service = databranch.serve(data);
    expect((await service.ended).code).toBe(78);
    expect(service.stderr).toMatch(/^databranch: .* written by a newer Databranch \(format 9; .*\n$/);
  });

  test('half a key', async () => {
    const service = databranch.serve(await databranch.newFolder(), [], { DATABRANCH_ACCESS_KEY_ID: 'AKIA' });
    expect((await service.ended).code).toBe(78);
    expect(service.stderr).toMatch(/must be set together/);
  });
});

describe('at SIGTERM', () => {
  test('a request in flight is finished, a new one is turned away', async () => {
    const service = await databranch.serve(await databranch.newFolder()).ready();
    await service.json('POST', '/repositories', REPOSITORY);
    const upload = await slowUpload(service);
    service.kill('SIGTERM');
    await stopping(service);
    await expect(fetch(`${service.url}/_health`)).rejects.toThrow('fetch failed');
    upload.request.end('second half');
    expect(await upload.status).toBe(201);
    expect(await service.ended).toEqual({ code: 0, signal: null });
  });

  test('a request that does not end gets 503 when its time is over', async () => {
    const service = await databranch.serve(await databranch.newFolder()).ready();
    await service.json('POST', '/repositories', REPOSITORY);
    const upload = await slowUpload(service);
    service.kill('SIGTERM');
    expect(await upload.status).toBe(503);
    expect(await service.ended).toEqual({ code: 0, signal: null });
  });
});

/** An upload of which the first half has arrived. */
async function slowUpload(service: ServiceProcess) {
  const { url, access_key_id: id, secret_access_key: secret } = await service.discovery();
  const request = httpRequest(`${url}/api/v1/repositories/example/branches/main/objects?path=slow`, {
    method: 'POST',
    auth: `${id}:${secret}`,
    headers: { 'content-type': 'application/octet-stream', expect: '100-continue' }
  });
  const status = new Promise<number>((resolve, reject) => {
    request.on('response', response => (response.resume(), resolve(response.statusCode!)));
    request.on('error', reject);
  });
  status.catch(() => undefined);
  request.flushHeaders();
  // The service says so once it has begun to take the body in.
  await new Promise<void>(resolve => request.once('continue', () => resolve()));
  request.write('first half, ');
  return { request, status };
}

/** Waits until the service has begun to stop: its discovery file is gone. */
async function stopping(service: ServiceProcess): Promise<void> {
  while (
    await readFile(join(service.data, 'databranch.json')).then(
      () => true,
      () => false
    )
  ) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  // Then it closes its port.
  while (
    await fetch(`${service.url}/_health`).then(
      () => true,
      () => false
    )
  ) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

async function listening(port = 0): Promise<Server> {
  const server = createServer((_request, response) => response.end('somebody else'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A port that no system gives to who asks for any: nobody gets it between two starts. */
async function outsideOfEphemeralPorts(): Promise<{ server: Server; port: number }> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const server = await listening(port).catch(() => undefined);
    if (server) {
      return { server, port };
    }
  }
}
