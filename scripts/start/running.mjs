import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '../checkout.mjs';

const usualRecord = join(memory, 'start.json');

/**
 * The run of `npm start` in this checkout that is not over, if there is one: two that install into the same folders
 * would spoil each other's work.
 *
 * @returns {Promise<{ pid: number, address?: string } | undefined>} with the address of its JupyterLab, once that is up
 */
export async function otherRun(record = usualRecord) {
  if (!existsSync(record)) {
    return undefined;
  }
  const run = JSON.parse(readFileSync(record, 'utf8'));
  const isOver =
    run.pid === process.pid || !isAlive(run.pid) || (run.address && !(await answers(run.address)));
  return isOver ? undefined : run;
}

/** Says that this run is on, and once JupyterLab is up, where. */
export function recordRun(address) {
  mkdirSync(memory, { recursive: true });
  // Only the user may read it: the address opens JupyterLab.
  writeFileSync(`${usualRecord}.new`, JSON.stringify({ pid: process.pid, address }), { mode: 0o600 });
  renameSync(`${usualRecord}.new`, usualRecord);
}

/** Says that this run is over. */
export function forgetRun() {
  rmSync(usualRecord, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Ended, but never waited for: so it goes with orphans in a container whose first process does not care. */
function isZombie(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    // No Linux.
    return false;
  }
}

/** A process id may have gone to another program meanwhile; an address with its token does not. */
async function answers(address) {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}
