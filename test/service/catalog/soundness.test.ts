import { readdir, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumsOf } from '../../../src/service/catalog/checksums.js';
import { contentKey } from '../../../src/service/catalog/keys.js';
import { decodeBlock, encodeBlock, type RepositoryRecord } from '../../../src/service/catalog/records.js';
import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import { chunks, Fixture } from './fixture.js';

const LARGE = Buffer.alloc(40_000, 'large');
const SUMMED = Buffer.alloc(50_000, 'large, with a checksum');

let lake: Fixture;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`x/${i}`, `${i}`])));
  await lake.put('main', 'large', LARGE);
  for (const [path, content] of Object.entries({ summed: 'with a checksum', 'summed-large': SUMMED })) {
    const received = await lake.catalog.contents.receive('lake', chunks(content));
    const checksums = await checksumsOf(chunks(content), 'crc32c');
    await lake.catalog.objects.put('lake', 'main', path, { ...received, checksums });
  }
  await lake.put('main', 'long', 'long', { metadata: { note: 'n'.repeat(3_000) } });
  await lake.catalog.commits.create('lake', 'main', { committer: 'test', message: 'more' });
  await lake.branch('dev');
  await lake.catalog.tags.create('lake', { name: 'v1', ref: 'main~1' });
  await lake.put('dev', 'staged', 'uncommitted');
  const upload = await lake.catalog.uploads.create('lake', 'dev', 'parts');
  const part = await lake.catalog.contents.receive('lake', chunks('a part'));
  const checksums = await checksumsOf(chunks('a part'), 'crc64nvme');
  const { etag } = await lake.catalog.uploads.putPart('lake', upload, 1, { ...part, checksums });
  await lake.catalog.uploads.complete('lake', upload, [{ partNumber: 1, etag }]);
  await lake.catalog.uploads.create('lake', 'dev', 'under way');
  await lake.catalog.idle();
});
afterEach(() => lake.close());

async function check(options: { contents?: boolean } = {}) {
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => void findings.push(finding);
  const report = await lake.catalog.soundness.check({ ...options, onFinding });
  return { report, findings, damage: findings.filter(({ severity }) => severity === 'damage') };
}

const scan = (prefix: string) => lake.kv.snapshot(reader => reader.scan({ prefix: Buffer.from(prefix) }));

async function blockFile(): Promise<string> {
  const folder = join(lake.folder, 'blocks');
  for (const name of (await readdir(folder, { recursive: true })).filter(each => /\/\d+-/.test(each))) {
    if ((await stat(join(folder, name))).size === LARGE.length) {
      return join(folder, name);
    }
  }
  throw new Error('no block has the size of the large object');
}

test('a sound store is found sound, and everything in it was looked at', async () => {
  const { report, findings } = await check();
  expect(findings).toEqual([]);
  expect(report).toMatchObject({ sound: true, damage: 0, collectable: 0, expired: 0 });
  const { checked } = report;
  expect(checked).toMatchObject({
    repositories: 1,
    branches: 2,
    tags: 1,
    operations: 3,
    uploads: 1,
    commits: 3
  });
  expect(checked.nodes).toBe((await lake.records('n/')) - 1 /* the long entry's value */);
  expect(checked.blocks).toBe(await lake.records('k/'));
  expect(checked.files).toBe(2);
  expect(checked.bytes).toBeGreaterThan(LARGE.length);
});

/** Another digest in the record of an object's content. */
async function otherChecksum(path: string): Promise<void> {
  const { contentId } = await lake.catalog.objects.stat('lake', 'dev', path);
  const [repository] = await scan('r/lake');
  const { uid } = JSON.parse(repository!.value.toString()) as RepositoryRecord;
  const key = contentKey(uid, contentId);
  const found = await lake.kv.snapshot(reader => reader.get(key));
  const record = decodeBlock(found!.value);
  const digests = Object.entries(record.checksums!.digests).map(([name, digest]) => {
    const bytes = Buffer.from(digest, 'base64');
    bytes[1]! ^= 1;
    return [name, bytes.toString('base64')];
  });
  const checksums = { ...record.checksums!, digests: Object.fromEntries(digests) };
  await lake.kv.write({ put: [{ key, value: encodeBlock({ ...record, checksums }) }] });
}

