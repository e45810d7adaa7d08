import { setTimeout as delay } from 'node:timers/promises';
import { BUCKET, Service } from './service.js';
import { send, signed, Wire } from './wire.js';

let service: Service;
const wires: Wire[] = [];
const PATH = `/${BUCKET}/main/a`;

beforeAll(async () => {
  service = await Service.start();
});
afterEach(() => wires.splice(0).forEach(wire => wire.destroy()));
afterAll(() => service.stop());

const open = async (): Promise<Wire> => {
  const wire = await Wire.open(service.port);
  wires.push(wire);
  return wire;
};
const exists = (path: string): Promise<boolean> =>
  service.catalog.objects.stat(BUCKET, 'main', path).then(
    () => true,
    () => false
  );

describe('a client that waits for "100 Continue"', () => {
  const expecting = (path: string, length: number, more: Record<string, string> = {}) =>
    signed(service.port, 'PUT', path, { expect: '100-continue', 'content-length': String(length), ...more });

  test('is told to go on, once', async () => {
    const wire = await open();
    wire.head('PUT', PATH, await expecting(PATH, 5));
    const before = await wire.until(/\r\n\r\n/);
    expect(before).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    wire.write('hello');
    const after = await wire.until(/etag/i);
    expect(after.slice(before.length)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test.each<[string, () => Promise<[string, Record<string, string>]>, RegExp]>([
    [
      'a wrong signature',
      async () => [PATH, { ...(await expecting(PATH, 1e9)), 'x-amz-content-sha256': 'x' }],
      /403 Forbidden[^]*SignatureDoesNotMatch/
    ],
    [
      'a missing branch',
      async () => [`/${BUCKET}/nowhere/a`, await expecting(`/${BUCKET}/nowhere/a`, 1e9)],
      /404 Not Found[^]*Branch &quot;nowhere&quot; does not exist/
    ],
    [
      'an object that is there already',
      async () => {
        await service.put('main', 'a');
        return [PATH, await expecting(PATH, 1e9, { 'if-none-match': '*' })];
      },
      /412 Precondition Failed/
    ],
    [
      'more than S3 takes',
      async () => [PATH, await expecting(PATH, 6 * 1024 ** 3)],
      /400 Bad Request[^]*EntityTooLarge/
    ]
  ])('hears of %s before it sends anything', async (_, request, pattern) => {
    const wire = await open();
    wire.head('PUT', ...(await request()));
    const answer = await wire.end();
    expect(answer).toMatch(pattern);
    expect(answer).not.toContain('100 Continue');
    expect(answer.toLowerCase()).toContain('connection: close');
  });
});

describe('after a refusal', () => {
  test('a connection whose small body was not read serves the next request', async () => {
    const wire = await open();
    const body = 'x'.repeat(100_000);
    const headers = await signed(service.port, 'PUT', PATH, { 'content-length': String(body.length) });
    wire.head('PUT', PATH, {
      ...headers,
      authorization: headers.authorization!.replace(/.$/, '0').replace('AKIA', 'BKIA')
    });
    wire.write(body);
    await wire.until(/InvalidAccessKeyId/);
    wire.head('GET', '/', await signed(service.port, 'GET', '/'));
    await wire.until(/ListAllMyBucketsResult/);
  });

  test('a connection whose body broke off in the middle of a check serves the next request', async () => {
    const wire = await open();
    const body = 'x'.repeat(100_000);
    const headers = await signed(service.port, 'PUT', PATH, {
      'content-length': String(body.length),
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '5'
    });
    wire.head('PUT', PATH, headers);
    wire.write(body);
    await wire.until(/aws-chunked body is malformed/);
    wire.head('GET', '/', await signed(service.port, 'GET', '/'));
    await wire.until(/ListAllMyBucketsResult/);
  });

  test('a client that goes on sending a large body still sees why', async () => {
    const wire = await open();
    const headers = await signed(service.port, 'PUT', PATH, { 'content-length': String(20 * 1024 * 1024) });
    wire.head('PUT', PATH, { ...headers, authorization: headers.authorization!.replace('AKIA', 'BKIA') });
    for (let i = 0; i < 20; i++) {
      wire.write(Buffer.alloc(1024 * 1024));
    }
    const answer = await wire.end();
    expect(answer).toContain('InvalidAccessKeyId');
    expect(answer.toLowerCase()).toContain('connection: close');
  });
});

test('a client that goes away in the middle of a body leaves nothing behind, and others are served', async () => {
  const path = `/${BUCKET}/main/broken-off`;
  const wire = await open();
  wire.head('PUT', path, await signed(service.port, 'PUT', path, { 'content-length': '1000000' }));
  wire.write(Buffer.alloc(300_000));
  // Long enough for the service to be in the middle of it; nothing depends on how far it is.
  await delay(50);
  wire.destroy();
  const { status } = await send(service.port, 'GET', '/', await signed(service.port, 'GET', '/'));
  expect(status).toBe(200);
  expect(await exists('broken-off')).toBe(false);
});

test('a client that stops reading an answer does not disturb others', async () => {
  await service.put('main', 'large', Buffer.alloc(30 * 1024 * 1024));
  const wire = await open();
  wire.head('GET', `/${BUCKET}/main/large`, await signed(service.port, 'GET', `/${BUCKET}/main/large`));
  await wire.until(/\r\n\r\n/);
  wire.destroy();
  const { status } = await send(service.port, 'GET', '/', await signed(service.port, 'GET', '/'));
  expect(status).toBe(200);
});

test('an error answers HEAD without a body and everything else with XML', async () => {
  const path = `/${BUCKET}/main/not-there`;
  const wire = await open();
  wire.head('HEAD', path, await signed(service.port, 'HEAD', path));
  expect(await wire.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[^]*\r\n\r\n$/);
  // Had there been a body, it would stand before this answer.
  wire.head('GET', path, await signed(service.port, 'GET', path));
  const both = await wire.until(/<\/Error>/);
  expect(both.split('HTTP/1.1').length).toBe(3);
  expect(both).toMatch(
    /<Code>NoSuchKey<\/Code>[^]*<Resource>\/lake\/main\/not-there<\/Resource><RequestId>[0-9A-F]{16}</
  );
});

test('a request without a signature is refused', async () => {
  const { status, body, headers } = await send(service.port, 'GET', PATH, {});
  expect([status, headers['content-type']]).toEqual([403, 'application/xml']);
  expect(body).toContain('<Code>AccessDenied</Code>');
});

test.each([
  ['a path that is not UTF-8', `/${BUCKET}/main/%ff`, 400, 'InvalidURI'],
  ['a broken escape', `/${BUCKET}/main/%zz`, 400, 'InvalidURI'],
  ['a key that is too long', `/${BUCKET}/main/${'a'.repeat(1_400)}`, 400, 'KeyTooLongError'],
  ['a key with a NUL', `/${BUCKET}/main/a%00b`, 400, 'InvalidArgument'],
  ['a repository that cannot be', '/..%2f..%2fetc/main/a', 404, 'NoSuchBucket'],
  ['a ref that cannot be', `/${BUCKET}/~~%5E/a`, 400, 'InvalidArgument']
])('%s is refused in words', async (_, path, status, code) => {
  const headers = await signed(service.port, 'GET', path);
  const answer = await send(service.port, 'GET', path, headers);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
});

test('methods that S3 does not have are refused', async () => {
  for (const path of ['/', `/${BUCKET}`, PATH]) {
    const answer = await send(service.port, 'PATCH', path, await signed(service.port, 'PATCH', path));
    expect(answer.status).toBe(405);
    expect(answer.body).toContain('<Code>MethodNotAllowed</Code>');
  }
});
