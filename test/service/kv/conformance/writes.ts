import { WRITE_BYTES_MAX, WRITE_KEYS_MAX } from '../../../../src/service/kv/kv';
import { get, key, scan } from './here';
import type { Here } from './here';

/** Values, deletions, expectations and versions. */
export function writesConform(here: Here): void {
  describe('reading and writing', () => {
    test('a value comes back as it was put, with its version', async () => {
      expect(await here.kv.write({ put: [{ key: key('a'), value: key('1') }] })).toBe(true);
      const record = await get(here.kv, key('a'));
      expect(record?.value).toEqual(key('1'));
      expect(record?.key).toEqual(key('a'));
      expect(record?.version).toBeGreaterThan(0);
      expect(await get(here.kv, key('b'))).toBeUndefined();
    });

    test('values of every size come back whole', async () => {
      for (const size of [0, 1, 7, 8, 2_000, 4_096, 40_000, 1_000_000, WRITE_BYTES_MAX - 1]) {
        const value = Buffer.alloc(size, 7);
        await here.kv.write({ put: [{ key: key('v'), value }] });
        expect((await get(here.kv, key('v')))?.value.equals(value)).toBe(true);
        expect((await scan(here.kv, {}))[0]?.value.equals(value)).toBe(true);
      }
    });

    test('a buffer that the caller changes after the write resolved does not change the store', async () => {
      const value = key('before');
      const name = key('name');
      await here.kv.write({ put: [{ key: name, value }] });
      value.fill(0);
      name.fill(0);
      expect((await get(here.kv, key('name')))?.value).toEqual(key('before'));
    });

    test('a deleted key is gone, and deleting a missing key is no error', async () => {
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      expect(await here.kv.write({ delete: [key('a'), key('b')] })).toBe(true);
      expect(await get(here.kv, key('a'))).toBeUndefined();
    });

    test('the last of several puts of one key holds, and a key both put and deleted is deleted', async () => {
      const put = ['1', '2', '3'].map(value => ({ key: key('a'), value: key(value) }));
      await here.kv.write({ put: [...put, { key: key('b'), value: key('1') }], delete: [key('b')] });
      expect((await get(here.kv, key('a')))?.value).toEqual(key('3'));
      expect(await get(here.kv, key('b'))).toBeUndefined();
    });

    test('a write that expects nothing under a prefix fails as soon as something is there', async () => {
      await here.kv.write({ put: [{ key: key('lock'), value: key('1') }] });
      const { version } = (await get(here.kv, key('lock')))!;
      const expect_ = [{ key: key('lock'), version }];
      const write = (name: string, prefix: string) =>
        here.kv.write({
          expect: expect_,
          expectEmpty: [key(prefix)],
          put: [{ key: key(name), value: key('1') }]
        });
      // All of them at once: those that come in one transaction see each other.
      const outcomes = await Promise.all([
        write('p/1', 'p/'),
        write('p/2', 'p/'),
        write('q', 'p/1'),
        write('p', 'p/\xff'),
        write('o', 'pp')
      ]);
      expect(outcomes).toEqual([true, false, false, true, true]);
      await here.kv.write({ delete: [key('p/1')] });
      expect(await write('p/2', 'p/')).toBe(true);
      expect(await get(here.kv, key('q'))).toBeUndefined();
    });

    test('a write with nothing in it succeeds', async () => {
      expect(await here.kv.write({})).toBe(true);
    });

    test('a write of as many keys and bytes as allowed is one write', async () => {
      const value = Buffer.alloc(Math.floor(WRITE_BYTES_MAX / WRITE_KEYS_MAX) - 8, 1);
      const put = Array.from({ length: WRITE_KEYS_MAX }, (_, i) => ({
        key: key(String(i).padStart(8, '0')),
        value
      }));
      expect(await here.kv.write({ put })).toBe(true);
      const records = await scan(here.kv, {});
      expect(records).toHaveLength(WRITE_KEYS_MAX);
      expect(new Set(records.map(record => record.version)).size).toBe(1);
      expect(await here.kv.write({ delete: put.map(record => record.key) })).toBe(true);
      expect(await scan(here.kv, {})).toEqual([]);
    });
  });

  describe('expectations', () => {
    test('a write whose expected version is no longer the present one changes nothing', async () => {
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      const { version } = (await get(here.kv, key('a')))!;
      const put = [
        { key: key('a'), value: key('2') },
        { key: key('b'), value: key('2') }
      ];
      expect(await here.kv.write({ expect: [{ key: key('a'), version }], put })).toBe(true);
      expect(
        await here.kv.write({
          expect: [{ key: key('a'), version }],
          put: [{ key: key('c'), value: key('3') }]
        })
      ).toBe(false);
      expect(await get(here.kv, key('c'))).toBeUndefined();
      expect((await get(here.kv, key('a')))?.value).toEqual(key('2'));
    });

    test('a key expected to be absent is put only once', async () => {
      const expect_ = [{ key: key('a'), version: 'absent' as const }];
      expect(await here.kv.write({ expect: expect_, put: [{ key: key('a'), value: key('1') }] })).toBe(true);
      expect(await here.kv.write({ expect: expect_, put: [{ key: key('a'), value: key('2') }] })).toBe(false);
      expect((await get(here.kv, key('a')))?.value).toEqual(key('1'));
    });

    test('a version of a key that is gone no longer holds, also when the key is put again', async () => {
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      const { version } = (await get(here.kv, key('a')))!;
      await here.kv.write({ delete: [key('a')] });
      const stale = { expect: [{ key: key('a'), version }], put: [{ key: key('a'), value: key('x') }] };
      expect(await here.kv.write(stale)).toBe(false);
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      expect(await here.kv.write(stale)).toBe(false);
    });

    test('one failed expectation among many refuses the write', async () => {
      await here.kv.write({
        put: [
          { key: key('a'), value: key('1') },
          { key: key('b'), value: key('1') }
        ]
      });
      const a = (await get(here.kv, key('a')))!.version;
      const put = [{ key: key('c'), value: key('1') }];
      const expect_ = [
        { key: key('a'), version: a },
        { key: key('c'), version: 'absent' as const },
        { key: key('b'), version: a + 999 }
      ];
      expect(await here.kv.write({ expect: expect_, put })).toBe(false);
      expect(await here.kv.write({ expect: expect_.slice(0, 2), put })).toBe(true);
    });

    test('expectations alone, without a change, are answered too', async () => {
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      const { version } = (await get(here.kv, key('a')))!;
      expect(await here.kv.write({ expect: [{ key: key('a'), version }] })).toBe(true);
      expect(await here.kv.write({ expect: [{ key: key('a'), version: version + 1 }] })).toBe(false);
    });

    test('conditional increments by many writers never lose one', async () => {
      await here.kv.write({ put: [{ key: key('n'), value: key('0') }] });
      let refused = 0;
      const writer = async (): Promise<void> => {
        for (let done = 0; done < 25;) {
          const { value, version } = (await get(here.kv, key('n')))!;
          const put = [{ key: key('n'), value: key(String(Number(value) + 1)) }];
          if (await here.kv.write({ expect: [{ key: key('n'), version }], put })) done++;
          else refused++;
        }
      };
      await Promise.all(Array.from({ length: 16 }, writer));
      expect(Number((await get(here.kv, key('n')))!.value)).toBe(400);
      expect(refused).toBeGreaterThan(0);
    });

    test('of many writers that create one key exactly one wins', async () => {
      const write = (value: string): Promise<boolean> =>
        here.kv.write({
          expect: [{ key: key('one'), version: 'absent' }],
          put: [{ key: key('one'), value: key(value) }]
        });
      const values = Array.from({ length: 50 }, (_, i) => String(i));
      const won = await Promise.all(values.map(write));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await get(here.kv, key('one')))?.value.toString()).toBe(values[won.indexOf(true)]);
    });

    test('amounts moved between accounts by many writers keep their sum in every snapshot', async () => {
      const accounts = ['p', 'q', 'r', 's'].map(key);
      await here.kv.write({ put: accounts.map(account => ({ key: account, value: key('100') })) });
      const sums: number[] = [];
      const look = async (): Promise<void> => {
        const records = await scan(here.kv, {});
        sums.push(records.reduce((sum, record) => sum + Number(record.value), 0));
      };
      const move = async (seed: number): Promise<void> => {
        for (let i = 0; i < 20; i++) {
          const [from, to] = [accounts[(seed + i) % 4]!, accounts[(seed + 2 * i + 1) % 4]!];
          if (from.equals(to)) continue;
          const [a, b] = await here.kv.snapshot(async reader => [
            (await reader.get(from))!,
            (await reader.get(to))!
          ]);
          await here.kv.write({
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
          await here.kv.write({ put: [{ key: key('a'), value: key('x') }] });
          seen.push((await get(here.kv, key('a')))!.version);
          await here.kv.write({
            expect: [{ key: key('a'), version: 'absent' }],
            put: [{ key: key('a'), value: key('y') }]
          });
        }
        await here.reopen();
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    });
  });
}
