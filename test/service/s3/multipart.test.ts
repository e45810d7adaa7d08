import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type S3Client
} from '@aws-sdk/client-s3';
import { refusal, Verbs } from './client.js';
import { BUCKET, Service } from './service.js';

let service: Service;
let s3: S3Client;
const verbs = new Verbs(() => s3);
const Bucket = BUCKET;
const PART = 5 * 1024 * 1024;
const md5 = (content: Buffer): Buffer => createHash('md5').update(content).digest();

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
});
afterAll(() => service.stop());

const begin = async (Key: string, more: object = {}): Promise<string> =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId!;

const part = async (
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Buffer
): Promise<CompletedPart> => {
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { ETag, PartNumber };
};

const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

test('an object sent in parts is all of them, with S3’s tag and its attributes', async () => {
  const Key = 'main/large ü.bin';
  const contents = [randomBytes(PART), randomBytes(PART + 1), randomBytes(17)];
  const UploadId = await begin(Key, { ContentType: 'text/csv', Metadata: { a: 'b' } });
  // Out of order, and one of them twice: the last one counts.
  const third = await part(Key, UploadId, 3, contents[2]!);
  await part(Key, UploadId, 1, randomBytes(10));
  const first = await part(Key, UploadId, 1, contents[0]!);
  const second = await part(Key, UploadId, 2, contents[1]!);
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 2 }));
  expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  expect(listed.Parts).toMatchObject([
    { ...first, Size: PART },
    { ...second, Size: PART + 1 }
  ]);
  const rest = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, PartNumberMarker: '2' }));
  expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ ...third, Size: 17 }] });

  const done = await complete(Key, UploadId, [first, second, third]);
  const tag = createHash('md5')
    .update(Buffer.concat(contents.map(md5)))
    .digest('hex');
  expect(done).toMatchObject({ Bucket, Key, ETag: `"${tag}-3"` });
  const found = await verbs.get(Key);
  expect(found).toMatchObject({ ETag: `"${tag}-3"`, ContentType: 'text/csv', Metadata: { a: 'b' } });
  expect(md5(Buffer.from(await found.Body!.transformToByteArray()))).toEqual(md5(Buffer.concat(contents)));
  const over = await verbs.get(Key, { Range: `bytes=${PART - 2}-${PART + 1}` });
  expect(Buffer.from(await over.Body!.transformToByteArray())).toEqual(
    Buffer.concat([contents[0]!.subarray(-2), contents[1]!.subarray(0, 2)])
  );
  expect(await refusal(complete(Key, UploadId, [first]))).toMatchObject({
    code: 'NoSuchUpload',
    status: 404
  });
});

test('who lost the answer may complete again, as long as the object is what it made', async () => {
  const Key = 'main/completed-twice';
  const UploadId = await begin(Key);
  const parts = [await part(Key, UploadId, 1, randomBytes(10))];
  const first = await complete(Key, UploadId, parts);
  const second = await complete(Key, UploadId, parts);
  expect(second.ETag).toBe(first.ETag);
  await verbs.put(Key, 'another object');
  expect(await refusal(complete(Key, UploadId, parts))).toMatchObject({ code: 'NoSuchUpload', status: 404 });
  expect(await verbs.text(Key)).toBe('another object');
});

test('parts are copied from objects and ranges of them, of any repository', async () => {
  await service.catalog.repositories.create({ name: 'other', storageNamespace: 'local://other' });
  const content = randomBytes(PART + 100);
  const received = await service.catalog.contents.receive(
    'other',
    (async function* () {
      yield content;
    })()
  );
  await service.catalog.objects.put('other', 'main', 'source', received);
  const Key = 'main/copied-parts';
  const UploadId = await begin(Key);
  const copyPart = (PartNumber: number, CopySourceRange?: string, more: object = {}) =>
    s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key,
        UploadId,
        PartNumber,
        CopySource: 'other/main/source',
        CopySourceRange,
        ...more
      })
    );
  const first = (await copyPart(1)).CopyPartResult!.ETag;
  const second = (await copyPart(2, 'bytes=10-19')).CopyPartResult!.ETag;
  expect(first).toBe(`"${md5(content).toString('hex')}"`);
  for (const range of [`bytes=0-${content.length}`, 'bytes=5-', 'bytes=-5', 'bytes=5-4', 'lines=0-1']) {
    expect(await refusal(copyPart(3, range))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  }
  expect(await refusal(copyPart(3, 'bytes=1-2,4-5'))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await refusal(copyPart(3, undefined, { CopySourceIfMatch: '"other"' }))).toMatchObject({
    status: 412
  });
  await complete(Key, UploadId, [
    { PartNumber: 1, ETag: first },
    { PartNumber: 2, ETag: second }
  ]);
  const found = Buffer.from(await (await verbs.get(Key)).Body!.transformToByteArray());
  expect(found.equals(Buffer.concat([content, content.subarray(10, 20)]))).toBe(true);
});

