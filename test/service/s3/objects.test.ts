import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
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

describe('an object', () => {
  test('of any size comes back as it was sent, with the same ETag everywhere', async () => {
    for (const size of [0, 1, 16 * 1024, 16 * 1024 + 1, 3 * 1024 * 1024 + 7]) {
      const content = randomBytes(size);
      const ETag = `"${createHash('md5').update(content).digest('hex')}"`;
      const Key = `main/sizes/${size}.bin`;
      expect((await verbs.put(Key, content)).ETag).toBe(ETag);
      const found = await verbs.get(Key);
      expect(Buffer.from(await found.Body!.transformToByteArray()).equals(content)).toBe(true);
      expect(found).toMatchObject({ ETag, ContentLength: size, ContentType: 'application/octet-stream' });
      expect(await verbs.head(Key)).toMatchObject({ ETag, ContentLength: size });
    }
  });

  test('may have any name, and no two names are one', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.constantFrom(
        'a b',
        'a+b',
        'a%20b',
        'a//b',
        '/a',
        'a/',
        '~',
        '*',
        "'()!",
        'a?b#c&d=e',
        '.',
        '..',
        'é',
        'e\u0301'
      )
    );
    await fc.assert(
      fc.asyncProperty(name, async key => {
        fc.pre(!key.includes('\0'));
        const Key = `main/names/${key}`;
        await verbs.put(Key, Key);
        expect(await verbs.text(Key)).toBe(Key);
      }),
      { numRuns: 60 }
    );
  });

  test.each(Object.values(ChecksumAlgorithm).filter(name => /^(CRC|SHA1$|SHA256$)/.test(name)))(
    'is verified by %s, from memory and from a stream',
    async algorithm => {
      const content = randomBytes(200_000);
      const field = `Checksum${algorithm}`;
      const whole = await verbs.put(`main/checksums/${algorithm}`, content, { ChecksumAlgorithm: algorithm });
      expect((whole as unknown as Record<string, string>)[field]).toMatch(/=$/);
      const streamed = await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: `main/checksums/${algorithm}-streamed`,
          Body: Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]),
          ContentLength: content.length,
          ChecksumAlgorithm: algorithm as ChecksumAlgorithm
        })
      );
      expect((streamed as unknown as Record<string, string>)[field]).toBe(
        (whole as unknown as Record<string, string>)[field]
      );
      expect(streamed.ETag).toBe(whole.ETag);
    }
  );

  test('that is not what its checksum says is not stored', async () => {
    const digest = (content: string): string => createHash('md5').update(content).digest('base64');
    await verbs.put('main/good', 'good', { ContentMD5: digest('good') });
    for (const [field, value, code] of [
      ['ContentMD5', digest('another'), 'BadDigest'],
      ['ContentMD5', 'nonsense', 'InvalidDigest'],
      ['ChecksumCRC32', 'AAAAAA==', 'BadDigest'],
      ['ChecksumCRC64NVME', 'AAAAAAAAAAA=', 'BadDigest'],
      ['ChecksumSHA256', createHash('sha256').update('another').digest('base64'), 'BadDigest'],
      ['ChecksumCRC32', 'short', 'InvalidRequest']
    ] as const) {
      expect(await refusal(verbs.put('main/bad', 'bad', { [field]: value }))).toMatchObject({
        code,
        status: 400
      });
      expect(await refusal(verbs.head('main/bad'))).toMatchObject({ code: 'NotFound', status: 404 });
    }
  });

  test('keeps content type, metadata and the headers that S3 keeps', async () => {
    const attributes = {
      ContentType: 'text/csv; charset=utf-8',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment; filename="a.csv"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      Metadata: { author: 'me', 'two-words': 'a  b' }
    };
    await verbs.put('main/described.csv', 'x', attributes);
    const expected = { ...attributes, Metadata: { author: 'me', 'two-words': 'a  b' } };
    expect(await verbs.head('main/described.csv')).toMatchObject(expected);
    expect(await verbs.get('main/described.csv')).toMatchObject(expected);
    const entry = await service.catalog.objects.stat(BUCKET, 'main', 'described.csv');
    expect(entry.metadata).toEqual({
      author: 'me',
      'two-words': 'a  b',
      'http:cache-control': 'no-cache',
      'http:content-disposition': 'attachment; filename="a.csv"',
      'http:content-encoding': 'gzip',
      'http:content-language': 'de'
    });
  });

  test('with metadata set elsewhere that no header can carry says how much of it is missing', async () => {
    await verbs.put('main/odd', 'x');
    await service.catalog.objects.setMetadata(BUCKET, 'main', 'odd', {
      'with space': '1',
      ünicode: '2',
      plain: 'größer',
      lines: 'a\nb'
    });
    const found = await verbs.head('main/odd');
    expect(found.MissingMeta).toBe(2);
    expect(found.Metadata).toEqual({ plain: '=?UTF-8?B?Z3LDtsOfZXI=?=', lines: '=?UTF-8?B?YQpi?=' });
  });

  test('has at most 2 KB of metadata', async () => {
    const refused = await refusal(verbs.put('main/large-meta', 'x', { Metadata: { a: 'b'.repeat(2_048) } }));
    expect(refused).toMatchObject({ code: 'MetadataTooLarge', status: 400 });
  });

  test('may be a folder marker, which is not the object without the slash', async () => {
    await verbs.put('main/folder/', '', { ContentType: 'application/x-directory' });
    expect(await verbs.head('main/folder/')).toMatchObject({
      ContentLength: 0,
      ContentType: 'application/x-directory'
    });
    expect(await refusal(verbs.head('main/folder'))).toMatchObject({ status: 404 });
  });

  test('is told from a branch: a bare branch is no object, with or without a slash', async () => {
    for (const Key of ['main', 'main/']) {
      expect(await refusal(verbs.head(Key))).toMatchObject({ code: 'NotFound', status: 404 });
      expect(await refusal(verbs.get(Key))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    }
    expect(await refusal(verbs.put('main', 'x'))).toMatchObject({ code: 'InvalidArgument', status: 400 });
    expect(await refusal(verbs.put('main/', 'x'))).toMatchObject({ status: 400 });
    // Hadoop marks the root of a branch as a folder, which it is anyway.
    await verbs.put('main/', '');
    expect(await refusal(verbs.head('main/'))).toMatchObject({ status: 404 });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'main/' }));
  });

  test('that is not there, on a branch or in a repository that is not there, is told apart in words', async () => {
    expect(await refusal(verbs.get('main/nothing'))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(await refusal(verbs.get('nowhere/nothing'))).toMatchObject({
      code: 'NoSuchKey',
      status: 404,
      message: 'There is no branch, tag or commit "nowhere".'
    });
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket: 'other', Key: 'main/a' })))).toMatchObject({
      code: 'NoSuchBucket',
      status: 404
    });
  });
});

