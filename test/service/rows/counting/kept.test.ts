import fc from 'fast-check';

import type { Kv, KvWrite } from '../../../../src/service/kv/kv.js';
import { Kept, type KeptRecord } from '../../../../src/service/rows/counting/kept.js';

/** A store whose writes end when they are told to. */
class SlowKv implements Kv {
  readonly stored = new Map<string, Buffer>();
  /** How many records each write had that was begun. */
  readonly writes: number[] = [];
  private under: { write: KvWrite; end: (error?: Error) => void } | undefined;

  async snapshot<T>(fn: Parameters<Kv['snapshot']>[0]): Promise<T> {
    const reader = {
      get: async (key: Uint8Array) => {
        const value = this.stored.get(String(key));
        return value && { key: Buffer.from(key), value, version: 1 };
      },
      scan: () => Promise.reject(new Error('nobody scans'))
    };
    return (await fn(reader)) as T;
  }

  write(write: KvWrite): Promise<boolean> {
    this.writes.push(write.put!.length);
    return new Promise((resolve, reject) => {
      this.under = {
        write,
        end: error => {
          this.under = undefined;
          if (error) {
            reject(error);
            return;
          }
          write.put!.forEach(({ key, value }) => this.stored.set(String(key), Buffer.from(value)));
          resolve(true);
        }
      };
    });
  }

  async close(): Promise<void> {}

  /** Ends the write that is under way, or the next one, well or not. */
  async end(error?: Error): Promise<void> {
    while (!this.under) {
      await turn();
    }
    await this.tryEnd(error);
  }

  /** Ends the write that is under way. @returns whether there was one */
  async tryEnd(error?: Error): Promise<boolean> {
    const { under } = this;
    under?.end(error);
    await turn();
    return under !== undefined;
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve));
const record = (name: string, value = name): KeptRecord => ({
  key: Buffer.from(name),
  value: Buffer.from(value)
});
const keys = (...names: string[]) => names.map(name => Buffer.from(name));

let kv: SlowKv;
let warnings: string[];
let kept: Kept;
beforeEach(() => {
  kv = new SlowKv();
  warnings = [];
  kept = new Kept(kv, { warn: (_, message) => warnings.push(message), debug: () => undefined });
});

const get = async (...names: string[]) => (await kept.get(keys(...names))).map(value => value?.toString());

test('what was found is there at once, while it is written, and when it is', async () => {
  kept.keeping().add([record('a'), record('b')]);
  expect(await get('a', 'b', 'c')).toEqual(['a', 'b', undefined]);
  await turn();
  kept.keeping().add([record('b', 'newer'), record('c')]);
  expect(await get('a', 'b', 'c')).toEqual(['a', 'newer', 'c']);
  await kv.end();
  expect(await get('a', 'b', 'c')).toEqual(['a', 'newer', 'c']);
  await kv.end();
  await kept.idle();
  expect(await get('a', 'b', 'c')).toEqual(['a', 'newer', 'c']);
  expect(kv.writes).toEqual([2, 2]);
});

test('what comes while a write is under way goes into the next one, in writes of a thousand', async () => {
  const keeping = kept.keeping();
  keeping.add([record('first')]);
  await turn();
  for (let i = 0; i < 2_500; i++) {
    keeping.add([record(`r${i}`)]);
  }
  for (let i = 0; i < 4; i++) {
    await kv.end();
  }
  await kept.idle();
  expect(kv.writes).toEqual([1, 1_000, 1_000, 500]);
});

test('large records go in writes of a few megabytes', async () => {
  kept.keeping().add(['a', 'b', 'c'].map(name => record(name, 'x'.repeat(3 * 1024 * 1024))));
  for (let i = 0; i < 3; i++) {
    await kv.end();
  }
  await kept.idle();
  expect(kv.writes).toEqual([1, 1, 1]);
});

test('who finds more than the disk takes waits for it', async () => {
  const keeping = kept.keeping();
  keeping.add(Array.from({ length: 25_000 }, (_, i) => record(`r${i}`)));
  let waits = true;
  const room = keeping.room().then(() => (waits = false));
  await turn();
  expect(waits).toBe(true);
  while (kv.stored.size < 25_000) {
    await kv.end();
  }
  await room;
  await kept.idle();
  expect(waits).toBe(false);
});

test('a write that fails is warned of, and what may name what it held is not kept either', async () => {
  const before = kept.keeping();
  before.add([record('columns')]);
  await turn();
  before.add([record('names the columns')]);
  await kv.end(new Error('the disk is full'));
  before.add([record('found later, but by the same work')]);
  await kept.idle();
  expect(warnings).toHaveLength(1);
  expect(kv.stored.size).toBe(0);
  expect(await get('columns', 'names the columns')).toEqual([undefined, undefined]);
  kept.keeping().add([record('columns'), record('names the columns')]);
  await kv.end();
  await kept.idle();
  expect(await get('columns', 'names the columns')).toEqual(['columns', 'names the columns']);
});

test('whatever fails and whenever, nothing stored names what is not', async () => {
  type Step = { work: number; at: 'begins' | 'finds' } | { fails: boolean };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ work: fc.nat(2), at: fc.constantFrom('begins' as const, 'finds' as const) }),
    fc.record({ fails: fc.boolean() })
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      kv = new SlowKv();
      kept = new Kept(kv, { warn: () => undefined, debug: () => undefined });
      // Each piece of work finds columns once, asks for the others', and names all that it has seen.
      const works = new Map<number, { keeping: ReturnType<Kept['keeping']>; seen: string[] }>();
      const all: string[] = [];
      for (const [i, now] of steps.entries()) {
        if ('fails' in now) {
          await turn();
          await kv.tryEnd(now.fails ? new Error('no room') : undefined);
        } else if (now.at === 'begins') {
          works.set(now.work, { keeping: kept.keeping(), seen: [] });
        } else {
          const work = works.get(now.work);
          const present = await kept.get(keys(...all));
          if (work) {
            work.seen.push(...all.filter((_, n) => present[n]));
            const columns = `columns ${i}`;
            all.push(columns);
            work.seen.push(columns);
            work.keeping.add([record(columns), record(`file ${i}`, work.seen.join('\n'))]);
          }
        }
      }
      do {
        await turn();
      } while (await kv.tryEnd());
      for (const [name, value] of kv.stored) {
        if (name.startsWith('file')) {
          const named = value.toString().split('\n');
          expect(named.filter(columns => !kv.stored.has(columns))).toEqual([]);
        }
      }
    }),
    { numRuns: 300 }
  );
});
