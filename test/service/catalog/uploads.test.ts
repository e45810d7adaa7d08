import { PART_BYTES_MIN } from '../../../src/service/catalog/parts.js';
import type { UploadAddress } from '../../../src/service/catalog/uploads.js';
import { chunks, Fixture, refusal } from './fixture.js';

let lake: Fixture;
beforeEach(async () => (lake = await Fixture.open()));
afterEach(() => lake.close());

async function part(upload: UploadAddress, partNumber: number, content: string | Buffer) {
  const received = await lake.catalog.contents.receive('lake', chunks(content));
  return lake.catalog.uploads.putPart('lake', upload, partNumber, received);
}

const big = Buffer.alloc(PART_BYTES_MIN, 'a');

test('parts become an object without being copied, and ranges cross them', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x', { contentType: 'a/b' });
  const one = await part(upload, 2, big);
  const two = await part(upload, 7, 'tail');
  const files = await lake.files();
  const entry = await lake.catalog.uploads.complete('lake', upload, [
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
  expect(await refusal(lake.catalog.uploads.abort('lake', upload))).toBe('upload-not-found');
});

test('a part uploaded again replaces the first', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  await part(upload, 1, 'old');
  const { etag } = await part(upload, 1, 'new');
  await lake.catalog.uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
  expect(await lake.read('main', 'x')).toBe('new');
});

test('a wrong list of parts is refused and the upload goes on', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  const one = await part(upload, 1, 'small');
  const two = await part(upload, 2, 'end');
  const complete = (...parts: { partNumber: number; etag: string }[]) =>
    lake.catalog.uploads.complete('lake', upload, parts).then(
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
  const upload = await lake.catalog.uploads.create('lake', 'dev', 'x');
  const { etag } = await part(upload, 1, 'late');
  await lake.catalog.branches.delete('lake', 'dev');
  await lake.branch('dev');
  const completed = lake.catalog.uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
  expect(await refusal(completed)).toBe('upload-not-found');
  expect(await lake.paths('dev')).toEqual([]);
});

test('parts and uploads are listed', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  for (const n of [3, 1, 2]) {
    await part(upload, n, String(n));
  }
  const page = await lake.catalog.uploads.listParts('lake', upload, { after: 1, amount: 1 });
  expect(page.parts.map(p => p.partNumber)).toEqual([2]);
  expect(page.hasMore).toBe(true);
  expect((await lake.catalog.uploads.list('lake', 'main')).uploads).toMatchObject([upload]);
  await lake.catalog.uploads.abort('lake', upload);
  expect((await lake.catalog.uploads.list('lake', 'main')).uploads).toEqual([]);
});

test('an upload is found under its own path and branch only', async () => {
  await lake.branch('dev');
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  const { etag } = await part(upload, 1, 'bytes');
  for (const wrong of [
    { ...upload, path: 'y' },
    { ...upload, branch: 'dev' },
    { ...upload, uploadId: upload.uploadId.replace(/./g, '0') }
  ]) {
    expect(await refusal(part(wrong, 1, 'other'))).toBe('upload-not-found');
    expect(await refusal(lake.catalog.uploads.listParts('lake', wrong))).toBe('upload-not-found');
    expect(await refusal(lake.catalog.uploads.abort('lake', wrong))).toBe('upload-not-found');
    const completed = lake.catalog.uploads.complete('lake', wrong, [{ partNumber: 1, etag }]);
    expect(await refusal(completed)).toBe('upload-not-found');
  }
  await lake.catalog.uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
  expect(await lake.read('main', 'x')).toBe('bytes');
});

test('uploads are listed by the bytes of their path, then by id, from wherever a page ended', async () => {
  const paths = ['a', 'a', 'a', 'a/b', 'a-b', 'a\u0001', 'b', '\u{1f600}', '\uffee'];
  await lake.branch('dev');
  await lake.catalog.uploads.create('lake', 'dev', 'elsewhere');
  const all: UploadAddress[] = [];
  for (const path of paths) {
    all.push(await lake.catalog.uploads.create('lake', 'main', path));
    await lake.catalog.uploads.stage('lake', 'main', path);
  }
  const byKey = ({ path, uploadId }: UploadAddress) => Buffer.from(`${path}\0${uploadId}`);
  all.sort((a, b) => Buffer.compare(byKey(a), byKey(b)));
  const found: UploadAddress[] = [];
  for (let after: UploadAddress | undefined, more = true; more;) {
    const page = await lake.catalog.uploads.list('lake', 'main', { after, amount: 2 });
    found.push(...page.uploads);
    after = page.uploads.at(-1);
    more = page.hasMore;
  }
  expect(found).toMatchObject(all);
  const { uploads } = await lake.catalog.uploads.list('lake', 'main', { prefix: 'a', after: { path: 'a' } });
  expect(uploads.map(({ path }) => path)).toEqual(['a\u0001', 'a-b', 'a/b']);
});

test('a listing reaches uploads behind the first ten thousand', async () => {
  const { uploads } = lake.catalog;
  const count = 10_500;
  const path = (i: number) => String(i).padStart(5, '0');
  for (let from = 0; from < count; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => uploads.create('lake', 'main', path(from + i))));
  }
  const page = await uploads.list('lake', 'main', { after: { path: path(count - 3) } });
  expect(page).toMatchObject({
    uploads: [{ path: path(count - 2) }, { path: path(count - 1) }],
    hasMore: false
  });
});
