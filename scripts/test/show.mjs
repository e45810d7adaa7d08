import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/**
 * Runs a program whose output goes straight to whoever watches.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {Record<string, string>} [options.env] added to this process's own
 * @param {string} [options.fresh] a file to remove first: the report of an earlier run must not pass for this one's
 * @param {boolean} [options.silent] keep its standard output (not standard error) to itself
 * @returns {Promise<number>} its exit status; 1 where a signal ended it or it could not be started
 */
export function show(program, args, { cwd, env, fresh, silent = false }) {
  if (fresh) {
    rmSync(fresh, { force: true });
  }
  return new Promise(resolve => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', silent ? 'ignore' : 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      shell: process.platform === 'win32'
    });
    child.on('error', error => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', code => resolve(code ?? 1));
  });
}
