import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { ask } from './commands.mjs';
import { findPythons, isNewEnough, OLDEST_PYTHON, suits } from './python.mjs';

const OLDEST_NODE = 20;

/**
 * What the scripts cannot install themselves and what to do about each, all at once.
 *
 * @param {{ folder: string, megabytes: number }} needs disk space that the steps ahead take up below `folder`
 * @returns {Promise<{ python?: string, obstacles: { what: string, help: string }[] }>} the Python to use, if one suits
 */
export async function checkMachine({ folder, megabytes }) {
  const pythons = await findPythons();
  const obstacles = [
    nodeObstacle(process.versions.node),
    await npmObstacle(),
    pythonObstacle(pythons, installer()),
    await spaceObstacle(folder, megabytes)
  ];
  return { python: pythons.find(suits)?.program, obstacles: obstacles.filter(Boolean) };
}

export function nodeObstacle(version) {
  if (Number(version.split('.')[0]) >= OLDEST_NODE) {
    return undefined;
  }
  return {
    what: `Node ${version} is too old: version ${OLDEST_NODE} or newer is needed.`,
    help: 'Install one from https://nodejs.org, or with nvm: nvm install 22'
  };
}

async function npmObstacle() {
  if (process.platform === 'win32' || (await ask('npm', ['--version']))) {
    return undefined;
  }
  return {
    what: 'npm is missing.',
    help: 'It comes with Node from https://nodejs.org; on Debian and Ubuntu: sudo apt-get install npm'
  };
}

/**
 * @param {Awaited<ReturnType<typeof findPythons>>} pythons
 * @param {'apt' | 'dnf' | 'brew' | 'winget' | undefined} manager what this machine installs with
 */
export function pythonObstacle(pythons, manager) {
  if (pythons.some(suits)) {
    return undefined;
  }
  const oldest = OLDEST_PYTHON.join('.');
  const newEnough = pythons.find(isNewEnough);
  if (newEnough) {
    const [major, minor] = newEnough.version;
    return {
      what: `Python ${newEnough.version.join('.')} (${newEnough.program}) cannot make virtual environments: its venv module is incomplete.`,
      help:
        manager === 'apt'
          ? `sudo apt-get install -y python3-venv python${major}.${minor}-venv`
          : 'Install a complete Python from https://www.python.org, or name another one: PYTHON=/path/to/python3 npm start'
    };
  }
  const there = pythons.map(python => `${python.version.join('.')} (${python.program})`).join(', ');
  const lines = {
    apt: 'sudo apt-get install -y python3 python3-venv',
    dnf: 'sudo dnf install -y python3.12',
    brew: 'brew install python@3.13',
    winget: 'winget install Python.Python.3.13'
  };
  return {
    what: `Python ${oldest} or newer is needed; ${there ? `here is only ${there}` : 'there is none here'}.`,
    help: `${lines[manager] ?? 'Install it from https://www.python.org'}   (one that is there already: PYTHON=/path/to/python3 npm start)`
  };
}

async function spaceObstacle(folder, megabytes) {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) {
    return undefined;
  }
  return {
    what: `${folder} has ${free} MB of disk space left; ${megabytes} MB are needed.`,
    help: 'Free some, or clone the project to a larger disk.'
  };
}

/** The package manager of which a person on this machine has heard. */
function installer() {
  if (process.platform === 'darwin') {
    return 'brew';
  }
  if (process.platform === 'win32') {
    return 'winget';
  }
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (/debian|ubuntu/i.test(release)) {
    return 'apt';
  }
  return /fedora|rhel|centos/i.test(release) ? 'dnf' : undefined;
}
