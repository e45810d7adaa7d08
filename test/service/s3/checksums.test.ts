import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm as SdkAlgorithm,
  type ChecksumType as SdkType,
  type CompletedPart,
  type S3Client
} from '@aws-sdk/client-s3';
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUMS,
  type ChecksumAlgorithm
} from '../../../src/service/catalog/checksums.js';
import { refusal, Verbs } from './client.js';
import { BUCKET, Service } from './service.js';

let service: Service;
let s3: S3Client;
const verbs = new Verbs(() => s3);
const Bucket = BUCKET;
const MODE = { ChecksumMode: 'ENABLED' } as const;
/** The SDK brings no SHA-512, but takes one. */
class Sha512 {
  private readonly hash = createHash('sha512');
  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {}
}
/** All but MD5, for which the SDK sends a Content-MD5. */
const COMPUTED = CHECKSUM_ALGORITHMS.filter(algorithm => algorithm !== 'md5');
/** Two parts as small as they may be, and one of a few bytes. */
const CONTENTS = [randomBytes(5 * 1024 * 1024), randomBytes(5 * 1024 * 1024 + 3), randomBytes(11)];

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client({ checksumAlgorithms: { SHA512: Sha512 } });
});
afterAll(() => service.stop());

function digestOf(algorithm: ChecksumAlgorithm, ...pieces: Buffer[]): string {
  const running = CHECKSUMS[algorithm].create();
  pieces.forEach(piece => void running.update(piece));
  return running.digest().toString('base64');
}

/** What the checksum of an object in these parts is to be. */
function wholeDigest(algorithm: ChecksumAlgorithm, type: SdkType, parts: Buffer[]): string {
  if (type === 'FULL_OBJECT') {
    return digestOf(algorithm, ...parts);
  }
  const digests = parts.map(part => Buffer.from(digestOf(algorithm, part), 'base64'));
  return `${digestOf(algorithm, ...digests)}-${parts.length}`;
}

const nameOf = (algorithm: ChecksumAlgorithm) => algorithm.toUpperCase() as SdkAlgorithm;
const fieldOf = (algorithm: ChecksumAlgorithm) => `Checksum${nameOf(algorithm)}` as 'ChecksumCRC32';
const copy = (CopySource: string, Key: string, more: object = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
const attributes = (Key: string) =>
  s3.send(
    new GetObjectAttributesCommand({
      Bucket,
      Key,
      ObjectAttributes: ['Checksum', 'ObjectParts', 'ObjectSize']
    })
  );

interface Sent {
  UploadId: string;
  parts: CompletedPart[];
}

/** Sends parts, numbered from 1, with what the SDK knows of them. */
async function send(Key: string, create: object, part: object = {}, contents = CONTENTS): Promise<Sent> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...create }));
  const parts: CompletedPart[] = [];
  for (const [i, Body] of contents.entries()) {
    const PartNumber = i + 1;
    const sent = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...part }));
    const { ChecksumType: _, $metadata, ...rest } = sent as typeof sent & { ChecksumType?: string };
    parts.push({ ...rest, PartNumber });
  }
  return { UploadId: UploadId!, parts };
}

const complete = (Key: string, { UploadId, parts }: Sent, more: object = {}) =>
  s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts }, ...more })
  );

