import { createHash } from 'node:crypto';
import { ACCESS_KEY, BASIC, Service } from './service.js';

let service: Service;
/** Added to the service's clock. */
let later = 0;
beforeAll(async () => {
  service = await Service.start({ withS3: true, now: () => Date.now() + later });
});
afterAll(() => service.stop());
beforeEach(async () => {
  later = 0;
  await service.lake();
});
afterEach(() => service.call('DELETE /repositories/lake'));

const main = '/repositories/lake/branches/main';
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');
const escaped = encodeURIComponent;

/** As every client does it: an address, the bytes to it without any authorization, the link. */
async function address(path: string, branch = 'main') {
  const url = `/repositories/lake/branches/${branch}/staging/backing?presign=true&path=${escaped(path)}`;
  return (await service.call(`GET ${url}`)).body;
}

function link(path: string, staging: object, more: object, headers: Record<string, string> = {}) {
  const body = { staging, checksum: '', size_bytes: 0, ...more };
  return service.call(`PUT ${main}/staging/backing?path=${escaped(path)}`, body, headers);
}

async function write(path: string, content: string | Buffer, headers: Record<string, string> = {}) {
  const staging = await address(path);
  const { headers: answered } = await fetch(staging.presigned_url, {
    method: 'PUT',
    body: content as BodyInit
  });
  const more = { checksum: answered.get('etag'), size_bytes: Buffer.byteLength(content) };
  return link(path, staging, more, headers);
}

const stat = (path: string, presign: boolean | '' = true) =>
  service.call(`GET /repositories/lake/refs/main/objects/stat?path=${escaped(path)}&presign=${presign}`);

test('the configuration tells clients that they may ask for presigned addresses', async () => {
  const { body } = await service.call('GET /config');
  expect(body.storage_config).toMatchObject({ pre_sign_support: true, pre_sign_multipart_upload: true });
});

test.each(['plain.txt', 'with space & signs+=?#%.csv', 'grüße/日本/🎈', 'a//b', 'k=v/part-0'])(
  'an object is written and read at presigned addresses: %s',
  async path => {
    const content = `content of ${path}`;
    const written = await write(path, content);
    expect([written.status, written.body]).toMatchObject([200, { path, checksum: md5(content) }]);
    const { body } = await stat(path);
    const read = await fetch(body.physical_address);
    expect([read.status, await read.text()]).toEqual([200, content]);
    expect(read.headers.get('etag')).toBe(`"${body.checksum}"`);
    expect(read.headers.get('content-type')).toBe(body.content_type);
    expect(body.physical_address_expiry).toBeGreaterThan(Date.now() / 1000);
  }
);

test('an address carries no secret, and points where the service was asked', async () => {
  const { presigned_url } = await address('x');
  expect(presigned_url).not.toContain(ACCESS_KEY.secretAccessKey);
  expect(presigned_url).not.toContain(BASIC.split(' ')[1]);
  expect(new URL(presigned_url).host).toBe(`127.0.0.1:${service.port}`);
  const asked = await fetch(
    `http://localhost:${service.port}/api/v1${main}/staging/backing?presign=true&path=x`,
    { headers: { authorization: BASIC } }
  );
  const { presigned_url: other } = (await asked.json()) as { presigned_url: string };
  expect(new URL(other).host).toBe(`localhost:${service.port}`);
  expect((await fetch(other, { method: 'PUT', body: 'x' })).status).toBe(200);
});

test('an address opens one request only, and not for ever', async () => {
  await service.put('x', 'x');
  const { body } = await stat('x');
  const read = new URL(body.physical_address);
  expect((await fetch(read, { method: 'PUT', body: 'other' })).status).toBe(403);
  expect((await fetch(read, { method: 'DELETE' })).status).toBe(403);
  const another = new URL(read);
  another.pathname = '/lake/main/y';
  expect((await fetch(another)).status).toBe(403);
  another.pathname = read.pathname;
  another.searchParams.set('versionId', 'null');
  expect((await fetch(another)).status).toBe(403);
  later = (body.physical_address_expiry + 1) * 1000 - Date.now();
  expect((await fetch(read)).status).toBe(403);
});

