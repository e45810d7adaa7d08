import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
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

describe('other refs than branches', () => {
  let commit: string;
  beforeAll(async () => {
    await verbs.put('main/history', 'old');
    commit = (await service.catalog.commits.create(BUCKET, 'main', { committer: 'me', message: 'one' })).id;
    await service.catalog.tags.create(BUCKET, { name: 'v1', ref: commit });
    await verbs.put('main/history', 'new');
  });

  test('are read by commit id, by its beginning, by tag and by expression', async () => {
    expect(await verbs.text('main/history')).toBe('new');
    for (const ref of [commit, commit.slice(0, 12), 'v1', 'main@']) {
      expect(await verbs.text(`${ref}/history`)).toBe('old');
    }
  });

  test('are not written to', async () => {
    for (const [ref, word] of [
      [commit, 'commit'],
      ['v1', 'tag'],
      ['main~1', 'commit']
    ]) {
      const refused = await refusal(verbs.put(`${ref}/history`, 'x'));
      expect(refused).toMatchObject({ code: 'MethodNotAllowed', status: 405 });
      expect(refused.message).toContain(`is a ${word} and cannot be written to`);
      expect(
        await refusal(s3.send(new DeleteObjectCommand({ Bucket, Key: `${ref}/history` })))
      ).toMatchObject({
        status: 405
      });
    }
  });

  test('a branch that does not exist is named when it is written to', async () => {
    expect(await refusal(verbs.put('nowhere/a', 'x'))).toMatchObject({
      code: 'NoSuchKey',
      status: 404,
      message: 'Branch "nowhere" does not exist in repository "lake"; create it before writing to it.'
    });
  });
});
