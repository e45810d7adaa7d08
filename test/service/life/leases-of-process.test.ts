import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandLine, type Service } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

const leased = (graceSeconds: number) => ['--leased', '--lease-grace', String(graceSeconds)];
const GRACE_SECONDS = 2;

/**
 * A leased service of which a lease is held. One that ended before somebody could take a lease, as it may on a busy
 * machine, is followed by another.
 */
async function held<S extends Service>(
  start: () => Promise<S>,
  end: (service: S) => Promise<unknown>
): Promise<{ service: S; giveUp: () => void }> {
  for (;;) {
    const service = await start();
    const giveUp = await service.lease().catch(() => end(service).then(() => undefined));
    if (giveUp) {
      return { service, giveUp };
    }
  }
}
const serveHeld = () =>
  held(
    async () => databranch.serve(await databranch.newFolder(), leased(GRACE_SECONDS)).ready(),
    service => service.ended
  );

test('a leased service that nobody takes ends by itself, cleanly', async () => {
  const service = await databranch.serve(await databranch.newFolder(), leased(0.2)).ready();
  expect(await service.ended).toEqual({ code: 0, signal: null });
  expect(service.stderr).toContain('no lease is left');
});

test('it lives as long as one of two leases, and ends after the last', async () => {
  const { service, giveUp: first } = await serveHeld();
  const second = await service.lease();
  first();
  expect(await endsWithin(service.ended, 2 * GRACE_SECONDS)).toBe(false);
  expect((await fetch(`${service.url}/_health`)).status).toBe(200);
  second();
  expect(await service.ended).toEqual({ code: 0, signal: null });
});

test('a lease ends with its holder, however that dies', async () => {
  const { service, giveUp } = await serveHeld();
  const { url, access_key_id: id, secret_access_key: secret } = await service.discovery();
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  const holder = spawn(process.execPath, [
    '-e',
    `fetch('${url}/api/v1/databranch/lease', { headers: { authorization: 'Basic ${basic}' } })
       .then(async response => { for await (const _ of response.body) console.log('held'); })`
  ]);
  await once(holder.stdout, 'data');
  giveUp();
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
  const { service } = await serveHeld();
  const lease = await service.api('GET', '/databranch/lease');
  const whole = lease.text();
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  // Whoever holds one is told, and not cut off when the time for requests is over.
  expect(await whole).toContain('lease');
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
  let starter!: ChildProcess;
  const start = async () => {
    starter = spawn(process.execPath, [
      '-e',
      `const child = require('node:child_process').spawn(
         process.execPath, ${JSON.stringify([databranch.program, ...args])},
         { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
       child.stdout.once('data', () => console.log(child.pid));`
    ]);
    const [pid] = (await once(starter.stdout!, 'data')).map(Number);
    return databranch.attach(data, pid!);
  };
  const { service, giveUp } = await held(start, service => service.gone());
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  process.kill(service.pid, 'SIGHUP');
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