test("an address is no good once its key is deleted, or past the key's own end", async () => {
  await service.put('x', 'x');
  // Before an address would end by itself, and long after the test does.
  const key = await service.keys.create('someone', { expiresAt: Date.now() + 30 * 60_000 });
  const authorization = `Basic ${btoa(`${key.accessKeyId}:${key.secretAccessKey}`)}`;
  const { body } = await service.call(
    'GET /repositories/lake/refs/main/objects/stat?path=x&presign=true',
    undefined,
    { authorization }
  );
  expect(body.physical_address_expiry).toBeLessThanOrEqual(key.expiresAt! / 1000);
  expect((await fetch(body.physical_address)).status).toBe(200);
  await service.keys.delete(key.accessKeyId);
  expect((await fetch(body.physical_address)).status).toBe(403);
});

test('who opened an object reads on in the same bytes after it was overwritten or deleted', async () => {
  await service.put('x', 'old bytes');
  const { body: opened } = await stat('x');
  const read = async (range: string) => {
    const answer = await fetch(opened.physical_address, { headers: { range } });
    return [answer.status, answer.headers.get('etag'), await answer.text()];
  };
  const etag = `"${opened.checksum}"`;
  expect(await read('bytes=0-2')).toEqual([206, etag, 'old']);
  await service.put('x', 'NEW BYTES');
  expect(await read('bytes=4-')).toEqual([206, etag, 'bytes']);
  await service.call(`DELETE ${main}/objects?path=x`);
  expect(await read('bytes=4-')).toEqual([206, etag, 'bytes']);
});

