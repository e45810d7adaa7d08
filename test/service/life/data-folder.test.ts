import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../../src/service/life/data-folder.js';
import { defaultDataPath } from '../../../src/service/life/data-path.js';
import { networkFileSystem, THIS_MACHINE } from '../../../src/service/life/file-system.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a data folder', () => {
  test('is made with its parents, for its owner alone, and carries its format version', async () => {
    const opened = await openDataFolder(join(folder, 'a', 'b'));
    expect((await stat(opened.path)).mode & 0o777).toBe(0o700);
    expect(await readFile(opened.format, 'utf8')).toBe('databranch 1\n');
  });

  test('is opened again as it is', async () => {
    const path = join(folder, 'data');
    await openDataFolder(path);
    await writeFile(join(path, 'databranch.json'), '{}');
    await expect(openDataFolder(path)).resolves.toMatchObject({ path });
  });

  test('that others could read is closed to them', async () => {
    const path = join(folder, 'data');
    await mkdir(path);
    await chmod(path, 0o755);
    await openDataFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test('can be opened by two starters at once', async () => {
    const path = join(folder, 'data');
    const opened = await Promise.all(Array.from({ length: 8 }, () => openDataFolder(path)));
    expect(opened).toHaveLength(8);
  });

  test('of a newer format is refused and left alone', async () => {
    const path = join(folder, 'data');
    await mkdir(path);
    await writeFile(join(path, 'format'), 'databranch 2\n');
    await expect(openDataFolder(path)).rejects.toThrow(/newer Databranch \(format 2.*Update Databranch/);
    expect(await readFile(join(path, 'format'), 'utf8')).toBe('databranch 2\n');
  });

  test('is not made of a folder that holds something else', async () => {
    await writeFile(join(folder, 'thesis.tex'), '');
    await expect(openDataFolder(folder)).rejects.toThrow(/not empty \(there is thesis\.tex\).*--data DIR/);
  });

  test('may hold the logs of its first start', async () => {
    await mkdir(join(folder, 'logs'));
    await expect(openDataFolder(folder)).resolves.toBeDefined();
  });

  test('that cannot be made is refused with the reason', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openDataFolder(join(folder, 'file', 'data'))).rejects.toThrow(/cannot be used \(ENOTDIR\)/);
  });

  test('on a network file system is refused before anything is made there', async () => {
    const nfs = { ...THIS_MACHINE, platform: 'linux' as const, typeOf: async () => 0x6969 };
    const path = join(folder, 'data');
    await expect(openDataFolder(path, nfs)).rejects.toThrow(/network file system \(NFS\).*--data DIR/);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});

describe('network file systems are told from local ones', () => {
  const mounts = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//guest@server/share on /Volumes/share (smbfs, nodev, nosuid)
server:/home on /Volumes/home with space (nfs)
`;
  const linux = (type: number) => ({
    platform: 'linux' as const,
    typeOf: async () => type,
    mounts: async () => ''
  });
  const macos = { platform: 'darwin' as const, typeOf: async () => 26, mounts: async () => mounts };
  const windows = { ...macos, platform: 'win32' as const };

  test.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    ['FUSE', 0x65735546],
    ['CIFS', -0xacb2be] // 0xff534d42 as a signed word
  ])('%s on Linux', async (name, type) => {
    expect(await networkFileSystem('/data', linux(type))).toBe(name);
  });

  test.each([
    ['ext4', 0xef53],
    ['XFS', 0x58465342],
    ['Btrfs', 0x9123683e],
    ['tmpfs', 0x01021994],
    ['overlayfs', 0x794c7630]
  ])('%s is local', async (_, type) => {
    expect(await networkFileSystem('/data', linux(type))).toBeUndefined();
  });

  test.each([
    ['/Volumes/share/data', 'smbfs'],
    ['/Volumes/share', 'smbfs'],
    ['/Volumes/home with space/x', 'nfs'],
    ['/Volumes/shared', undefined],
    ['/Users/me', undefined]
  ])('%s on macOS: %s', async (path, type) => {
    expect(await networkFileSystem(path, macos)).toBe(type);
  });

  test.each([
    ['\\\\server\\share\\data', 'SMB'],
    ['\\\\?\\C:\\data', undefined],
    ['C:\\data', undefined]
  ])('%s on Windows: %s', async (path, type) => {
    expect(await networkFileSystem(path, windows)).toBe(type);
  });

  test('this machine answers', async () => {
    expect(await networkFileSystem(tmpdir())).toBeUndefined();
  });
});

test.each([
  ['linux', {}, '/home/me/.local/share/databranch'],
  ['linux', { XDG_DATA_HOME: '/big' }, '/big/databranch'],
  ['linux', { XDG_DATA_HOME: '/big', DATABRANCH_DATA: '/mine' }, '/mine'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/me/.local/share/databranch'],
  ['linux', { DATABRANCH_DATA: '~/mine' }, '/home/me/mine'],
  ['darwin', {}, '/home/me/Library/Application Support/databranch'],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' }, 'C:\\Users\\me\\AppData\\Local\\databranch']
] as const)('without --data, on %s with %j, the data folder is %s', (platform, environment, expected) => {
  expect(defaultDataPath({ platform, environment, home: '/home/me' })).toBe(expected);
});
