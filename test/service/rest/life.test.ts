import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { BASIC, Service } from './service.js';

/** For how long the service keeps connections on which nobody asks, in milliseconds. */
const KEPT_ALIVE_MS = 75_000;

/** A promise and the function that resolves it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  return { opened: new Promise(resolve => (open = resolve)), open };
}

test('an expectation that nobody knows is no reason to refuse, as on S3', async () => {
  const service = await Service.start();
  try {
    const headers = { expect: '200-ok' };
    const asked = request({ host: '127.0.0.1', port: service.port, path: '/_health', headers });
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBeLessThan(300);
  } finally {
    await service.stop();
  }
});

describe('the end of a service', () => {
  const ask = (service: Service, path: string, agent?: Agent) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: BASIC };
      request({ host: '127.0.0.1', port: service.port, path, headers, agent }, resolve)
        .on('error', reject)
        .end();
    });
  const statusOf = (answer: IncomingMessage) => {
    answer.resume();
    return answer.statusCode;
  };

  test('what is in flight finishes, nothing new begins', async () => {
    const begun = gate();
    const finish = gate();
    const service = await Service.start({
      s3: async (_request, response) => {
        begun.open();
        await finish.opened;
        response.end('done');
      }
    });
    const agent = new Agent({ keepAlive: true });
    const slow = ask(service, '/bucket/key', agent);
    await begun.opened;
    const stopped = service.stop();
    await expect(ask(service, '/_health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish.open();
    const answer = await slow;
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    answer.resume();
    await stopped;
    agent.destroy();
  });

  test(
    'idle connections do not hold it open',
    async () => {
      // Whatever held it open would do so for longer than the test may take.
      const service = await Service.start({ graceMs: 600_000 });
      const agent = new Agent({ keepAlive: true });
      const answer = await ask(service, '/_health', agent);
      await answer.toArray();
      await service.stop();
      agent.destroy();
    },
    KEPT_ALIVE_MS
  );

  test('connections that never asked do not hold it open', async () => {
    const service = await Service.start();
    const socket = connect(service.port, '127.0.0.1');
    await once(socket, 'connect');
    await ask(service, '/_health');
    const closed = once(socket, 'close');
    await service.stop();
    await closed;
  });

  test('what takes too long gets 503 when the time is over', async () => {
    const begun = gate();
    const service = await Service.start({ s3: () => begun.open(), graceMs: 100 });
    const stuck = ask(service, '/bucket/key');
    await begun.opened;
    const stopped = service.stop();
    expect(statusOf(await stuck)).toBe(503);
    await stopped;
  });

  test('a client that leaves in the middle of an upload leaves nothing behind', async () => {
    const service = await Service.start();
    await service.lake();
    const path = '/api/v1/repositories/lake/branches/main/objects?path=half';
    const headers = { authorization: BASIC, 'content-length': '2000000' };
    const upload = request({ host: '127.0.0.1', port: service.port, path, method: 'POST', headers });
    upload.on('error', () => undefined);
    await new Promise(resolve => upload.write(Buffer.alloc(1_000_000), resolve));
    upload.destroy();
    expect((await service.get('half')).status).toBe(404);
    await service.stop();
    expect(service.lines.filter(line => line.includes('"level":50'))).toEqual([]);
  });

  test('closing twice is closing once', async () => {
    const service = await Service.start();
    await Promise.all([service.server.close(), service.stop()]);
  });
});
