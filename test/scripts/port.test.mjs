import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, PortTaken } from '../../scripts/start/port.mjs';

test('a port that another program has is refused with what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await assert.rejects(freePort(port), error => error instanceof PortTaken && error.help.includes('--port'));
  server.close();
  await once(server, 'close');
  assert.equal(await freePort(port), port);
});

test('0 is any port', async () => assert.ok((await freePort(0)) > 0));