describe.each(COMPUTED.map(algorithm => [algorithm]))('%s', algorithm => {
  const field = fieldOf(algorithm);
  const ChecksumAlgorithm = nameOf(algorithm);

  test('of an object is kept, told when it is asked for, and goes with copies', async () => {
    const content = randomBytes(100);
    const digest = digestOf(algorithm, content);
    const Key = `main/${algorithm}`;
    await verbs.put(Key, content, { [field]: digest });
    const told = { [field]: digest, ChecksumType: 'FULL_OBJECT' };
    await copy(`${Bucket}/${Key}`, `${Key}-copied`);
    await service.catalog.commits.create(BUCKET, 'main', { committer: 'me', message: algorithm });
    for (const key of [Key, `${Key}-copied`]) {
      expect(await verbs.head(key, MODE)).toMatchObject(told);
      expect(await verbs.get(key, MODE)).toMatchObject(told);
      expect(await attributes(key)).toMatchObject({ Checksum: told, ObjectSize: 100 });
      expect((await verbs.head(key))[field]).toBeUndefined();
      expect((await verbs.head(key, { ...MODE, Range: 'bytes=0-9' }))[field]).toBeUndefined();
    }
  });

  test('of bytes that are there already is kept beside the others', async () => {
    const content = 'the same bytes, sent with one checksum after the other';
    await verbs.put('main/same', content, { ChecksumAlgorithm });
    const told = await verbs.head('main/same', MODE);
    expect(told[field]).toBe(digestOf(algorithm, Buffer.from(content)));
    await verbs.put('main/same', content, { ChecksumAlgorithm: 'SHA1' });
    expect(await verbs.head('main/same', MODE)).toMatchObject({
      [field]: told[field],
      ChecksumSHA1: digestOf('sha1', Buffer.from(content))
    });
  });

  const types: SdkType[] =
    algorithm === 'crc64nvme'
      ? ['FULL_OBJECT']
      : algorithm.startsWith('sha')
        ? ['COMPOSITE']
        : ['COMPOSITE', 'FULL_OBJECT'];

  test.each(types)('of an object in parts, %s, comes from theirs', async ChecksumType => {
    const Key = `main/parts/${algorithm}/${ChecksumType}`;
    const digest = wholeDigest(algorithm, ChecksumType, CONTENTS);
    const partDigests = CONTENTS.map(content => digestOf(algorithm, content));
    const sent = await send(Key, { ChecksumAlgorithm, ChecksumType }, { ChecksumAlgorithm });
    expect(sent.parts.map(part => part[field])).toEqual(partDigests);

    const { UploadId } = sent;
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed).toMatchObject({ ChecksumAlgorithm, ChecksumType });
    expect(listed.Parts?.map(part => part[field])).toEqual(partDigests);
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    expect(uploads.Uploads).toMatchObject([{ ChecksumAlgorithm, ChecksumType }]);

    const wrong =
      ChecksumType === 'COMPOSITE' ? digest.replace(/-3$/, '-4') : digestOf(algorithm, CONTENTS[0]!);
    expect(await refusal(complete(Key, sent, { [field]: wrong }))).toMatchObject({
      code: 'BadDigest',
      status: 400
    });
    const told = { [field]: digest, ChecksumType };
    expect(await complete(Key, sent, { [field]: digest, ChecksumType })).toMatchObject(told);
    expect(await verbs.head(Key, MODE)).toMatchObject(told);
    const whole = await verbs.get(Key, MODE);
    expect(whole).toMatchObject(told);
    // The SDK throws when the bytes are not those of the checksum.
    expect((await whole.Body!.transformToByteArray()).length).toBe(10 * 1024 * 1024 + 14);
    const known = await attributes(Key);
    expect(known.Checksum).toMatchObject({ [field]: digest.replace(/-3$/, ''), ChecksumType });
    expect(known.ObjectParts?.Parts?.map(part => part[field])).toEqual(partDigests);
    for (const [i, content] of CONTENTS.entries()) {
      const part = await verbs.get(Key, { ...MODE, PartNumber: i + 1 });
      expect(part).toMatchObject({ [field]: partDigests[i], ChecksumType, PartsCount: 3 });
      expect(content.equals(await part.Body!.transformToByteArray())).toBe(true);
    }
  });

  test('of a part that the client does not tell is computed, also of copied ones', async () => {
    const Key = `main/untold/${algorithm}`;
    const silent = service.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const content = CONTENTS[2]!;
    await service.put('main', 'source', content);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }));
    const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: content });
    expect((await silent.send(part))[field]).toBe(digestOf(algorithm, content));
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 2, CopySource: `${Bucket}/main/source` })
    );
    expect(CopyPartResult![field]).toBe(digestOf(algorithm, content));
    const other = algorithm === 'sha1' ? 'SHA256' : 'SHA1';
    const mixed = { Bucket, Key, UploadId, PartNumber: 3, Body: content, ChecksumAlgorithm: other } as const;
    expect(await refusal(s3.send(new UploadPartCommand(mixed)))).toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(
        `expected checksum Type: ${algorithm}, actual checksum Type: ${other.toLowerCase()}`
      )
    });
  });

  test('of another kind than the kept one is computed where a copy is to have it', async () => {
    const content = randomBytes(100);
    const sent: ChecksumAlgorithm = algorithm === 'crc32' ? 'crc32c' : 'crc32';
    await verbs.put('main/plain', content, { ChecksumAlgorithm: nameOf(sent) });
    await service.catalog.repositories.create({
      name: `other-${algorithm}`,
      storageNamespace: 'local://other'
    });
    const told = Object.fromEntries([algorithm, sent].map(name => [fieldOf(name), digestOf(name, content)]));
    const within = await copy(`${Bucket}/main/plain`, 'main/plain', { ChecksumAlgorithm });
    expect(within.CopyObjectResult).toMatchObject({ ...told, ChecksumType: 'FULL_OBJECT' });
    expect(await verbs.head('main/plain', MODE)).toMatchObject(told);
    const copied = { Bucket: `other-${algorithm}`, Key: 'main/x' };
    const CopySource = `${Bucket}/main/plain`;
    await s3.send(new CopyObjectCommand({ ...copied, CopySource, ChecksumAlgorithm }));
    expect(await s3.send(new HeadObjectCommand({ ...copied, ...MODE }))).toMatchObject(told);
  });
});

