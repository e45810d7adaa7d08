import { rmSync } from 'node:fs';
import type { Kv } from '../../../src/service/kv/kv';
import { openLmdb } from '../../../src/service/kv/lmdb';

/**
 * A process of its own that works on a store, so that it can be killed or limited:
 *
 *     child <kind of store> <where> write <run>   writes until it is killed; prints a line for each acknowledged write
 *     child <kind of store> <where> fill <file>   writes until the store is full; prints what it then sees, and what
 *                                                  it can write when <file> is removed, as JSON
 */
const stores: Record<string, (where: string) => Promise<Kv>> = { lmdb: openLmdb };
const WRITERS = 8;

async function writeOnAndOn(kv: Kv, run: string): Promise<never> {
  const write = async (writer: number): Promise<never> => {
    for (let i = 0; ; i++) {
      const name = `${run}-${writer}-${i}`;
      const put = [
        { key: Buffer.from(`a-${name}`), value: Buffer.alloc((i * 997) % 9_000, 1) },
        { key: Buffer.from(`b-${name}`), value: Buffer.from(name) }
      ];
      const isDone = await kv.write({
        expect: put.map(({ key }) => ({ key, version: 'absent' as const })),
        put
      });
      process.stdout.write(`${name} ${isDone}\n`);
    }
  };
  return Promise.race(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

async function fill(kv: Kv, ballast: string): Promise<object> {
  const value = Buffer.alloc(3_000, 1);
  const names = (from: number): Buffer[] => Array.from({ length: 20 }, (_, i) => Buffer.from(`k${from + i}`));
  const writeAll = (keys: Buffer[]): Promise<PromiseSettledResult<boolean>[]> =>
    Promise.allSettled(keys.map(key => kv.write({ put: [{ key, value }] })));
  const acknowledged: string[] = [];
  const errors: string[] = [];
  for (let from = 0; errors.length === 0; from += 20) {
    const keys = names(from);
    (await writeAll(keys)).forEach((result, i) => {
      if (result.status === 'fulfilled') acknowledged.push(keys[i]!.toString());
      else errors.push((result.reason as Error).name);
    });
  }
  const kept = (await kv.snapshot(reader => reader.scan({}))).map(record => record.key.toString());
  rmSync(ballast);
  const later = await writeAll(names(1_000_000));
  return { acknowledged, errors, kept, later: later.filter(result => result.status === 'fulfilled').length };
}

async function main(): Promise<void> {
  const [kind, where, work, extra] = process.argv.slice(2) as [string, string, string, string];
  const kv = await stores[kind]!(where);
  if (work === 'write') await writeOnAndOn(kv, extra);
  process.stdout.write(JSON.stringify(await fill(kv, extra)));
  await kv.close();
}

void main();
