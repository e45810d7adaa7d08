import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand
} from '@aws-sdk/client-s3';
import { refusal } from '../s3/client.js';
import { ACCESS_KEY, Service, type Answer } from './service.js';

const LAKE = '/repositories/lake';
const Bucket = 'lake';

describe('while a sandbox cell runs in a kernel', () => {
  let service: Service;
  let s3: S3Client;
  let key: { accessKeyId: string; secretAccessKey: string };
  let branch: string;
  let token: string;

  beforeEach(async () => {
    service = await Service.start({ withS3: true });
    await service.lake();
    await service.put('a', '1');
    await service.commit('first');
    await service.call(`POST ${LAKE}/branches`, { name: 'dev', source: 'main' });
    const made = await service.call('POST /databranch/kernel-keys', { label: 'work.ipynb' });
    key = { accessKeyId: made.body.access_key_id, secretAccessKey: made.body.secret_access_key };
    s3 = new S3Client({
      endpoint: service.url,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { ...key }
    });
    const sandbox = await service.call(`POST /databranch${LAKE}/sandboxes`, { source: 'main' });
    branch = sandbox.body.branch;
  });
  afterEach(async () => {
    s3.destroy();
    await service.stop();
  });

  const basic = () => ({
    authorization: `Basic ${Buffer.from(Object.values(key).join(':')).toString('base64')}`
  });
  /** As the kernel, with its own key. */
  const asKernel = (operation: string, body?: unknown, headers = {}): Promise<Answer> =>
    service.call(operation, body, { ...basic(), ...headers });
  const mode = () => `/databranch/kernel-keys/${key.accessKeyId}/sandbox`;
  const enter = async () => {
    const { status, body } = await asKernel(`PUT ${mode()}`, { repository: 'lake', branch });
    expect(status).toBe(200);
    token = body.token;
  };
  const refused = async () => (await asKernel(`GET ${mode()}`)).body.refused;
  const bytes = { 'content-type': 'application/octet-stream' };

  test('over REST it reads everything and writes to the sandbox, and nothing else changes', async () => {
    await enter();
    const before = (await service.call(`GET /databranch${LAKE}/operations`)).body.results.length;
    const requests: [string, unknown?, Record<string, string>?][] = [
      [`POST ${LAKE}/branches/main/objects?path=x`, 'data', bytes],
      [`DELETE ${LAKE}/branches/main/objects?path=a`],
      [`POST ${LAKE}/branches/main/objects/delete`, { paths: ['a', 'b'] }],
      [`POST ${LAKE}/branches/main/objects/copy?dest_path=b`, { src_path: 'a' }],
      [`PUT ${LAKE}/branches/main/objects/stat/user_metadata?path=a`, { set: { k: 'v' } }],
      [`POST ${LAKE}/branches/main/commits`, { message: 'no' }],
      [`PUT ${LAKE}/branches/main`, { type: 'reset' }],
      [`PUT ${LAKE}/branches/dev/hard_reset?ref=main~1`],
      [`POST ${LAKE}/branches/main/revert`, { ref: 'main', parent_number: 0 }],
      [`POST ${LAKE}/branches/main/cherry-pick`, { ref: 'dev' }],
      [`DELETE ${LAKE}/branches/dev`],
      [`POST ${LAKE}/refs/${branch}/merge/main`, {}],
      [`POST ${LAKE}/branches`, { name: 'escape', source: 'main' }],
      [`POST ${LAKE}/tags`, { id: 'v1', ref: 'main' }],
      [`POST /repositories`, { name: 'pond', storage_namespace: 'local://pond' }],
      [`DELETE ${LAKE}`],
      [`POST ${LAKE}/metadata`, { metadata: { k: 'v' } }],
      [`DELETE ${LAKE}/settings/gc_rules`],
      [`POST /databranch${LAKE}/sandboxes`, { source: 'main' }],
      [`POST /databranch${LAKE}/sandboxes/${branch}/merge`, { destination: 'main' }],
      [`POST /databranch${LAKE}/sandboxes/${branch}/keep`, { name: 'escape' }],
      [`POST /databranch/gc`, {}]
    ];
    for (const [operation, body, headers] of requests) {
      const answer = await asKernel(operation, body, headers);
      expect([operation, answer.status]).toEqual([operation, 403]);
      expect(answer.body.message).toContain(
        `A sandbox cell runs in this kernel: until it ends, its key writes to`
      );
      expect(answer.body.message).toContain(`"${branch}" of "lake" only.`);
    }
    expect((await service.call(`GET /databranch${LAKE}/operations`)).body.results).toHaveLength(before);
    expect((await service.get('a')).body).toBe('1');
    expect((await service.get('x')).status).toBe(404);

    expect((await asKernel(`GET ${LAKE}/refs/main/objects?path=a`)).status).toBe(200);
    expect((await asKernel(`POST ${LAKE}/branches/${branch}/objects?path=x`, 'data', bytes)).status).toBe(
      201
    );
    expect((await asKernel(`POST ${LAKE}/branches/${branch}/commits`, { message: 'm' })).status).toBe(201);
    expect((await asKernel(`POST ${LAKE}/refs/dev/merge/${branch}`, { allow_empty: true })).status).toBe(200);
    expect((await asKernel('POST /statistics', { events: [] })).status).toBe(204);
  });

  test('over S3 likewise, key by key where one request has many', async () => {
    const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'main/large' }));
    const { UploadId } = begun;
    await enter();
    const Delete = { Objects: [{ Key: 'main/a' }, { Key: `${branch}/a` }] };
    const sentence = /^A sandbox cell runs in this kernel.*Refused: a write to ".+" on branch "main"\.$/;
    for (const command of [
      new PutObjectCommand({ Bucket, Key: 'main/reviews/part-0', Body: 'data' }),
      new DeleteObjectCommand({ Bucket, Key: 'main/a' }),
      new CopyObjectCommand({ Bucket, Key: 'main/b', CopySource: `lake/${branch}/a` }),
      new CreateMultipartUploadCommand({ Bucket, Key: 'main/other' }),
      new UploadPartCommand({ Bucket, Key: 'main/large', UploadId, PartNumber: 1, Body: 'x' }),
      new CompleteMultipartUploadCommand({ Bucket, Key: 'main/large', UploadId })
    ]) {
      expect(await refusal(s3.send(command as PutObjectCommand))).toMatchObject({
        code: 'AccessDenied',
        status: 403,
        message: expect.stringMatching(sentence)
      });
    }
    // Where the parts go was said when the upload began: it cannot be reached by another address.
    const Parts = [{ PartNumber: 1, ETag: '"x"' }];
    const elsewhere = { Bucket, Key: `${branch}/large`, UploadId };
    for (const command of [
      new UploadPartCommand({ ...elsewhere, PartNumber: 1, Body: 'x' }),
      new CompleteMultipartUploadCommand({ ...elsewhere, MultipartUpload: { Parts } })
    ]) {
      expect(await refusal(s3.send(command as unknown as PutObjectCommand))).toMatchObject({
        code: 'NoSuchUpload'
      });
    }
    const { Errors, Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Errors).toMatchObject([{ Key: 'main/a', Code: 'AccessDenied' }]);
    expect(Deleted).toEqual([{ Key: `${branch}/a` }]);
    expect((await service.get('a')).body).toBe('1');
    expect((await service.get('reviews/part-0')).status).toBe(404);

    await s3.send(new PutObjectCommand({ Bucket, Key: `${branch}/b`, Body: 'data' }));
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'main/a' }));
    expect(await read.Body!.transformToString()).toBe('1');
    expect((await refused()).map(({ branch, path }: any) => `${branch}: ${path}`)).toEqual([
      'main: reviews/part-0',
      'main: a',
      'main: b',
      'main: other',
      'main: large'
    ]);
  });

  test('an address that the key presigned before is held to the sandbox, one of the sandbox is good', async () => {
    const staging = async (on: string) => {
      const url = `GET ${LAKE}/branches/${on}/staging/backing?path=x&presign=true`;
      return (await asKernel(url)).body;
    };
    const put = (url: string) => fetch(url, { method: 'PUT', body: 'data' });
    const link = (on: string, address: object) => {
      const body = { staging: address, checksum: '', size_bytes: 4 };
      return asKernel(`PUT ${LAKE}/branches/${on}/staging/backing?path=x`, body);
    };
    const [early, late] = [await staging('main'), await staging('main')];
    expect((await put(early.presigned_url)).status).toBe(200);
    await enter();
    expect((await put(late.presigned_url)).status).toBe(403);
    expect((await link('main', early)).status).toBe(403);
    const own = await staging(branch);
    expect((await put(own.presigned_url)).status).toBe(200);
    expect((await link(branch, own)).status).toBe(200);
    const { body: read } = await asKernel(`GET ${LAKE}/refs/main/objects/stat?path=a&presign=true`);
    expect(await (await fetch(read.physical_address)).text()).toBe('1');
    expect((await service.get('x')).status).toBe(404);
  });

  test('a login with the key is held to the sandbox, another key is not', async () => {
    const { accessKeyId: access_key_id, secretAccessKey: secret_access_key } = key;
    const login = await service.call('POST /auth/login', { access_key_id, secret_access_key });
    await enter();
    const bearer = { authorization: `Bearer ${login.body.token}`, ...bytes };
    const address = `POST ${LAKE}/branches/main/objects?path=x`;
    expect((await service.call(address, 'data', bearer)).status).toBe(403);
    expect((await service.call(address, 'data', bytes)).status).toBe(201);
  });

  test('only who entered, or the owner, lifts the restriction, and learns what was refused', async () => {
    await enter();
    await asKernel(`POST ${LAKE}/branches/main/objects?path=x`, 'data', bytes);
    expect((await asKernel(`PUT ${mode()}`, { repository: 'lake', branch: 'main' })).status).toBe(409);
    expect((await asKernel(`DELETE ${mode()}`)).status).toBe(403);
    expect((await asKernel(`DELETE ${mode()}`, { token: 'guessed' })).status).toBe(403);
    const left = await asKernel(`DELETE ${mode()}`, { token });
    expect(left).toMatchObject({
      status: 200,
      body: { repository: 'lake', branch, refused: [{ branch: 'main', path: 'x' }], refused_more: false }
    });
    expect((await asKernel(`DELETE ${mode()}`, { token })).status).toBe(404);
    expect((await asKernel(`POST ${LAKE}/branches/main/objects?path=x`, 'data', bytes)).status).toBe(201);

    await enter();
    expect((await service.call(`DELETE ${mode()}`)).status).toBe(200);
    expect((await service.call(`GET ${mode()}`)).status).toBe(404);
  });

  test("a kernel's key makes, lists and removes no keys, and restricts no other kernel", async () => {
    const other = (await service.call('POST /databranch/kernel-keys', { label: 'other' })).body;
    for (const [operation, body] of [
      ['GET /databranch/keys'],
      ['POST /databranch/keys', { user: 'me' }],
      ['POST /auth/users/admin/credentials'],
      [`DELETE /auth/users/admin/credentials/${ACCESS_KEY.accessKeyId}`],
      ['POST /databranch/kernel-keys', { label: 'mine' }],
      [`DELETE /databranch/keys/${other.access_key_id}`]
    ] as [string, unknown?][]) {
      expect([operation, (await asKernel(operation, body)).status]).toEqual([operation, 403]);
    }
    const place = { repository: 'lake', branch };
    const elsewhere = `/databranch/kernel-keys/${other.access_key_id}/sandbox`;
    expect((await asKernel(`PUT ${elsewhere}`, place)).status).toBe(404);
    expect((await service.call(`PUT ${elsewhere}`, { ...place, branch: 'nowhere' })).status).toBe(404);
    const listed = (await service.call('GET /databranch/keys')).body.results;
    expect(listed.map(({ kernel }: any) => kernel)).toEqual([undefined, 'work.ipynb', 'other']);
  });
});
