import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * File systems on which a data folder is refused: their locks, memory maps or fsyncs do not hold what a store
 * needs. Numbers are `f_type` of statfs(2), from linux/magic.h and the file systems' own headers.
 */
const REMOTE_ON_LINUX = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0xbacbacbc, 'VMware shared folder']
]);

const REMOTE_ON_MACOS = /^(nfs|smbfs|afpfs|webdav|ftp|cifs|macfuse|osxfuse|fuse\w*)$/;

/** What the check asks of the machine. */
export interface FileSystemProbe {
  platform: NodeJS.Platform;
  /** `f_type` of the file system that holds an existing path. */
  typeOf(path: string): Promise<number>;
  /** What mount(8) prints. */
  mounts(): Promise<string>;
}

export const THIS_MACHINE: FileSystemProbe = {
  platform: process.platform,
  typeOf: async path => (await statfs(path)).type,
  mounts: async () => (await promisify(execFile)('/sbin/mount')).stdout
};

/**
 * The name of the network file system that holds the existing folder `path`, or undefined for a local one.
 * On Windows only UNC paths are recognized, not mapped drives.
 */
export async function networkFileSystem(path: string, probe = THIS_MACHINE): Promise<string | undefined> {
  switch (probe.platform) {
    case 'linux':
      // f_type is a signed word on some architectures.
      return REMOTE_ON_LINUX.get((await probe.typeOf(path)) >>> 0);
    case 'darwin': {
      const type = mountedType(path, await probe.mounts());
      return REMOTE_ON_MACOS.test(type) ? type : undefined;
    }
    case 'win32':
      return /^[\\/]{2}(?![?.][\\/])/.test(path) ? 'SMB' : undefined;
    default:
      return undefined;
  }
}

/** The type in macOS's list of mounts, `SOURCE on /Volumes/share (smbfs, nodev, …)`: that of the longest mount point above `path`. */
function mountedType(path: string, mounts: string): string {
  let longest = { point: '', type: '' };
  for (const [, point = '', type = ''] of mounts.matchAll(/ on (\/.*?) \((\w+)[,)]/g)) {
    const above = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    if (above && point.length >= longest.point.length) {
      longest = { point, type };
    }
  }
  return longest.type;
}
