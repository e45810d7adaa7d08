import type { KvRange } from '../../../src/service/kv/kv.js';
import { Fixture, refusal } from './fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const ME = { committer: 'me' };

let lake: Fixture;
/** A commit that nothing names but its id, with an object of its own. */
let bare: string;
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: 'a' });
  await lake.branch('dev');
  bare = (await lake.commit('dev', { bare: 'of the bare commit' })).id;
  await lake.catalog.branches.delete('lake', 'dev');
  lake.time += 30 * DAY_MS;
});
afterEach(() => lake.close());

/** Collects, and does `verb` when the collection has just read records that begin with `prefix`, which it waits for. */
async function collectMeanwhile(prefix: string, verb: () => Promise<unknown>): Promise<void> {
  const { kv } = lake;
  const snapshot = kv.snapshot.bind(kv);
  let armed = true;
  kv.snapshot = async work => {
    let hit = false;
    const result = await snapshot(reader =>
      work({
        get: key => reader.get(key),
        scan: (range: KvRange) => {
          hit ||= Buffer.from(range.prefix ?? [])
            .toString()
            .startsWith(prefix);
          return reader.scan(range);
        }
      })
    );
    if (hit && armed) {
      armed = false;
      await verb();
    }
    return result;
  };
  try {
    await lake.catalog.collection.run();
  } finally {
    kv.snapshot = snapshot;
  }
  expect(armed).toBe(false);
}

async function expectSound(): Promise<void> {
  await lake.catalog.idle();
  const report = await lake.catalog.soundness.check();
  expect(report).toMatchObject({ sound: true, collectable: 0 });
}

const verbs: [name: string, verb: () => Promise<unknown>, ref: string, path?: string][] = [
  ['a branch', () => lake.branch('again', bare), 'again'],
  ['a tag', () => lake.catalog.tags.create('lake', { name: 'v1', ref: bare }), 'v1'],
  ['a hard reset', () => lake.catalog.branches.hardReset('lake', 'main', bare), 'main'],
  ['a merge', () => lake.catalog.merges.merge('lake', bare, 'main', ME), 'main'],
  [
    'a squashed merge',
    () => lake.catalog.merges.merge('lake', bare, 'main', { ...ME, squash: true }),
    'main'
  ],
  ['a cherry-pick', () => lake.catalog.replays.cherryPick('lake', 'main', { ref: bare, ...ME }), 'main'],
  [
    'a copy',
    () => lake.catalog.objects.copy('lake', { ref: bare, path: 'bare' }, { branch: 'main', path: 'copy' }),
    'main',
    'copy'
  ]
];

for (const [name, verb, ref, path = 'bare'] of verbs) {
  test(`${name} from a bare commit id, when the commits were just looked at, keeps it`, async () => {
    await collectMeanwhile('c/', verb);
    expect(await lake.read(ref, path)).toBe('of the bare commit');
    await lake.catalog.collection.run({ undoDays: 0 });
    expect(await lake.read(ref, path)).toBe('of the bare commit');
    await expectSound();
  });

  test(`${name} from a bare commit id, when the commits are gone, is refused`, async () => {
    await collectMeanwhile('n/', async () => {
      expect(await refusal(verb())).toMatch(/^(ref|commit)-not-found$/);
    });
    await expectSound();
  });
}

test('a part of a branch that is reset while layers are looked through can be brought back', async () => {
  await lake.put('main', 'x/1', 'staged');
  await collectMeanwhile('b/', () =>
    lake.catalog.branches.reset('lake', 'main', { kind: 'common_prefix', path: 'x/' })
  );
  const [operation] = (await lake.catalog.operations.list('lake', { amount: 1 })).results;
  expect(operation!.verb).toBe('reset');
  await lake.catalog.undo.apply('lake', operation!.id, 'me');
  expect(await lake.read('main', 'x/1')).toBe('staged');
  await expectSound();
});

test('a commit of what lies in layers that are being looked through keeps all of it', async () => {
  await lake.put('main', 'x/1', 'staged');
  await collectMeanwhile('b/', async () => {
    await lake.catalog.commits.create('lake', 'main', { ...ME, message: 'meanwhile' });
  });
  expect(await lake.read('main', 'x/1')).toBe('staged');
  await expectSound();
});