test('what does not fit together is refused, and the upload goes on', async () => {
  const Key = 'main/refused';
  const UploadId = await begin(Key);
  const first = await part(Key, UploadId, 1, randomBytes(10));
  const second = await part(Key, UploadId, 2, randomBytes(10));
  for (const [parts, code] of [
    [[second, first], 'InvalidPartOrder'],
    [[{ ...first, ETag: '"00000000000000000000000000000000"' }], 'InvalidPart'],
    [[{ PartNumber: 7, ETag: first.ETag }], 'InvalidPart'],
    [[first, second], 'EntityTooSmall'],
    [[], 'MalformedXML']
  ] as const) {
    expect(await refusal(complete(Key, UploadId, [...parts]))).toMatchObject({ code, status: 400 });
  }
  for (const PartNumber of [0, 10_001]) {
    expect(await refusal(part(Key, UploadId, PartNumber, Buffer.from('x')))).toMatchObject({
      code: 'InvalidArgument'
    });
  }
  const damaged = new UploadPartCommand({
    Bucket,
    Key,
    UploadId,
    PartNumber: 2,
    Body: Buffer.from('x'),
    ChecksumCRC32: 'AAAAAA=='
  });
  expect(await refusal(s3.send(damaged))).toMatchObject({ code: 'BadDigest', status: 400 });
  await complete(Key, UploadId, [first]);
  expect(await verbs.head(Key)).toMatchObject({ ContentLength: 10 });
});

test('an upload may be completed on condition', async () => {
  await verbs.put('main/there', 'x');
  const UploadId = await begin('main/there');
  const only = await part('main/there', UploadId, 1, Buffer.from('y'));
  expect(await refusal(complete('main/there', UploadId, [only], { IfNoneMatch: '*' }))).toMatchObject({
    code: 'PreconditionFailed',
    status: 412
  });
  expect(await verbs.text('main/there')).toBe('x');
  await complete('main/there', UploadId, [only]);
  expect(await verbs.text('main/there')).toBe('y');
});

test('an aborted upload, one of a deleted branch, one to another key and one that never was are gone', async () => {
  await service.catalog.branches.create(BUCKET, { name: 'brief', source: 'main' });
  const aborted = await begin('main/a');
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'main/a', UploadId: aborted }));
  const orphan = await begin('brief/a');
  await service.catalog.branches.delete(BUCKET, 'brief');
  await service.catalog.branches.create(BUCKET, { name: 'brief', source: 'main' });
  for (const [Key, UploadId] of [
    ['main/a', aborted],
    ['brief/a', orphan],
    ['main/b', await begin('main/a')],
    ['brief/a', await begin('main/a')],
    ['main/a', 'never-was'],
    ['main/a', '../../etc']
  ] as const) {
    for (const request of [
      () => part(Key, UploadId, 1, Buffer.from('x')),
      () => s3.send(new ListPartsCommand({ Bucket, Key, UploadId })),
      () => complete(Key, UploadId, [{ PartNumber: 1, ETag: '"x"' }]),
      () => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    ]) {
      expect(await refusal(request())).toMatchObject({ code: 'NoSuchUpload', status: 404 });
    }
  }
});

test('an upload needs a branch', async () => {
  expect(await refusal(begin('nowhere/a'))).toMatchObject({ code: 'NoSuchKey', status: 404 });
  await service.catalog.tags.create(BUCKET, { name: 'v1', ref: 'main' });
  expect(await refusal(begin('v1/a'))).toMatchObject({ code: 'MethodNotAllowed', status: 405 });
});
