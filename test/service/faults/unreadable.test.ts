import { mkdir, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CommandLine, type ServiceProcess } from '../life/service-process';
import { connect, type Rest } from './promise/wire';

const UNREADABLE = 'The bytes of this object cannot be read from the store: run "databranch fsck".';
const LAKE = '/repositories/lake';

let commandLine: CommandLine;
let service: ServiceProcess;
let rest: Rest;
let s3: S3Client;
beforeAll(async () => {
  commandLine = await CommandLine.build();
  service = await commandLine.serve(await commandLine.newFolder(), ['--log-level', 'silent']).ready();
  ({ rest, s3 } = await connect(service));
  await rest('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });
});
afterAll(async () => {
  s3?.destroy();
  await commandLine?.remove();
});

const put = (branch: string, path: string, content: string) =>
  rest('POST', `${LAKE}/branches/${branch}/objects?path=${path}`, content, {
    'content-type': 'application/octet-stream'
  });
const get = (ref: string, path: string) => rest('GET', `${LAKE}/refs/${ref}/objects?path=${path}`);
const fsck = async () => (await rest('GET', '/databranch/fsck')).body;

async function blockFiles(): Promise<string[]> {
  const folder = join(service.data, 'blocks');
  const names = await readdir(folder, { recursive: true });
  return names.filter(name => /^[0-9a-f]{2}\/\d+-/.test(name)).map(name => join(folder, name));
}

/** Short ones come in one read, long ones in several: then the answer has begun when the end is found missing. */
const SIZES = { short: 40_000, long: 3_000_000 };

const damages: [what: string, damage: (file: string) => Promise<void>][] = [
  ['is missing', file => rm(file)],
  ['is empty', file => truncate(file, 0)],
  ['is shorter than it should be', file => truncate(file, 39_000)],
  // A folder in its place is what even an administrator cannot read as a file.
  [
    'cannot be read',
    async file => {
      await rm(file);
      await mkdir(file);
    }
  ]
];

for (const [size, bytes] of Object.entries(SIZES)) {
  test.each(damages)(
    `a ${size} object whose block %s fails by itself, is named by fsck, and is mended by sending it again`,
    async (what, damage) => {
      const branch = `${size}-${what.replaceAll(' ', '-')}`;
      const damaged = `${branch} `.repeat(bytes / branch.length);
      const sound = `sound ${damaged}`;
      await rest('POST', `${LAKE}/branches`, { name: branch, source: 'main' });
      await put(branch, 'sound', sound);
      const before = new Set(await blockFiles());
      await put(branch, 'x/damaged', damaged);
      await rest('POST', `${LAKE}/branches/${branch}/commits`, { message: 'both' });
      const [file] = (await blockFiles()).filter(each => !before.has(each));
      await damage(file!);

      // Over REST and S3: a sentence, or an answer that breaks off. Never one that ends as if it were whole.
      const overRest = await get(branch, 'x/damaged').then(
        ({ status, body }) => [status, body?.message],
        () => 'broken off'
      );
      const Key = `${branch}/x/damaged`;
      const overS3 = await s3
        .send(new GetObjectCommand({ Bucket: 'lake', Key }))
        .then(async ({ Body }) => [await Body!.transformToString()])
        .catch((error: Error) => (error.name === 'UnreadableContent' ? error.message : 'broken off'));
      const begun = size === 'long' && what === 'is shorter than it should be';
      expect(overRest).toEqual(begun ? 'broken off' : [500, UNREADABLE]);
      expect(overS3).toEqual(begun ? 'broken off' : UNREADABLE);

      // Everything else goes on, with the damaged object too.
      expect((await get(branch, 'sound')).text).toBe(sound);
      expect((await rest('GET', `${LAKE}/refs/${branch}/objects/stat?path=x/damaged`)).status).toBe(200);
      expect((await put(branch, 'new', branch)).status).toBe(201);
      expect((await rest('POST', `${LAKE}/branches/${branch}/commits`, { message: 'more' })).status).toBe(
        201
      );
      expect(
        (await rest('POST', `${LAKE}/refs/${branch}/merge/main`, { strategy: 'source-wins' })).status
      ).toBe(200);
      expect((await rest('POST', '/databranch/gc', {})).body.repositories[0]).not.toHaveProperty('refused');
      const { report, findings } = await fsck();
      expect(report).toMatchObject({ sound: false, damage: 1 });
      expect(findings[0]).toMatchObject({
        severity: 'damage',
        what: expect.stringContaining(file!.split('/').at(-1)!)
      });
      expect(findings[0].where).toContain('x/damaged');

      // Sending the bytes again mends it, on every ref, without a restart.
      expect((await put(branch, 'x/again', damaged)).status).toBe(201);
      for (const ref of [branch, 'main']) {
        expect((await get(ref, 'x/damaged')).text).toBe(damaged);
      }
      expect((await fsck()).report).toMatchObject({ sound: true, damage: 0 });
    }
  );
}
