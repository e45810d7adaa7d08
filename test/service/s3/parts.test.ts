import { randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client
} from '@aws-sdk/client-s3';
import { crc32 } from '../../../src/service/catalog/hashing/crc.js';
import { refusal } from './client.js';
import { BUCKET, Service } from './service.js';

const Bucket = BUCKET;
const Key = 'main/in-parts.bin';
const contents = [randomBytes(5 * 1024 * 1024), randomBytes(5 * 1024 * 1024 + 3), randomBytes(11)];
/** They may have gaps, and stay as they are. */
const numbers = [1, 3, 10_000];
let service: Service;
let s3: S3Client;

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts = [];
  for (const [i, Body] of contents.entries()) {
    const PartNumber = numbers[i]!;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
});
afterAll(() => service.stop());

const crcOf = (bytes: Buffer) => {
  const crc = crc32();
  crc.update(bytes);
  return crc.digest().toString('base64');
};

const get = (PartNumber: number, more: object = {}) =>
  s3.send(new GetObjectCommand({ Bucket, Key, PartNumber, ...more }));

test('each part of a multipart object can be read by its number, and the answer tells how many there are', async () => {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  let start = 0;
  for (const [i, content] of contents.entries()) {
    const answer = await get(numbers[i]!);
    const end = start + content.length;
    expect(answer).toMatchObject({
      PartsCount: 3,
      ContentLength: content.length,
      ContentRange: `bytes ${start}-${end - 1}/${size}`
    });
    expect(answer.$metadata.httpStatusCode).toBe(206);
    expect(content.equals(await answer.Body!.transformToByteArray())).toBe(true);
    start = end;
  }
});

test('HEAD of a part tells its size, as programs ask that download in parallel', async () => {
  const answer = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }));
  expect(answer).toMatchObject({ PartsCount: 3, ContentLength: contents[0]!.length });
});

test('an object that was sent whole has one part, itself; an empty one too', async () => {
  for (const Body of [Buffer.from('all of it'), Buffer.alloc(0)]) {
    const whole = 'main/whole.txt';
    await s3.send(new PutObjectCommand({ Bucket, Key: whole, Body }));
    const answer = await get(1, { Key: whole });
    expect(answer.PartsCount).toBeUndefined();
    expect(Buffer.from(await answer.Body!.transformToByteArray())).toEqual(Body);
    expect(await refusal(get(2, { Key: whole }))).toMatchObject({ code: 'InvalidPartNumber' });
  }
});

test('a part that is not there is 416, a number that is none and a range beside it are 400', async () => {
  for (const PartNumber of [2, 4, 9_999]) {
    expect(await refusal(get(PartNumber))).toMatchObject({ code: 'InvalidPartNumber', status: 416 });
  }
  expect(await refusal(get(0))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await refusal(get(10_001))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await refusal(get(1, { Range: 'bytes=0-1' }))).toMatchObject({
    code: 'InvalidRequest',
    status: 400
  });
});

test('GetObjectAttributes lists the parts in pages', async () => {
  const ask = (more: object) =>
    s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key,
        ObjectAttributes: ['ObjectParts', 'ObjectSize'],
        ...more
      })
    );
  const first = await ask({ MaxParts: 2 });
  expect(first.ObjectParts).toMatchObject({
    TotalPartsCount: 3,
    IsTruncated: true,
    NextPartNumberMarker: '3'
  });
  expect(first.ObjectParts!.Parts).toEqual([
    { PartNumber: 1, Size: contents[0]!.length, ChecksumCRC32: crcOf(contents[0]!) },
    { PartNumber: 3, Size: contents[1]!.length, ChecksumCRC32: crcOf(contents[1]!) }
  ]);
  const rest = await ask({ PartNumberMarker: '3' });
  expect(rest.ObjectParts).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 10_000, Size: 11 }] });
});
