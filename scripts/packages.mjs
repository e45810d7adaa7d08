import { existsSync, rmSync } from 'node:fs';
import { checkout, inCheckout } from './checkout.mjs';
import { run } from './commands.mjs';
import { fingerprint, Stamp } from './stamps.mjs';

/** What the lab extension, the service and the wheel are made from. */
const SOURCES = [
  'src',
  'style',
  'schema',
  'bin',
  'databranch',
  'package.json',
  'package-lock.json',
  'pyproject.toml',
  'install.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  'scripts/bundle-service.mjs',
  'scripts/hatch_build.py',
  'hatch_build.py'
];

/** What the build itself puts below SOURCES. */
const BUILT = ['databranch/labextension', 'databranch/service', 'databranch/_version.py'];

export const sourcesFingerprint = () => fingerprint(SOURCES, BUILT);

/** Installs the npm packages of the lockfile, unless they are there already. */
export async function installPackages({ log, say }) {
  const stamp = new Stamp('npm', inCheckout('node_modules'));
  const inputs = fingerprint(['package.json', 'package-lock.json']);
  if (stamp.compare(inputs) === 'same') {
    return 'as before';
  }
  if (stamp.compare(inputs) === 'interrupted') {
    say('starting anew after an interruption');
    rmSync(inCheckout('node_modules'), { recursive: true, force: true });
  }
  stamp.begin();
  // No package of ours needs an install script: what is native comes ready-made in packages.
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: checkout,
    log,
    onLine: say
  });
  stamp.finish(fingerprint(['package.json', 'package-lock.json']));
}

/** Builds lab extension and service, unless their sources are as they were. */
export async function build({ log, say }) {
  const stamp = new Stamp('build');
  const inputs = sourcesFingerprint();
  if (stamp.compare(inputs) === 'same' && BUILT.slice(0, 2).every(path => existsSync(inCheckout(path)))) {
    return 'as before';
  }
  stamp.begin();
  await run('npm', ['run', 'build'], { cwd: checkout, log, onLine: say });
  stamp.finish(inputs);
}
