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
import { randomness, seedOfRun } from './random';

const CLIENTS = 4;
const STEPS = 60;
const IMAGES = 120;

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
  }, 120_000);
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

  /**
   * Cuts the power at so many places, most of them beside a sync, and gives what is wrong with what is left, up to
   * the first image with which something is.
   * @param counts whether a sync is one
   */
  async function cuts(images: number, counts: (sync: { inode: bigint }) => boolean): Promise<string[]> {
    const random = randomness(seed);
    const syncs = steps.flatMap((step, i) => (isSync(step) ? [i] : []));
    const places = Array.from({ length: images }, () =>
      random(4) === 0 ? random(steps.length) : syncs[random(syncs.length)]! + random(2)
    ).sort((a, b) => a - b);
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

  const every = () => true;
  test('leaves a folder that opens, is sound, and holds every acknowledged write', async () => {
    expect(await cuts(IMAGES, every)).toEqual([]);
  }, 300_000);

  // The same record, read as that of a service that forgets a sync: these images must be found out.
  test.each([
    ['of object bytes', /^data\/blocks\/incoming\/./],
    ['of the folders of object bytes', /^data\/blocks\/..$/],
    ['of the key-value store', /^data\/store\/data\.mdb$/],
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
      expect(await cuts(IMAGES, sync => !inodes.has(sync.inode))).not.toEqual([]);
    },
    300_000
  );
});

function isSync(step: Recorded): boolean {
  return step.op === 'sync' || (step.op === 'write' && step.synchronous);
}
