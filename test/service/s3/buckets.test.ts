import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client
} from '@aws-sdk/client-s3';
import { parseAddress } from '../../../src/service/s3/uri.js';
import { refusal } from './client.js';
import { BUCKET, Service } from './service.js';

let service: Service;
let s3: S3Client;
const Bucket = BUCKET;

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
  for (const name of ['lake-2', 'pond']) {
    await service.catalog.repositories.create({ name, storageNamespace: `local://${name}` });
  }
});
afterAll(() => service.stop());

test('repositories are the buckets', async () => {
  const all = await s3.send(new ListBucketsCommand({}));
  expect(all.Buckets!.map(({ Name }) => Name)).toEqual(['lake', 'lake-2', 'pond']);
  expect(all.Buckets![0]!.CreationDate!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(all.Owner!.ID).toBe('databranch');
});

test('they are listed by pages and by prefix when asked', async () => {
  const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: 'lake' }));
  expect(first.Buckets!.map(({ Name }) => Name)).toEqual(['lake']);
  const { ContinuationToken } = first;
  const second = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: 'lake', ContinuationToken }));
  expect(second.Buckets!.map(({ Name }) => Name)).toEqual(['lake-2']);
  expect(second.ContinuationToken).toBeUndefined();
});

test('a path that begins with two slashes is not taken for a question for the list of buckets', () => {
  expect(parseAddress('/')).toEqual({ bucket: '', key: '' });
  for (const path of ['//', '//lake', '//lake/main/a', '///']) {
    expect(() => parseAddress(path)).toThrow(
      expect.objectContaining({ code: 'InvalidBucketName', status: 400 })
    );
  }
});

test('one that exists is told from one that does not', async () => {
  expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
  expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'nothing' })))).toMatchObject({ status: 404 });
});

test('none is made or deleted here, and one that exists says so', async () => {
  expect(await refusal(s3.send(new CreateBucketCommand({ Bucket })))).toMatchObject({
    code: 'BucketAlreadyOwnedByYou',
    status: 409
  });
  const misnamed = await refusal(s3.send(new CreateBucketCommand({ Bucket: 'a.b_c' })));
  expect(misnamed).toMatchObject({ code: 'InvalidBucketName', status: 400 });
  const made = await refusal(s3.send(new CreateBucketCommand({ Bucket: 'new-one' })));
  expect(made).toMatchObject({ code: 'NotImplemented', status: 501 });
  expect(made.message).toContain('create it with');
  expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({ status: 501 });
  await s3.send(new HeadBucketCommand({ Bucket }));
});

test('questions that clients ask first have their usual answers', async () => {
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toMatchObject([
    { Permission: 'FULL_CONTROL' }
  ]);
  for (const [request, code] of [
    [() => s3.send(new GetBucketPolicyCommand({ Bucket })), 'NoSuchBucketPolicy'],
    [() => s3.send(new GetBucketCorsCommand({ Bucket })), 'NoSuchCORSConfiguration'],
    [() => s3.send(new GetBucketTaggingCommand({ Bucket })), 'NoSuchTagSet'],
    [() => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })), 'NoSuchLifecycleConfiguration'],
    [
      () => s3.send(new GetBucketEncryptionCommand({ Bucket })),
      'ServerSideEncryptionConfigurationNotFoundError'
    ],
    [() => s3.send(new GetBucketVersioningCommand({ Bucket: 'nothing' })), 'NoSuchBucket']
  ] as const) {
    expect(await refusal(request())).toMatchObject({ code, status: 404 });
  }
});

test('what would change a bucket, or needs versions, is refused', async () => {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  for (const request of [
    () => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
    () => s3.send(new ListObjectVersionsCommand({ Bucket }))
  ]) {
    expect(await refusal(request())).toMatchObject({ code: 'NotImplemented', status: 501 });
  }
});

test('a wrong key, a wrong secret and a wrong clock are three answers', async () => {
  const list = (client: S3Client): Promise<unknown> => client.send(new ListBucketsCommand({}));
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'x' };
  expect(await refusal(list(service.client({ credentials })))).toMatchObject({
    code: 'InvalidAccessKeyId',
    status: 403
  });
  const wrong = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
  expect(await refusal(list(service.client({ credentials: wrong })))).toMatchObject({
    code: 'SignatureDoesNotMatch',
    status: 403
  });
  service.clockOffsetMs = 20 * 60 * 1000;
  try {
    expect(await refusal(list(service.client()))).toMatchObject({
      code: 'RequestTimeTooSkewed',
      status: 403
    });
  } finally {
    service.clockOffsetMs = 0;
  }
});
