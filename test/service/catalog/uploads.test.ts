import { PART_BYTES_MIN } from '../../../src/service/catalog/uploads.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

async function part(uploadId: string, partNumber: number, content: string | Buffer) {
  const received = await lake.catalog.contents.receive('lake', chunks(content));
  return lake.catalog.uploads.putPart('lake', uploadId, partNumber, received);
}

const big = Buffer.alloc(PART_BYTES_MIN, 'a');

test('parts become an object without being copied, and ranges cross them', async () => {
  const { uploadId } = await lake.catalog.uploads.create('lake', 'main', 'x', { contentType: 'a/b' });
  const one = await part(uploadId, 2, big);
  const two = await part(uploadId, 7, 'tail');
  const files = await lake.files();
  const entry = await lake.catalog.uploads.complete('lake', uploadId, [
    { partNumber: 2, etag: one.etag },
    { partNumber: 7, etag: two.etag }
  ]);
  expect(entry).toMatchObject({ size: big.length + 4, contentType: 'a/b' });
  expect(entry.checksum).toMatch(/^[0-9a-f]{32}-2$/);
  expect(await lake.files()).toBe(files);
  const bytes: Buffer[] = [];
  for await (const chunk of lake.catalog.contents.read('lake', entry.contentId, big.length - 2, entry.size)) {
    bytes.push(chunk);
  }
  expect(Buffer.concat(bytes).toString()).toBe('aatail');
  await lake.catalog.idle();
  expect(await lake.records('p/')).toBe(0);
  expect(await refusal(lake.catalog.uploads.abort('lake', uploadId))).toBe('upload-not-found');
});

test('a part uploaded again replaces the first', async () => {
  const { uploadId } = await lake.catalog.uploads.create('lake', 'main', 'x');
  await part(uploadId, 1, 'old');
  const { etag } = await part(uploadId, 1, 'new');
  await lake.catalog.uploads.complete('lake', uploadId, [{ partNumber: 1, etag }]);
  expect(await lake.read('main', 'x')).toBe('new');
});

test('a wrong list of parts is refused and the upload goes on', async () => {
  const { uploadId } = await lake.catalog.uploads.create('lake', 'main', 'x');
  const one = await part(uploadId, 1, 'small');
  const two = await part(uploadId, 2, 'end');
  const complete = (...parts: { partNumber: number; etag: string }[]) =>
    lake.catalog.uploads.complete('lake', uploadId, parts).then(
      () => 'completed',
      error => error.data.reason
    );
  expect(await complete()).toBe('no-parts');
  expect(await complete({ partNumber: 1, etag: two.etag })).toBe('unknown-part');
  expect(await complete({ partNumber: 2, etag: two.etag }, { partNumber: 1, etag: one.etag })).toBe(
    'part-order'
  );
  expect(await complete({ partNumber: 1, etag: one.etag }, { partNumber: 2, etag: two.etag })).toBe(
    'part-too-small'
  );
  expect(await complete({ partNumber: 2, etag: two.etag })).toBe('completed');
});

test('an upload dies with its branch, also when a branch of that name exists again', async () => {
  await lake.branch('dev');
  const { uploadId } = await lake.catalog.uploads.create('lake', 'dev', 'x');
  const { etag } = await part(uploadId, 1, 'late');
  await lake.catalog.branches.delete('lake', 'dev');
  await lake.branch('dev');
  const completed = lake.catalog.uploads.complete('lake', uploadId, [{ partNumber: 1, etag }]);
  expect(await refusal(completed)).toBe('upload-not-found');
  expect(await lake.paths('dev')).toEqual([]);
});

test('parts and uploads are listed', async () => {
  const { uploadId } = await lake.catalog.uploads.create('lake', 'main', 'x');
  for (const n of [3, 1, 2]) {
    await part(uploadId, n, String(n));
  }
  const page = await lake.catalog.uploads.listParts('lake', uploadId, { after: 1, amount: 1 });
  expect(page.parts.map(p => p.partNumber)).toEqual([2]);
  expect(page.hasMore).toBe(true);
  expect((await lake.catalog.uploads.list('lake', 'main')).uploads).toMatchObject([{ path: 'x', uploadId }]);
  await lake.catalog.uploads.abort('lake', uploadId);
  expect((await lake.catalog.uploads.list('lake', 'main')).uploads).toEqual([]);
});
