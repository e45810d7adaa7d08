import { ask } from './commands.mjs';

/** The oldest Python that the package runs on. */
export const OLDEST_PYTHON = [3, 10];

/** Prints version and whether virtual environments can be made: Debian ships venv without ensurepip. */
const QUESTION =
  'import sys, importlib.util as u; ' +
  'print(*sys.version_info[:3], int(all(u.find_spec(m) for m in ("venv", "ensurepip"))), sys.executable)';

/**
 * Pythons of this machine: only the first when it suits, else all that are found, so that one can say what is there.
 * Where `PYTHON` names one, no other is looked at.
 *
 * @returns {Promise<{ program: string, version: number[], makesEnvironments: boolean }[]>}
 */
export async function findPythons() {
  const first = await look(process.env.PYTHON ?? 'python3');
  if (process.env.PYTHON || (first && suits(first))) {
    return first ? [first] : [];
  }
  const others = await Promise.all(
    ['python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'].map(look)
  );
  return [first, ...others].filter(python => python !== undefined);
}

/** Whether a Python is new enough and makes virtual environments. */
export const suits = python => isNewEnough(python) && python.makesEnvironments;

/** Whether a Python is new enough. */
export function isNewEnough({ version: [major, minor] }) {
  return major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1];
}

async function look(name) {
  const answer = await ask(name, ['-c', QUESTION]);
  const parts = answer?.match(/^(\d+) (\d+) (\d+) ([01]) (.+)$/m);
  return (
    parts && {
      program: parts[5],
      version: parts.slice(1, 4).map(Number),
      makesEnvironments: parts[4] === '1'
    }
  );
}
