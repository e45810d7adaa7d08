import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { BASIC, Service } from './service.js';

let folder: string;
let service: Service;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-import-'));
  service = await Service.start({}, [folder]);
  await service.lake();
  await mkdir(join(folder, 'raw'));
  await writeFile(join(folder, 'raw', 'a.csv'), 'a,b\n1,2\n');
  await writeFile(join(folder, 'raw', 'b ö.csv'), 'a,b\n3,4\n');
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

const IMPORT = '/repositories/lake/branches/main/import';
const prefix = (destination: string) => ({
  type: 'common_prefix',
  path: `local://${folder}/raw/`,
  destination
});

async function finished(id: string) {
  for (;;) {
    const { status, body } = await service.call(`GET ${IMPORT}?id=${id}`);
    expect(status).toBe(200);
    if (body.completed || body.error) {
      return body;
    }
    await new Promise(setImmediate);
  }
}

async function imported(paths: object[], commit: object = { message: 'Raw data' }, query = '') {
  const { status, body } = await service.call(`POST ${IMPORT}${query}`, { paths, commit });
  expect(status).toBe(202);
  expect(Object.keys(body)).toEqual(['id']);
  return finished(body.id);
}

test('an import is begun, asked for, and ends in a commit', async () => {
  const commit = { message: 'Raw data', metadata: { source: 'disk' }, date: 1_600_000_000 };
  const status = await imported([prefix('data/')], commit);
  expect(status).toEqual({
    completed: true,
    update_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ingested_objects: 2,
    metarange_id: status.commit.meta_range_id,
    commit: expect.objectContaining({
      message: 'Raw data',
      metadata: { source: 'disk' },
      creation_date: 1_600_000_000,
      committer: 'admin'
    })
  });
  expect((await service.call('GET /repositories/lake/branches/main')).body.commit_id).toBe(status.commit.id);
  const { body } = await service.get('data/b ö.csv');
  expect(body).toBe('a,b\n3,4\n');
  await service.put('data/own.csv', 'bytes of the store');
  const { body: listing } = await service.call('GET /repositories/lake/refs/main/objects/ls?prefix=data/');
  expect(listing.results.map((object: any) => object.physical_address)).toEqual([
    `local://${folder}/raw/a.csv`,
    `local://${folder}/raw/b ö.csv`,
    expect.stringMatching(/^local:\/\/lake\/data\/[0-9a-f]{64}$/)
  ]);
  const { body: stat } = await service.call('GET /repositories/lake/refs/main/objects/stat?path=data/a.csv');
  expect(stat.physical_address).toBe(`local://${folder}/raw/a.csv`);
  const conflict = await service.call(`DELETE ${IMPORT}?id=${(await begun()).id}`);
  expect([204, 409]).toContain(conflict.status);
});

async function begun() {
  const commit = { message: '' };
  return (await service.call(`POST ${IMPORT}`, { paths: [prefix('again/')], commit })).body;
}

test('an address may be a file’s URL, percent-encoded', async () => {
  const path = pathToFileURL(join(folder, 'raw', 'b ö.csv')).href;
  const status = await imported([{ type: 'object', path, destination: 'one.csv' }], { message: '' });
  expect(status.commit.message).toBe(`Import from ${path}`);
  expect((await service.get('one.csv')).body).toBe('a,b\n3,4\n');
});

test('a read that finds the file changed is 409 with its name, whole or a range; copied bytes stay', async () => {
  const path = join(folder, 'changing.csv');
  await writeFile(path, 'before');
  const source = { type: 'object', path: `local://${path}` };
  await imported([{ ...source, destination: 'linked.csv' }]);
  await imported([{ ...source, destination: 'copied.csv' }], { message: '' }, '?copy=true');
  await writeFile(path, 'afterwards');
  for (const headers of [undefined, { range: 'bytes=1-2' }]) {
    const { status, body, headers: answered } = await service.get('linked.csv', headers);
    expect(status).toBe(409);
    expect(body.message).toContain(path);
    expect(answered.get('content-type')).toMatch(/^application\/json/);
    expect(answered.get('etag')).toBeNull();
  }
  expect((await service.get('copied.csv')).body).toBe('before');
  expect((await service.call('GET /repositories/lake/refs/main/objects/stat?path=linked.csv')).status).toBe(
    200
  );
  const { body: fsck } = await service.call('GET /databranch/fsck');
  expect(fsck.report.sound).toBe(false);
  const damage = fsck.findings.filter(({ severity }: any) => severity === 'damage');
  expect(damage.map(({ what }: any) => what)).toEqual([expect.stringContaining(path)]);
});