/** Each damages the store by itself, and says how the sentence about it reads. */
const damages: [what: string, damage: () => Promise<unknown>, sentence: RegExp][] = [
  ['a missing file', async () => unlink(await blockFile()), /large: .*is missing/],
  ['a short file', async () => truncate(await blockFile(), 100), /has 100 bytes instead of 40000/],
  ['a file with other bytes', async () => writeFile(await blockFile(), Buffer.alloc(40_000)), /other bytes/],
  ...(['c', 'n', 'k'] as const).flatMap((family): (typeof damages)[number][] => [
    [
      `a missing record (${family})`,
      async () => lake.kv.write({ delete: [(await scan(`${family}/`))[1]!.key] }),
      /missing|no block record/
    ],
    [
      `a record with other bytes (${family})`,
      async () => {
        const { key, value } = (await scan(`${family}/`))[1]!;
        const bytes = Buffer.from(value);
        bytes[bytes.length - 2]! ^= 1;
        await lake.kv.write({ put: [{ key, value: bytes }] });
      },
      /other bytes|other parts|which is missing|is missing|no block record/
    ]
  ]),
  ...['summed', 'summed-large', 'parts'].map((path): (typeof damages)[number] => [
    `a checksum of other bytes (${path})`,
    () => otherChecksum(path),
    /has other bytes than its checksums say \(crc(32c|64nvme)\)/
  ]),
  [
    'a staged entry without its content',
    async () => {
      const { key, value } = (await scan('s/'))[0]!;
      const bytes = Buffer.from(value);
      bytes[20]! ^= 1;
      await lake.kv.write({ put: [{ key, value: bytes }] });
    },
    /uncommitted on branch dev, object .*: There is no block record/
  ],
  [
    'a tag of a commit that is not there',
    async () => {
      const { key } = (await scan('t/'))[0]!;
      await lake.kv.write({
        put: [{ key, value: Buffer.from(JSON.stringify({ commitId: 'ab'.repeat(32) })) }]
      });
    },
    /tag v1: Commit (ab)+ is missing/
  ],
  [
    'a branch that cannot be read',
    async () => {
      const { key } = (await scan('b/'))[0]!;
      await lake.kv.write({ put: [{ key, value: Buffer.from('{') }] });
    },
    /cannot be read/
  ]
];

test.each(damages)('%s is found', async (_what, damage, sentence) => {
  await damage();
  const { report, damage: found } = await check();
  expect(report.sound).toBe(false);
  expect(found.map(({ where, what }) => `${where}: ${what}`).join('\n')).toMatch(sentence);
  expect(report.damage).toBe(found.length);
});

test('without hashing contents, files are only measured', async () => {
  await writeFile(await blockFile(), Buffer.alloc(LARGE.length));
  expect((await check({ contents: false })).report.sound).toBe(true);
  await truncate(await blockFile(), 3);
  expect((await check({ contents: false })).report.sound).toBe(false);
});

test('what nothing refers to is collectable, which is no damage', async () => {
  await lake.put('dev', 'overwritten', 'first');
  await lake.put('dev', 'overwritten', 'second');
  const put = [{ key: Buffer.from(`s/${'ab'.repeat(16)}/x`), value: Buffer.alloc(0) }];
  await lake.kv.write({ put });
  const file = await blockFile();
  await lake.stop();
  await writeFile(file.replace(/\/(\d+)-/, '/0-'), 'left by a crash');
  await lake.start();
  const { report, findings } = await check();
  expect(report).toMatchObject({ sound: true, damage: 0, collectable: 3 });
  expect(findings.map(({ what }) => what).sort()).toEqual([
    expect.stringMatching(/^No block record names the file 0-/),
    expect.stringMatching(/^No branch and no operation names the staged layer (ab)+/),
    expect.stringMatching(/block records is not referred to/)
  ]);
});

test('it ends where it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(lake.catalog.soundness.check({ signal })).rejects.toThrow('enough');
});