test('md5 is taken as a checksum, of an object and of one in parts', async () => {
  const [content, other] = [randomBytes(100), randomBytes(100)];
  const digest = digestOf('md5', content);
  const wrong = verbs.put('main/md5', other, { ChecksumMD5: digest });
  expect(await refusal(wrong)).toMatchObject({ code: 'BadDigest', status: 400 });
  await verbs.put('main/md5', content, { ChecksumMD5: digest });
  expect(await verbs.head('main/md5', MODE)).toMatchObject({
    ChecksumMD5: digest,
    ChecksumType: 'FULL_OBJECT'
  });
  const sent = await send('main/md5-parts', { ChecksumAlgorithm: 'MD5' }, { ChecksumAlgorithm: 'MD5' });
  const whole = wholeDigest('md5', 'COMPOSITE', CONTENTS);
  expect(await complete('main/md5-parts', sent)).toMatchObject({ ChecksumMD5: whole });
  expect(await verbs.head('main/md5-parts', MODE)).toMatchObject({ ChecksumMD5: whole });
});

test('without a plan, a CRC that all parts have gives that of the object, a hash none', async () => {
  const parts = CONTENTS.slice(1);
  for (const [ChecksumAlgorithm, ChecksumType] of [
    ['SHA256', undefined],
    ['CRC32', 'FULL_OBJECT']
  ] as const) {
    const Key = `main/no-plan/${ChecksumAlgorithm}`;
    const { ChecksumCRC32 = undefined, ...told } = await complete(
      Key,
      await send(Key, {}, { ChecksumAlgorithm }, parts)
    );
    expect(told.ChecksumSHA256).toBeUndefined();
    expect(told.ChecksumType).toBe(ChecksumType);
    expect(ChecksumCRC32).toBe(ChecksumType && digestOf('crc32', ...parts));
    expect((await verbs.head(Key, MODE)).ChecksumCRC32).toBe(ChecksumCRC32);
  }
});

