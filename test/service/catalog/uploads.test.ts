import fc from 'fast-check';

import { PART_BYTES_MIN } from '../../../src/service/catalog/parts.js';
import type { ListedUpload, UploadQuery } from '../../../src/service/catalog/upload-list.js';
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

const uploadsOf = (results: ListedUpload[]) =>
  results.flatMap(item => (item.kind === 'upload' ? [item.upload] : []));

const listed = async (query?: UploadQuery) =>
  uploadsOf((await lake.catalog.uploads.list('lake', 'main', query)).results);

test('parts and uploads are listed', async () => {
  const upload = await lake.catalog.uploads.create('lake', 'main', 'x');
  for (const n of [3, 1, 2]) {
    await part(upload, n, String(n));
  }
  const page = await lake.catalog.uploads.listParts('lake', upload, { after: 1, amount: 1 });
  expect(page.parts.map(p => p.partNumber)).toEqual([2]);
  expect(page.hasMore).toBe(true);
  expect(await listed()).toMatchObject([upload]);
  await lake.catalog.uploads.abort('lake', upload);
  expect(await listed()).toEqual([]);
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
    found.push(...uploadsOf(page.results));
    after = found.at(-1);
    more = page.hasMore;
  }
  expect(found).toMatchObject(all);
  const behind = await listed({ prefix: 'a', after: { path: 'a' } });
  expect(behind.map(({ path }) => path)).toEqual(['a\u0001', 'a-b', 'a/b']);
});

test('a listing reaches uploads behind the first ten thousand', async () => {
  const { uploads } = lake.catalog;
  const count = 10_500;
  const path = (i: number) => String(i).padStart(5, '0');
  for (let from = 0; from < count; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => uploads.create('lake', 'main', path(from + i))));
  }
  const page = await uploads.list('lake', 'main', { after: { path: path(count - 3) } });
  expect(page.hasMore).toBe(false);
  expect(uploadsOf(page.results)).toMatchObject([{ path: path(count - 2) }, { path: path(count - 1) }]);
  const groups = await uploads.list('lake', 'main', { prefix: '0', delimiter: '0', after: { path: '00' } });
  expect(groups.hasMore).toBe(true);
  expect(groups.results[0]).toEqual({ kind: 'prefix', path: '010' });
  const rest = await uploads.list('lake', 'main', { delimiter: '0' });
  expect(rest).toMatchObject({
    results: [
      { kind: 'prefix', path: '0' },
      { kind: 'prefix', path: '10' }
    ],
    hasMore: false
  });
});

test('with a delimiter, uploads are listed with their common prefixes, page by page', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', 'ü'), minLength: 1, maxLength: 5 });
  const cases = fc.record({
    paths: fc.array(text, { maxLength: 12 }),
    prefix: fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 2 }),
    delimiter: fc.constantFrom('', '/', '-', 'a', '/a'),
    amount: fc.integer({ min: 1, max: 4 })
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ paths, prefix, delimiter, amount }) => {
      const branch = `run-${runs++}`;
      await lake.branch(branch);
      const { uploads } = lake.catalog;
      await Promise.all(paths.map(path => uploads.create('lake', branch, path)));
      await Promise.all(paths.map(path => uploads.stage('lake', branch, `${path}/staged`)));
      const found: string[] = [];
      for (let after: UploadQuery['after'], more = true; more;) {
        const { results, hasMore } = await uploads.list('lake', branch, { prefix, delimiter, after, amount });
        expect(results.length).toBeLessThanOrEqual(amount);
        found.push(...results.map(item => (item.kind === 'upload' ? item.upload.path : `${item.path} …`)));
        const last = results.at(-1);
        after = last?.kind === 'upload' ? last.upload : last;
        more = hasMore;
      }
      const expected = paths
        .filter(path => path.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(path => {
          const at = delimiter === '' ? -1 : path.indexOf(delimiter, prefix.length);
          return at < 0 ? path : `${path.slice(0, at + delimiter.length)} …`;
        });
      expect(found).toEqual(expected.filter((name, i) => !name.endsWith('…') || name !== expected[i - 1]));
    }),
    { numRuns: 60 }
  );
});
