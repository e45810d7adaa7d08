import { createHash } from 'node:crypto';
import type { UploadAddress } from '../../../src/service/catalog/uploads.js';
import type { WriteOptions } from '../../../src/service/catalog/objects.js';
import { LINK_WITHIN_MS } from '../../../src/service/catalog/roots.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');

async function upload(address: UploadAddress, content: string | Buffer, partNumber = 1) {
  const received = await lake.catalog.contents.receive('lake', chunks(content));
  return lake.catalog.uploads.putPart('lake', address, partNumber, received);
}

function link(address: UploadAddress, content: string | Buffer, options: WriteOptions = {}) {
  const told = { size: Buffer.byteLength(content), checksum: md5(content) };
  return lake.catalog.uploads.link('lake', address, told, options);
}

const large = Buffer.alloc(100_000, 'x');

test.each([
  ['small', Buffer.from('small')],
  ['large', large],
  ['empty', Buffer.alloc(0)]
])('%s bytes at an address become the object when they are linked', async (_, content) => {
  const address = await lake.catalog.uploads.stage('lake', 'main', 'a/b');
  await upload(address, content);
  expect(await lake.paths('main')).toEqual([]);
  const files = await lake.files();
  const entry = await link(address, content, { contentType: 'text/x', metadata: { k: 'v' } });
  expect(entry).toMatchObject({
    path: 'a/b',
    size: content.length,
    checksum: md5(content),
    contentType: 'text/x',
    metadata: { k: 'v' }
  });
  expect(await lake.read('main', 'a/b')).toBe(content.toString());
  expect(await lake.files()).toBe(files);
  await lake.catalog.idle();
  expect([await lake.records('u/'), await lake.records('p/')]).toEqual([0, 0]);
});

test('an address links once', async () => {
  const address = await lake.catalog.uploads.stage('lake', 'main', 'x');
  await upload(address, 'first');
  const both = await Promise.all([refusal(link(address, 'first')), refusal(link(address, 'first'))]);
  expect(both.sort()).toEqual(['no refusal', 'upload-not-found']);
  expect(await refusal(upload(address, 'second'))).toBe('upload-not-found');
  expect(await lake.read('main', 'x')).toBe('first');
});

test('an address dies with its branch, also when a branch of that name exists again', async () => {
  await lake.branch('dev');
  const address = await lake.catalog.uploads.stage('lake', 'dev', 'x');
  await upload(address, 'late');
  await lake.catalog.branches.delete('lake', 'dev');
  await lake.branch('dev');
  expect(await refusal(link(address, 'late'))).toBe('upload-not-found');
  expect(await lake.paths('dev')).toEqual([]);
});

test('what is linked must be what was uploaded', async () => {
  const address = await lake.catalog.uploads.stage('lake', 'main', 'x');
  expect(await refusal(link(address, 'bytes'))).toBe('invalid-input');
  await upload(address, 'bytes');
  expect(await refusal(link(address, 'byte'))).toBe('invalid-input');
  expect(await refusal(link(address, 'other'))).toBe('invalid-input');
  expect(await refusal(upload(address, 'bytes', 2))).toBe('invalid-input');
  await upload(address, 'again');
  await link(address, 'again');
  expect(await lake.read('main', 'x')).toBe('again');
});

test('a checksum is taken in every form in which clients have it', async () => {
  const digest = md5('bytes');
  const sha256 = createHash('sha256').update('bytes').digest('hex');
  for (const checksum of [
    `"${digest}"`,
    digest.toUpperCase(),
    Buffer.from(digest, 'hex').toString('base64'),
    sha256,
    ''
  ]) {
    const address = await lake.catalog.uploads.stage('lake', 'main', 'x');
    await upload(address, 'bytes');
    const entry = await lake.catalog.uploads.link('lake', address, { size: 5, checksum }, {});
    expect(entry.checksum).toBe(digest);
  }
});

test('conditions and protection hold when an address is linked, and leave it to be linked', async () => {
  await lake.put('main', 'x', 'old');
  const address = await lake.catalog.uploads.stage('lake', 'main', 'x');
  await upload(address, 'new');
  const ifNoneMatch = { conditions: { ifNoneMatch: ['*'] } };
  expect(await refusal(link(address, 'new', ifNoneMatch))).toBe('precondition-failed');
  await lake.catalog.protection.set('lake', ['main']);
  expect(await refusal(link(address, 'new'))).toBe('branch-protected');
  expect(await refusal(upload(address, 'newer'))).toBe('branch-protected');
  expect(await lake.read('main', 'x')).toBe('old');
  await link(address, 'new', { force: true });
  expect(await lake.read('main', 'x')).toBe('new');
});

test('what was uploaded and not linked within a day is collected', async () => {
  const linked = await lake.catalog.uploads.stage('lake', 'main', 'linked');
  await upload(linked, large);
  await lake.catalog.uploads.stage('lake', 'main', 'never used');
  const forgotten = await lake.catalog.uploads.stage('lake', 'main', 'forgotten');
  await upload(forgotten, Buffer.alloc(50_000, 'y'));
  await lake.catalog.collection.run();
  expect([await lake.files(), await lake.records('u/')]).toEqual([2, 3]);
  await link(linked, large);

  lake.time += LINK_WITHIN_MS;
  const collectable: string[] = [];
  await lake.catalog.soundness.check({
    onFinding: ({ what }) => void collectable.push(what)
  });
  expect(collectable.join()).toMatch(/was not linked to forgotten on main in time/);
  const { leftovers } = await lake.catalog.collection.run();
  expect(leftovers.uploads).toBe(2);
  await lake.catalog.idle();
  expect(await lake.records('u/')).toBe(0);
  expect(await refusal(link(forgotten, Buffer.alloc(50_000, 'y')))).toBe('upload-not-found');
  await lake.catalog.collection.run();
  expect(await lake.files()).toBe(1);
  expect(await lake.read('main', 'linked')).toBe(large.toString());
});
