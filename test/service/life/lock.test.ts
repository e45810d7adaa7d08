import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHolder, takeLock } from '../../../src/service/life/lock.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a second taker gets nothing, and reads who holds the lock', async () => {
  const lock = await takeLock(path);
  expect(lock).toBeDefined();
  expect(await takeLock(path)).toBeUndefined();
  expect(await lockHolder(path)).toBe(process.pid);
  lock?.release();
});

test('of ten takers at once exactly one gets it', async () => {
  const locks = await Promise.all(Array.from({ length: 10 }, () => takeLock(path)));
  expect(locks.filter(lock => lock !== undefined)).toHaveLength(1);
  locks.forEach(lock => lock?.release());
});

test('a released lock can be taken again, and a failed attempt leaves none behind', async () => {
  const first = await takeLock(path);
  expect(await takeLock(path)).toBeUndefined();
  first?.release();
  const second = await takeLock(path);
  expect(second).toBeDefined();
  second?.release();
});

test('folders have locks of their own', async () => {
  const other = await mkdtemp(join(tmpdir(), 'databranch-lock-'));
  const locks = [await takeLock(path), await takeLock(join(other, 'lock'))];
  expect(locks.every(lock => lock !== undefined)).toBe(true);
  locks.forEach(lock => lock?.release());
  await rm(other, { recursive: true });
});

test('a lock file that was removed and made again is no way around the lock', async () => {
  const lock = await takeLock(path);
  await rm(path);
  expect(await takeLock(path)).toBeUndefined();
  lock?.release();
});
