import { posix, win32 } from 'node:path';

/** What the choice of a data folder depends on. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
}

/**
 * The data folder when none is named: `$DATABRANCH_DATA`, else the platform's place for a user's application
 * data. The Python package (databranch/folder.py) follows the same rule, so that both find the same service.
 */
export function defaultDataPath({ platform, environment, home }: Surroundings): string {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  const given = environment['DATABRANCH_DATA'];
  if (given) {
    return given.replace(/^~(?=$|[\\/])/, () => home);
  }
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'databranch');
    case 'win32':
      return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'databranch');
    default: {
      // The XDG Base Directory Specification: a relative value is invalid and ignored.
      const xdg = environment['XDG_DATA_HOME'] ?? '';
      return join(isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'databranch');
    }
  }
}
