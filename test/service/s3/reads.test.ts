import { DeleteObjectCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { versionId } from '../../../src/service/catalog/versions.js';
import { refusal, Verbs } from './client.js';
import { BUCKET, Service } from './service.js';

let service: Service;
let s3: S3Client;
const verbs = new Verbs(() => s3);
const Bucket = BUCKET;

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
});
afterAll(() => service.stop());

describe('a range', () => {
  const content = '0123456789';
  beforeAll(() => verbs.put('main/range', content));

  test.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-30', content, 'bytes 0-9/10'],
    ['bytes=5-500', '56789', 'bytes 5-9/10']
  ])('%s gives those bytes', async (Range, expected, ContentRange) => {
    const found = await verbs.get('main/range', { Range });
    expect(found).toMatchObject({
      ContentRange,
      ContentLength: expected.length,
      $metadata: { httpStatusCode: 206 }
    });
    expect(await found.Body!.transformToString()).toBe(expected);
    expect(await verbs.head('main/range', { Range })).toMatchObject({
      ContentRange,
      ContentLength: expected.length
    });
  });

  test.each(['bytes=10-', 'bytes=-0', 'bytes=11-12'])('%s holds no byte of the object', async Range => {
    expect(await refusal(verbs.get('main/range', { Range }))).toMatchObject({
      code: 'InvalidRange',
      status: 416
    });
  });

  test('of an empty object holds no byte', async () => {
    await verbs.put('main/empty', '');
    expect(await refusal(verbs.get('main/empty', { Range: 'bytes=0-0' }))).toMatchObject({ status: 416 });
    expect(await verbs.text('main/empty')).toBe('');
  });

  test.each(['bytes=5-2', 'bytes=0-1,3-4', 'rows=1-2', 'bytes=a-b', 'bytes=-'])(
    '%s is ignored, as S3 does',
    async Range => {
      expect(await verbs.text('main/range', { Range })).toBe(content);
    }
  );

  test('goes together with If-Match', async () => {
    const { ETag } = await verbs.head('main/range');
    expect(await verbs.text('main/range', { Range: 'bytes=0-1', IfMatch: ETag })).toBe('01');
    expect(await refusal(verbs.get('main/range', { Range: 'bytes=0-1', IfMatch: '"other"' }))).toMatchObject({
      code: 'PreconditionFailed',
      status: 412
    });
  });
});

