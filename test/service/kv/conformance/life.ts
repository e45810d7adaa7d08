import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  KEY_BYTES_MAX,
  KvLimitError,
  SCAN_RECORDS_MAX,
  WRITE_BYTES_MAX,
  WRITE_KEYS_MAX
} from '../../../../src/service/kv/kv';
import type { Kv, KvRecord } from '../../../../src/service/kv/kv';
import { buildChild, output, start } from '../process';
import { get, key, scan } from './here';
import type { Here } from './here';

/** Limits, crashes, opening and closing. */
export function lifeConforms(here: Here): void {
  describe('limits', () => {
    const value = key('1');
    test('the longest key is taken, one byte more is refused', async () => {
      const longest = Buffer.alloc(KEY_BYTES_MAX, 0xff);
      expect(await here.kv.write({ put: [{ key: longest, value }] })).toBe(true);
      expect((await get(here.kv, longest))?.key).toEqual(longest);
      expect(await scan(here.kv, { start: longest })).toHaveLength(1);
      const longer = Buffer.alloc(KEY_BYTES_MAX + 1);
      await expect(here.kv.write({ put: [{ key: longer, value }] })).rejects.toThrow(KvLimitError);
      await expect(here.kv.write({ delete: [longer] })).rejects.toThrow(KvLimitError);
      await expect(get(here.kv, longer)).rejects.toThrow(KvLimitError);
    });

    test('an empty key is refused', async () => {
      await expect(here.kv.write({ put: [{ key: Buffer.alloc(0), value }] })).rejects.toThrow(KvLimitError);
      await expect(get(here.kv, Buffer.alloc(0))).rejects.toThrow(KvLimitError);
    });

    test('a write of too many keys or bytes is refused, and nothing of it is written', async () => {
      const many = Array.from({ length: WRITE_KEYS_MAX }, (_, i) => ({ key: key(`k${i}`), value }));
      await expect(here.kv.write({ put: many, delete: [key('z')] })).rejects.toThrow(KvLimitError);
      await expect(
        here.kv.write({ put: [{ key: key('a'), value: Buffer.alloc(WRITE_BYTES_MAX) }] })
      ).rejects.toThrow(KvLimitError);
      expect(await scan(here.kv, {})).toEqual([]);
    });

    test('only a key that the write puts may be expected to be absent', async () => {
      const expect_ = [{ key: key('a'), version: 'absent' as const }];
      await expect(here.kv.write({ expect: expect_, put: [{ key: key('b'), value }] })).rejects.toThrow(
        KvLimitError
      );
      await expect(here.kv.write({ expect: expect_, delete: [key('a')] })).rejects.toThrow(KvLimitError);
    });

    test('a scan of more records than allowed is refused', async () => {
      await expect(scan(here.kv, { limit: SCAN_RECORDS_MAX + 1 })).rejects.toThrow(KvLimitError);
      await expect(scan(here.kv, { limit: -1 })).rejects.toThrow(KvLimitError);
      await expect(scan(here.kv, { limit: 1.5 })).rejects.toThrow(KvLimitError);
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
        await here.kv.close();
        const child = start(process.execPath, [script, ...here.place.child, 'write', String(run)]);
        const text = await output(child, soFar => {
          if (soFar.length > 2_000 * run) child.kill('SIGKILL');
        });
        const lines = text.split('\n').slice(0, -1);
        expect(lines.every(line => line.endsWith(' true'))).toBe(true);
        acknowledged.push(...lines.map(line => line.split(' ')[0]!));
        await here.reopen();
        const [a, b] = [await scanAll(here.kv, 'a-'), await scanAll(here.kv, 'b-')];
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
      await here.kv.write({ put: [{ key: key('a'), value: key('1') }] });
      const before = await get(here.kv, key('a'));
      await here.reopen();
      expect(await get(here.kv, key('a'))).toEqual(before);
    });

    test('closing waits for writes and snapshots in flight', async () => {
      const writes = Array.from({ length: 20 }, (_, i) =>
        here.kv.write({ put: [{ key: key(`k${i}`), value: key('1') }] })
      );
      const count = here.kv.snapshot(async reader => {
        await writes[19];
        return (await reader.scan({})).length;
      });
      await here.kv.close();
      expect(await Promise.all(writes)).toEqual(writes.map(() => true));
      expect(await count).toBe(0);
      await here.reopen();
      expect(await scan(here.kv, {})).toHaveLength(20);
    });

    test('a closed store refuses reads and writes, and may be closed again', async () => {
      await here.kv.close();
      await expect(here.kv.write({ put: [{ key: key('a'), value: key('1') }] })).rejects.toThrow('closed');
      await expect(get(here.kv, key('a'))).rejects.toThrow('closed');
      await here.kv.close();
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