test('a listing has presigned addresses on request', async () => {
  await service.put('a/1', 'one');
  await service.put('a/2', 'two');
  await service.put('b', 'three');
  const list = async (query: string) =>
    (await service.call(`GET /repositories/lake/refs/main/objects/ls?${query}`)).body.results;
  const texts = [];
  for (const { physical_address } of await list('presign=true')) {
    texts.push(await (await fetch(physical_address)).text());
  }
  expect(texts).toEqual(['one', 'two', 'three']);
  const [prefix] = await list('presign=true&delimiter=/');
  expect(prefix).toMatchObject({ path: 'a/', path_type: 'common_prefix', physical_address: '' });
  const [plain] = await list('presign=&after=');
  expect(plain.physical_address).toMatch(/^local:\/\/lake\/data\//);
  expect(plain).not.toHaveProperty('physical_address_expiry');
});

test('reading an object redirects to a presigned address on request, also with the authorization kept', async () => {
  await service.put('x', 'some bytes', { 'content-type': 'text/x' });
  const url = `/repositories/lake/refs/main/objects?path=x&presign=true`;
  const answer = await service.call(`GET ${url}`);
  expect(answer.status).toBe(302);
  const location = answer.headers.get('location')!;
  const headers = { authorization: BASIC, range: 'bytes=5-' };
  const read = await fetch(location, { headers });
  expect([read.status, read.headers.get('content-type'), await read.text()]).toEqual([
    206,
    'text/x',
    'bytes'
  ]);
  const absent = '/repositories/lake/refs/main/objects?path=nowhere&presign=true';
  expect((await service.call(`GET ${absent}`)).status).toBe(404);
});

test('without presign there is an address to name, and none to write to', async () => {
  const { body } = await service.call(`GET ${main}/staging/backing?path=x&presign=`);
  expect(Object.keys(body)).toEqual(['physical_address']);
  expect(body.physical_address).toMatch(/^local:\/\/lake\/data\/[0-9a-f]{32}$/);
});

test('what cannot be linked is refused with the reason', async () => {
  const staging = await address('x');
  const nothing = await link('x', staging, { size_bytes: 1 });
  expect([nothing.status, nothing.body.message]).toEqual([
    400,
    expect.stringMatching(/Nothing was uploaded/)
  ]);
  await fetch(staging.presigned_url, { method: 'PUT', body: 'x' });
  expect((await link('x', staging, { size_bytes: 2 })).status).toBe(400);
  expect((await link('x', staging, { size_bytes: 1, checksum: 'wrong' })).status).toBe(400);
  expect((await link('y', staging, { size_bytes: 1 })).status).toBe(404);
  expect((await link('x', {}, { size_bytes: 1 })).status).toBe(400);
  expect((await link('x', { physical_address: 's3://elsewhere/x' }, { size_bytes: 1 })).status).toBe(501);
  expect((await link('x', staging, { size_bytes: 1 })).status).toBe(200);
  expect((await link('x', staging, { size_bytes: 1 })).status).toBe(404);
  expect((await service.call(`GET ${main}/staging/backing`)).status).toBe(400);
  expect((await service.call('GET /repositories/lake/branches/no/staging/backing?path=x')).status).toBe(404);
});

test('an address of a branch that was deleted and made again is not linked', async () => {
  const branch = { name: 'dev', source: 'main' };
  await service.call('POST /repositories/lake/branches', branch);
  const staging = await address('x', 'dev');
  await fetch(staging.presigned_url, { method: 'PUT', body: 'x' });
  await service.call('DELETE /repositories/lake/branches/dev');
  await service.call('POST /repositories/lake/branches', branch);
  const body = { staging, checksum: md5('x'), size_bytes: 1 };
  const url = '/repositories/lake/branches/dev/staging/backing?path=x';
  expect((await service.call(`PUT ${url}`, body)).status).toBe(404);
  expect((await fetch(staging.presigned_url, { method: 'PUT', body: 'x' })).status).toBe(404);
});

/**
 * What the lakeFS Hadoop FileSystem asks in its presigned mode when Spark writes a file and reads it again, with its
 * habits: unknown and empty parameters, a first range of one byte, ranges of 1 MiB, markers as forms.
 */
test('a file system over the API writes, renames, reads and deletes', async () => {
  const refs = '/repositories/lake/refs/main';
  const missing = await service.call(
    `GET ${refs}/objects/stat?path=out%2F_temporary&user_metadata=&presign=`
  );
  expect(missing.status).toBe(404);
  const list = async (prefix: string, amount = 1) => {
    const query = `prefix=${escaped(prefix)}&after=&amount=${amount}&delimiter=&presign=true&no_tombstone=`;
    return (await service.call(`GET ${refs}/objects/ls?${query}`)).body.results;
  };
  expect(await list('out/')).toEqual([]);

  const marker = () => {
    const form = new FormData();
    form.set('content', new Blob([]));
    const url = `/api/v1${main}/objects?path=${escaped('out/_temporary/0/')}&storageClass=&force=`;
    const headers = { authorization: BASIC, 'if-none-match': '*' };
    return fetch(service.url + url, { method: 'POST', body: form, headers });
  };
  expect((await marker()).status).toBe(201);
  expect((await marker()).status).toBe(412);

  const content = Buffer.alloc(2_500_000, 'parquet ');
  expect((await write('out/_temporary/0/part-0', content)).status).toBe(200);
  const copied = await service.call(`POST ${main}/objects/copy?dest_path=${escaped('out/part-0')}`, {
    src_path: 'out/_temporary/0/part-0',
    src_ref: 'main'
  });
  expect(copied.status).toBe(201);
  const removed = await service.call(`POST ${main}/objects/delete?no_tombstone=&force=`, {
    paths: ['out/_temporary/0/part-0', 'out/_temporary/0/']
  });
  expect([removed.status, removed.body.errors]).toEqual([200, []]);
  expect((await list('out/', 1000)).map(({ path }: { path: string }) => path)).toEqual(['out/part-0']);

  const { body } = await stat('out/part-0');
  expect(body.size_bytes).toBe(content.length);
  const range = (from: number, to: number) =>
    fetch(body.physical_address, { headers: { range: `bytes=${from}-${to}` } });
  const probe = await range(0, 0);
  expect([probe.status, probe.headers.get('content-range')]).toEqual([206, `bytes 0-0/${content.length}`]);
  const pieces = [];
  for (let from = 0; from < content.length; from += 1024 * 1024) {
    pieces.push(Buffer.from(await (await range(from, from + 1024 * 1024 - 1)).arrayBuffer()));
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
  expect((await range(content.length, content.length + 9)).headers.get('content-range')).toBe(
    `bytes */${content.length}`
  );
  expect((await write('out/part-0', 'other', { 'if-none-match': '*' })).status).toBe(412);
  expect((await service.call(`DELETE ${main}/objects?path=${escaped('out/part-0')}&force=`)).status).toBe(
    204
  );
});

describe('multipart uploads at presigned addresses', () => {
  const first = Buffer.alloc(5 * 1024 * 1024, 'a');
  const pmpu = `${main}/staging/pmpu`;

  const begin = async (path: string, parts: number | '') =>
    (await service.call(`POST ${pmpu}?path=${escaped(path)}&parts=${parts}`)).body;

  const put = async (url: string, content: string | Buffer) =>
    (await fetch(url, { method: 'PUT', body: content as BodyInit })).headers.get('etag')!;

  test('parts go to the addresses, and become the object', async () => {
    const upload = await begin('big', 2);
    const etags = [await put(upload.presigned_urls[0], first), await put(upload.presigned_urls[1], 'tail')];
    const { status, body } = await service.call(`PUT ${pmpu}/${upload.upload_id}?path=big`, {
      physical_address: upload.physical_address,
      parts: etags.map((etag, i) => ({ part_number: i + 1, etag })),
      content_type: 'text/x',
      user_metadata: { k: 'v' }
    });
    expect([status, body]).toMatchObject([
      200,
      { path: 'big', size_bytes: first.length + 4, content_type: 'text/x', metadata: { k: 'v' } }
    ]);
    expect((await service.get('big', { range: `bytes=${first.length - 1}-` })).body).toBe('atail');
  });

  test('an address for each part can be asked for, and a part copied from an object', async () => {
    await service.put('source', '0123456789');
    const { upload_id, physical_address, presigned_urls } = await begin('big', '');
    expect(presigned_urls).toEqual([]);
    const part = (number: number | string, more = '', body: object = {}) =>
      service.call(`PUT ${pmpu}/${upload_id}/parts/${number}${more}?path=big`, { physical_address, ...body });
    const { body } = await part(1);
    const one = await put(body.presigned_url, first);
    const copy_source = { repository: 'lake', ref: 'main', path: 'source', range: 'bytes=2-4' };
    const two = await part(2, '/copy', { copy_source });
    expect([two.status, two.headers.get('etag')]).toEqual([204, `"${md5('234')}"`]);
    for (const range of ['bytes=0-1,3-4', 'bytes=10-', 'lines=1-2']) {
      expect((await part(2, '/copy', { copy_source: { ...copy_source, range } })).status).toBe(400);
    }
    for (const number of [0, 10_001, 'x']) {
      expect((await part(number)).status).toBe(400);
    }
    expect((await part(1, '', { physical_address: 'local://lake/data/other' })).status).toBe(400);
    const { status } = await service.call(`PUT ${pmpu}/${upload_id}?path=big`, {
      physical_address,
      parts: [
        { part_number: 1, etag: one },
        { part_number: 2, etag: two.headers.get('etag') }
      ]
    });
    expect(status).toBe(200);
    expect((await service.get('big', { range: 'bytes=-4' })).body).toBe('a234');
  });

  test('an upload can be given up, with or without a body, and is gone then', async () => {
    for (const withBody of [true, false]) {
      const { upload_id, physical_address, presigned_urls } = await begin('x', 1);
      const abort = () =>
        service.call(`DELETE ${pmpu}/${upload_id}?path=x`, withBody ? { physical_address } : undefined);
      expect((await abort()).status).toBe(204);
      expect((await abort()).status).toBe(404);
      expect((await fetch(presigned_urls[0], { method: 'PUT', body: 'x' })).status).toBe(404);
      const again = await service.call(`PUT ${pmpu}/${upload_id}/parts/1?path=x`, { physical_address });
      expect(again.status).toBe(404);
    }
  });
});