test('what cannot be imported is refused before anything begins', async () => {
  const start = async (body: object) => (await service.call(`POST ${IMPORT}`, body as any)).status;
  const commit = { message: 'm' };
  expect(await start({ paths: [], commit })).toBe(400);
  expect(await start({ paths: [prefix('')] })).toBe(400);
  expect(await start({ commit })).toBe(400);
  expect(await start({ paths: [{ ...prefix(''), type: 'folder' }], commit })).toBe(400);
  expect(await start({ paths: [{ ...prefix(''), path: 's3://bucket/' }], commit })).toBe(400);
  expect(await start({ paths: [{ ...prefix(''), path: `local://${folder}/none` }], commit })).toBe(400);
  expect(await start({ paths: [{ ...prefix(''), path: 'local:///etc/' }], commit })).toBe(403);
  const elsewhere = (url: string) => service.call(`POST ${url}`, { paths: [prefix('')], commit });
  expect((await elsewhere('/repositories/lake/branches/none/import')).status).toBe(404);
  expect((await elsewhere('/repositories/none/branches/main/import')).status).toBe(404);
  expect((await service.call(`GET ${IMPORT}?id=none`)).status).toBe(404);
  expect((await service.call(`DELETE ${IMPORT}?id=none`)).status).toBe(404);
  expect((await service.call(`GET ${IMPORT}`)).status).toBe(400);
});

describe('a single file', () => {
  const url = '/repositories/lake/branches/main/objects?path=staged.csv';
  const staged = (address: string, size: number, rest: object = {}) =>
    service.call(`PUT ${url}`, { physical_address: address, checksum: 'abc', size_bytes: size, ...rest });

  test('is linked to a path, as an uncommitted change', async () => {
    const rest = { mtime: 1_600_000_000, metadata: { a: 'b' }, content_type: 'text/csv' };
    const { status, body } = await staged(`local://${folder}/raw/a.csv`, 8, rest);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      path: 'staged.csv',
      physical_address: `local://${folder}/raw/a.csv`,
      checksum: 'abc',
      size_bytes: 8,
      mtime: 1_600_000_000,
      metadata: { a: 'b' },
      content_type: 'text/csv'
    });
    expect((await service.get('staged.csv')).body).toBe('a,b\n1,2\n');
    const { body: diff } = await service.call('GET /repositories/lake/branches/main/diff');
    expect(diff.results.map(({ path }: any) => path)).toContain('staged.csv');
  });

  test('is refused where it is another than was said, or lies elsewhere', async () => {
    expect((await staged(`local://${folder}/raw/a.csv`, 9)).status).toBe(400);
    expect((await staged(`local://${folder}/raw`, 9)).status).toBe(400);
    expect((await staged('s3://bucket/a', 9)).status).toBe(400);
    expect((await staged('local:///etc/hostname', 9)).status).toBe(403);
  });
});

describe('without an import root', () => {
  let closed: Service;
  beforeAll(async () => {
    closed = await Service.start();
    await closed.lake();
  });
  afterAll(() => closed.stop());

  test('nothing is imported, and the answer says what to do', async () => {
    const body = { paths: [prefix('')], commit: { message: 'm' } };
    const { status, body: answer } = await closed.call(`POST ${IMPORT}`, body);
    expect(status).toBe(403);
    expect(answer.message).toMatch(/--import-root DIR/);
  });

  test('the configuration says so', async () => {
    const support = async (asked: Service) => (await asked.call('GET /config/storage')).body;
    expect(await support(closed)).toMatchObject({ import_support: false });
    const { import_support: offered, import_validity_regex: regex } = await support(service);
    expect(offered).toBe(true);
    expect(`local://${folder}/raw/`).toMatch(new RegExp(regex));
    expect('s3://bucket/').not.toMatch(new RegExp(regex));
  });
});

describe('an archive', () => {
  const send = (body: BodyInit, name = '') =>
    fetch(`${service.url}/api/v1/databranch/archive?repository=${name}`, {
      method: 'POST',
      headers: { authorization: BASIC, 'content-type': 'application/x-tar' },
      body
    });

  test('comes out of one repository and goes into another', async () => {
    await writeFile(join(folder, 'changing.csv'), 'before');
    await service.call('POST /repositories', { name: 'source', storage_namespace: 'local://source' });
    await service.call('POST /repositories/source/branches/main/objects?path=a.csv', 'rows');
    await service.call('POST /repositories/source/branches/main/commits', { message: 'm' });
    await service.call('POST /repositories/source/branches/main/objects?path=b.csv', 'rows');
    const response = await fetch(`${service.url}/api/v1/databranch/repositories/source/archive`, {
      headers: { authorization: BASIC }
    });
    expect(response.headers.get('content-type')).toBe('application/x-tar');
    expect(response.headers.get('x-databranch-uncommitted')).toBe('main');
    const archive = await response.arrayBuffer();
    const answer = await send(archive, 'restored');
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      repository: 'restored',
      branches: 1,
      commits: 2,
      contents: 1
    });
    const head = async (name: string) => (await service.call(`GET /repositories/${name}/branches/main`)).body;
    expect(await head('restored')).toEqual(await head('source'));
    expect((await send(archive, 'restored')).status).toBe(409);
    expect((await send(archive.slice(0, 2_000), 'other')).status).toBe(400);
    expect((await service.call('GET /repositories/other')).status).toBe(404);
  });

  test('of what is not there is 404', async () => {
    expect((await service.call('GET /databranch/repositories/none/archive')).status).toBe(404);
  });
});
