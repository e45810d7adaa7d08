import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  type S3Client
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { branchesInKeyOrder } from '../../../src/service/s3/branch-order.js';
import { refusal, Verbs } from './client.js';
import { BUCKET, Service } from './service.js';

/** Branches whose order as names is not that of their keys: "-" comes before "/". */
const BRANCHES = ['a', 'a-b', 'a-b-c', 'a0', 'empty', 'main', 'main-2'];
const PATHS = ['d/1', 'd/e/1', 'd-x', 'd0', '\u{1F600}', '\ufffd', 'z/'];

let service: Service;
let s3: S3Client;
const verbs = new Verbs(() => s3);
const Bucket = BUCKET;

beforeAll(async () => {
  service = await Service.start();
  s3 = service.client();
  for (const name of BRANCHES.filter(name => name !== 'main')) {
    await service.catalog.branches.create(BUCKET, { name, source: 'main' });
  }
  await service.catalog.branches.create(BUCKET, { name: 'a-hidden', source: 'main', hidden: true });
  await service.put('a-hidden', 'secret');
  for (const name of BRANCHES.filter(name => name !== 'empty')) {
    for (const path of PATHS) {
      await service.put(name, path);
    }
  }
});
afterAll(() => service.stop());

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const KEYS = BRANCHES.filter(name => name !== 'empty')
  .flatMap(name => PATHS.map(path => `${name}/${path}`))
  .sort(byBytes);

/** What S3 documents: keys behind the marker, rolled up at the first delimiter behind the prefix. */
function expected(prefix: string, delimiter: string, after: string): string[] {
  const keys = delimiter === '/' && !prefix.includes('/') ? [...KEYS, 'empty/'].sort(byBytes) : KEYS;
  const rolled = keys
    .filter(key => key.startsWith(prefix))
    .map(key => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : key.slice(0, at + delimiter.length);
    })
    .filter(key => byBytes(key, after) > 0);
  return [...new Set(rolled)];
}

interface Asked {
  Prefix?: string;
  Delimiter?: string;
  StartAfter?: string;
  MaxKeys?: number;
}

/** Keys and common prefixes of all pages, in their order. */
async function listV2(asked: Asked): Promise<string[]> {
  const found: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, ...asked })) {
    const items = [
      ...(page.Contents ?? []).map(({ Key }) => Key!),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!)
    ].sort(byBytes);
    expect(page.KeyCount).toBe(items.length);
    expect(items.length).toBeLessThanOrEqual(asked.MaxKeys ?? 1_000);
    found.push(...items);
  }
  return found;
}

/** As older clients page: from the next marker, or from the last key. */
async function listV1({ StartAfter, ...asked }: Asked): Promise<string[]> {
  const found: string[] = [];
  let Marker = StartAfter;
  for (;;) {
    const page = await s3.send(new ListObjectsCommand({ Bucket, ...asked, Marker, EncodingType: 'url' }));
    found.push(
      ...[
        ...(page.Contents ?? []).map(({ Key }) => decodeURIComponent(Key!)),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => decodeURIComponent(Prefix!))
      ].sort(byBytes)
    );
    if (!page.IsTruncated) {
      return found;
    }
    Marker = decodeURIComponent(page.NextMarker!);
  }
}

describe('a listing, in either version, of any page size', () => {
  const prefix = fc.constantFrom(
    '',
    'a',
    'a-',
    'a-b',
    'm',
    'x',
    'a/',
    'a/d',
    'a/d/',
    'main/',
    'main-2/z',
    'empty/',
    'main/x'
  );
  const delimiter = fc.constantFrom('', '/', '-', 'e', 'd/');
  const after = fc.oneof(
    fc.constantFrom('', 'a', 'a/', 'a-b', 'a/d', 'b', 'main', 'zzz', '!'),
    fc.constantFrom(...KEYS)
  );
  const size = fc.constantFrom(undefined, 2, 5);

  test('gives what the naive listing gives', async () => {
    await fc.assert(
      fc.asyncProperty(prefix, delimiter, after, size, async (Prefix, Delimiter, StartAfter, MaxKeys) => {
        // S3 leaves open whether a common prefix is told of which only the end lies behind the start.
        fc.pre(Delimiter === '' || !KEYS.includes(StartAfter));
        const asked = {
          Prefix,
          Delimiter: Delimiter || undefined,
          StartAfter: StartAfter || undefined,
          MaxKeys
        };
        const naive = expected(Prefix, Delimiter, StartAfter);
        expect(await listV2(asked)).toEqual(naive);
        expect(await listV1(asked)).toEqual(naive);
      }),
      { numRuns: 120 }
    );
  });
});

