import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../life/service-process';
import { Disk } from './power-cut/disk';
import { Inspection } from './power-cut/inspection';
import { LoadClient, s3Of } from './power-cut/load';
import { readRecording, type Recorded } from './power-cut/recording';
import { Witness } from './power-cut/witness';
import { randomness, seedOfRun, type Random } from './random';

const CLIENTS = 4;
const STEPS = 60;
const IMAGES = 120;
/** Of each step of the first start. */
const IMAGES_OF_START = 8;

const canRecord = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;
const recorded = canRecord ? describe : describe.skip;
const seed = seedOfRun();

recorded(`a power cut (needs Linux and a C compiler; seed ${seed})`, () => {
  let folder: string;
  let live: string;
  let witness: Witness;
  let steps: Recorded[];
  let inspection: Inspection;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'databranch-power-'));
    live = join(folder, 'live');
    mkdirSync(live);
    const log = join(folder, 'log');
    witness = new Witness(log);
    await record(log);
    steps = readRecording(log);
    inspection = new Inspection(folder, { ready: witness.ready, places: witness.places });
  });
  afterAll(async () => {
    await inspection?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A service at work, from its first start on, with everything that it does to its folder in the log. */
  async function record(log: string): Promise<void> {
    const library = join(folder, 'recorder.so');
    const source = join(__dirname, 'power-cut', 'recorder.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-lpthread']);
    const commandLine = await CommandLine.build();
    try {
      const service = commandLine.serve(join(live, 'data'), ['--log-level', 'warn'], {
        LD_PRELOAD: library,
        RECORDER_ROOT: live,
        RECORDER_LOG: log,
        // Its requests to the kernel would pass the recorder by.
        UV_USE_IO_URING: '0'
      });
      await service.ready();
      witness.ready = witness.now();
      await witness.during([['repository lake', 'there']], () =>
        service.json('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' })
      );
      const s3 = await s3Of(service);
      let working = true;
      const clients = Array.from({ length: CLIENTS }, (_, i) =>
        new LoadClient(service, s3, witness, i, randomness(seed + i)).run(STEPS)
      );
      const collect = async () => {
        while (working) {
          await service.json('POST', '/databranch/gc', {});
        }
      };
      await Promise.all([Promise.all(clients).finally(() => (working = false)), collect()]);
      s3.destroy();
      await service.stop();
      expect(service.stderr).toBe('');
    } finally {
      await commandLine.remove();
    }
  }

  const disk = () => new Disk(statSync(live, { bigint: true }).ino);

  test('finds everything in the record: played back whole it gives the folder, byte for byte', () => {
    const replayed = disk();
    steps.forEach(step => replayed.apply(step));
    const names = readdirSync(live, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(live.length + 1));
    const files = replayed.now();
    expect([...files.keys()].sort()).toEqual(names.sort());
    // Readers' slots lie in lock.mdb, through shared memory; it is made anew by whoever opens the store first.
    for (const name of names.filter(each => !each.endsWith('lock.mdb'))) {
      expect([name, files.get(name)!.equals(readFileSync(join(live, name)))]).toEqual([name, true]);
    }
  });

  /** So many places by chance, most of them beside a sync. */
  function anywhere(images: number, random: Random): number[] {
    const syncs = steps.flatMap((step, i) => (isSync(step) ? [i] : []));
    return Array.from({ length: images }, () =>
      random(4) === 0 ? random(steps.length) : syncs[random(syncs.length)]! + random(2)
    ).sort((a, b) => a - b);
  }

  /**
   * Cuts the power before each of these steps, and gives what is wrong with what is left, up to the first image with
   * which something is.
   * @param places ascending
   * @param counts whether a sync is one
   */
  async function cuts(
    places: number[],
    random: Random,
    counts: (sync: { inode: bigint }) => boolean = () => true
  ): Promise<string[]> {
    const replayed = disk();
    let at = 0;
    for (const place of places) {
      for (; at < place; at++) {
        const step = steps[at]!;
        if (step.op !== 'sync' || counts(step)) {
          replayed.apply(step);
        }
      }
      const underWay = steps[place];
      if (underWay?.op === 'write') {
        replayed.apply({ ...underWay, synchronous: false });
      }
      const image = mkdtempSync(join(folder, 'image-'));
      const how = replayed.cut(image, random);
      const end = place === 0 ? 0 : steps[place - 1]!.end;
      const problems = await inspection.problemsOf(join(image, 'data'), end);
      rmSync(image, { recursive: true });
      if (problems.length > 0) {
        return [`cut before step ${place} of ${steps.length}, ${how}`, ...problems];
      }
    }
    return [];
  }

  test('leaves a folder that opens, is sound, and holds every acknowledged write', async () => {
    const random = randomness(seed);
    expect(await cuts(anywhere(IMAGES, random), random)).toEqual([]);
  }, 300_000);

  test('leaves a folder that opens, too, at every step of the first start', async () => {
    const start = steps.filter(step => step.end <= witness.ready).map((_, place) => place);
    expect(start.length).toBeGreaterThan(0);
    const places = start.flatMap(place => Array<number>(IMAGES_OF_START).fill(place));
    expect(await cuts(places, randomness(seed))).toEqual([]);
  }, 300_000);

  // The same record, read as that of a service that forgets a sync: these images must be found out.
  test.each([
    ['of object bytes', /^data\/blocks\/incoming\/./],
    ['of the folders of object bytes', /^data\/blocks\/..$/],
    ['of the key-value store', /^data\/store\/unfinished\/data\.mdb$/],
    ['of the names in the key-value store', /^data\/store$/],
    ['of the data folder', /^data$/]
  ])(
    'without the syncs %s would be found to lose something',
    async (_, forgotten) => {
      const inodes = new Set(
        steps.flatMap(step =>
          'path' in step && 'inode' in step && forgotten.test(step.path) ? [step.inode] : []
        )
      );
      expect(inodes.size).toBeGreaterThan(0);
      const random = randomness(seed);
      const found = await cuts(anywhere(IMAGES, random), random, sync => !inodes.has(sync.inode));
      expect(found).not.toEqual([]);
    },
    300_000
  );
});

function isSync(step: Recorded): boolean {
  return step.op === 'sync' || (step.op === 'write' && step.synchronous);
}
