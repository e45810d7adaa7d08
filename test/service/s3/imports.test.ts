import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client
} from '@aws-sdk/client-s3';
import { BUCKET, Service } from './service.js';

let folder: string;
let service: Service;
let client: S3Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-s3-import-'));
  service = await Service.start([folder]);
  client = service.client();
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a file and links it to the path of its name. */
async function link(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  const external = await service.catalog.externalFiles.contentAt(`local://${path}`, content.length);
  await service.catalog.objects.link(BUCKET, 'main', name, external, external.checksum, {});
  return path;
}

const get = (Key: string, Range?: string) =>
  client.send(new GetObjectCommand({ Bucket: BUCKET, Key: `main/${Key}`, Range }));

test('an imported file is an object like any other', async () => {
  await link('a.csv', 'a,b\n1,2\n');
  await link('empty.csv', '');
  const whole = await get('a.csv');
  expect(await whole.Body!.transformToString()).toBe('a,b\n1,2\n');
  // No client may take the ETag for an MD5, and find it wrong.
  expect(whole.ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
  expect(await (await get('a.csv', 'bytes=4-6')).Body!.transformToString()).toBe('1,2');
  expect(await (await get('empty.csv')).Body!.transformToString()).toBe('');
  const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'main/a.csv' }));
  expect(head).toMatchObject({ ContentLength: 8, ETag: whole.ETag });
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'main/a' }));
  expect(Contents).toMatchObject([{ Key: 'main/a.csv', Size: 8, ETag: whole.ETag }]);
});

test('one that has changed answers 409 with its name, also to who copies it to another repository', async () => {
  const path = await link('changing.csv', 'before');
  await writeFile(path, 'afterwards');
  const refused = {
    name: 'SourceFileChanged',
    message: expect.stringContaining(path),
    $metadata: expect.objectContaining({ httpStatusCode: 409 })
  };
  await expect(get('changing.csv')).rejects.toMatchObject(refused);
  await expect(get('changing.csv', 'bytes=0-1')).rejects.toMatchObject(refused);
  await service.catalog.repositories.create({ name: 'other', storageNamespace: 'local://other' });
  const copy = new CopyObjectCommand({
    Bucket: 'other',
    Key: 'main/copy.csv',
    CopySource: `${BUCKET}/main/changing.csv`
  });
  await expect(client.send(copy)).rejects.toMatchObject(refused);
});