describe('at the root of a repository', () => {
  test('the branches are the folders, empty ones too, hidden ones not', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(page.CommonPrefixes!.map(({ Prefix }) => Prefix)).toEqual([
      'a-b-c/',
      'a-b/',
      'a/',
      'a0/',
      'empty/',
      'main-2/',
      'main/'
    ]);
    expect(page.Contents).toBeUndefined();
  });

  test('a delimiter that would begin in a branch and end in a path is refused', async () => {
    const listing = s3.send(new ListObjectsV2Command({ Bucket, Delimiter: 'n/d' }));
    expect(await refusal(listing)).toMatchObject({ code: 'NotImplemented', status: 501 });
  });

  test('branches come in the order of their keys from any place on', async () => {
    const name = fc.stringMatching(/^[a-c0_][-a-c0_]{0,5}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 12 }),
        name,
        name,
        fc.boolean(),
        async (names, prefix, at, inside) => {
          const sorted = [...names].sort(byBytes);
          const catalog = {
            branches: {
              get: async (_: string, wanted: string) => ({ name: wanted, hidden: !names.includes(wanted) }),
              list: async (_: string, query: { prefix: string; after: string }) => {
                const rest = sorted.filter(each => each.startsWith(query.prefix) && each > query.after);
                return {
                  results: rest.slice(0, 2).map(each => ({ name: each })),
                  hasMore: rest.length > 2,
                  nextOffset: rest[1]
                };
              }
            }
          } as unknown as Service['catalog'];
          for (const [begin, after] of [
            ['', ''],
            ['', inside ? `${at}/x` : at],
            [prefix, '']
          ] as const) {
            const found: string[] = [];
            for await (const branch of branchesInKeyOrder(catalog, BUCKET, { prefix: begin, after })) {
              found.push(branch);
            }
            const keys = names
              .filter(each => each.startsWith(begin))
              .sort((a, b) => byBytes(`${a}/`, `${b}/`));
            expect(found).toEqual(keys.filter(each => byBytes(`${each}/\u{10ffff}`, after) > 0));
          }
        }
      ),
      { numRuns: 300 }
    );
  });
});

describe('a page', () => {
  test('tells of each object what PUT, HEAD and GET tell', async () => {
    const { ETag } = await verbs.put('main/told', 'content');
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'main/told', FetchOwner: true }));
    expect(page.Contents).toMatchObject([{ Key: 'main/told', ETag, Size: 7, StorageClass: 'STANDARD' }]);
    expect(page.Contents![0]!.Owner!.ID).toBe('databranch');
    expect(page.Contents![0]!.LastModified!.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const without = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'main/told' }));
    expect(without.Contents![0]!.Owner).toBeUndefined();
  });

  test('of more than a thousand keys is one of a thousand', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'main/', MaxKeys: 5_000 }));
    expect(page).toMatchObject({ MaxKeys: 1_000, IsTruncated: false });
  });

  test('of no keys is empty and the last', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
    expect(page).toMatchObject({ MaxKeys: 0, KeyCount: 0, IsTruncated: false });
  });

  test('that cannot be is refused', async () => {
    for (const asked of [
      { MaxKeys: -1 },
      { ContinuationToken: '***' },
      { EncodingType: 'base64' as 'url' }
    ]) {
      const listing = s3.send(new ListObjectsV2Command({ Bucket, ...asked }));
      expect(await refusal(listing)).toMatchObject({ code: 'InvalidArgument', status: 400 });
    }
  });

  test('of an empty branch is empty, of a missing one an error that names it', async () => {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'empty/', Delimiter: '/', MaxKeys: 2 })
    );
    expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false });
    for (const StartAfter of [undefined, 'zzz']) {
      const missing = s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'nowhere/data/', StartAfter }));
      expect(await refusal(missing)).toMatchObject({
        code: 'NoSuchKey',
        status: 404,
        message: 'There is no branch, tag or commit "nowhere".'
      });
    }
    const other = s3.send(new ListObjectsV2Command({ Bucket: 'other' }));
    expect(await refusal(other)).toMatchObject({ code: 'NoSuchBucket', status: 404 });
  });

  test('below a tag or commit shows what was committed', async () => {
    await service.catalog.commits.create(BUCKET, 'a', { committer: 'me', message: 'one' });
    await service.catalog.tags.create(BUCKET, { name: 'v1', ref: 'a' });
    await service.put('a', 'later');
    expect(await listV2({ Prefix: 'v1/' })).toEqual(PATHS.map(path => `v1/${path}`).sort(byBytes));
  });
});

