import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDiscovery, removeDiscovery, writeDiscovery } from '../../../src/service/life/discovery.js';
import { countStart, rememberPort } from '../../../src/service/life/last-start.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-start-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('starts', () => {
  test('are counted from 1, and the port is remembered', async () => {
    const path = join(folder, 'last-start.json');
    const first = await countStart(path);
    expect(first).toEqual({ start: 1 });
    await rememberPort(path, first, 8123);
    expect(await countStart(path)).toEqual({ start: 2, port: 8123 });
    expect(await countStart(path)).toEqual({ start: 3, port: 8123 });
  });

  test.each(['', 'null', '{"start":0}', '{"start":"7"}', '{'])(
    'a damaged count (%s) is not guessed',
    async text => {
      const path = join(folder, 'last-start.json');
      await writeFile(path, text);
      await expect(countStart(path)).rejects.toThrow(/damaged/);
    }
  );
});

describe('the discovery file', () => {
  const discovery = {
    url: 'http://127.0.0.1:8000',
    pid: 1,
    start: 1,
    format: 1,
    version: '0.1.0',
    access_key_id: 'DBKI',
    secret_access_key: 'secret'
  };

  test('is read back as written, belongs to its owner alone, and leaves no other file', async () => {
    const path = join(folder, 'databranch.json');
    await writeDiscovery(path, discovery);
    expect(await readDiscovery(path)).toEqual(discovery);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['databranch.json']);
  });

  test('that is missing or no discovery file is none', async () => {
    const path = join(folder, 'databranch.json');
    expect(await readDiscovery(path)).toBeUndefined();
    await writeFile(path, '{"url":');
    expect(await readDiscovery(path)).toBeUndefined();
    await writeFile(path, 'null');
    expect(await readDiscovery(path)).toBeUndefined();
    await removeDiscovery(path);
    await removeDiscovery(path);
  });
});