test('a copy to another repository has a checksum of its own bytes, not of parts', async () => {
  await service.catalog.repositories.create({ name: 'elsewhere', storageNamespace: 'local://elsewhere' });
  for (const [ChecksumType, expected] of [
    ['COMPOSITE', undefined],
    ['FULL_OBJECT', digestOf('crc32', ...CONTENTS)]
  ] as const) {
    const Key = `main/to-copy/${ChecksumType}`;
    await complete(Key, await send(Key, { ChecksumAlgorithm: 'CRC32', ChecksumType }));
    await s3.send(new CopyObjectCommand({ Bucket: 'elsewhere', Key, CopySource: `${Bucket}/${Key}` }));
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'elsewhere', Key, ...MODE }));
    expect(head.ChecksumCRC32).toBe(expected);
  }
});

test('an upload is completed only with what was uploaded and planned', async () => {
  const Key = 'main/contradicted';
  const small = [Buffer.from('all of it')];
  const composite = await send(Key, { ChecksumAlgorithm: 'SHA256' }, { ChecksumAlgorithm: 'SHA256' }, small);
  const [part] = composite.parts;
  const named = (...parts: CompletedPart[]): Sent => ({ ...composite, parts });
  for (const [sent, more, code] of [
    [named({ ...part, ChecksumSHA256: digestOf('sha256', Buffer.from('x')) }), {}, 'InvalidPart'],
    [named({ ...part, ChecksumSHA1: digestOf('sha1', small[0]!) }), {}, 'InvalidPart'],
    [named({ ...part, ChecksumSHA256: undefined }), {}, 'InvalidRequest'],
    [composite, { ChecksumType: 'FULL_OBJECT' }, 'InvalidRequest'],
    [composite, { ChecksumCRC32: 'AAAAAA==' }, 'InvalidRequest'],
    [composite, { ChecksumSHA256: 'bad' }, 'InvalidRequest'],
    [composite, { MpuObjectSize: 8 }, 'InvalidRequest'],
    [composite, { ChecksumSHA256: digestOf('sha256', small[0]!) }, 'BadDigest']
  ] as const) {
    expect(await refusal(complete(Key, sent, more))).toMatchObject({ code, status: 400 });
  }
  const answer = await complete(Key, composite, { MpuObjectSize: 9, ChecksumType: 'COMPOSITE' });
  expect(answer.ChecksumSHA256).toBe(wholeDigest('sha256', 'COMPOSITE', small));
  // Again, by who lost the answer.
  expect((await complete(Key, composite)).ChecksumSHA256).toBe(answer.ChecksumSHA256);
});

test('a composite checksum wants parts that count from 1', async () => {
  const Key = 'main/gaps';
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' })
  );
  const command = { Bucket, Key, UploadId, PartNumber: 2, Body: 'x' };
  const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand(command));
  const parts = [{ PartNumber: 2, ETag, ChecksumCRC32 }];
  expect(await refusal(complete(Key, { UploadId: UploadId!, parts }))).toMatchObject({
    code: 'InvalidPartOrder'
  });
});

test('a checksum that cannot be had from the parts is refused', async () => {
  const Key = 'main/unverifiable';
  const sent = await send(Key, {}, { ChecksumAlgorithm: 'SHA1' }, [Buffer.from('x')]);
  expect(
    await refusal(complete(Key, sent, { ChecksumCRC32: digestOf('crc32', Buffer.from('x')) }))
  ).toMatchObject({
    code: 'InvalidRequest'
  });
});

test('a download whose bytes are others than those of the checksum fails in the SDK', async () => {
  const { catalog } = service;
  const received = await catalog.contents.receive(
    BUCKET,
    (async function* () {
      yield Buffer.from('bytes');
    })()
  );
  const digests = { crc32: digestOf('crc32', Buffer.from('other bytes')) };
  await catalog.objects.put(BUCKET, 'main', 'damaged', {
    ...received,
    checksums: { type: 'FULL_OBJECT', digests }
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'main/damaged' }));
  await expect(Body!.transformToString()).rejects.toThrow('Checksum mismatch');
});

test('the ETag is that of S3, whatever the checksum', async () => {
  const content = Buffer.from('tagged');
  const { ETag } = await verbs.put('main/tagged', content, { ChecksumAlgorithm: 'CRC64NVME' });
  expect(ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
});
