import { posix, win32 } from 'node:path';

/** What the choice of a data folder depends on. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** The data folder when none is named: `$DATABRANCH_DATA`, else the platform's place for a user's application data. */
export function defaultDataPath({ platform, environment, home }: Surroundings): string {
  if (environment['DATABRANCH_DATA']) {
    return environment['DATABRANCH_DATA'];
  }
  switch (platform) {
    case 'darwin':
      return posix.join(home, 'Library', 'Application Support', 'databranch');
    case 'win32':
      return win32.join(environment['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'databranch');
    default:
      return posix.join(environment['XDG_DATA_HOME'] || posix.join(home, '.local', 'share'), 'databranch');
  }
}
