import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Kv, KvRange, KvRecord } from '../../../src/service/kv/kv';
import {
  KEY_BYTES_MAX,
  KvLimitError,
  SCAN_RECORDS_MAX,
  WRITE_BYTES_MAX,
  WRITE_KEYS_MAX
} from '../../../src/service/kv/kv';
import { buildChild, output, start } from './process';

/** A place for one store: opened as often as one likes, removed at the end. */
export interface KvPlace {
  open(): Promise<Kv>;
  remove(): Promise<void>;
  /** How a process of its own opens the same store: kind and place, as `child.ts` takes them. */
  child: [kind: string, where: string];
}

const key = (text: string): Buffer => Buffer.from(text);
const keysOf = (records: KvRecord[]): string[] => records.map(record => record.key.toString('latin1'));
const get = (kv: Kv, k: Buffer): Promise<KvRecord | undefined> => kv.snapshot(reader => reader.get(k));
const scan = (kv: Kv, range: KvRange): Promise<KvRecord[]> => kv.snapshot(reader => reader.scan(range));

/** What every implementation of Kv promises. `place` makes an empty, separate store for each test. */
export function kvConformance(name: string, place: () => Promise<KvPlace>): void {
  describe(`${name} keeps the promises of a key-value store`, () => {
    let here: KvPlace;
    let kv: Kv;
    beforeEach(async () => {
      here = await place();
      kv = await here.open();
    });
    afterEach(async () => {
      await kv.close();
      await here.remove();
    });

    describe('reading and writing', () => {
      test('a value comes back as it was put, with its version', async () => {
        expect(await kv.write({ put: [{ key: key('a'), value: key('1') }] })).toBe(true);
        const record = await get(kv, key('a'));
        expect(record?.value).toEqual(key('1'));
        expect(record?.key).toEqual(key('a'));
        expect(record?.version).toBeGreaterThan(0);
        expect(await get(kv, key('b'))).toBeUndefined();
      });

      test('values of every size come back whole', async () => {
        for (const size of [0, 1, 7, 8, 2_000, 4_096, 40_000, 1_000_000, WRITE_BYTES_MAX - 1]) {
          const value = Buffer.alloc(size, 7);
          await kv.write({ put: [{ key: key('v'), value }] });
          expect((await get(kv, key('v')))?.value.equals(value)).toBe(true);
          expect((await scan(kv, {}))[0]?.value.equals(value)).toBe(true);
        }
      });

      test('a value that was read stays as it is, whatever is read and written afterwards', async () => {
        await kv.write({ put: [{ key: key('a'), value: Buffer.alloc(5_000, 1) }] });
        const first = (await get(kv, key('a')))!;
        await kv.write({ put: [{ key: key('a'), value: Buffer.alloc(5_000, 2) }] });
        await get(kv, key('a'));
        await scan(kv, {});
        expect(first.value.every(byte => byte === 1)).toBe(true);
      });

      test('a buffer that the caller changes after the write resolved does not change the store', async () => {
        const value = key('before');
        const name = key('name');
        await kv.write({ put: [{ key: name, value }] });
        value.fill(0);
        name.fill(0);
        expect((await get(kv, key('name')))?.value).toEqual(key('before'));
      });

      test('a deleted key is gone, and deleting a missing key is no error', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        expect(await kv.write({ delete: [key('a'), key('b')] })).toBe(true);
        expect(await get(kv, key('a'))).toBeUndefined();
      });

      test('the last of several puts of one key holds, and a key both put and deleted is deleted', async () => {
        const put = ['1', '2', '3'].map(value => ({ key: key('a'), value: key(value) }));
        await kv.write({ put: [...put, { key: key('b'), value: key('1') }], delete: [key('b')] });
        expect((await get(kv, key('a')))?.value).toEqual(key('3'));
        expect(await get(kv, key('b'))).toBeUndefined();
      });

      test('a write with nothing in it succeeds', async () => {
        expect(await kv.write({})).toBe(true);
      });

      test('a write of as many keys and bytes as allowed is one write', async () => {
        const value = Buffer.alloc(Math.floor(WRITE_BYTES_MAX / WRITE_KEYS_MAX) - 8, 1);
        const put = Array.from({ length: WRITE_KEYS_MAX }, (_, i) => ({
          key: key(String(i).padStart(8, '0')),
          value
        }));
        expect(await kv.write({ put })).toBe(true);
        const records = await scan(kv, {});
        expect(records).toHaveLength(WRITE_KEYS_MAX);
        expect(new Set(records.map(record => record.version)).size).toBe(1);
        expect(await kv.write({ delete: put.map(record => record.key) })).toBe(true);
        expect(await scan(kv, {})).toEqual([]);
      });
    });

    describe('expectations', () => {
      test('a write whose expected version is no longer the present one changes nothing', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        const { version } = (await get(kv, key('a')))!;
        const put = [
          { key: key('a'), value: key('2') },
          { key: key('b'), value: key('2') }
        ];
        expect(await kv.write({ expect: [{ key: key('a'), version }], put })).toBe(true);
        expect(
          await kv.write({ expect: [{ key: key('a'), version }], put: [{ key: key('c'), value: key('3') }] })
        ).toBe(false);
        expect(await get(kv, key('c'))).toBeUndefined();
        expect((await get(kv, key('a')))?.value).toEqual(key('2'));
      });

      test('a key expected to be absent is put only once', async () => {
        const expect_ = [{ key: key('a'), version: 'absent' as const }];
        expect(await kv.write({ expect: expect_, put: [{ key: key('a'), value: key('1') }] })).toBe(true);
        expect(await kv.write({ expect: expect_, put: [{ key: key('a'), value: key('2') }] })).toBe(false);
        expect((await get(kv, key('a')))?.value).toEqual(key('1'));
      });

      test('a version of a key that is gone no longer holds, also when the key is put again', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        const { version } = (await get(kv, key('a')))!;
        await kv.write({ delete: [key('a')] });
        const stale = { expect: [{ key: key('a'), version }], put: [{ key: key('a'), value: key('x') }] };
        expect(await kv.write(stale)).toBe(false);
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        expect(await kv.write(stale)).toBe(false);
      });

      test('one failed expectation among many refuses the write', async () => {
        await kv.write({
          put: [
            { key: key('a'), value: key('1') },
            { key: key('b'), value: key('1') }
          ]
        });
        const a = (await get(kv, key('a')))!.version;
        const put = [{ key: key('c'), value: key('1') }];
        const expect_ = [
          { key: key('a'), version: a },
          { key: key('c'), version: 'absent' as const },
          { key: key('b'), version: a + 999 }
        ];
        expect(await kv.write({ expect: expect_, put })).toBe(false);
        expect(await kv.write({ expect: expect_.slice(0, 2), put })).toBe(true);
      });

      test('expectations alone, without a change, are answered too', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        const { version } = (await get(kv, key('a')))!;
        expect(await kv.write({ expect: [{ key: key('a'), version }] })).toBe(true);
        expect(await kv.write({ expect: [{ key: key('a'), version: version + 1 }] })).toBe(false);
      });

      test('conditional increments by many writers never lose one', async () => {
        await kv.write({ put: [{ key: key('n'), value: key('0') }] });
        let refused = 0;
        const writer = async (): Promise<void> => {
          for (let done = 0; done < 25;) {
            const { value, version } = (await get(kv, key('n')))!;
            const put = [{ key: key('n'), value: key(String(Number(value) + 1)) }];
            if (await kv.write({ expect: [{ key: key('n'), version }], put })) done++;
            else refused++;
          }
        };
        await Promise.all(Array.from({ length: 16 }, writer));
        expect(Number((await get(kv, key('n')))!.value)).toBe(400);
        expect(refused).toBeGreaterThan(0);
      });

      test('of many writers that create one key exactly one wins', async () => {
        const write = (value: string): Promise<boolean> =>
          kv.write({
            expect: [{ key: key('one'), version: 'absent' }],
            put: [{ key: key('one'), value: key(value) }]
          });
        const values = Array.from({ length: 50 }, (_, i) => String(i));
        const won = await Promise.all(values.map(write));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect((await get(kv, key('one')))?.value.toString()).toBe(values[won.indexOf(true)]);
      });

      test('amounts moved between accounts by many writers keep their sum in every snapshot', async () => {
        const accounts = ['p', 'q', 'r', 's'].map(key);
        await kv.write({ put: accounts.map(account => ({ key: account, value: key('100') })) });
        const sums: number[] = [];
        const look = async (): Promise<void> => {
          const records = await scan(kv, {});
          sums.push(records.reduce((sum, record) => sum + Number(record.value), 0));
        };
        const move = async (seed: number): Promise<void> => {
          for (let i = 0; i < 20; i++) {
            const [from, to] = [accounts[(seed + i) % 4]!, accounts[(seed + 2 * i + 1) % 4]!];
            if (from.equals(to)) continue;
            const [a, b] = await kv.snapshot(async reader => [
              (await reader.get(from))!,
              (await reader.get(to))!
            ]);
            await kv.write({
              expect: [
                { key: from, version: a.version },
                { key: to, version: b.version }
              ],
              put: [
                { key: from, value: key(String(Number(a.value) - 1)) },
                { key: to, value: key(String(Number(b.value) + 1)) }
              ]
            });
            await look();
          }
        };
        await Promise.all(Array.from({ length: 8 }, (_, seed) => move(seed)));
        expect(sums.length).toBeGreaterThan(50);
        expect(new Set(sums)).toEqual(new Set([400]));
      });
    });

    describe('versions', () => {
      test('every write has a version of its own, also after failed writes and after reopening', async () => {
        const seen: number[] = [];
        for (let round = 0; round < 3; round++) {
          for (let i = 0; i < 5; i++) {
            await kv.write({ put: [{ key: key('a'), value: key('x') }] });
            seen.push((await get(kv, key('a')))!.version);
            await kv.write({
              expect: [{ key: key('a'), version: 'absent' }],
              put: [{ key: key('a'), value: key('y') }]
            });
          }
          await kv.close();
          kv = await here.open();
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect([...seen].sort((a, b) => a - b)).toEqual(seen);
      });
    });

    describe('snapshots', () => {
      test('a snapshot sees nothing of what is written after it began', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        await kv.snapshot(async reader => {
          expect((await reader.get(key('a')))?.value).toEqual(key('1'));
          await kv.write({
            put: [
              { key: key('a'), value: key('2') },
              { key: key('b'), value: key('2') }
            ]
          });
          expect((await get(kv, key('a')))?.value).toEqual(key('2'));
          expect((await reader.get(key('a')))?.value).toEqual(key('1'));
          expect(await reader.get(key('b'))).toBeUndefined();
          expect(keysOf(await reader.scan({}))).toEqual(['a']);
        });
      });

      test('a snapshot is taken before its first read', async () => {
        await kv.snapshot(async reader => {
          await kv.write({ put: [{ key: key('a'), value: key('1') }] });
          expect(await reader.get(key('a'))).toBeUndefined();
        });
      });

      test('a snapshot that begins after a write resolved sees it', async () => {
        const writeAndRead = async (i: number): Promise<void> => {
          const name = key(`k${i}`);
          for (let n = 0; n < 20; n++) {
            await kv.write({ put: [{ key: name, value: key(String(n)) }] });
            expect((await get(kv, name))?.value.toString()).toBe(String(n));
          }
        };
        await Promise.all(Array.from({ length: 12 }, (_, i) => writeAndRead(i)));
      });

      test('many snapshots open at once keep each its own point, while the store grows', async () => {
        const release: (() => void)[] = [];
        const held: Promise<void>[] = [];
        for (let n = 0; n < 150; n++) {
          await kv.write({ put: [{ key: key('n'), value: Buffer.alloc(20_000, n) }] });
          const began = new Promise<void>(begun => {
            held.push(
              kv.snapshot(async reader => {
                const before = (await reader.get(key('n')))!.value[0];
                begun();
                await new Promise<void>(resolve => release.push(resolve));
                expect(before).toBe(n);
                expect((await reader.get(key('n')))!.value[19_999]).toBe(n);
              })
            );
          });
          await began;
        }
        release.forEach(resolve => resolve());
        await Promise.all(held);
      });

      test('an error in a snapshot reaches the caller, and the store goes on', async () => {
        await expect(kv.snapshot(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
        expect(await kv.write({ put: [{ key: key('a'), value: key('1') }] })).toBe(true);
      });

      test('a reader that is used after its snapshot ended says so', async () => {
        const reader = await kv.snapshot(async inner => inner);
        await expect(reader.get(key('a'))).rejects.toThrow('ended');
        await expect(reader.scan({})).rejects.toThrow('ended');
      });
    });

    describe('scans', () => {
      test('a scan equals the naive answer for any mix of prefix, start, end, direction and limit', async () => {
        const bytes = fc
          .uint8Array({ maxLength: 4, max: 3 })
          .map(array => Buffer.from(array.map(b => [0, 1, 0xfe, 0xff][b]!)));
        const name = bytes.filter(b => b.length > 0);
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(name, { maxLength: 40, selector: b => b.toString('hex') }),
            fc.array(
              fc.record(
                { prefix: bytes, start: bytes, end: bytes, reverse: fc.boolean(), limit: fc.nat(12) },
                { requiredKeys: [] }
              ),
              { minLength: 1, maxLength: 20 }
            ),
            async (names, ranges) => {
              const before = await scan(kv, {});
              await kv.write({ delete: before.map(r => r.key), put: [] });
              await kv.write({ put: names.map(n => ({ key: n, value: n })) });
              for (const range of ranges)
                expect(keysOf(await scan(kv, range))).toEqual(naiveScan(names, range));
            }
          ),
          { numRuns: 60 }
        );
      });

      test('a scan without a limit gives at most as many records as allowed, the first ones', async () => {
        const names = Array.from({ length: SCAN_RECORDS_MAX + 5 }, (_, i) => key(String(i).padStart(6, '0')));
        await kv.write({ put: names.slice(0, WRITE_KEYS_MAX).map(n => ({ key: n, value: n })) });
        await kv.write({ put: names.slice(WRITE_KEYS_MAX).map(n => ({ key: n, value: n })) });
        const records = await scan(kv, {});
        expect(records).toHaveLength(SCAN_RECORDS_MAX);
        expect(records.at(-1)!.key).toEqual(names[SCAN_RECORDS_MAX - 1]);
        expect((await scan(kv, { reverse: true })).at(-1)!.key).toEqual(names[5]);
      });
    });

    describe('limits', () => {
      const value = key('1');
      test('the longest key is taken, one byte more is refused', async () => {
        const longest = Buffer.alloc(KEY_BYTES_MAX, 0xff);
        expect(await kv.write({ put: [{ key: longest, value }] })).toBe(true);
        expect((await get(kv, longest))?.key).toEqual(longest);
        expect(await scan(kv, { start: longest })).toHaveLength(1);
        const longer = Buffer.alloc(KEY_BYTES_MAX + 1);
        await expect(kv.write({ put: [{ key: longer, value }] })).rejects.toThrow(KvLimitError);
        await expect(kv.write({ delete: [longer] })).rejects.toThrow(KvLimitError);
        await expect(get(kv, longer)).rejects.toThrow(KvLimitError);
      });

      test('an empty key is refused', async () => {
        await expect(kv.write({ put: [{ key: Buffer.alloc(0), value }] })).rejects.toThrow(KvLimitError);
        await expect(get(kv, Buffer.alloc(0))).rejects.toThrow(KvLimitError);
      });

      test('a write of too many keys or bytes is refused, and nothing of it is written', async () => {
        const many = Array.from({ length: WRITE_KEYS_MAX }, (_, i) => ({ key: key(`k${i}`), value }));
        await expect(kv.write({ put: many, delete: [key('z')] })).rejects.toThrow(KvLimitError);
        await expect(
          kv.write({ put: [{ key: key('a'), value: Buffer.alloc(WRITE_BYTES_MAX) }] })
        ).rejects.toThrow(KvLimitError);
        expect(await scan(kv, {})).toEqual([]);
      });

      test('only a key that the write puts may be expected to be absent', async () => {
        const expect_ = [{ key: key('a'), version: 'absent' as const }];
        await expect(kv.write({ expect: expect_, put: [{ key: key('b'), value }] })).rejects.toThrow(
          KvLimitError
        );
        await expect(kv.write({ expect: expect_, delete: [key('a')] })).rejects.toThrow(KvLimitError);
      });

      test('a scan of more records than allowed is refused', async () => {
        await expect(scan(kv, { limit: SCAN_RECORDS_MAX + 1 })).rejects.toThrow(KvLimitError);
        await expect(scan(kv, { limit: -1 })).rejects.toThrow(KvLimitError);
        await expect(scan(kv, { limit: 1.5 })).rejects.toThrow(KvLimitError);
      });
    });

    describe('crashes', () => {
      let scripts: string;
      beforeEach(async () => (scripts = await mkdtemp(join(tmpdir(), 'databranch-child-'))));
      afterEach(() => rm(scripts, { recursive: true }));

      test('a process killed while it writes has lost nothing acknowledged and left nothing half done', async () => {
        const script = buildChild(scripts);
        const acknowledged: string[] = [];
        let highest = 0;
        for (const run of [1, 2, 3]) {
          await kv.close();
          const child = start(process.execPath, [script, ...here.child, 'write', String(run)]);
          const text = await output(child, soFar => {
            if (soFar.length > 2_000 * run) child.kill('SIGKILL');
          });
          const lines = text.split('\n').slice(0, -1);
          expect(lines.every(line => line.endsWith(' true'))).toBe(true);
          acknowledged.push(...lines.map(line => line.split(' ')[0]!));
          kv = await here.open();
          const [a, b] = [await scanAll(kv, 'a-'), await scanAll(kv, 'b-')];
          expect([...a.keys()]).toEqual([...b.keys()]);
          expect(acknowledged.filter(name => !b.has(name))).toEqual([]);
          expect([...b].filter(([name, record]) => record.value.toString() !== name)).toEqual([]);
          expect([...a].filter(([name, record]) => record.version !== b.get(name)!.version)).toEqual([]);
          const fresh = [...b]
            .filter(([name]) => name.startsWith(`${run}-`))
            .map(([, record]) => record.version);
          expect(new Set(fresh).size).toBe(fresh.length);
          expect(Math.min(...fresh)).toBeGreaterThan(highest);
          highest = Math.max(...fresh);
        }
        expect(acknowledged.length).toBeGreaterThan(100);
      });
    });

    describe('opening and closing', () => {
      test('what was written is there after reopening', async () => {
        await kv.write({ put: [{ key: key('a'), value: key('1') }] });
        const before = await get(kv, key('a'));
        await kv.close();
        kv = await here.open();
        expect(await get(kv, key('a'))).toEqual(before);
      });

      test('closing waits for writes and snapshots in flight', async () => {
        const writes = Array.from({ length: 20 }, (_, i) =>
          kv.write({ put: [{ key: key(`k${i}`), value: key('1') }] })
        );
        const count = kv.snapshot(async reader => {
          await writes[19];
          return (await reader.scan({})).length;
        });
        await kv.close();
        expect(await Promise.all(writes)).toEqual(writes.map(() => true));
        expect(await count).toBe(0);
        kv = await here.open();
        expect(await scan(kv, {})).toHaveLength(20);
      });

      test('a closed store refuses reads and writes, and may be closed again', async () => {
        await kv.close();
        await expect(kv.write({ put: [{ key: key('a'), value: key('1') }] })).rejects.toThrow('closed');
        await expect(get(kv, key('a'))).rejects.toThrow('closed');
        await kv.close();
      });
    });
  });
}

/** All records that begin with `prefix`, by the rest of their key. */
async function scanAll(kv: Kv, prefix: string): Promise<Map<string, KvRecord>> {
  const all = new Map<string, KvRecord>();
  for (
    let start = key(prefix), page: KvRecord[] = [];
    ;
    start = Buffer.concat([page.at(-1)!.key, Buffer.of(0)])
  ) {
    page = await scan(kv, { prefix: key(prefix), start });
    for (const record of page) all.set(record.key.toString().slice(prefix.length), record);
    if (page.length < SCAN_RECORDS_MAX) return all;
  }
}

function naiveScan(names: Buffer[], { prefix, start, end, reverse, limit }: KvRange): string[] {
  const chosen = [...names]
    .sort(Buffer.compare)
    .filter(n => !prefix || n.subarray(0, prefix.length).equals(prefix))
    .filter(n => (!start || Buffer.compare(n, start) >= 0) && (!end || Buffer.compare(n, end) < 0));
  if (reverse) chosen.reverse();
  return chosen.slice(0, limit ?? SCAN_RECORDS_MAX).map(n => n.toString('latin1'));
}
