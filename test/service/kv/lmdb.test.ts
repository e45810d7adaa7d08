import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdb } from '../../../src/service/kv/lmdb';
import { kvConformance } from './conformance';

kvConformance('LMDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'databranch-kv-'));
  return { open: () => openLmdb(join(folder, 'kv')), remove: () => rm(folder, { recursive: true }) };
});

test('only the owner can read the files of an LMDB store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'databranch-kv-'));
  const kv = await openLmdb(join(folder, 'with.dot'));
  await kv.write({ put: [{ key: Buffer.from('a'), value: Buffer.from('1') }] });
  for (const file of ['data.mdb', 'lock.mdb']) {
    expect((await stat(join(folder, 'with.dot', file))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(join(folder, 'with.dot'))).mode & 0o777).toBe(0o700);
  await kv.close();
  await rm(folder, { recursive: true });
});