describe('a condition', () => {
  let etag: string;
  const before = new Date(Date.now() - 3_600_000);
  const after = new Date(Date.now() + 3_600_000);
  beforeAll(async () => {
    etag = (await verbs.put('main/conditions', 'x')).ETag!;
  });

  test.each<[string, () => object, number]>([
    ['If-Match with the tag', () => ({ IfMatch: etag }), 200],
    ['If-Match with the tag, unquoted', () => ({ IfMatch: etag.replaceAll('"', '') }), 200],
    ['If-Match with any', () => ({ IfMatch: '*' }), 200],
    ['If-Match with another', () => ({ IfMatch: '"other"' }), 412],
    ['If-None-Match with the tag', () => ({ IfNoneMatch: etag }), 304],
    ['If-None-Match with another', () => ({ IfNoneMatch: '"other"' }), 200],
    ['If-Modified-Since an hour ago', () => ({ IfModifiedSince: before }), 200],
    ['If-Modified-Since in an hour', () => ({ IfModifiedSince: after }), 304],
    ['If-Unmodified-Since an hour ago', () => ({ IfUnmodifiedSince: before }), 412],
    ['If-Unmodified-Since in an hour', () => ({ IfUnmodifiedSince: after }), 200],
    ['a tag that outweighs a date', () => ({ IfMatch: etag, IfUnmodifiedSince: before }), 200],
    ['another tag that outweighs a date', () => ({ IfNoneMatch: '"other"', IfModifiedSince: after }), 200]
  ])('of a read, %s', async (_, condition, status) => {
    for (const read of ['get', 'head'] as const) {
      const answered = await verbs[read]('main/conditions', condition()).then(
        () => 200,
        (error: S3ServiceException) => error.$metadata.httpStatusCode
      );
      expect(answered).toBe(status);
    }
  });

  test('of a write is held against what is there', async () => {
    await verbs.put('main/once', '1', { IfNoneMatch: '*' });
    expect(await refusal(verbs.put('main/once', '2', { IfNoneMatch: '*' }))).toMatchObject({
      code: 'PreconditionFailed',
      status: 412
    });
    const { ETag } = await verbs.head('main/once');
    await verbs.put('main/once', '2', { IfMatch: ETag });
    expect(await refusal(verbs.put('main/once', '3', { IfMatch: ETag }))).toMatchObject({ status: 412 });
    expect(await verbs.text('main/once')).toBe('2');
    expect(await refusal(verbs.put('main/never', '1', { IfMatch: ETag }))).toMatchObject({
      code: 'NoSuchKey',
      status: 404
    });
  });

  test('that does not hold is told in words of S3, and named, for reading and for writing', async () => {
    const told = async (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'it held',
        (error: S3ServiceException & { Condition?: string }) => [error.Condition, error.message]
      );
    const ours = expect.stringMatching(/^At least one of the pre-conditions you specified did not hold\./);
    const write = verbs.put('main/conditions', 'y', { IfNoneMatch: '*' });
    expect(await told(write)).toEqual(['If-None-Match', ours]);
    const other = verbs.put('main/conditions', 'y', { IfMatch: '"other"' });
    expect(await told(other)).toEqual(['If-Match', ours]);
    const read = verbs.get('main/conditions', { IfMatch: '"other"' });
    expect(await told(read)).toEqual(['If-Match', ours]);
  });

  test('of a deletion too', async () => {
    const { ETag } = await verbs.put('main/guarded', '1');
    const remove = (IfMatch?: string) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: 'main/guarded', IfMatch }));
    expect(await refusal(remove('"other"'))).toMatchObject({ status: 412 });
    await remove(ETag);
    expect(await refusal(remove(ETag))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(await refusal(verbs.head('main/guarded'))).toMatchObject({ status: 404 });
  });
});

test('an answer carries the headers that the query asks for, and never runs as a page', async () => {
  await verbs.put('main/page.html', '<script>alert(1)</script>', { ContentType: 'text/html' });
  const found = await verbs.get('main/page.html', {
    ResponseContentType: 'text/plain',
    ResponseContentDisposition: 'attachment; filename="page.txt"',
    ResponseCacheControl: 'no-store'
  });
  expect(found).toMatchObject({
    ContentType: 'text/plain',
    ContentDisposition: 'attachment; filename="page.txt"',
    CacheControl: 'no-store'
  });
  expect(await refusal(verbs.get('main/page.html', { ResponseContentType: 'a\r\nb: c' }))).toMatchObject({
    code: 'InvalidArgument'
  });
});

test('a version reads the bytes that the object had then, and what never was is no version', async () => {
  await verbs.put('main/versioned', 'old');
  const entry = await service.catalog.objects.stat(BUCKET, 'main', 'versioned');
  const VersionId = versionId(entry);
  await verbs.put('main/versioned', 'newer');
  const found = await verbs.get('main/versioned', { VersionId });
  expect(found).toMatchObject({ ETag: `"${entry.checksum}"`, ContentLength: 3 });
  expect(await found.Body!.transformToString()).toBe('old');
  expect(await verbs.text('main/versioned', { VersionId: 'null' })).toBe('newer');
  const never = versionId({
    ...entry,
    contentId: entry.contentId.replace(/./g, '0') as typeof entry.contentId
  });
  for (const wrong of [never, 'nonsense', `${VersionId}\n`, entry.contentId]) {
    expect(await refusal(verbs.get('main/versioned', { VersionId: wrong }))).toMatchObject({
      code: 'NoSuchVersion',
      status: 404
    });
  }
});
