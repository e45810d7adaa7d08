import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
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

describe('deleting', () => {
  test('what is there and what is not is one answer', async () => {
    await verbs.put('main/gone', 'x');
    for (let i = 0; i < 2; i++) {
      const answer = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'main/gone' }));
      expect(answer.$metadata.httpStatusCode).toBe(204);
    }
    expect(await refusal(verbs.head('main/gone'))).toMatchObject({ status: 404 });
  });

  test('on condition of time or size is refused, not done without looking', async () => {
    await verbs.put('main/conditional', 'x');
    for (const condition of [{ IfMatchSize: 2 }, { IfMatchLastModifiedTime: new Date(0) }]) {
      const removal = new DeleteObjectCommand({ Bucket, Key: 'main/conditional', ...condition });
      expect(await refusal(s3.send(removal))).toMatchObject({ code: 'NotImplemented', status: 501 });
    }
    expect(await verbs.text('main/conditional')).toBe('x');
  });

  test('many answers key by key, over branches', async () => {
    await service.catalog.branches.create(BUCKET, { name: 'many', source: 'main' });
    const names = ['a', 'b & <c>', 'd/', ' e ', 'ü+\u{1F600}', 'line\rbreak'];
    for (const name of names) {
      await verbs.put(`main/many/${name}`, 'x');
      await verbs.put(`many/many/${name}`, 'x');
    }
    const Objects = [
      ...names.flatMap(name => [{ Key: `main/many/${name}` }, { Key: `many/many/${name}` }]),
      { Key: 'main/not-there' },
      { Key: 'main/' },
      { Key: 'nowhere/a' }
    ];
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted!.map(({ Key }) => Key)).toEqual(Objects.slice(0, -1).map(({ Key }) => Key));
    expect(answer.Errors).toEqual([
      {
        Key: 'nowhere/a',
        Code: 'NoSuchKey',
        Message: expect.stringContaining('Branch "nowhere" does not exist')
      }
    ]);
    for (const name of names) {
      expect(await refusal(verbs.head(`main/many/${name}`))).toMatchObject({ status: 404 });
      expect(await refusal(verbs.head(`many/many/${name}`))).toMatchObject({ status: 404 });
    }
  });

  test('many quietly answers failures only, among them tags that are others by now', async () => {
    const { ETag } = await verbs.put('main/quiet-1', '1');
    await verbs.put('main/quiet-2', '2');
    const answer = await s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: {
          Quiet: true,
          Objects: [
            { Key: 'main/quiet-1', ETag },
            { Key: 'main/quiet-2', ETag }
          ]
        }
      })
    );
    expect(answer.Deleted).toBeUndefined();
    expect(answer.Errors).toMatchObject([{ Key: 'main/quiet-2', Code: 'PreconditionFailed' }]);
    expect(await verbs.text('main/quiet-2')).toBe('2');
  });

  test('more than a thousand at once, or none, is refused', async () => {
    const Objects = Array.from({ length: 1_001 }, (_, i) => ({ Key: `main/${i}` }));
    for (const some of [Objects, []]) {
      expect(
        await refusal(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: some } })))
      ).toMatchObject({
        code: 'MalformedXML'
      });
    }
  });
});
