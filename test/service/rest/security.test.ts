import { request } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { connect } from 'node:net';
import { ACCESS_KEY, BASIC, Service } from './service.js';

const LIST = '/api/v1/repositories';

describe('who may speak to the service', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
    await service.lake();
  });
  afterAll(() => service.stop());

  /** With headers that fetch does not let through. */
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: service.port, path, method, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(chunks).toString()
          })
        );
      });
      sent.on('error', reject).end();
    });

  test('a key or a login token opens the API, nothing else does', async () => {
    expect((await ask(LIST, { authorization: BASIC })).status).toBe(200);
    const login = await service.call('POST /auth/login', {
      access_key_id: ACCESS_KEY.accessKeyId,
      secret_access_key: ACCESS_KEY.secretAccessKey
    });
    expect(login.body.token_expiration).toBeGreaterThan(Date.now() / 1000);
    const bearer = await ask('/api/v1/user', { authorization: `Bearer ${login.body.token}` });
    expect(JSON.parse(bearer.text)).toEqual({
      user: { id: 'admin', creation_date: expect.any(Number), friendly_name: 'admin' }
    });
    for (const headers of [
      {},
      { authorization: 'Basic eDp5' },
      { authorization: 'Bearer x' },
      { cookie: 'a=b' }
    ]) {
      const refused = await ask(LIST, headers as Record<string, string>);
      expect([refused.status, JSON.parse(refused.text)]).toEqual([
        401,
        { message: expect.stringMatching(/key/) }
      ]);
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    const wrong = await service.call('POST /auth/login', { access_key_id: 'x', secret_access_key: 'y' });
    expect(wrong.status).toBe(401);
  });

  test('only what must be open is open', async () => {
    const open = ['/_health', '/api/v1/healthcheck', '/api/v1/setup_lakefs', '/api/v1/auth/capabilities'];
    for (const path of open) {
      expect((await ask(path, {})).status).toBeLessThan(300);
    }
    for (const path of ['/metrics', '/api/v1/config', '/api/v1/user', '/api/v1/nowhere', '/', '/api']) {
      expect((await ask(path, {})).status).toBe(401);
    }
    expect((await ask('/api/v1/nowhere', { authorization: BASIC })).status).toBe(404);
  });

  test('set-up by a stranger is refused', async () => {
    const setup = await service.call('POST /setup_lakefs', { username: 'stranger' }, { authorization: '' });
    expect([setup.status, setup.body.message]).toEqual([409, expect.stringContaining('set up already')]);
    expect((await service.call('GET /setup_lakefs')).body.state).toBe('initialized');
  });

  test('foreign hosts, origins and sites are refused before the key is looked at', async () => {
    const authorization = BASIC;
    const rebound = await ask(LIST, { authorization, host: 'evil.example' });
    expect([rebound.status, JSON.parse(rebound.text).message]).toEqual([
      421,
      expect.stringContaining('evil.example')
    ]);
    expect((await ask(LIST, { authorization, origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask(LIST, { authorization, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const own = {
      authorization,
      origin: `http://localhost:${service.port}`,
      host: `localhost:${service.port}`
    };
    const { status, headers } = await ask(LIST, own);
    expect(status).toBe(200);
    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([]);
    expect(
      (await ask(LIST, { origin: 'http://evil.example', 'access-control-request-method': 'POST' }, 'OPTIONS'))
        .status
    ).toBe(403);
  });

  test('S3 is refused in its own words', async () => {
    const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=x', host: 'evil.example' };
    const { status, text, headers } = await ask('/lake/main/a', signed);
    expect([status, headers['content-type']]).toEqual([421, 'application/xml']);
    expect(text).toMatch(/<Error><Code>AccessDenied<\/Code><Message>.*&#34;evil.example&#34;/);
  });

  test.each([
    ['a signature in the header', '/api/v1/repositories', { authorization: 'AWS4-HMAC-SHA256 x' }, 's3'],
    ['a signature of the old form', '/', { authorization: 'AWS x:y' }, 's3'],
    ['a signature in the query', '/lake/main/a?X-Amz-Algorithm=AWS4&X-Amz-Signature=0', {}, 's3'],
    ['a bucket without a signature', '/lake/main/a', {}, 's3'],
    ['a bucket whose name begins like ours', '/api-data/main/a', {}, 's3'],
    ['the API', '/api/v1/repositories', {}, 'rest'],
    ['the root', '/', {}, 'rest']
  ])('%s goes where it belongs', async (_, path, headers, protocol) => {
    const { text } = await ask(path, headers as Record<string, string>);
    expect(text === 'S3 was asked' ? 's3' : 'rest').toBe(protocol);
  });

  test('a JSON body must say that it is JSON, be JSON, and be of a reasonable size', async () => {
    const create = (body: string, type?: string) =>
      service.call('POST /repositories', Buffer.from(body), type ? { 'content-type': type } : {});
    const body = JSON.stringify({ name: 'typed', storage_namespace: 'local://typed' });
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
      const refused = await create(body, type);
      expect([refused.status, refused.body.message]).toEqual([
        415,
        expect.stringContaining('application/json')
      ]);
    }
    const malformed = await create('{"name": ', 'application/json');
    expect([malformed.status, malformed.body.message]).toEqual([
      400,
      expect.stringMatching(/^The body is not valid JSON/)
    ]);
    expect((await create('[]', 'application/json')).body.message).toContain('JSON object');
    expect((await create('', 'application/json')).body.message).toContain('JSON object');
    expect((await create('{"__proto__": {"a": 1}}', 'application/json')).status).toBe(400);
    const huge = await create(JSON.stringify({ name: 'x'.repeat(3_000_000) }), 'application/json');
    expect([huge.status, huge.body.message]).toEqual([413, expect.stringContaining('too large')]);
    expect((await create(body, 'application/json; charset=utf-8')).status).toBe(201);
  });

  test('a malformed address is refused with a sentence', async () => {
    const headers = { authorization: BASIC };
    const bad = await ask('/api/v1/repositories/%E0%A4%A', headers);
    expect([bad.status, JSON.parse(bad.text)]).toEqual([
      400,
      { message: expect.stringContaining('percent-encoded') }
    ]);
    const long = await ask(`/api/v1/repositories/${'x'.repeat(3000)}`, headers);
    expect([long.status, Object.keys(JSON.parse(long.text))]).toEqual([414, ['message']]);
  });

  /** The first line of the answer to an upload that waits for "100 Continue", and whether it was continued. */
  const uploadWaiting = (port: number, path: string, headers: string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const head = [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        'Expect: 100-continue',
        'Content-Length: 5',
        ...headers
      ];
      let received = '';
      socket.on('data', chunk => {
        received += chunk;
        if (received.startsWith('HTTP/1.1 100')) {
          received = received.replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, 'continued, ');
          socket.write('hello');
        }
      });
      socket.on('error', reject).on('close', () => resolve(received.split('\r\n')[0]!));
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
    });

  test('who waits for "100 Continue" is refused before sending the body', async () => {
    const upload = (path: string, headers: string[]) => uploadWaiting(service.port, path, headers);
    const objects = '/api/v1/repositories/lake/branches/main/objects?path=waited';
    const key = `Authorization: ${BASIC}`;
    expect(await upload(objects, [])).toBe('HTTP/1.1 401 Unauthorized');
    expect(await upload(objects.replace('main', 'nowhere'), [key])).toBe('HTTP/1.1 404 Not Found');
    expect(await upload(objects, [key, 'Connection: close'])).toBe('continued, HTTP/1.1 201 Created');
    expect(await upload(objects, [key, 'If-None-Match: *'])).toBe('HTTP/1.1 412 Precondition Failed');
    const json = ['Content-Type: application/json', 'Connection: close'];
    expect(await upload(LIST, json)).toBe('HTTP/1.1 401 Unauthorized');
    expect(await upload(LIST, [key, ...json])).toBe('continued, HTTP/1.1 400 Bad Request');
  });

  test('S3 decides itself when it continues, and is continued when it does not care', async () => {
    const signed = ['Authorization: AWS4-HMAC-SHA256 x', 'Connection: close'];
    const ask = async (s3AwaitingContinue?: RequestListener) => {
      const other = await Service.start({ s3AwaitingContinue });
      const answer = await uploadWaiting(other.port, '/lake/main/a', signed);
      await other.stop();
      return answer;
    };
    expect(await ask()).toBe('continued, HTTP/1.1 200 OK');
    expect(await ask((_request, response) => void response.writeHead(403).end())).toBe(
      'HTTP/1.1 403 Forbidden'
    );
  });

  test('the log has no secret in it', async () => {
    await ask('/api/v1/nowhere?X-Secret-Signature=seen-never', { authorization: BASIC });
    const log = service.lines.join('');
    expect(log).toContain('/api/v1/nowhere');
    for (const secret of [BASIC, ACCESS_KEY.secretAccessKey, 'seen-never', BASIC.split(' ')[1]!]) {
      expect(log).not.toContain(secret);
    }
  });
});
