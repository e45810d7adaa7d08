import fc from 'fast-check';
import { SCAN_RECORDS_MAX, WRITE_KEYS_MAX } from '../../../../src/service/kv/kv';
import type { KvRange, KvRecord } from '../../../../src/service/kv/kv';
import { get, key, keysOf, scan } from './here';
import type { Here } from './here';

/** Snapshots and scans. */
export function readsConform(here: Here): void {
  describe('snapshots', () => {
    test('a snapshot sees nothing of what is written after it began', async () => {
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      await here.kv.snapshot(async reader => {
        expect((await reader.get(key('a')))?.value).toEqual(key('1'));
        await here.kv.write({
          put: [
            { key: key('a'), value: key('2') },
            { key: key('b'), value: key('2') }
          ]
        });
        expect((await get(here.kv, key('a')))?.value).toEqual(key('2'));
        expect((await reader.get(key('a')))?.value).toEqual(key('1'));
        expect(await reader.get(key('b'))).toBeUndefined();
        expect(keysOf(await reader.scan({}))).toEqual(['a']);
      });
    });

    test('what was read stays as it was read, whatever is read, written or removed later', async () => {
      const sizes = [0, 1, 100, 3_000, 5_000, 20_000, 200_000];
      const records = sizes.map((size, i) => ({ key: key(`k${i}`), value: Buffer.alloc(size, i + 1) }));
      await here.kv.write({ put: records });
      const plain = ({ key, value }: KvRecord) => ({ key: Buffer.from(key), value: Buffer.from(value) });
      const scanned = await scan(here.kv, {});
      const found = await Promise.all(records.map(async record => (await get(here.kv, record.key))!));
      expect(scanned.map(plain)).toEqual(records);
      for (let round = 0; round < 20; round++) {
        await here.kv.write({
          put: records.map(({ key, value }) => ({ key, value: Buffer.alloc(value.length, 99) }))
        });
        await scan(here.kv, {});
      }
      await here.kv.write({ delete: records.map(record => record.key) });
      expect(scanned.map(plain)).toEqual(records);
      expect(found.map(plain)).toEqual(records);
    });

    test('a snapshot is taken before its first read', async () => {
      await here.kv.snapshot(async reader => {
        await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
        expect(await reader.get(key('a'))).toBeUndefined();
      });
    });

    test('a snapshot that begins after a write resolved sees it', async () => {
      const writeAndRead = async (i: number): Promise<void> => {
        const name = key(`k${i}`);
        for (let n = 0; n < 20; n++) {
          await here.kv.write({ put: [{ key: name, value: key(String(n)) }] });
          expect((await get(here.kv, name))?.value.toString()).toBe(String(n));
        }
      };
      await Promise.all(Array.from({ length: 12 }, (_, i) => writeAndRead(i)));
    });

    test('many snapshots open at once keep each its own point, while the store grows', async () => {
      const release: (() => void)[] = [];
      const held: Promise<void>[] = [];
      for (let n = 0; n < 150; n++) {
        await here.kv.write({ put: [{ key: key('n'), value: Buffer.alloc(20_000, n) }] });
        const began = new Promise<void>(begun => {
          held.push(
            here.kv.snapshot(async reader => {
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
      await expect(here.kv.snapshot(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
      expect(await here.kv.write({ put: [{ key: key('a'), value: key('1') }] })).toBe(true);
    });

    test('a reader that is used after its snapshot ended says so', async () => {
      const reader = await here.kv.snapshot(async inner => inner);
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
            const before = await scan(here.kv, {});
            await here.kv.write({ delete: before.map(r => r.key), put: [] });
            await here.kv.write({ put: names.map(n => ({ key: n, value: n })) });
            for (const range of ranges)
              expect(keysOf(await scan(here.kv, range))).toEqual(naiveScan(names, range));
          }
        ),
        { numRuns: 60 }
      );
    });

    test('a scan without a limit gives at most as many records as allowed, the first ones', async () => {
      const names = Array.from({ length: SCAN_RECORDS_MAX + 5 }, (_, i) => key(String(i).padStart(6, '0')));
      await here.kv.write({ put: names.slice(0, WRITE_KEYS_MAX).map(n => ({ key: n, value: n })) });
      await here.kv.write({ put: names.slice(WRITE_KEYS_MAX).map(n => ({ key: n, value: n })) });
      const records = await scan(here.kv, {});
      expect(records).toHaveLength(SCAN_RECORDS_MAX);
      expect(records.at(-1)!.key).toEqual(names[SCAN_RECORDS_MAX - 1]);
      expect((await scan(here.kv, { reverse: true })).at(-1)!.key).toEqual(names[5]);
    });
  });
}

function naiveScan(names: Buffer[], { prefix, start, end, reverse, limit }: KvRange): string[] {
  const chosen = [...names]
    .sort(Buffer.compare)
    .filter(n => !prefix || n.subarray(0, prefix.length).equals(prefix))
    .filter(n => (!start || Buffer.compare(n, start) >= 0) && (!end || Buffer.compare(n, end) < 0));
  if (reverse) chosen.reverse();
  return chosen.slice(0, limit ?? SCAN_RECORDS_MAX).map(n => n.toString('latin1'));
}
