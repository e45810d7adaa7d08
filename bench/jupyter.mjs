import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { dataFolder } from './servers.mjs';

const here = name => fileURLToPath(new URL(name, import.meta.url));
const TOKEN = 'bench';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

/** A Python with JupyterLab and this package, and a Chromium: those of `npm test`, which sets both up. */
function programs() {
  const python = process.env.DATABRANCH_TEST_PYTHON ?? here('../.venv-test/bin/python');
  const found = name => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim() || undefined;
  return { python, browser: process.env.DATABRANCH_TEST_CHROMIUM ?? found('chromium') };
}

/**
 * JupyterLab over repositories of many objects, and a browser.
 *
 * @param {string[]} repositories as populate.mjs describes them
 * @returns {Promise<{ lab?: { browser: import('playwright-core').Browser, url: string, address: string },
 *   missing?: string, end: () => Promise<void> }>} `missing` says what this machine lacks
 */
export async function openJupyter(repositories) {
  const { python, browser: program } = programs();
  const missing = !existsSync(python) ? 'a Python with JupyterLab' : !program ? 'Chromium' : undefined;
  if (missing) {
    return { missing: `${missing} is missing: npm test -- --only browser`, end: () => Promise.resolve() };
  }
  const data = dataFolder();
  const { status } = spawnSync(process.execPath, [here('populate.mjs'), data.path, ...repositories], {
    stdio: 'inherit'
  });
  if (status !== 0) {
    data.remove();
    throw new Error('The repositories to look at could not be made.');
  }
  const { url, stop } = await startJupyter(python, data.path);
  const browser = await chromium.launch({ executablePath: program, args: FLAGS });
  return {
    lab: { browser, url, address: `${url}/lab?token=${TOKEN}&reset` },
    end: async () => {
      await browser.close();
      await stop();
      data.remove();
    }
  };
}

/** In an empty home folder, so that nothing of whoever runs the bench counts. */
function startJupyter(python, data) {
  const home = dirname(data);
  const work = join(home, 'work');
  mkdirSync(work);
  const foreign = /^(DATABRANCH_|JUPYTER|XDG_)/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const child = spawn(
    python,
    [
      ...['-m', 'jupyterlab', '--no-browser', '--allow-root', '--ip=127.0.0.1', '--port=0'],
      ...[`--IdentityProvider.token=${TOKEN}`, `--ServerApp.root_dir=${work}`]
    ],
    { cwd: home, env: { ...own, HOME: home, DATABRANCH_DATA: data }, stdio: ['ignore', 'ignore', 'pipe'] }
  );
  const gone = new Promise(resolve => child.once('exit', resolve));
  const stop = () => (child.kill('SIGTERM'), gone);
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      printed += text;
      const url = /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token/.exec(printed)?.[1];
      if (url) {
        resolve({ url, stop });
      }
    });
    child.once('exit', () => reject(new Error(`JupyterLab ended:\n${printed}`)));
  });
}