test('sub-resources of an object answer what clients expect, and never overwrite it', async () => {
  await verbs.put('main/sub', 'content');
  const Key = 'main/sub';
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toEqual([]);
  expect((await s3.send(new GetObjectAclCommand({ Bucket, Key }))).Grants).toMatchObject([
    { Permission: 'FULL_CONTROL' }
  ]);
  expect(
    await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ETag', 'ObjectSize'] }))
  ).toMatchObject({ ObjectSize: 7, ETag: createHash('md5').update('content').digest('hex') });
  const tag = new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } });
  expect(await refusal(s3.send(tag))).toMatchObject({ code: 'NotImplemented', status: 501 });
  expect(await verbs.text(Key)).toBe('content');
  expect(await refusal(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'main/none' })))).toMatchObject({
    status: 404
  });
});

test('what would be believed and not done is refused', async () => {
  for (const more of [
    { ServerSideEncryption: 'AES256' },
    { Tagging: 'a=b' },
    { ObjectLockMode: 'GOVERNANCE' }
  ]) {
    expect(await refusal(verbs.put('main/refused', 'x', more))).toMatchObject({
      code: 'NotImplemented',
      status: 501
    });
  }
});

test('a storage class of S3 is taken, a misspelt one refused before anything is stored', async () => {
  const Key = 'main/class';
  const put = (StorageClass: string): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', StorageClass: StorageClass as 'STANDARD' }));
  expect(await refusal(put('STANDRAD'))).toMatchObject({ code: 'InvalidStorageClass', status: 400 });
  expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key })))).toMatchObject({ status: 404 });
  await put('REDUCED_REDUNDANCY');
  await s3.send(new HeadObjectCommand({ Bucket, Key }));
});
