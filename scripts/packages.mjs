import { existsSync, rmSync } from 'node:fs';
import { checkout, inCheckout } from './checkout.mjs';
import { run } from './commands.mjs';
import { fingerprint, Stamp } from './stamps.mjs';

/** What lab extension and service are built from. */
const BUILD_SOURCES = [
  'src',
  'style',
  'schema',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/bundle-lab.cjs',
  'scripts/bundle-service.mjs',
  'scripts/notices.mjs'
];

/** What the wheel is packed from beside what was built. */
const WHEEL_SOURCES = ['databranch', 'jupyter-config', 'install.json', 'pyproject.toml', 'hatch_build.py'];

/** What a build makes. */
const BUILT = ['databranch/labextension', 'databranch/service', 'databranch/_version.py'];

/** Changes whenever a wheel made now would be another one. */
export const wheelFingerprint = () => fingerprint([...BUILD_SOURCES, ...WHEEL_SOURCES], BUILT);

/** Installs the npm packages of the lockfile, unless they are there already. */
export async function installPackages({ log, say }) {
  const stamp = new Stamp('npm', inCheckout('node_modules'));
  const inputs = () => fingerprint(['package.json', 'package-lock.json']);
  const state = stamp.compare(inputs());
  if (state === 'same') {
    return 'as before';
  }
  if (state === 'interrupted') {
    say('starting anew after an interruption');
    rmSync(inCheckout('node_modules'), { recursive: true, force: true });
  }
  // No package of ours needs an install script: what is native comes ready-made in packages.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  await stamp.during(inputs, () => run('npm', args, { cwd: checkout, log, onLine: say }));
}

/** Builds lab extension and service, unless their sources are as they were. */
export async function build({ log, say }) {
  const stamp = new Stamp('build');
  const inputs = fingerprint(BUILD_SOURCES);
  if (stamp.compare(inputs) === 'same' && BUILT.slice(0, 2).every(path => existsSync(inCheckout(path)))) {
    return 'as before';
  }
  await stamp.during(inputs, () => run('npm', ['run', 'build'], { cwd: checkout, log, onLine: say }));
}
