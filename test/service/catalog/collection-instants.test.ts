import type { Finding } from '../../../src/service/catalog/soundness/report.js';
import type { UploadAddress } from '../../../src/service/catalog/uploads.js';
import type { Kv } from '../../../src/service/kv/kv.js';
import { chunks, Fixture, refusal } from './fixture.js';

const LARGE_BYTES = 20_000;
const ME = { committer: 'me' };
/** Drops every operation at once: what only an undo keeps goes, too. */
const NOW = { undoDays: -1 };

let lake: Fixture;
let first: string;
beforeEach(async () => {
  lake = await Fixture.open();
  first = (await lake.commit('main', { a: 'a' })).id;
});
afterEach(() => lake.close());

/** Leaves the first commit on main and nothing else, so that a later instant finds a store that is no larger. */
async function tidy(): Promise<void> {
  const { branches } = lake.catalog;
  for (const { name } of (await branches.list('lake', {})).results) {
    await (name === 'main' ? branches.reset('lake', name, { kind: 'reset' }) : branches.delete('lake', name));
  }
  await branches.hardReset('lake', 'main', first);
}

/**
 * Collects, and does `verb` when the collection is about to read or write for the `instant`th time. Answers whether
 * it came so far.
 */
async function collectWith(instant: number, verb: () => Promise<unknown>): Promise<boolean> {
  const { kv } = lake;
  const original: Pick<Kv, 'snapshot' | 'write'> = { snapshot: kv.snapshot, write: kv.write };
  let calls = 0;
  let done = false;
  const step = async (): Promise<void> => {
    if (!done && calls++ === instant) {
      done = true;
      await verb();
    }
  };
  kv.snapshot = async work => {
    await step();
    return original.snapshot.call(kv, work) as ReturnType<typeof work>;
  };
  kv.write = async write => {
    await step();
    return original.write.call(kv, write);
  };
  try {
    await lake.catalog.collection.run(NOW);
    // What it notes to be removed goes in the background, which reads and writes too.
    await lake.catalog.idle();
  } finally {
    Object.assign(kv, original);
  }
  return done;
}

async function expectNothingLeft(): Promise<void> {
  await lake.catalog.collection.run(NOW);
  await lake.catalog.idle();
  const findings: Finding[] = [];
  await lake.catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
  expect(findings).toEqual([]);
}

/** What is there before, what is done at the instant, and where `content` can be read afterwards. */
interface Case {
  before(content: string, name: string): Promise<void>;
  verb(content: string, name: string): Promise<unknown>;
  place(name: string): [ref: string, path: string];
  /** With which the verb may be refused, because the collection came first. */
  refusals?: string[];
}

let bare = '';
let upload: { address: UploadAddress; etag: string };
const { branch, put, commit } = {
  branch: (name: string, source?: string) => lake.branch(name, source),
  put: (ref: string, path: string, content: string) => lake.put(ref, path, content),
  commit: (ref: string, files: Record<string, string>) => lake.commit(ref, files)
};
/** Undoes what was done last to a branch. */
const undo = async (name: string) => {
  const [newest] = (await lake.catalog.operations.list('lake', { branch: name, amount: 1 })).results;
  return lake.catalog.undo.apply('lake', newest?.id ?? 'dropped already', 'me');
};
const remove = (name: string) => lake.catalog.branches.delete('lake', name);

const cases: Record<string, Case> = {
  'the same bytes sent again': {
    before: async content => {
      await put('main', 'x', content);
      await put('main', 'x', 'overwritten');
    },
    verb: (content, name) => put('main', name, content),
    place: name => ['main', name]
  },
  'a copy of what is reset afterwards': {
    before: async (content, name) => {
      await branch(name);
      await put(name, 'x', content);
    },
    verb: async (_, name) => {
      const { objects, branches } = lake.catalog;
      await objects.copy('lake', { ref: name, path: 'x' }, { branch: 'main', path: name });
      await branches.reset('lake', name, { kind: 'reset' });
    },
    place: name => ['main', name]
  },
  'a merge, then the deletion of its source': {
    before: async (content, name) => {
      await branch(name);
      await commit(name, { [name]: content });
    },
    verb: async (_, name) => {
      await lake.catalog.merges.merge('lake', name, 'main', ME);
      await remove(name);
    },
    place: name => ['main', name]
  },
  'a branch from a bare commit id': {
    before: async (content, name) => {
      await branch(name);
      bare = (await commit(name, { x: content })).id;
      await remove(name);
    },
    verb: (_, name) => branch(name, bare),
    place: name => [name, 'x'],
    refusals: ['ref-not-found', 'commit-not-found']
  },
  'the undo of a deletion': {
    before: async (content, name) => {
      await branch(name);
      await commit(name, { committed: `${content} committed` });
      await put(name, 'x', content);
      await remove(name);
    },
    verb: async (_, name) => {
      await undo(name);
      expect(await lake.read(name, 'committed')).toMatch(/committed$/);
    },
    place: name => [name, 'x'],
    refusals: ['operation-not-found']
  },
  'the undo of a commit': {
    before: async (content, name) => {
      await branch(name);
      await commit(name, { x: content });
    },
    verb: async (_, name) => {
      await undo(name);
    },
    place: name => [name, 'x'],
    refusals: ['operation-not-found']
  },
  'the completion of an upload': {
    before: async content => {
      const { uploads, contents } = lake.catalog;
      const address = await uploads.create('lake', 'main', 'uploaded');
      const part = await contents.receive('lake', chunks(content));
      upload = { address, ...(await uploads.putPart('lake', address, 1, part)) };
    },
    verb: () => lake.catalog.uploads.complete('lake', upload.address, [{ partNumber: 1, etag: upload.etag }]),
    place: () => ['main', 'uploaded']
  },
  'a commit of what is uncommitted': {
    before: (content, name) => put('main', name, content).then(() => undefined),
    verb: () => lake.catalog.commits.create('lake', 'main', { ...ME, message: 'meanwhile' }),
    place: name => ['main', name]
  },
  'a reset of a part, and its undo': {
    before: async (content, name) => {
      await branch(name);
      await put(name, 'x/1', content);
      await put(name, 'y', 'y');
    },
    verb: async (_, name) => {
      await lake.catalog.branches.reset('lake', name, { kind: 'common_prefix', path: 'x/' });
      await undo(name);
    },
    place: name => [name, 'x/1']
  }
};

test.each(Object.entries(cases))(
  '%s, at every instant of a collection, keeps the bytes and leaves nothing',
  async (title, each) => {
    const { before, verb, place, refusals = [] } = each;
    const outcomes = new Set<string>();
    for (let instant = 0, reached = true; reached; instant++) {
      const name = `${title.replace(/\W+/g, '-')}-${instant}`;
      // Half of the contents lie in files.
      const content = `${name} `.repeat(instant % 2 === 0 ? LARGE_BYTES / name.length : 1);
      await before(content, name);
      let outcome = 'not done';
      reached = await collectWith(instant, async () => (outcome = await refusal(verb(content, name))));
      if (outcome === 'no refusal') {
        const [ref, path] = place(name);
        expect(await lake.read(ref, path)).toBe(content);
        await expectNothingLeft();
        expect(await lake.read(ref, path)).toBe(content);
      }
      await tidy();
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(
      [
        ...new Set(['no refusal', 'not done', ...[...outcomes].filter(code => refusals.includes(code))])
      ].sort()
    );
  },
  180_000
);
