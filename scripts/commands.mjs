import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** Lines of a failed command's output that are worth showing; the log has them all. */
const TAIL_LINES = 25;

/** A command that could not be started, or ended with another status than 0. */
export class CommandFailed extends Error {
  /** @param {{ command: string, status: string, tail: string[] }} data */
  constructor({ command, status, tail }) {
    super(`${command} ${status}`);
    this.tail = tail;
  }
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env] added to this process's own
 * @param {string} [options.log] a file to which everything it prints is appended
 * @param {(line: string) => void} [options.onLine] told each line that it prints
 * @returns {Promise<string>} what it printed on standard output
 * @throws {CommandFailed} with the last lines it printed
 */
export async function run(program, args, { cwd, env, log, onLine = () => {} } = {}) {
  const command = [program, ...args].join(' ');
  const write = text => log && appendFileSync(log, text);
  write(`\n$ ${command}\n`);
  // npm is a .cmd on Windows, which only a shell can start.
  const shell = process.platform === 'win32' && program === 'npm';
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell
  });
  let printed = '';
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', text => {
      write(text);
      if (stream === child.stdout) {
        printed += text;
      }
      for (const line of text.split(/[\r\n]+/).filter(part => part.trim())) {
        tail.push(line);
        onLine(line);
      }
      tail.splice(0, tail.length - TAIL_LINES);
    });
  }
  const status = await new Promise(resolve => {
    child.on('error', error => resolve(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => resolve(signal ? `was ended by ${signal}` : code || 0));
  });
  if (status !== 0) {
    throw new CommandFailed({
      command,
      status: typeof status === 'number' ? `ended with status ${status}` : status,
      tail
    });
  }
  return printed;
}

/** What a program prints, or undefined if it is not there or fails. */
export async function ask(program, args) {
  try {
    return (await run(program, args)).trim();
  } catch {
    return undefined;
  }
}