test('uploads under way are listed by key, over branches and pages', async () => {
  const keys = ['a-b/up', 'a/up/1', 'a/up/1', 'a/up/2', 'main/up'];
  for (const Key of keys) {
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  }
  const list = async (Prefix: string, MaxUploads: number): Promise<string[]> => {
    const found: string[] = [];
    let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (from !== undefined) {
      const page: ListMultipartUploadsCommandOutput = await s3.send(
        new ListMultipartUploadsCommand({ Bucket, Prefix, MaxUploads, ...from })
      );
      expect(page.Uploads?.length ?? 0).toBeLessThanOrEqual(MaxUploads);
      found.push(...(page.Uploads ?? []).map(({ Key }) => Key!));
      from = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    return found;
  };
  for (const size of [1, 2, 1_000]) {
    expect(await list('', size)).toEqual(keys);
    expect(await list('a/up/', size)).toEqual(['a/up/1', 'a/up/1', 'a/up/2']);
    expect(await list('m', size)).toEqual(['main/up']);
  }
  const behind = await s3.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker: 'a/up/1' }));
  expect(behind.Uploads?.map(({ Key }) => Key)).toEqual(['a/up/2', 'main/up']);
  const none = await s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 0 }));
  expect([none.Uploads, none.IsTruncated]).toEqual([undefined, false]);
});

test('with a delimiter, uploads under way are listed by folder, over branches and pages', async () => {
  const list = async (more: object, MaxUploads: number): Promise<string[]> => {
    const found: string[] = [];
    let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (from !== undefined) {
      const page: ListMultipartUploadsCommandOutput = await s3.send(
        new ListMultipartUploadsCommand({ Bucket, MaxUploads, ...more, ...from })
      );
      const keys = (page.Uploads ?? []).map(({ Key }) => Key!);
      const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix} …`);
      expect(keys.length + prefixes.length).toBeLessThanOrEqual(MaxUploads);
      found.push(...keys, ...prefixes);
      from = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    return found.sort(byBytes);
  };
  for (const size of [1, 2, 1_000]) {
    expect(await list({ Delimiter: '/' }, size)).toEqual(['a-b/ …', 'a/ …', 'main/ …']);
    expect(await list({ Delimiter: '/', Prefix: 'a/' }, size)).toEqual(['a/up/ …']);
    expect(await list({ Delimiter: '/', Prefix: 'a/up/' }, size)).toEqual(['a/up/1', 'a/up/1', 'a/up/2']);
    // In a branch's name, or behind it.
    expect(await list({ Delimiter: '-' }, size)).toEqual(['a- …', 'a/up/1', 'a/up/1', 'a/up/2', 'main/up']);
    expect(await list({ Delimiter: 'p' }, size)).toEqual(['a-b/up …', 'a/up …', 'main/up …']);
  }
  expect(await refusal(list({ Delimiter: '/u' }, 1))).toMatchObject({ code: 'NotImplemented' });
});
