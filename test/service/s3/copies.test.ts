import { randomBytes } from 'node:crypto';
import { CopyObjectCommand, type CopyObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { refusal, Verbs } from './client.js';
import { BUCKET, Service } from './service.js';

let service: Service;
let s3: S3Client;
const verbs = new Verbs(() => s3);
const Bucket = BUCKET;

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
  await service.catalog.branches.create(BUCKET, { name: 'dev', source: 'main' });
  await service.catalog.repositories.create({ name: 'other', storageNamespace: 'local://other' });
});
afterAll(() => service.stop());

const copy = (CopySource: string, Key: string, more: object = {}): Promise<CopyObjectCommandOutput> =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));

describe('a copy', () => {
  test('takes content, tag, type and metadata along, to another branch too', async () => {
    const { ETag } = await verbs.put('main/source', 'content', {
      ContentType: 'text/csv',
      Metadata: { a: 'b' }
    });
    const { CopyObjectResult } = await copy('lake/main/source', 'dev/target');
    expect(CopyObjectResult).toMatchObject({ ETag });
    expect(CopyObjectResult!.LastModified!.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await verbs.head('dev/target')).toMatchObject({
      ETag,
      ContentType: 'text/csv',
      Metadata: { a: 'b' }
    });
    expect(await verbs.text('dev/target')).toBe('content');
  });

  test('finds its source however it is written', async () => {
    await verbs.put('main/a b/ü+%41', 'odd');
    const encoded = 'lake/main/a%20b/%C3%BC%2B%2541';
    for (const source of [
      encoded,
      `/${encoded}`,
      encoded.replaceAll('/', '%2F'),
      `${encoded}?versionId=null`
    ]) {
      await copy(source, 'main/odd-copy');
      expect(await verbs.text('main/odd-copy')).toBe('odd');
    }
    await verbs.put('main/100%', 'percent');
    await copy('lake/main/100%', 'main/percent-copy');
    expect(await verbs.text('main/percent-copy')).toBe('percent');
  });

  test('may replace what is said of the object', async () => {
    await verbs.put('main/described', 'x', {
      ContentType: 'text/csv',
      Metadata: { a: 'b' },
      CacheControl: 'no-cache'
    });
    await copy('lake/main/described', 'main/replaced', {
      MetadataDirective: 'REPLACE',
      ContentType: 'text/plain',
      Metadata: { c: 'd' }
    });
    const found = await verbs.head('main/replaced');
    expect(found).toMatchObject({ ContentType: 'text/plain', Metadata: { c: 'd' } });
    expect(found.CacheControl).toBeUndefined();
  });

  test('onto itself changes metadata, or is refused', async () => {
    await verbs.put('main/self', 'x', { Metadata: { a: 'b' } });
    expect(await refusal(copy('lake/main/self', 'main/self'))).toMatchObject({
      code: 'InvalidRequest',
      status: 400
    });
    await copy('lake/main/self', 'main/self', { MetadataDirective: 'REPLACE', Metadata: { c: 'd' } });
    expect((await verbs.head('main/self')).Metadata).toEqual({ c: 'd' });
  });

  test('from another repository streams the bytes', async () => {
    const content = randomBytes(700_000);
    const received = await service.catalog.contents.receive(
      'other',
      (async function* () {
        yield content;
      })()
    );
    await service.catalog.objects.put('other', 'main', 'large', received, {
      contentType: 'image/png',
      metadata: { a: 'b' }
    });
    await copy('other/main/large', 'main/large');
    const found = await verbs.get('main/large');
    expect(found).toMatchObject({ ContentType: 'image/png', Metadata: { a: 'b' } });
    expect(Buffer.from(await found.Body!.transformToByteArray()).equals(content)).toBe(true);
    await copy('other/main/large', 'main/large', { MetadataDirective: 'REPLACE' });
    expect(await verbs.head('main/large')).toMatchObject({
      ContentType: 'binary/octet-stream',
      Metadata: {}
    });
  });

  test('comes from a commit, and goes to branches only', async () => {
    await verbs.put('main/versioned', 'old');
    const { id } = await service.catalog.commits.create(BUCKET, 'main', { committer: 'me', message: 'one' });
    await verbs.put('main/versioned', 'new');
    await copy(`lake/${id}/versioned`, 'main/restored');
    expect(await verbs.text('main/restored')).toBe('old');
    expect(await refusal(copy('lake/main/versioned', `${id}/versioned`))).toMatchObject({ status: 405 });
    expect(await refusal(copy('lake/main/versioned', 'nowhere/versioned'))).toMatchObject({ status: 404 });
  });

  const before = new Date(Date.now() - 3_600_000);
  const after = new Date(Date.now() + 3_600_000);
  test.each<[string, (etag: string) => object, boolean]>([
    ['the tag', tag => ({ CopySourceIfMatch: tag }), true],
    ['another tag', () => ({ CopySourceIfMatch: '"other"' }), false],
    ['not the tag', tag => ({ CopySourceIfNoneMatch: tag }), false],
    ['not another tag', () => ({ CopySourceIfNoneMatch: '"other"' }), true],
    ['modified since an hour ago', () => ({ CopySourceIfModifiedSince: before }), true],
    ['modified since the next hour', () => ({ CopySourceIfModifiedSince: after }), false],
    ['unmodified since an hour ago', () => ({ CopySourceIfUnmodifiedSince: before }), false],
    ['unmodified since the next hour', () => ({ CopySourceIfUnmodifiedSince: after }), true],
    [
      'a tag that outweighs a date',
      tag => ({ CopySourceIfMatch: tag, CopySourceIfUnmodifiedSince: before }),
      true
    ]
  ])('may be made on condition of %s', async (_, condition, holds) => {
    const { ETag } = await verbs.put('main/conditional', 'x');
    const copied = copy('lake/main/conditional', 'main/conditional-copy', condition(ETag!));
    if (holds) {
      await copied;
    } else {
      expect(await refusal(copied)).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    }
  });

  test.each([
    ['without a key', 'lake', 'InvalidArgument', 400],
    ['of a bare branch', 'lake/main/', 'NoSuchKey', 404],
    ['of what is not there', 'lake/main/nothing', 'NoSuchKey', 404],
    ['from no repository', 'nothing/main/a', 'NoSuchBucket', 404],
    ['of a version', 'lake/main/source?versionId=1', 'InvalidArgument', 400]
  ])('%s is refused', async (_, source, code, status) => {
    expect(await refusal(copy(source, 'main/never'))).toMatchObject({ code, status });
    expect(await refusal(verbs.head('main/never'))).toMatchObject({ status: 404 });
  });
});
