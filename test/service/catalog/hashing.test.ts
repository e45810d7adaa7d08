import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import fc from 'fast-check';

import { openLocalBlocks } from '../../../src/service/blocks/local.js';
import type { Digests, Hashing } from '../../../src/service/catalog/hashing/digests.js';
import { SLOT_BYTES, SLOTS } from '../../../src/service/catalog/hashing/ring.js';
import { HashingLanes, LANES_MAX } from '../../../src/service/catalog/hashing/lanes.js';
import { GATHERED_BYTES_MAX, INLINE_BYTES_MAX, Intake } from '../../../src/service/catalog/intake.js';

/** More than a lane holds at once. */
const BYTES = randomBytes(2 * SLOTS * SLOT_BYTES + 12_345);

let folder: string;
let workerUrl: URL;
let lanes: HashingLanes;
let errors: unknown[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-hashing-'));
  const outfile = join(folder, 'hash-worker.mjs');
  const entry = join(__dirname, '../../../src/service/catalog/hashing/hash-worker.ts');
  // A thread does not go through Jest.
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
  workerUrl = pathToFileURL(outfile);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  errors = [];
  lanes = new HashingLanes(workerUrl, error => errors.push(error));
});
afterEach(() => lanes.close());

function expected(bytes: Uint8Array): Digests {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return { md5: hash('md5'), sha256: hash('sha256') };
}

function* pieces(bytes: Buffer, sizes: number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
    yield bytes.subarray(at, at + sizes[i % sizes.length]!);
  }
}

/** A lane, as soon as there is one. */
async function free(): Promise<Hashing> {
  for (;;) {
    const lane = lanes.take();
    if (lane) {
      return lane;
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}

async function hash(hashing: Hashing, bytes: Buffer, sizes = [64 * 1024]): Promise<Digests> {
  for (const piece of pieces(bytes, sizes)) {
    await hashing.update(piece);
  }
  return hashing.finish();
}

test('digests from the threads are those of the bytes, whatever the pieces', async () => {
  const size = fc.integer({ min: 1, max: 3 * SLOT_BYTES });
  const length = fc.integer({ min: 0, max: BYTES.length });
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 5 }), length, async (sizes, end) => {
      const bytes = BYTES.subarray(0, end);
      expect(await hash(lanes.take()!, bytes, [...sizes, 64 * 1024])).toEqual(expected(bytes));
    }),
    { numRuns: 30 }
  );
});

test('bodies side by side do not mix, and only so many get a lane', async () => {
  const taken = Array.from({ length: LANES_MAX }, () => lanes.take()!);
  expect(lanes.take()).toBeUndefined();
  const bodies = taken.map((_, i) => BYTES.subarray(i * 1000));
  const digests = await Promise.all(taken.map((lane, i) => hash(lane, bodies[i]!)));
  expect(digests).toEqual(bodies.map(expected));
  expect(lanes.take()).toBeDefined();
});

test('what is hashed after a body that was given up knows nothing of it', async () => {
  const taken = Array.from({ length: LANES_MAX }, () => lanes.take()!);
  for (const lane of taken) {
    await lane.update(BYTES);
    lane.abandon();
  }
  const digests = await Promise.all(taken.map(async () => hash(await free(), BYTES)));
  expect(digests).toEqual(taken.map(() => expected(BYTES)));
});

test('when the threads end amid a body it fails, and the next one gets others', async () => {
  const lane = lanes.take()!;
  await lane.update(BYTES);
  await lanes.close();
  await expect(lane.finish()).rejects.toThrow('has ended');
  expect(await hash(lanes.take()!, BYTES)).toEqual(expected(BYTES));
});

test('threads that cannot begin fail the body that wanted them, and are told of; nothing else ends', async () => {
  const broken = new HashingLanes(new URL('missing.mjs', workerUrl), error => errors.push(error));
  await expect(hash(broken.take()!, BYTES)).rejects.toThrow('has ended');
  while (errors.length < 2) {
    await new Promise(resolve => setImmediate(resolve));
  }
  await broken.close();
});

describe('the intake', () => {
  async function* body(bytes: Buffer): AsyncGenerator<Buffer> {
    yield* pieces(bytes, [64 * 1024]);
  }

  async function openIntake(withLanes: HashingLanes | undefined) {
    const blocks = await openLocalBlocks({ folder: await mkdtemp(join(folder, 'blocks-')), start: 1 });
    const files = async () => {
      const found: string[] = [];
      for await (const name of blocks.list()) {
        found.push(name);
      }
      return found;
    };
    return { intake: new Intake(blocks, withLanes), blocks, files };
  }

  test.each([
    0,
    1,
    INLINE_BYTES_MAX,
    INLINE_BYTES_MAX + 1,
    GATHERED_BYTES_MAX,
    GATHERED_BYTES_MAX + 1,
    BYTES.length
  ])('takes a body of %d bytes, with threads and without', async length => {
    const bytes = BYTES.subarray(0, length);
    for (const withLanes of [lanes, undefined]) {
      const { intake, blocks } = await openIntake(withLanes);
      const { place, ...taken } = await intake.take(body(bytes));
      expect(taken).toEqual({ size: length, ...expected(bytes) });
      const kept: Buffer[] = [];
      if (place.kind === 'inline') {
        kept.push(place.bytes);
      } else if (place.kind === 'file') {
        for await (const chunk of blocks.read(place.block, 0, length)) {
          kept.push(chunk);
        }
      }
      expect(place.kind).toBe(length <= INLINE_BYTES_MAX ? 'inline' : 'file');
      expect(Buffer.concat(kept).equals(bytes)).toBe(true);
    }
  });

  test('keeps nothing of a body whose hashing failed, or that broke off', async () => {
    const broken = new HashingLanes(new URL('missing.mjs', workerUrl), error => errors.push(error));
    const failing = await openIntake(broken);
    await expect(failing.intake.take(body(BYTES.subarray(0, GATHERED_BYTES_MAX + 1)))).rejects.toThrow(
      'has ended'
    );
    expect(await failing.files()).toEqual([]);
    const { intake, files } = await openIntake(lanes);
    async function* cut(): AsyncGenerator<Buffer> {
      yield* body(BYTES);
      throw new Error('connection reset');
    }
    for (let i = 0; i <= LANES_MAX; i++) {
      await expect(intake.take(cut())).rejects.toThrow('connection reset');
    }
    expect(await files()).toEqual([]);
    expect((await readdir(folder, { recursive: true })).filter(name => /incoming.\d/.test(name))).toEqual([]);
    expect(await free()).toBeDefined();
  });
});
