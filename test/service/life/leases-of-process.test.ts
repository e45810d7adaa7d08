import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandLine } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

const leased = (graceSeconds: number) => ['--leased', '--lease-grace', String(graceSeconds)];
/** Long enough for a lease to be taken on a busy machine. */
const GRACE_SECONDS = 2;

test('a leased service that nobody takes ends by itself, cleanly', async () => {
  const service = await databranch.serve(await databranch.newFolder(), leased(0.2)).ready();
  expect(await service.ended).toEqual({ code: 0, signal: null });
  expect(service.stderr).toContain('no lease is left');
});

test('it lives as long as one of two leases, and ends after the last', async () => {
  const service = await databranch.serve(await databranch.newFolder(), leased(GRACE_SECONDS)).ready();
  const first = await service.lease();
  const second = await service.lease();
  first();
  expect(await endsWithin(service.ended, 2 * GRACE_SECONDS)).toBe(false);
  expect((await fetch(`${service.url}/_health`)).status).toBe(200);
  second();
  expect(await service.ended).toEqual({ code: 0, signal: null });
});

test('a lease ends with its holder, however that dies', async () => {
  const service = await databranch.serve(await databranch.newFolder(), leased(GRACE_SECONDS)).ready();
  const { url, access_key_id: id, secret_access_key: secret } = await service.discovery();
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  const holder = spawn(process.execPath, [
    '-e',
    `fetch('${url}/api/v1/databranch/lease', { headers: { authorization: 'Basic ${basic}' } })
       .then(async response => { for await (const _ of response.body) console.log('held'); })`
  ]);
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  expect(await service.ended).toEqual({ code: 0, signal: null });
});

test('a plain service needs no lease, and gives one to whoever asks', async () => {
  const service = await databranch.serve(await databranch.newFolder(), ['--lease-grace', '0.1']).ready();
  (await service.lease())();
  expect(await endsWithin(service.ended, 1)).toBe(false);
  await service.stop();
});

test('SIGTERM ends a service whose leases are held', async () => {
  const service = await databranch.serve(await databranch.newFolder(), leased(GRACE_SECONDS)).ready();
  await service.lease();
  const begin = performance.now();
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect(performance.now() - begin).toBeLessThan(5_000);
});

test('it outlives its killed starter, whose pipes nobody reads any more, and a hang-up', async () => {
  const data = await databranch.newFolder();
  const args = [
    'serve',
    '--data',
    data,
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    'debug',
    ...leased(GRACE_SECONDS)
  ];
  const starter = spawn(process.execPath, [
    '-e',
    `const child = require('node:child_process').spawn(
       process.execPath, ${JSON.stringify([databranch.program, ...args])},
       { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
     child.stdout.once('data', () => console.log(child.pid));`
  ]);
  const [pid] = (await once(starter.stdout, 'data')).map(Number);
  const service = databranch.attach(data, pid!);
  const giveUp = await service.lease();
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  process.kill(pid!, 'SIGHUP');
  // Each answer is a line of log that goes nowhere.
  for (let i = 0; i < 20; i++) {
    expect((await service.api('GET', '/user')).status).toBe(200);
  }
  giveUp();
  await service.gone();
  expect(await databranch.run('status', '--data', data)).toMatchObject({ code: 3 });
});

test('started with nohup, it outlives its shell', async () => {
  const data = await databranch.newFolder();
  const log = join(data, '..', 'nohup.log');
  const serve = `'${process.execPath}' '${databranch.program}' serve --data '${data}' --listen 127.0.0.1:0`;
  const shell = spawn('sh', ['-c', `nohup ${serve} > '${log}' 2>&1 & echo $!; wait`], { detached: true });
  const [pid] = (await once(shell.stdout, 'data')).map(Number);
  const service = databranch.attach(data, pid!);
  await service.found();
  // What a closed terminal does: a hang-up to the whole group.
  process.kill(-shell.pid!, 'SIGHUP');
  await once(shell, 'exit');
  expect((await service.api('GET', '/user')).status).toBe(200);
  process.kill(pid!, 'SIGTERM');
  await service.gone();
});

async function endsWithin(ended: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
