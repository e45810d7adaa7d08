import { ListObjectsV2Command, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { BUCKET, Service } from './service.js';

/** More than a page of a listing looks into. */
const BRANCHES = 1_200;

let service: Service;
let s3: S3Client;
const Bucket = BUCKET;
const names = Array.from({ length: BRANCHES }, (_, i) => `b${i % 3 === 0 ? '-' : ''}${i}`);

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
  await Promise.all(names.map(name => service.catalog.branches.create(BUCKET, { name, source: 'main' })));
  await service.put('main', 'last');
  await service.put('b-3', 'first');
});
afterAll(() => service.stop());

test('every branch is a folder, on as many pages as it takes', async () => {
  const found: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Delimiter: '/' })) {
    found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
  }
  expect(found).toEqual([...names, 'main'].map(name => `${name}/`).sort());
});

test('objects behind a thousand empty branches are found, and a page without keys leads on', async () => {
  const first = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'b-4/' }));
  expect(first).toMatchObject({ KeyCount: 0, IsTruncated: true });
  const found: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
  }
  expect(found).toEqual(['b-3/first', 'main/last']);
});
