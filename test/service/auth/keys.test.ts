import { openKeys, sameSecret } from '../../../src/service/auth/keys.js';
import type { Kv } from '../../../src/service/kv/kv.js';
import { closeTemporaryKvs, temporaryKv } from './temporary-kv.js';

const given = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
};

describe('keys', () => {
  let kv: Kv;
  let time: number;
  const now = () => time;
  beforeEach(async () => {
    kv = await temporaryKv();
    time = 1_700_000_000_000;
  });
  afterEach(closeTemporaryKvs);

  test('the first start makes a random key, later ones find it', async () => {
    const { own } = await openKeys({ kv, now });
    expect(own.accessKeyId).toMatch(/^DBKI[A-Z2-7]{16}$/);
    expect(own.secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(own).toMatchObject({ user: 'admin', createdAt: time });
    time += 1000;
    const again = await openKeys({ kv, now });
    expect(again.own).toEqual(own);
    expect(await again.list()).toEqual([own]);
    expect((await openKeys({ kv: await temporaryKv(), now })).own.secretAccessKey).not.toBe(
      own.secretAccessKey
    );
  });

  test('a given key is the only one of a new installation', async () => {
    const keys = await openKeys({ kv, now, initial: given, user: 'jo' });
    expect(await keys.list()).toEqual([{ ...given, user: 'jo', createdAt: time }]);
    expect(keys.own).toMatchObject(given);
  });

  test('a given key works beside older ones, with the secret given last', async () => {
    const { own: first } = await openKeys({ kv, now });
    time += 1000;
    await openKeys({ kv, now, initial: { ...given, secretAccessKey: 'old' } });
    const keys = await openKeys({ kv, now, initial: given });
    expect(await keys.find(given.accessKeyId)).toMatchObject(given);
    expect(keys.own).toMatchObject(given);
    expect(await keys.find(first.accessKeyId)).toEqual(first);
  });

  test('a key ends when it expires or is deleted', async () => {
    const keys = await openKeys({ kv, now });
    const short = await keys.create('jo', { expiresAt: time + 1000 });
    const other = await keys.create('jo');
    expect(await keys.find(short.accessKeyId)).toEqual(short);
    time += 1000;
    expect(await keys.find(short.accessKeyId)).toBeUndefined();
    await keys.delete(other.accessKeyId);
    await keys.delete('DBKIUNKNOWN');
    expect(await keys.find(other.accessKeyId)).toBeUndefined();
    expect(await keys.list()).toEqual([keys.own]);
    expect(await (await openKeys({ kv, now })).list()).toEqual([keys.own]);
  });

  test('a key that expires is never the own one', async () => {
    const keys = await openKeys({ kv, now });
    const first = keys.own;
    await keys.create('jo', { expiresAt: time + 1000 });
    await keys.delete(first.accessKeyId);
    expect(() => keys.own).toThrow(/deleted/);
    expect((await openKeys({ kv, now })).own.expiresAt).toBeUndefined();
  });

  test('derived secrets differ by purpose and installation, and last', async () => {
    const keys = await openKeys({ kv, now });
    expect(keys.derive('a')).toHaveLength(32);
    expect(keys.derive('a')).not.toEqual(keys.derive('b'));
    expect((await openKeys({ kv, now })).derive('a')).toEqual(keys.derive('a'));
    expect((await openKeys({ kv: await temporaryKv(), now })).derive('a')).not.toEqual(keys.derive('a'));
  });

  test('everything lies under a/', async () => {
    await (await openKeys({ kv, now })).create('jo');
    const records = await kv.snapshot(reader => reader.scan({}));
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter(({ key }) => !key.toString().startsWith('a/'))).toEqual([]);
  });

  test('secrets compare by content, whatever their lengths', () => {
    expect(sameSecret('same', 'same')).toBe(true);
    expect(sameSecret('same', 'Same')).toBe(false);
    expect(sameSecret('', 'longer')).toBe(false);
  });
});
