import { KERNEL_KEY_IDLE_MS, openKeys, type Keys } from '../../../src/service/auth/keys.js';
import {
  enterSandbox,
  leaveSandbox,
  refusedBySandbox,
  REFUSALS_MAX,
  SandboxFailure
} from '../../../src/service/auth/sandbox-mode.js';
import type { Kv } from '../../../src/service/kv/kv.js';
import { closeTemporaryKvs, temporaryKv } from './temporary-kv.js';

const PLACE = { repository: 'lake', branch: 'sandbox-1', since: 1 };
const write = (branch: string, path: string) => ({ repository: 'lake', branch, path, request: 'a test' });

describe("a kernel's key", () => {
  let kv: Kv;
  let time: number;
  let keys: Keys;
  const now = () => time;
  beforeEach(async () => {
    kv = await temporaryKv();
    time = 1_700_000_000_000;
    keys = await openKeys({ kv, now });
  });
  afterEach(closeTemporaryKvs);

  test('lives on with each use, also over a restart, and ends when it is not used', async () => {
    const { accessKeyId } = await keys.createForKernel('jo', 'work.ipynb');
    time += KERNEL_KEY_IDLE_MS - 1;
    expect(await keys.find(accessKeyId)).toMatchObject({ user: 'jo', kernel: { label: 'work.ipynb' } });
    time += KERNEL_KEY_IDLE_MS - 1;
    keys = await openKeys({ kv, now });
    expect(await keys.find(accessKeyId)).toBeDefined();
    time += KERNEL_KEY_IDLE_MS;
    expect(await keys.find(accessKeyId)).toBeUndefined();
  });

  test('is forgotten once it has expired, and no other key with it', async () => {
    await keys.createForKernel('jo', '');
    const young = await keys.create('jo', { expiresAt: time + 2 * KERNEL_KEY_IDLE_MS });
    time += KERNEL_KEY_IDLE_MS;
    await keys.sweep();
    const left = await openKeys({ kv, now: () => 0 });
    expect((await left.list()).map(key => key.accessKeyId).sort()).toEqual(
      [keys.own.accessKeyId, young.accessKeyId].sort()
    );
  });

  test("is never the installation's own, though it be the oldest", async () => {
    const first = keys.own;
    await keys.createForKernel('jo', '');
    await keys.delete(first.accessKeyId);
    expect(() => keys.own).toThrow('All access keys were deleted');
  });

  test('writes where it likes until a sandbox cell runs, and again after it', async () => {
    const key = await keys.createForKernel('jo', '');
    expect(await refusedBySandbox(keys, key, write('main', 'a'))).toBeUndefined();
    const token = (await enterSandbox(keys, key.accessKeyId, PLACE)) as string;
    expect(await refusedBySandbox(keys, key, write('sandbox-1', 'a'))).toBeUndefined();
    expect(await refusedBySandbox(keys, key, write('main', 'a/b'))).toMatch(/"a\/b" on branch "main"/);
    const other = { ...write('sandbox-1', 'a'), repository: 'pond' };
    expect(await refusedBySandbox(keys, key, other)).toMatch(/of "pond"/);
    await leaveSandbox(keys, key.accessKeyId, token);
    expect(await refusedBySandbox(keys, key, write('main', 'a'))).toBeUndefined();
  });

  test('enters one sandbox at a time, and leaves it with the token only', async () => {
    const { accessKeyId } = await keys.createForKernel('jo', '');
    const token = (await enterSandbox(keys, accessKeyId, PLACE)) as string;
    const failures = [
      await enterSandbox(keys, accessKeyId, { ...PLACE, branch: 'main' }),
      await leaveSandbox(keys, accessKeyId, 'guessed')
    ];
    expect(failures.map(failure => (failure as SandboxFailure).reason)).toEqual([
      'already-in-sandbox',
      'wrong-token'
    ]);
    expect(await leaveSandbox(keys, accessKeyId, token)).toMatchObject({ branch: 'sandbox-1' });
    expect(await leaveSandbox(keys, accessKeyId, token)).toEqual(new SandboxFailure('not-in-sandbox'));
  });

  test('stays restricted over a restart, and what was refused stays known', async () => {
    const key = await keys.createForKernel('jo', '');
    const token = (await enterSandbox(keys, key.accessKeyId, PLACE)) as string;
    await Promise.all(['a', 'b', 'a'].map(path => refusedBySandbox(keys, key, write('main', path))));
    keys = await openKeys({ kv, now });
    expect(await refusedBySandbox(keys, key, write('main', 'c'))).toBeDefined();
    const { refused, refusedMore } = (await leaveSandbox(keys, key.accessKeyId, token)) as any;
    expect(refused.map((each: any) => each.path)).toEqual(['a', 'b', 'c']);
    expect(refusedMore).toBe(false);
  });

  test('writes down so many refusals and no more', async () => {
    const key = await keys.createForKernel('jo', '');
    await enterSandbox(keys, key.accessKeyId, PLACE);
    for (let i = 0; i < REFUSALS_MAX + 5; i++) {
      expect(await refusedBySandbox(keys, key, write('main', `part-${i}`))).toBeDefined();
    }
    const { refused, refusedMore } = (await leaveSandbox(keys, key.accessKeyId, undefined)) as any;
    expect([refused.length, refusedMore]).toEqual([REFUSALS_MAX, true]);
  });
});
