import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { storeFull } from '../../../src/service/catalog/errors.js';
import { BASIC, Service } from './service.js';

const ON_MAIN = '/repositories/lake/branches/main/objects';
const AT_MAIN = '/repositories/lake/refs/main/objects';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('objects', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
    await service.lake();
  });
  afterAll(() => service.stop());

  const stat = (path: string, query = '') =>
    service.call(`GET ${AT_MAIN}/stat?path=${encodeURIComponent(path)}${query}`);

  test('an upload answers with what stat and the listing show', async () => {
    const metadata = { 'x-lakefs-meta-Author': 'Zoë', 'X-Lakefs-Meta-lower': '1' };
    const { status, body } = await service.put('data/ä b.csv', 'a,b', {
      'content-type': 'text/csv',
      ...metadata
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      path: 'data/ä b.csv',
      path_type: 'object',
      physical_address: expect.stringMatching(/^local:\/\/lake\/data\/[0-9a-f]{64}$/),
      checksum: md5('a,b'),
      size_bytes: 3,
      mtime: expect.any(Number),
      // Node's client sends text beyond ASCII as Latin-1.
      metadata: { Author: 'Zoë', lower: '1' },
      content_type: 'text/csv'
    });
    expect((await stat('data/ä b.csv')).body).toEqual(body);
    expect((await stat('data/ä b.csv', '&user_metadata=false')).body.metadata).toBeUndefined();
    expect((await service.call(`GET ${AT_MAIN}/ls?prefix=data/&presign=False`)).body.results).toEqual([body]);
    const properties = await service.call(`GET ${AT_MAIN}/underlyingProperties?path=data/%C3%A4+b.csv`);
    expect(properties.body).toEqual({ storage_class: null });
  });

  test('what is downloaded is what was uploaded, and cannot run as a page', async () => {
    await service.put('page.html', '<script>', { 'content-type': 'text/html' });
    const { status, headers, body } = await service.get('page.html');
    expect([status, body]).toEqual([200, '<script>']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html',
      'content-length': '8',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'content-disposition': 'attachment; filename="page.html"',
      'accept-ranges': 'bytes',
      etag: `"${md5('<script>')}"`
    });
    expect(Math.abs(Date.parse(headers.get('last-modified')!) - Date.now())).toBeLessThan(60_000);
  });

  test('a name that HTTP cannot carry is sent in both forms', async () => {
    await service.put('x/Tür "1".csv', '1');
    const { headers } = await service.get('x/Tür "1".csv');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="T_r _1_.csv"; filename*=UTF-8''T%C3%BCr%20%221%22.csv`
    );
  });

  test.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-2,5-6', 200, '0123456789', null],
    ['bytes=10-', 416, expect.objectContaining({ message: expect.any(String) }), 'bytes */10']
  ])('the range %s', async (range, status, body, contentRange) => {
    await service.put('digits', '0123456789');
    const answer = await service.get('digits', { range });
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  test('a range counts only for the bytes it was meant for', async () => {
    await service.put('digits', '0123456789');
    const range = 'bytes=0-0';
    expect((await service.get('digits', { range, 'if-range': `"${md5('0123456789')}"` })).status).toBe(206);
    expect((await service.get('digits', { range, 'if-range': '"another"' })).status).toBe(200);
  });

  test('conditions on a read: 304 for what the client has, 412 for what it does not expect', async () => {
    await service.put('digits', '0123456789');
    const etag = `"${md5('0123456789')}"`;
    const known = await service.get('digits', { 'if-none-match': `"x", ${etag}` });
    expect([known.status, known.body, known.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await service.get('digits', { 'if-none-match': '"x"' })).status).toBe(200);
    expect((await service.get('digits', { 'if-match': etag })).status).toBe(200);
    expect((await service.get('digits', { 'if-match': '"x"' })).status).toBe(412);
  });

  test('HEAD has the headers of GET and no body', async () => {
    await service.put('digits', '0123456789');
    const head = (path: string, headers?: Record<string, string>) =>
      service.call(`HEAD ${AT_MAIN}?path=${path}`, undefined, headers);
    const whole = await head('digits');
    expect([whole.status, whole.headers.get('content-length'), whole.body]).toEqual([200, '10', '']);
    expect(whole.headers.get('etag')).toBe(`"${md5('0123456789')}"`);
    const part = await head('digits', { range: 'bytes=2-3' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 2-3/10']);
    expect(await head('missing')).toMatchObject({ status: 404, body: '' });
  });

  test('an empty object is an object', async () => {
    expect((await service.put('empty', '')).body).toMatchObject({ size_bytes: 0, checksum: md5('') });
    expect(await service.get('empty')).toMatchObject({ status: 200, body: '' });
    const probe = await service.get('empty', { range: 'bytes=0-0' });
    expect([probe.status, probe.headers.get('content-range')]).toEqual([416, 'bytes */0']);
  });

  test('large bodies stream through, with a length and without', async () => {
    const bytes = Buffer.alloc(3_000_000, 'databranch');
    const checksum = createHash('md5').update(bytes).digest('hex');
    expect((await service.put('large', bytes)).body).toMatchObject({ size_bytes: bytes.length, checksum });
    const chunked = await fetch(`${service.url}/api/v1${ON_MAIN}?path=chunked`, {
      method: 'POST',
      headers: { authorization: BASIC },
      body: Readable.toWeb(Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)])) as any,
      duplex: 'half'
    } as RequestInit);
    expect(await chunked.json()).toMatchObject({ size_bytes: bytes.length, checksum });
    const answer = await service.get('large');
    expect(createHash('md5').update(answer.body).digest('hex')).toBe(checksum);
  });

  test('a form is taken for its field "content"', async () => {
    const form = new FormData();
    form.set('ignored', 'x');
    form.set('content', new Blob(['a,b'], { type: 'text/csv' }), 'f.csv');
    const { status, body } = await service.call(`POST ${ON_MAIN}?path=form.csv`, form);
    expect(status).toBe(201);
    expect(body).toMatchObject({ checksum: md5('a,b'), content_type: 'text/csv' });
    form.set('later', new Blob([Buffer.alloc(1_000_000)]));
    expect((await service.call(`POST ${ON_MAIN}?path=form.csv`, form)).status).toBe(201);
    const without = new FormData();
    without.set('file', 'x');
    const refused = await service.call(`POST ${ON_MAIN}?path=none.csv`, without);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('"content"')]);
  });

  test.each(['application/json', 'text/plain', 'csv', 'application/x-www-form-urlencoded'])(
    'the content type %s does not change how an upload is read',
    async type => {
      const { status, body } = await service.put('typed', '"{a"', { 'content-type': type });
      expect([status, body.content_type]).toEqual([201, type]);
      expect((await service.get('typed')).headers.get('etag')).toBe(`"${md5('"{a"')}"`);
    }
  );

  test('conditions on a write: only if new, only if unchanged', async () => {
    const once = { 'if-none-match': '*' };
    expect((await service.put('once', '1', once)).status).toBe(201);
    const again = await service.put('once', '2', once);
    expect([again.status, again.body.message]).toEqual([412, expect.stringContaining('once')]);
    expect((await service.put('once', '2', { 'if-match': md5('1') })).status).toBe(201);
    expect((await service.put('once', '3', { 'if-match': `"${md5('1')}"` })).status).toBe(412);
    expect((await service.put('never', '1', { 'if-match': '*' })).status).toBe(412);
    expect((await service.get('once')).body).toBe('2');
  });

  test('an upload that fails on the way is refused with a sentence, not with a broken connection', async () => {
    const { receive } = service.catalog.contents;
    service.catalog.contents.receive = async (_repository, body) => {
      for await (const _ of body) {
        throw storeFull();
      }
      throw new Error('there was no body');
    };
    const form = new FormData();
    form.set('content', new Blob([Buffer.alloc(3_000_000)]));
    const answers = [
      await service.put('full', Buffer.alloc(3_000_000)),
      await service.call(`POST ${ON_MAIN}?path=full`, form)
    ];
    service.catalog.contents.receive = receive;
    for (const { status, body } of answers) {
      expect([status, body.message]).toEqual([507, expect.stringContaining('disk')]);
    }
    expect((await service.get('full')).status).toBe(404);
  });

  test('objects are deleted singly and together, missing ones too', async () => {
    await service.put('d/1', '1');
    await service.put('d/2', '2');
    await service.put('d/3', '3');
    expect((await service.call(`DELETE ${ON_MAIN}?path=d/1&no_tombstone=true`)).status).toBe(204);
    expect((await service.call(`DELETE ${ON_MAIN}?path=d/1`)).status).toBe(204);
    const many = await service.call(`POST ${ON_MAIN}/delete`, { paths: ['d/2', 'd/missing', ''] });
    expect(many.status).toBe(200);
    expect(many.body.errors).toEqual([{ path: '', status_code: 400, message: expect.any(String) }]);
    const left = await service.call(`GET ${AT_MAIN}/ls?prefix=d/`);
    expect(left.body.results.map((o: any) => o.path)).toEqual(['d/3']);
  });

  test('a copy keeps content and metadata', async () => {
    await service.put('from', 'text', { 'x-lakefs-meta-k': 'v' });
    const copy = await service.call(`POST ${ON_MAIN}/copy?dest_path=to`, {
      src_path: 'from',
      src_ref: 'main'
    });
    expect(copy).toMatchObject({
      status: 201,
      body: { path: 'to', checksum: md5('text'), metadata: { k: 'v' } }
    });
    expect((await service.call(`POST ${ON_MAIN}/copy?dest_path=to2`, { src_path: 'to' })).status).toBe(201);
    expect((await service.get('to2')).body).toBe('text');
    expect((await service.call(`POST ${ON_MAIN}/copy?dest_path=x`, { src_path: 'missing' })).status).toBe(
      404
    );
    expect((await service.call(`POST ${ON_MAIN}/copy`, { src_path: 'from' })).body.message).toBe(
      'The parameter "dest_path" is missing.'
    );
  });

  test('user metadata is replaced as a whole', async () => {
    await service.put('meta', 'text', { 'x-lakefs-meta-k': 'v' });
    const path = `PUT ${ON_MAIN}/stat/user_metadata?path=meta`;
    expect((await service.call(path, { set: { Other: 'ü' } })).status).toBe(201);
    expect((await stat('meta')).body.metadata).toEqual({ Other: 'ü' });
    expect((await service.call(path, { set: { n: 1 } })).status).toBe(400);
  });

  test('a listing groups by delimiter and pages', async () => {
    for (const path of ['ls/a/1', 'ls/a/2', 'ls/b', 'ls/c/1']) {
      await service.put(path, path);
    }
    const list = async (query: string) => (await service.call(`GET ${AT_MAIN}/ls?prefix=ls/${query}`)).body;
    const names = (page: any) => page.results.map((item: any) => `${item.path_type} ${item.path}`);
    const all = await list('&delimiter=/');
    expect(names(all)).toEqual(['common_prefix ls/a/', 'object ls/b', 'common_prefix ls/c/']);
    const first = await list('&delimiter=/&amount=1&after=');
    expect(first.pagination).toMatchObject({ has_more: true, results: 1 });
    const second = await list(`&delimiter=/&amount=1&after=${first.pagination.next_offset}`);
    expect(names(second)).toEqual(['object ls/b']);
    expect(names(await list('&after=ls/a/2'))).toEqual(['object ls/b', 'object ls/c/1']);
    expect((await list('&amount=1001')).message).toBe('The parameter "amount" must be <= 1000.');
    expect((await list('&amount=many')).message).toBe('The parameter "amount" must be of type integer.');
    expect((await list('&user_metadata=perhaps')).message).toContain('user_metadata');
  });

  test('what does not exist is named, and what cannot be is refused', async () => {
    expect(await service.get('missing')).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('missing') }
    });
    expect((await service.get('x', {}, 'nowhere')).body.message).toContain('nowhere');
    expect((await service.call('GET /repositories/none/refs/main/objects?path=x')).body.message).toContain(
      'none'
    );
    expect((await service.put('x', '1', {}, 'nowhere')).status).toBe(404);
    expect((await service.put('', '1')).status).toBe(400);
    expect((await service.put('x'.repeat(1025), '1')).status).toBe(400);
    expect((await service.call(`GET ${AT_MAIN}`)).body.message).toBe('The parameter "path" is missing.');
    const preflight = (branch: string) =>
      service.call(`GET /repositories/lake/branches/${branch}/objects/stage_allowed?path=x`);
    expect((await preflight('main')).status).toBe(204);
    expect((await preflight('nowhere')).status).toBe(404);
  });
});
